"""One record (a line of JSON Lines, a row of Parquet) to one anchor text, with what else it knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import RawDocument
from corpus.model.shortened import some_of, told_value
from corpus.readers.columns import known_columns, sort_columns
from corpus.readers.encoding.decoding import Decoded, is_blank
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.shown import decoded_source, shown
from corpus.readers.values import in_form

__all__ = ["MAX_ID", "Problem", "Record", "document_of", "id_columns", "id_problem", "record_id"]

MAX_ID = 512
"""The longest doc_id, in code points."""

_ID_FIELDS = ("id", "doc_id")
_URL_FIELDS = known_columns()["url"][0]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in its file."""

    fields: Mapping[str, object]
    place: str
    """The file's name and the line or row, for findings."""
    file: str
    codec: str = "utf-8"
    """The encoding of its texts."""


class Problem(Exception):  # noqa: N818 (a finding on its way, never an error that leaves this room)
    """Why a record gives no document: the finding's code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        """Keep both for :meth:`ReadReport.add`."""
        super().__init__(message)
        self.code = code


def document_of(record: Record, options: ReadOptions, report: ReadReport) -> RawDocument | None:
    """Return the record's document, or None with a finding that says why there is none."""
    try:
        return _document(record, options, report)
    except Problem as problem:
        most = options.max_findings_per_file
        report.add(problem.code, record.place, str(problem), file=record.file, most=most)
        return None


def record_id(record: Record, options: ReadOptions) -> tuple[str, str]:
    """Return the record's id and the field it stands in.

    The field is ``options.id_field`` where that is given. Otherwise it is "id", then "doc_id", then the
    record's address; the first that is not null counts. It is never the record's number.

    Raises:
        Problem: there is no id, or it cannot be one.
    """
    name = options.id_field or next((n for n in _ID_FIELDS if record.fields.get(n) is not None), None)
    if name is None:
        return _address(record)
    value = record.fields.get(name)
    if value is None:
        raise Problem("missing-id", f"The id field {name!r} is missing or null; {_fields(record)}.")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Problem("bad-id", f"The id must be a text or an integer, not {type(value).__name__}.")
    wrong = id_problem(value)
    if wrong is not None:
        raise Problem("bad-id", f"The id {wrong}.")
    return value, name


def id_problem(doc_id: str) -> str | None:
    """Return what is wrong with an id ("is empty"), or None."""
    if not doc_id.strip():
        return "is empty; give every document a name"
    if len(doc_id) > MAX_ID:
        return f"has {len(doc_id)} characters, more than {MAX_ID}; shorten it"
    bad = next((c for c in doc_id if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")), None)
    if bad is not None:
        return f"holds the control character or surrogate U+{ord(bad):04X}; rename it"
    return None


def id_columns(names: list[str], options: ReadOptions) -> list[str]:
    """Return those of a table's columns that an id can be in."""
    if options.id_field is not None:
        return [name for name in names if name == options.id_field]
    return [name for name in names if name in _ID_FIELDS or name.lower() in _URL_FIELDS]


def _address(record: Record) -> tuple[str, str]:
    names = {name.lower(): name for name in reversed(list(record.fields))}
    for name in (names[field] for field in _URL_FIELDS if field in names):
        url = in_form("url", record.fields[name])
        if isinstance(url, str):
            wrong = id_problem(url)
            if wrong is not None:
                raise Problem("bad-id", f"The address, which is the id here, {wrong}.")
            return url, name
    raise Problem(
        "missing-id",
        f"There is no id: expected a field 'id', 'doc_id' or an address, and {_fields(record)}; name the field "
        "that holds it (`id_field=`).",
    )


def _document(record: Record, options: ReadOptions, report: ReadReport) -> RawDocument:
    doc_id, id_name = record_id(record, options)
    decoded, raw_sha256 = _text(record, options)
    used = {options.text_field} | ({id_name} if id_name.lower() not in _URL_FIELDS else set())
    columns = sort_columns(record.fields, frozenset(used), record.file)
    report.add_omitted(columns.omitted, record.place, record.file)
    source = RawDocument(
        doc_id=doc_id,
        text=decoded.text,
        raw_sha256=raw_sha256,
        decoder=decoded.decoder,
        source_file=record.file,
        repairs=decoded.repairs + columns.repairs,
        known=columns.known,
        extra=columns.extra,
    )
    url = next((value.value for value in columns.known if value.column == "url"), None)
    document = shown(source, options.text_type, url if isinstance(url, str) else None)
    if is_blank(document.text):
        raise Problem("empty-document", f"What the text field {options.text_field!r} holds shows no text.")
    return document


def _text(record: Record, options: ReadOptions) -> tuple[Decoded, str]:
    """Return the record's text, decoded and repaired, and the hash of its bytes."""
    name = options.text_field
    value = record.fields.get(name)
    if value is None:
        state = "is null" if name in record.fields else "is missing"
        raise Problem("missing-text", f"The text field {name!r} {state}; {_fields(record)} (`text_field=`).")
    if not isinstance(value, str | bytes):
        raise Problem("bad-text", f"The text field {name!r} must hold a text, not {type(value).__name__}.")
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    if len(data) > options.max_document_bytes:
        raise Problem("too-large", f"The text has {len(data)} bytes, more than {options.max_document_bytes}.")
    try:
        decoded = decoded_source(value, options.text_type, record.codec)
    except SourceError as error:
        raise Problem("not-text", str(error)) from error
    if is_blank(decoded.text):
        raise Problem(
            "empty-document",
            f"The text field {name!r} holds no text, only white space, signs that nobody sees, or nothing.",
        )
    return decoded, sha256_bytes(data)


def _fields(record: Record) -> str:
    """Name the record's fields, the first ten of them."""
    names = some_of([told_value(name) for name in record.fields], 10)
    return f"the record has {names or 'no field'}"
