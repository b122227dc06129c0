"""``corpus labelstudio backup`` and ``restore``: a whole project in one file, and back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from corpus.api.datasets import ANNOTATIONS, BUILD, open_build
from corpus.api.places import check_file
from corpus.cli.labelstudio_options import Annotations, Build, Data, Name, Url
from corpus.cli.options import AsJson
from corpus.cli.rim import drawn_progress, escape, out, print_json, show_findings, visible, visible_path
from corpus.labelstudio.backup import Counts, open_backup, save_backup
from corpus.labelstudio.connection import connection, ledger_folder, local_server
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.project import find_project, no_project
from corpus.labelstudio.questions import pseudonyms
from corpus.labelstudio.restore import restore
from corpus.model.counted import count, singular
from corpus.model.finding import Finding

__all__ = ["backup_command", "restore_command"]


def backup_command(
    file: Annotated[Path, typer.Argument(help="The file to write (.jsonl.gz); it holds e-mail addresses.")],
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Save a project whole: settings, tabs, tasks, annotations, predictions and drafts."""
    name = project or open_build(build).manifest.name
    taken = pseudonyms(annotations)
    with (
        connection(local_server(Path.cwd(), data), url) as client,
        drawn_progress() as progress,
        Ledger.in_turn(ledger_folder(Path.cwd()), progress) as ledger,
    ):
        found = find_project(client, name)
        if found is None:
            raise no_project(client, name)
        progress.step("reading the project")
        findings: list[Finding] = []
        name_of = partial(ledger.pseudonym, taken=taken)
        counts = save_backup(client, found, file, name_of, findings, progress)
    if not as_json:
        show_findings(findings)
    listed = [finding.as_record() for finding in findings]
    _tell(counts, f"saved in {escape(visible_path(file))}", as_json, {"file": str(file), "findings": listed})
    if findings:
        raise typer.Exit(1)


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `corpus labelstudio backup` wrote.")],
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Build a saved project anew on a server that lacks it; run again, it goes on where it ended."""
    check_file(file, "", "name a file that `corpus labelstudio backup` wrote")
    saved = open_backup(file)
    name = project or open_build(build).manifest.name
    with connection(local_server(Path.cwd(), data), url) as client, drawn_progress() as progress:
        progress.step("rebuilding the project")
        report = restore(client, saved, name, progress)
    if not as_json:
        show_findings(report.findings)
    were = f"{count(report.there, 'task')} {'was' if report.there == 1 else 'were'} there"
    place = f"new in project {report.project}, {were}: {escape(visible(report.url))}"
    _tell(report.made, place, as_json, report.as_record())


def _tell(counts: Counts, place: str, as_json: bool, record: dict[str, object]) -> None:
    numbers = {name: getattr(counts, name) for name in ("tasks", "annotations", "predictions", "drafts")}
    if as_json:
        print_json({**numbers, **record})
    else:
        out.print(
            f"{', '.join(count(number, singular(name)) for name, number in numbers.items())} {place}",
            soft_wrap=True,
        )
