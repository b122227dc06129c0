"""``corpus annotations adjudicate``: gold of what most annotators say, and a list of what a person must decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.annotation.adjudication import Adjudicated
from corpus.annotation.majority import Dispute
from corpus.api.annotating import adjudicate
from corpus.api.datasets import ANNOTATIONS, BUILD
from corpus.cli.rim import escape, out, print_json, show_findings, visible, visible_path
from corpus.cli.tables import show_table
from corpus.export.layout import MANIFEST
from corpus.model.counted import count
from corpus.model.finding import any_error
from corpus.model.shortened import on_one_line

__all__ = ["command"]

_SHOWN = 20
"""Disputes that the terminal lists."""
_WIDTH = 40
_HEAD = ("document", "place", "layer", "text", "why", "who says what")


def command(
    annotations: Annotated[Path, typer.Argument(help="The folder of annotation files.")] = ANNOTATIONS,
    scheme: Annotated[
        Path | None,
        typer.Option(
            help="Annotation scheme (TOML) (default: that of build/dataset where it is there, else NEWS-EC)."
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Count again where gold is a majority's; what a person decided stays."),
    ] = False,
    settled: Annotated[
        bool, typer.Option("--settled", help="Write gold only of documents in which nothing is disputed.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, every dispute too.")] = False,
) -> None:
    """Write what most annotators of a document agree on as the annotator `gold`; list what is disputed."""
    build = BUILD if scheme is None and (BUILD / MANIFEST).is_file() else None
    done = adjudicate(annotations, scheme=scheme, build=build, force=force, settled=settled, dry_run=dry_run)
    found = done.found
    if as_json:
        print_json(_record(found, list(done.written), dry_run))
    else:
        _show(found, len(done.written), dry_run, annotations)
    show_findings([] if as_json else found.findings)
    if any_error(found.findings):
        raise typer.Exit(1)


def _show(found: Adjudicated, written: int, dry_run: bool, folder: Path) -> None:
    if not found.documents and not found.already:
        where = escape(visible_path(folder))
        why = "could be adjudicated" if found.findings else "was submitted by two annotators"
        out.print(f"{where}: no document {why}, so there is nothing to do.")
        return
    disputes = found.open
    unanimous = sum(standing.now.unanimous for standing in found.standings)
    majority = sum(standing.now.by_majority for standing in found.standings)
    out.print(
        f"{count(len(found.standings), 'document')} by two annotators or more: "
        f"{count(unanimous, 'item')} unanimous, {majority:,} by majority, {len(disputes):,} disputed."
    )
    what = "would be written" if dry_run else "was written"
    decided = f", {len(found.decided):,} of them decided by a person" if found.decided else ""
    out.print(f"Gold {what} of {written:,}; {len(found.already):,} have gold already{decided}.")
    if disputes:
        _show_disputes(disputes)
        out.print("To decide them in Label Studio: corpus labelstudio adjudicate", style="dim")


def _show_disputes(disputes: list[Dispute]) -> None:
    out.print()
    shown = disputes[:_SHOWN]
    show_table(_HEAD, map(_cells, shown))
    if len(disputes) > _SHOWN:
        out.print(f"… and {len(disputes) - _SHOWN:,} more; --json lists all of them.")
    for why, sentence in {_why(dispute): dispute.reason.value for dispute in shown}.items():
        out.print(f"{escape(visible(why))}: {sentence}", style="dim")


def _why(dispute: Dispute) -> str:
    """Return what is disputed in a word: the attribute, where it is one, else the reason's name."""
    return dispute.reason.name.lower() if dispute.what is None else dispute.what


def _cells(dispute: Dispute) -> tuple[str, ...]:
    votes = "; ".join(f"{who}: {on_one_line(said, _WIDTH) or '–'}" for who, said in dispute.votes.items())
    place = f"{dispute.start}–{dispute.end}"
    return (dispute.doc_id, place, dispute.layer, on_one_line(dispute.text, _WIDTH), _why(dispute), votes)


def _dispute(dispute: Dispute) -> dict[str, Any]:
    names = ("doc_id", "layer", "start", "end", "text", "what", "votes")
    said = {"reason": dispute.reason.name.lower(), "sentence": dispute.reason.value}
    return {name: getattr(dispute, name) for name in names} | said


def _record(found: Adjudicated, written: list[str], dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "written": written,
        "already_gold": found.already,
        "documents": [
            {
                "doc_id": made.gold.doc_id,
                "unanimous": made.unanimous,
                "by_majority": made.by_majority,
                "disputes": [_dispute(dispute) for dispute in made.disputes],
            }
            for made in found.documents
        ],
        "open": [_dispute(dispute) for dispute in found.open],
        "decided": found.decided,
        "findings": [finding.as_record() for finding in found.findings],
    }
