"""``corpus annotations``: work on the annotation files themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.annotation.compaction import compact
from corpus.annotation.decisions import counted_revisions
from corpus.annotation.store import read_folder
from corpus.api.datasets import ANNOTATIONS
from corpus.api.places import check_folder
from corpus.cli import (
    annotation_adjudication,
    annotation_agreement,
    annotation_export,
    annotation_import,
    annotation_rename,
)
from corpus.cli.options import AsJson
from corpus.cli.rim import escape, out, print_json, visible_path
from corpus.labelstudio.connection import ledger_folder
from corpus.labelstudio.ledger.store import LEDGER, Ledger
from corpus.model.counted import count

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
app.command("agreement")(annotation_agreement.command)
app.command("adjudicate")(annotation_adjudication.command)
app.command("rename")(annotation_rename.command)
app.command("import")(annotation_import.command)
app.command("export")(annotation_export.command)


@app.callback()
def group() -> None:
    """Work on the annotations themselves."""


@app.command("compact")
def compact_command(
    annotations: Annotated[Path, typer.Argument(help="The folder of annotation files.")] = ANNOTATIONS,
    archive: Annotated[
        Path | None, typer.Option(help="Keep what is taken out in this new file (.jsonl.gz).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken out; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take old versions out of the files; the newest, and those in step with a server, stay."""
    check_folder(annotations, "the folder of annotation files")
    folder = ledger_folder(Path.cwd())
    in_use = set()
    if (folder / LEDGER).is_file():
        with Ledger.open(folder) as ledger:
            in_use = set(ledger.revisions_in_use())
    in_use |= set(counted_revisions(read_folder(annotations).sets))
    done = compact(annotations, in_use, archive, dry_run=dry_run)
    if as_json:
        print_json({"kept": done.kept, "dropped": done.dropped, "files": list(done.files)})
        return
    what = "would be taken" if dry_run else f"{'was' if done.dropped == 1 else 'were'} taken"
    where = (
        f", kept in {escape(visible_path(archive))}" if archive is not None and not dry_run and done.dropped else ""
    )
    out.print(
        f"{count(done.dropped, 'version')} {what} out{where}; {done.kept} stay{'s' if done.kept == 1 else ''}."
    )
