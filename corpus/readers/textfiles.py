"""A text file to one anchor text; its id is its name without the ending."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import RawDocument
from corpus.readers.decoding import decode_bytes
from corpus.readers.inputs import SourceFile
from corpus.readers.opening import open_regular, read_limited
from corpus.readers.records import Problem, id_problem
from corpus.readers.report import ReadOptions, ReadReport

__all__ = ["read_text_file"]


def read_text_file(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[RawDocument]:
    """Yield the file's document, or add the finding that says why there is none.

    ``raw_sha256`` is the hash of the text's bytes: of what gzip held, where it was gzipped.
    """
    try:
        yield _document(file, options)
    except Problem as problem:
        report.add(problem.code, file.name, str(problem))


def _document(file: SourceFile, options: ReadOptions) -> RawDocument:
    wrong = id_problem(file.stem)
    if wrong is not None:
        raise Problem("bad-id", f"The file's name, which is the id, {wrong}.")
    data = _bytes(file, options)
    if not data:
        raise Problem("empty-document", "The file is empty (0 bytes); remove it or get it anew.")
    try:
        decoded = decode_bytes(data)
    except SourceError as error:
        raise Problem("not-text", str(error)) from error
    if not decoded.text.strip():
        raise Problem("empty-document", "The file holds nothing but white space; remove it or get it anew.")
    return RawDocument(
        doc_id=file.stem,
        text=decoded.text,
        raw_sha256=sha256_bytes(data),
        decoder=decoded.decoder,
        source_file=file.name,
        repairs=decoded.repairs,
    )


def _bytes(file: SourceFile, options: ReadOptions) -> bytes:
    try:
        with open_regular(file.path, gzipped=file.gzipped) as stream:
            return read_limited(stream, options.max_document_bytes)
    except SourceError as error:
        code = "too-large" if "limit" in str(error) else "unreadable"
        raise Problem(code, str(error)) from error
