"""``corpus known-lines``: count the lines that a site's documents share, into a file that grows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from corpus.api.building import count_lines
from corpus.cli.options import AsJson, IdField, MaxDocumentMib, Sources, TextField, TextType
from corpus.cli.rim import (
    document_bytes,
    drawn_progress,
    err,
    escape,
    fault_code,
    out,
    print_json,
    show_findings,
    show_skipped,
    visible_path,
)
from corpus.model.counted import count
from corpus.model.manifest import IdsFrom
from corpus.pipeline.knownlines import CountReport

__all__ = ["command"]


def command(
    sources: Sources,
    target: Annotated[Path, typer.Option("--out", help="The file of counts; where it is there already, it grows.")],
    text_field: TextField = "text",
    text_type: TextType = "text/plain",
    id_field: IdField = None,
    ids: Annotated[
        IdsFrom, typer.Option(help="What the id of a text or page is: its file's name, or its path below SOURCE.")
    ] = "stem",
    max_document_mib: MaxDocumentMib = 16,
    workers: Annotated[int, typer.Option(min=1, help="Processes that count; the result is the same.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Count in how many documents of its site (or publisher) each line of SOURCES stands.

    The file holds hashes and counts, no text. A document that was counted already is not counted again, so a daily
    crawl grows the file by the same command. Use it with `corpus build --known-lines FILE`.
    """
    with drawn_progress() as progress:
        report = count_lines(
            sources,
            target,
            text_field=text_field,
            text_type=text_type,
            id_field=id_field,
            ids=ids,
            max_document_bytes=document_bytes(max_document_mib),
            workers=workers,
            progress=progress,
        )
    if as_json:
        print_json(_record(report))
    else:
        _show(report, target)
    if report.failed:
        raise typer.Exit(fault_code(report.findings, written=report.written))


def _record(report: CountReport) -> dict[str, object]:
    return {
        **asdict(report.grown),
        "without_site": report.without_site,
        "findings": [finding.as_record() for finding in report.findings],
        "skipped": list(report.skipped),
    }


def _show(report: CountReport, target: Path) -> None:
    show_findings(report.findings)
    show_skipped(report.skipped)
    if not report.written:
        err.print("Nothing could be read, so nothing was written.")
        return
    grown = report.grown
    left = [
        (grown.seen, f"{grown.seen:,} counted before"),
        (grown.copies, f"{count(grown.copies, 'further copy')} of an article"),
        (report.without_site, f"{report.without_site:,} without site or publisher"),
    ]
    told = "".join(f", {what}" for number, what in left if number)
    out.print(f"{count(grown.added, 'document')} counted{told}")
    if report.without_site:
        err.print(
            "a document without site or publisher is not counted: name its site in sources.toml, in the JSON file "
            "beside the text, or in the record"
        )
    out.print(
        f"{escape(visible_path(target))}: {count(grown.total, 'document')} of {count(grown.sites, 'site')}, "
        f"{count(grown.lines, 'line')}, {grown.repeated:,} of them in enough documents to count"
    )
