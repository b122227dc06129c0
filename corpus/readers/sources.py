"""Sources (files and directories) to anchor texts: what can be read is handed over, the rest reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.files import sha256_file
from corpus.model.document import KnownValue, RawDocument
from corpus.model.manifest import InputFile
from corpus.readers.identity import claimed_twice
from corpus.readers.inputs import SourceFile, list_files
from corpus.readers.jsonlines import read_json_lines
from corpus.readers.known import KnownSources
from corpus.readers.parquet import read_parquet
from corpus.readers.records import document_of
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.textfiles import read_text_file

__all__ = ["ReadOptions", "ReadReport", "read_sources"]


def read_sources(sources: Sequence[Path | str], options: ReadOptions, report: ReadReport) -> Iterator[RawDocument]:
    """Yield every document of the sources once, in the order of the sources and of the names below them.

    Nothing in the data stops the reading: what cannot be read becomes a finding with its place, cause and
    way out. ``report`` is complete when the iterator is exhausted. Files are opened one at a time, records
    are held one batch at a time; of the ids eight bytes each are kept (identity.py).
    """
    files = list_files(sources, report).files
    twice = claimed_twice(files, options)
    for doc_id, claim in twice.items():
        report.add("duplicate-id", claim.places[0], claim.sentence(doc_id))
    known = KnownSources(report)
    for file in files:
        known.see(file)
        for document in _documents(file, options, report):
            values = known.known(file, document.doc_id)
            if document.doc_id not in twice:
                yield replace(document, known=_first_of_each(document.known + values))
        report.close_file(file.name, options.max_findings_per_file)
    known.report_unseen()


def _documents(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[RawDocument]:
    before = len(report.findings)
    if file.kind == "text":
        yield from read_text_file(file, options, report)
    else:
        yield from _record_documents(file, options, report)
    unread = any(f.place == file.name and f.code in _UNREAD for f in report.findings[before:])
    if not unread:
        _add_input(file, report)


_UNREAD = ("unreadable", "not-text", "not-json-lines", "empty-document", "too-large", "bad-id")


def _record_documents(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[RawDocument]:
    read = read_parquet if file.kind == "parquet" else read_json_lines
    records = 0
    before = len(report.findings)
    for record in read(file, options, report):
        records += 1
        document = document_of(record, options, report)
        if document is not None:
            yield document
    if not records and len(report.findings) == before:
        message = "The file holds no record; remove it or get it anew."
        report.add("empty-document", file.name, message)


def _add_input(file: SourceFile, report: ReadReport) -> None:
    try:
        digest, size = sha256_file(file.path), file.path.stat().st_size
    except OSError:  # it went away after it was read: nothing true can be said of its bytes
        return
    report.inputs.append(InputFile(path=file.name, sha256=digest, bytes=size, role="source"))


def _first_of_each(values: tuple[KnownValue, ...]) -> tuple[KnownValue, ...]:
    """Keep one value a column, the record's before that of sources.toml."""
    first: dict[str, KnownValue] = {}
    for value in values:
        first.setdefault(value.column, value)
    return tuple(first.values())
