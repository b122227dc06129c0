"""A file of one document (a text, a page) to its anchor text; its id is its name or path, without the ending."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import RawDocument
from corpus.readers.encoding.decoding import decode_bytes, is_blank
from corpus.readers.mirrors import is_no_page
from corpus.readers.opening import read_limited
from corpus.readers.pages import page_document
from corpus.readers.records import Problem, id_problem
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.shown import MARKDOWN, PLAIN, shown
from corpus.readers.sidecars import with_side_car
from corpus.readers.sourcefile import SourceFile

__all__ = ["read_text_file", "whole_file"]


def read_text_file(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[RawDocument]:
    """Yield the file's document, or add the finding that says why there is none.

    What is named like a page and is none is skipped in a mirrored site (mirrors.py).

    ``raw_sha256`` is the hash of the file's bytes: of what gzip held, where it was gzipped. What a JSON file
    beside it says is known of the document (sidecars.py).
    """
    try:
        document = _document(file, options)
        if document is None:
            report.skipped.append(file.name)
        else:
            yield with_side_car(document, file, options, report)
    except Problem as problem:
        report.add(problem.code, file.name, str(problem))


def _document(file: SourceFile, options: ReadOptions) -> RawDocument | None:
    wrong = id_problem(file.doc_id)
    if wrong is not None:
        what = "name" if file.doc_id == file.stem else "path below its source"
        raise Problem("bad-id", f"The file's {what}, which is the id, {wrong}.")
    data = whole_file(file, options)
    if not data:
        raise Problem("empty-document", "The file is empty (0 bytes); remove it or get it anew.")
    if file.kind == "html":
        if options.ids == "path" and file.walked and is_no_page(data):
            return None
        return page_document(file.doc_id, data, file.name)
    try:
        decoded = decode_bytes(data)
    except SourceError as error:
        raise Problem("not-text", str(error)) from error
    if is_blank(decoded.text):
        raise Problem("empty-document", "The file holds nothing that can be seen; remove it or get it anew.")
    source = RawDocument(
        doc_id=file.doc_id,
        text=decoded.text,
        raw_sha256=sha256_bytes(data),
        decoder=decoded.decoder,
        source_file=file.name,
        repairs=decoded.repairs,
    )
    document = shown(source, MARKDOWN if file.kind == "markdown" else PLAIN)
    if is_blank(document.text):
        raise Problem("empty-document", "The Markdown shows no text; remove it or get it anew.")
    return document


def whole_file(file: SourceFile, options: ReadOptions) -> bytes:
    """Return a file's bytes.

    Raises:
        Problem: it cannot be read, or is longer than a document may be.
    """
    try:
        with file.open() as stream:
            return read_limited(stream, options.max_document_bytes)
    except SourceError as error:
        code = "too-large" if "limit" in str(error) else "unreadable"
        raise Problem(code, str(error)) from error
