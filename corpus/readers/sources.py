"""Sources (files, directories, addresses) to anchor texts: what can be read is handed over, the rest reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SourceError
from corpus.files import sha256_file
from corpus.model.document import KnownValue, RawDocument
from corpus.model.finding import Severity
from corpus.model.manifest import InputFile
from corpus.readers.columns import OMITTED
from corpus.readers.identity import Identities, identities, records_of
from corpus.readers.inputs import list_files
from corpus.readers.iptc.newsroom import read_item
from corpus.readers.kinds import ONE_DOCUMENT
from corpus.readers.known import KnownSources, first_of_each
from corpus.readers.pages import page_document
from corpus.readers.records import Problem, document_of
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.spool import Spool
from corpus.readers.standing import Fate, Verdict
from corpus.readers.terms import WELL_KNOWN
from corpus.readers.textfiles import read_text_file
from corpus.readers.values import host_of

__all__ = ["ReadOptions", "ReadReport", "read_sources"]

if TYPE_CHECKING:
    from corpus.readers.warc import Capture

Placed = tuple[str, RawDocument]
"""A document with its place, for findings."""


def read_sources(sources: Sequence[Path | str], options: ReadOptions, report: ReadReport) -> Iterator[RawDocument]:
    """Yield every document of the sources once, in the order of the sources and of the names below them.

    A source is a path, or an address that fsspec opens (``s3://``, ``gs://``, ``https://``, ``memory://`` …).
    Nothing in the data stops the reading: what cannot be read becomes a finding with its place, cause and
    way out. Of several versions of a news item or captures of a page the newest is handed over, the others
    are notes. ``report`` is complete when the iterator is exhausted. Files are opened one at a time, records
    are held one batch at a time; of the ids eight bytes each are kept (identity.py).
    """
    with Spool(options) as spool:
        inputs = list_files(sources, report, spool)
        files = inputs.files
        found = identities(files, options)
        for doc_id, places in found.refused.items():
            report.add("duplicate-id", places[0], found.sentence(doc_id))
        known = KnownSources(report, options.ids, options.max_findings_per_file)
        for file in files:
            known.see(file)
            for document in _documents(file, found, options, report):
                values = known.known(file, document.doc_id)
                yield replace(document, known=first_of_each(document.known + values))
            report.close_file(file.name, options.max_findings_per_file)
        known.report_unseen(inputs.tables)


_UNREAD = (
    "unreadable",
    "not-text",
    "not-json-lines",
    "not-csv",
    "empty-document",
    "too-large",
    "bad-id",
    "extra-missing",
    "invalid-json",
    "invalid-xml",
    "unsafe-xml",
    "missing-text",
    "no-item",
)
"""Findings on a whole file that mean that nothing of it was read."""


def _documents(
    file: SourceFile, found: Identities, options: ReadOptions, report: ReadReport
) -> Iterator[RawDocument]:
    before, skipped, state = len(report.findings), len(report.skipped), file.origin.state()
    for place, document in _placed(file, found, options, report):
        verdict = found.verdict(place)
        if verdict.fate is Fate.CURRENT:
            _tell_left_out(place, document, file, options, report)
            yield replace(document, revision=verdict.revision)
        else:
            _note(place, document.doc_id, verdict, file, options, report)
    unread = any(f.place == file.name and f.code in _UNREAD for f in report.findings[before:])
    if not unread and len(report.skipped) == skipped:
        _add_input(file, state, report)


def _tell_left_out(
    place: str, document: RawDocument, file: SourceFile, options: ReadOptions, report: ReadReport
) -> None:
    """Add a note for each field of a text's front matter that is not carried."""
    for repair in document.repairs:
        if repair.kind == OMITTED:
            most = options.max_findings_per_file
            report.add(OMITTED, place, repair.detail, Severity.NOTE, file=file.name, most=most)


def _placed(file: SourceFile, found: Identities, options: ReadOptions, report: ReadReport) -> Iterator[Placed]:
    if file.kind in ONE_DOCUMENT:
        for document in read_text_file(file, options, report):
            yield file.name, document
    elif file.kind in ("json", "xml"):
        yield from _item(file, found, options, report)
    else:
        counted, before = 0, len(report.findings)
        read = _captures if file.kind == "warc" else _records
        for count, placed in enumerate(read(file, found, options, report), 1):
            counted = count
            if placed is not None:
                yield placed
        if not counted and len(report.findings) == before:
            what = "page" if file.kind == "warc" else "record"
            message = f"The file holds no {what}; remove it or get it anew."
            report.add("empty-document", file.name, message)


def _records(file: SourceFile, _: Identities, options: ReadOptions, report: ReadReport) -> Iterator[Placed | None]:
    for record in records_of(file, options, report):
        document = document_of(record, options, report)
        yield None if document is None else (record.place, document)


def _item(file: SourceFile, found: Identities, options: ReadOptions, report: ReadReport) -> Iterator[Placed]:
    """Yield a news item's document; a file of something else is skipped where its folder was asked for."""
    try:
        item = read_item(file, options)
        if item is None and file.walked:
            report.skipped.append(file.name)
        elif item is None:
            raise Problem("no-item", "This is no news item; expected ninjs (JSON) or NITF (XML).")
        elif item.withdraws is not None or item.standing.withdrawn:
            _note(file.name, found.ids[file.name], found.verdict(file.name), file, options, report)
        elif found.verdict(file.name).fate is Fate.CURRENT:
            document = item.document()
            if document is None:
                report.skipped.append(file.name)
            else:
                yield file.name, replace(document, doc_id=found.ids[file.name])
        else:
            _note(file.name, found.ids[file.name], found.verdict(file.name), file, options, report)
    except Problem as problem:
        report.add(problem.code, file.name, str(problem))


def _captures(
    file: SourceFile, found: Identities, options: ReadOptions, report: ReadReport
) -> Iterator[Placed | None]:
    """Yield the pages of a WARC file; a capture that does not count is noted and not rendered."""
    from corpus.readers.warc import read_captures

    def document_of_capture(capture: Capture) -> Placed | None:
        verdict = found.verdict(capture.place)
        if verdict.fate is not Fate.CURRENT:
            _note(capture.place, capture.doc_id, verdict, file, options, report)
            return None
        try:
            page = page_document(
                capture.doc_id,
                capture.data,
                file.name,
                declared=capture.content_type,
                url=capture.url,
                known=_known_of(capture, file.name),
            )
            return capture.place, _with_terms(page, found.terms.of(capture.url))
        except Problem as problem:
            most = options.max_findings_per_file
            report.add(problem.code, capture.place, str(problem), file=file.name, most=most)
            return None

    yield from map(document_of_capture, read_captures(file, options, report))


def _with_terms(page: RawDocument, terms: Sequence[tuple[str, str]]) -> RawDocument:
    """Add what the page's site reserves, unless the page or its headers say it themselves."""
    own = any(name.lower() == "tdm-reservation" for name, _ in page.head.metas) if page.head else False
    if own or page.known_value("tdm_reservation"):
        return page
    added = (KnownValue(column, value, "input record", WELL_KNOWN) for column, value in terms)
    return replace(page, known=(*page.known, *added))


def _known_of(capture: Capture, name: str) -> tuple[KnownValue, ...]:
    values = (
        ("url", capture.url, f"{name}:WARC-Target-URI"),
        ("site", host_of(capture.url), f"{name}:WARC-Target-URI (its host)"),
        ("retrieved_at", capture.date, f"{name}:WARC-Date"),
        *((column, value, f"{name}:HTTP header") for column, value in capture.terms),
    )
    return tuple(KnownValue(column, value, "input record", where) for column, value, where in values if value)


def _note(
    place: str, doc_id: str, verdict: Verdict, file: SourceFile, options: ReadOptions, report: ReadReport
) -> None:
    """Say why an input gives no document; refused ids were reported all together."""
    most = options.max_findings_per_file
    if verdict.fate is Fate.OLDER:
        message = f"This is an older version of {doc_id!r}; the newest, {verdict.other}, is the document."
        report.add("older-revision", place, message, Severity.NOTE, file=file.name, most=most)
    elif verdict.fate in (Fate.NOTICE, Fate.CURRENT):  # a notice alone is nobody's second
        left = f"the article in {verdict.other} is left out" if verdict.other else "no article of it is here"
        message = f"This notice takes {doc_id!r} back, so {left}."
        report.add("killed", place, message, Severity.NOTE, file=file.name, most=most)
    elif verdict.fate is Fate.KILLED:
        message = f"The article {doc_id!r} is left out: {verdict.other} takes it back."
        report.add("killed", place, message, Severity.NOTE, file=file.name, most=most)


def _add_input(file: SourceFile, before: tuple[int, ...] | None, report: ReadReport) -> None:
    """Add the hash of the bytes that were read, where they still lie there; of others nothing true can be said."""
    try:
        path = file.origin.path()
        digest, size = sha256_file(path), path.stat().st_size
    except (OSError, SourceError):
        message = "The file went away while it was read, so its hash is not known; put it back and build again."
        report.add("gone-while-read", file.name, message)
        return
    if file.origin.state() != before:
        message = "The file was changed while it was read, so this may be of two versions of it; build again."
        report.add("changed-while-read", file.name, message)
        return
    report.inputs.append(InputFile(path=file.name, sha256=digest, bytes=size, role="source"))
