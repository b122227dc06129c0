"""``corpus clean``: one text to its clean text, its blocks, or a view of what went and why."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.api.places import check_file
from corpus.cleaning.explaining import Explanation, explain
from corpus.cleaning.knownlines.table import FrozenCounts
from corpus.cleaning.markup.claims import claims_of
from corpus.cli.blocks_shown import show_blocks, show_reasons
from corpus.cli.marked_page import marked_page
from corpus.cli.rim import err, escape, print_json, visible, visible_path
from corpus.errors import SourceError, UsageError
from corpus.files import atomic_write
from corpus.model.document import Document, RawDocument
from corpus.pipeline.cleaning import clean_raw, clean_text_of, raw_of, site_of, with_known
from corpus.readers.kinds import ONE_DOCUMENT, Kind, is_archive, read_name
from corpus.readers.mirrors import first_tag
from corpus.readers.opening import open_regular, read_limited
from corpus.readers.shown import HTML, MARKDOWN, PLAIN

__all__ = ["command"]

_WHOLE = ("!doctype html", "html", "head", "body", "meta", "title")
_PAGES = frozenset({*_WHOLE, "main", "article", "section", "header", "nav", "div", "h1", "p"})
"""The tags that a page, or a part of one, begins with, and a text hardly ever."""
_UNZIPPED = 2**28
"""Bytes that a gzipped file may hold: a few kilobytes of it can stand for gigabytes."""
_MEDIA_TYPES: dict[Kind, str] = {"html": HTML, "markdown": MARKDOWN}


def command(
    file: Annotated[str, typer.Argument(help="A text, HTML or Markdown file, or - for standard input.")],
    html: Annotated[bool, typer.Option("--html", help="FILE is a page (as .html, .htm and .xhtml are).")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="FILE is Markdown (as .md and .markdown are).")
    ] = False,
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
    if html and markdown:
        raise UsageError("--html and --markdown exclude each other: name one.")
    raw = _raw(file, "html" if html else "markdown" if markdown else None, site, url)
    if counts is not None and site_of(raw) is None:
        raise UsageError(
            f"--known-lines counts by site, and the site of {visible(file)} is not known: say --site or --url."
        )
    if not (as_json or show or explained or report):
        _print_text(clean_text_of(raw, line_model, counts))
        return
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


def _print_text(text: str) -> None:
    sys.stdout.write(text + "\n" if text else "")


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
    check_file(path, "--known-lines", "`corpus known-lines` makes one")
    return None if path is None else FrozenCounts.of(path)


def _raw(file: str, told: Kind | None, site: str | None, url: str | None) -> RawDocument:
    name = read_name(Path(file).name)
    if told is None and is_archive(Path(file).name):
        raise UsageError(f"{visible(file)} is an archive and no single text; use `corpus build`, which reads it.")
    kind = told or (name.kind if name else "text")
    if kind not in ONE_DOCUMENT:
        raise UsageError(
            f"{visible(file)} is no single text but holds records ({kind}); use `corpus build`, which reads them."
        )
    data = _read(file)
    if kind == "text" and first_tag(data) in _PAGES:
        err.print(f"{escape(visible(file))} looks like HTML; say --html to have it read as a page.")
    try:
        raw = raw_of(data, _MEDIA_TYPES.get(kind, PLAIN), url)
    except SourceError as error:
        raise SourceError(f"{visible(file)}: {error}") from error
    return with_known(with_known(raw, "site", site), "url", url)


def _read(file: str) -> bytes:
    """Return the bytes of FILE, unzipped where its name ends with .gz."""
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    check_file(path, "", "name a text file or a page, or - for standard input")
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        with open_regular(path, gzipped=True) as stream:
            return read_limited(stream, _UNZIPPED)
    except SourceError as error:
        raise SourceError(f"{visible(file)}: {error}") from error
