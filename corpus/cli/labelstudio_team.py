"""``corpus labelstudio team``: who works in a project, and on what."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from corpus.api.datasets import ANNOTATIONS, BUILD, open_build
from corpus.cli.labelstudio_options import Build, Data, Name, Url
from corpus.cli.options import AsJson
from corpus.cli.rim import drawn_progress, err, escape, out, print_json, visible, visible_path
from corpus.cli.tables import show_table
from corpus.errors import ServerError, UsageError
from corpus.labelstudio.connection import connection, ledger_folder, local_server
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.project import find_project, no_project
from corpus.labelstudio.questions import pseudonyms
from corpus.labelstudio.team import assign, assignments, invitation, set_overlap
from corpus.labelstudio.wire.client import Client
from corpus.model.counted import count

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("invite")
def invite(
    url: Url = None,
    data: Data = None,
    renew: Annotated[bool, typer.Option("--renew", help="Make the old address invalid first.")] = False,
) -> None:
    """Print the address where annotators sign up; pass it on like a key."""
    with connection(local_server(Path.cwd(), data), url) as client:
        out.print(escape(visible(invitation(client, renew=renew))), soft_wrap=True)


@app.command("overlap")
def overlap(
    annotators: Annotated[int, typer.Argument(help="How many people annotate each article.")],
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Let each article of the project be annotated by so many people."""
    with _project(build, project, url, data) as (client, number, _):
        set_overlap(client, number, annotators)
    told = "1 person" if annotators == 1 else f"{annotators} people"
    out.print(f"Each article of project {number} is offered to {told}.")


@app.command("assign")
def assign_command(
    email: Annotated[str | None, typer.Argument(help="The person's e-mail address.")] = None,
    doc_ids: Annotated[list[str] | None, typer.Argument(help="Their documents; none: the list goes.")] = None,
    lists: Annotated[
        Path | None, typer.Option("--file", help="A CSV file with the columns email and doc_id instead.")
    ] = None,
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Give people their own tab with their own articles; a person's new list replaces the old one."""
    if (email is None) == (lists is None):
        raise UsageError("Name one person with their documents, or a --file of all of them.")
    wanted = _read_lists(lists) if lists else {str(email): list(doc_ids or ())}
    with _project(build, project, url, data) as (client, number, known):
        unknown = sorted({doc_id for ids in wanted.values() for doc_id in ids} - known)
        if unknown:
            raise UsageError(f"{build} holds no document {unknown[0]!r} ({len(unknown)} unknown in all).")
        assign(client, number, wanted)
    for person, ids in wanted.items():
        out.print(f"{escape(visible(person))}: {count(len(set(ids)), 'document')}")


@app.command("name")
def name_command(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    pseudonym: Annotated[str, typer.Argument(help="Their name in the annotation files, such as gold.")],
    annotations: Annotated[Path, typer.Option(help="The folder of annotation files.")] = ANNOTATIONS,
    url: Url = None,
    data: Data = None,
) -> None:
    """Choose a person's pseudonym before their work is pulled; `gold` has the last word in the dataset."""
    taken = pseudonyms(annotations)
    with drawn_progress() as progress, Ledger.in_turn(ledger_folder(Path.cwd()), progress) as ledger:
        ledger.name(email, pseudonym, taken)
    out.print(f"{escape(visible(email))} is {pseudonym} in the annotation files.")
    _warn_of_stranger(email, url, data)


@app.command("show")
def show(
    build: Build = BUILD, project: Name = None, url: Url = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Show whose articles are whose."""
    with _project(build, project, url, data) as (client, number, _):
        found = assignments(client, number)
    if as_json:
        print_json({email: list(ids) for email, ids in found.items()})
        return
    if not found:
        err.print("Nobody has a list of their own: everybody is offered everything.")
        return
    show_table(("annotator", "documents"), ((email, str(len(ids))) for email, ids in found.items()))


def _warn_of_stranger(email: str, url: str | None, data: Path | None) -> None:
    """Say where no account has an address: people may be named before they sign up, but it may be a slip."""
    shown = escape(visible(email))
    try:
        with connection(local_server(Path.cwd(), data), url) as client:
            known = {address.casefold() for address in client.users().values()}
            where = escape(visible(client.url))
    except (ServerError, UsageError):
        err.print(f"No server was asked whether {shown} has an account: none could be reached.", soft_wrap=True)
        return
    if email.strip().casefold() not in known:
        err.print(
            f"Warning: {shown} has no account on {where} yet; the name holds for whoever signs up with it.",
            soft_wrap=True,
        )


@contextmanager
def _project(
    build: Path, name: str | None, url: str | None, data: Path | None
) -> Iterator[tuple[Client, int, set[str]]]:
    """Give the connection, the project's number and the ids of the dataset's documents."""
    dataset = open_build(build)
    title = name or dataset.manifest.name
    with connection(local_server(Path.cwd(), data), url) as client:
        found = find_project(client, title)
        if found is None:
            raise no_project(client, title)
        ids = (data.column("doc_id").to_pylist() for data in dataset.batches("documents", ("doc_id",)))
        yield client, found.id, {doc_id for own in ids for doc_id in own}


def _read_lists(path: Path) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"email", "doc_id"} <= set(reader.fieldnames or ()):
                raise UsageError(f"{visible_path(path)} must have the columns email and doc_id in its first line.")
            for number, row in enumerate(reader, 2):
                if not row["email"] or not row["doc_id"]:
                    raise UsageError(f"{visible_path(path)} line {number} lacks an email or a doc_id.")
                lists[row["email"].strip()].append(row["doc_id"].strip())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{visible_path(path)} cannot be read as CSV: {error}.") from None
    if not lists:
        raise UsageError(f"{visible_path(path)} assigns nothing: give it a line for each person and document.")
    return dict(lists)
