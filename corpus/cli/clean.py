"""``corpus clean``: one text to its clean text, its blocks, or a view of what went and why."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.cleaning.explaining import Explanation, explain
from corpus.cleaning.knownlines.table import FrozenCounts
from corpus.cleaning.markup.claims import claims_of
from corpus.cli.blocks_shown import show_blocks, show_reasons
from corpus.cli.marked_page import marked_page
from corpus.cli.rim import err, escape, print_json, visible, visible_path
from corpus.errors import SourceError, UsageError
from corpus.files import atomic_write
from corpus.model.document import Document, RawDocument
from corpus.pipeline.cleaning import clean_raw, raw_of_page, raw_of_text, with_known
from corpus.readers.decoding import decode_bytes

__all__ = ["command"]


def command(
    file: Annotated[str, typer.Argument(help="A text or HTML file, or - for standard input.")],
    html: Annotated[bool, typer.Option("--html", help="FILE is a page (.html and .htm always are).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the document with its blocks as JSON.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Show every block with its role, reason and rule.")] = False,
    explained: Annotated[
        bool, typer.Option("--explain", help="Show for each dropped line the rule, what it found, the evidence.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write a page (HTML) that marks in the text what stays, what goes and why.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="The site (host) FILE comes from.")] = None,
    url: Annotated[str | None, typer.Option(help="The address FILE comes from.")] = None,
    known_lines: Annotated[
        Path | None, typer.Option(help="Counts made by `corpus known-lines`; needs --site or --url.")
    ] = None,
    line_model: Annotated[
        bool, typer.Option("--line-model/--no-line-model", help="Ask the line model, or the rules alone.")
    ] = True,
) -> None:
    """Print the clean text of FILE."""
    if show and (as_json or explained):
        other = "--json" if as_json else "--explain"
        raise UsageError(f"{other} and --show exclude each other: name one.")
    counts = _counts(known_lines)
    raw = _raw(file, html, site, url)
    document = clean_raw(raw, line_model, counts)
    reasons = reasons_of(raw, document) if explained or report else []
    if report is not None:
        with atomic_write(report) as stream:
            stream.write(marked_page(document, reasons).encode("utf-8"))
        err.print(f"wrote {escape(visible_path(report))}")
    if as_json:
        print_json(as_record(document, reasons if explained else None))
    elif show:
        show_blocks(document)
    elif explained:
        show_reasons(document, reasons)
    elif report is None:
        sys.stdout.write(document.text + "\n" if document.text else "")


def reasons_of(raw: RawDocument, document: Document) -> list[Explanation]:
    """Return one explanation a block."""
    return explain(raw.text, document.blocks, raw.markup, () if raw.head is None else claims_of(raw.head))


def as_record(document: Document, reasons: list[Explanation] | None = None) -> dict[str, Any]:
    """Return everything known of a document as JSON-ready values, explanations and the anchor text last."""
    record = asdict(document)
    record.pop("raw_text")
    told = {} if reasons is None else {"explanations": [asdict(reason) for reason in reasons]}
    return {**record, **told, "raw_text": document.raw_text}


def _counts(path: Path | None) -> FrozenCounts | None:
    if path is None:
        return None
    if not path.is_file():
        raise UsageError(f"--known-lines must be a file, got {visible_path(path)}.")
    return FrozenCounts.of(path)


def _raw(file: str, html: bool, site: str | None, url: str | None) -> RawDocument:
    data = _read(file)
    if html or file.lower().endswith((".html", ".htm")):
        raw = raw_of_page(data, url)
    else:
        raw = raw_of_text(decode_bytes(data), data)
    return with_known(with_known(raw, "site", site), "url", url)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.exists() or path.is_dir():  # a pipe is fine, as for cat
        raise SourceError(f"{visible(file)} is not a file that can be read; name a text file, or - for stdin.")
    return path.read_bytes()
