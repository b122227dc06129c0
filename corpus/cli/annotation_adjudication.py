"""``corpus annotations adjudicate``: gold of what most annotators say, and a list of what a person must decide."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from corpus.annotation.adjudication import Adjudicated, adjudicate
from corpus.annotation.majority import Dispute
from corpus.annotation.store import append, read_folder
from corpus.cli.rim import escape, out, print_json, show_findings, visible, visible_path
from corpus.errors import DataError
from corpus.model.finding import Severity

__all__ = ["command"]

_SHOWN = 20
"""Disputes that the terminal lists."""
_WIDTH = 40


def command(
    annotations: Annotated[Path, typer.Argument(help="The folder of annotation files.")] = Path("annotations"),
    force: Annotated[
        bool, typer.Option("--force", help="Write a new version of gold also where there is gold.")
    ] = False,
    settled: Annotated[
        bool, typer.Option("--settled", help="Write gold only of documents in which nothing is disputed.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, every dispute too.")] = False,
) -> None:
    """Write what most annotators of a document agree on as the annotator `gold`; list what is disputed."""
    stored = read_folder(annotations)
    damaged = next((f for f in stored.findings if f.severity is Severity.ERROR), None)
    if damaged is not None:
        raise DataError(f"Nothing was adjudicated, since {damaged.place} must be repaired first: {damaged.message}")
    found = adjudicate(stored.sets, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), force=force)
    written = [made for made in found.documents if not (settled and made.disputes)]
    if written and not dry_run:
        append(annotations, [made.gold for made in written])
    if as_json:
        print_json(_record(found, [made.gold.doc_id for made in written], dry_run))
    else:
        _show(found, len(written), dry_run, annotations)
    show_findings([] if as_json else found.findings)


def _show(found: Adjudicated, written: int, dry_run: bool, folder: Path) -> None:
    if not found.documents and not found.already:
        where = escape(visible_path(folder))
        out.print(f"{where}: no document was submitted by two annotators, so there is nothing to adjudicate.")
        return
    disputes = [dispute for made in found.documents for dispute in made.disputes]
    unanimous = sum(made.unanimous for made in found.documents)
    majority = sum(made.by_majority for made in found.documents)
    out.print(
        f"{len(found.documents):,} documents by two annotators or more: {unanimous:,} items unanimous, "
        f"{majority:,} by majority, {len(disputes):,} disputed."
    )
    what = "would be written" if dry_run else "was written"
    out.print(f"Gold {what} of {written:,}; {len(found.already):,} have gold already.")
    if disputes:
        _show_disputes(disputes)


def _show_disputes(disputes: list[Dispute]) -> None:
    table = Table("document", "place", "layer", "text", "why", "who says what", box=None, pad_edge=False)
    for dispute in disputes[:_SHOWN]:
        votes = "; ".join(f"{who}: {_short(said) or '–'}" for who, said in dispute.votes.items())
        why = dispute.reason.name.lower() if dispute.what is None else dispute.what
        cells = (dispute.doc_id, f"{dispute.start}–{dispute.end}", dispute.layer, _short(dispute.text), why, votes)
        table.add_row(*(escape(visible(cell)) for cell in cells))
    out.print()
    out.print(table)
    if len(disputes) > _SHOWN:
        out.print(f"… and {len(disputes) - _SHOWN:,} more; --json lists all of them.")


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _WIDTH else one_line[: _WIDTH - 1] + "…"


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
                "disputes": [
                    {**asdict(dispute), "reason": dispute.reason.name.lower(), "sentence": dispute.reason.value}
                    for dispute in made.disputes
                ],
            }
            for made in found.documents
        ],
        "findings": [finding.as_record() for finding in found.findings],
    }
