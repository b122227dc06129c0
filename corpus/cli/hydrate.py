"""``corpus hydrate``: a public edition and the raw files to the full edition."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.api.releasing import hydrate
from corpus.cli.options import AsJson, IdField, TextField, TextType
from corpus.cli.rim import drawn_progress, escape, out, print_json, show_findings, visible_path
from corpus.model.manifest import IdsFrom
from corpus.pipeline.hydrating.hydration import HydrationReport

__all__ = ["command"]


def command(
    public: Annotated[Path, typer.Argument(help="The public edition, NAME-public-VERSION/.")],
    sources: Annotated[
        list[str], typer.Option("--from", help="A folder or file of raw articles; may be given several times.")
    ],
    target: Annotated[Path, typer.Option("--out", help="The folder that gets NAME-VERSION/.")],
    text_field: TextField = "text",
    text_type: TextType = "text/plain",
    id_field: IdField = None,
    ids: Annotated[
        IdsFrom | None,
        typer.Option(
            help="What the id of a text or page is: its file's name or path (default: as the edition says)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the raw files by their hash, replay the recorded blocks, and rebuild the full edition byte for byte.

    Files that have changed are re-anchored by the lengths of their lines. Unless every file is there as it was,
    what could be rebuilt goes to NAME-hydrated-VERSION/, a build, and the exit code is 1.
    """
    with drawn_progress() as progress:
        report = hydrate(
            public,
            sources,
            target,
            text_field=text_field,
            text_type=text_type,
            id_field=id_field,
            ids=ids,
            progress=progress,
        )
    if as_json:
        print_json(_record(report))
    else:
        _show(report)
    if not report.identical:
        raise typer.Exit(1)


def _record(report: HydrationReport) -> dict[str, object]:
    return {
        "directory": str(report.directory),
        "identical": report.identical,
        "counts": {str(state): count for state, count in report.counts.items()},
        "documents": [
            {"doc_id": d.doc_id, "state": str(d.state), "source_file": d.source_file, "detail": d.detail}
            for d in report.documents
        ],
        "findings": [finding.as_record() for finding in report.findings],
    }


def _show(report: HydrationReport) -> None:
    show_findings(report.findings)
    counts = ", ".join(f"{count} {state}" for state, count in report.counts.items())
    kind = "the full edition, byte for byte" if report.identical else "a build with what could be rebuilt"
    out.print(f"{counts}: {kind}: {escape(visible_path(report.directory))}")
