"""``corpus annotations rename``: annotations to the ids that their documents have in a newer dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.annotation.identifying import Renaming
from corpus.api.datasets import ANNOTATIONS, BUILD
from corpus.api.places import check_folder
from corpus.cli.options import AsJson
from corpus.cli.rim import escape, out, print_json, show_findings, visible, visible_path
from corpus.model.counted import count
from corpus.model.finding import any_error
from corpus.pipeline.renaming import rename_annotations

__all__ = ["command"]

_SHOWN = 20
"""Renamed documents that the terminal lists."""


def command(
    annotations: Annotated[Path, typer.Argument(help="The folder of annotation files.")] = ANNOTATIONS,
    dataset: Annotated[
        Path, typer.Option("--to", help="The build (or release) in which the documents have their ids of today.")
    ] = BUILD,
    former: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="The build or release with the ids from before: so Label Studio's tasks that nobody annotated "
            "are renamed, too.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be renamed; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give documents in annotation files the ids under which a newer dataset has their texts.

    After files were renamed or moved, or ids are paths now. A document is known by its text, to the character;
    what is ambiguous is told, and keeps its id. The next `corpus labelstudio sync` renames the project's tasks.
    """
    check_folder(annotations, "the folder of annotation files")
    check_folder(dataset, "the dataset with today's ids")
    if former is not None:
        check_folder(former, "the dataset with the ids from before")
    done = rename_annotations(annotations, dataset, former, dry_run=dry_run)
    if as_json:
        print_json(_record(done, dry_run))
    else:
        _show(done, annotations, dry_run)
    wrong = show_findings([] if as_json else done.findings)
    if wrong or any_error(done.findings):
        raise typer.Exit(1)


def _record(done: Renaming, dry_run: bool) -> dict[str, object]:
    return {
        "renamed": dict(done.renamed),
        "annotated": done.annotated,
        "versions": done.versions,
        "files": list(done.files),
        "finished": done.finished,
        "dry_run": dry_run,
        "findings": [finding.as_record() for finding in done.findings],
    }


def _show(done: Renaming, folder: Path, dry_run: bool) -> None:
    if done.finished:
        again = "is to be finished first" if dry_run else "was finished"
        out.print(f"A renaming that was interrupted {again}.")
    for before, after in list(done.renamed.items())[:_SHOWN]:
        out.print(f"{escape(visible(before))} → {escape(visible(after))}", soft_wrap=True)
    if len(done.renamed) > _SHOWN:
        out.print(f"… and {len(done.renamed) - _SHOWN} more; --json lists all of them.")
    number = len(done.renamed)
    if not number:
        out.print(f"{escape(visible_path(folder))}: no document is known by another id now.")
        return
    what = "would be renamed" if dry_run else f"{'was' if number == 1 else 'were'} renamed"
    where = escape(visible_path(folder))
    out.print(
        f"{where}: {count(number, 'document')} {what}, {done.annotated} of them annotated, in "
        f"{count(done.versions, 'version')} in {count(len(done.files), 'file')}."
    )
