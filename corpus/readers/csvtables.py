"""CSV and TSV to records: the first row names the columns; a broken row costs that row.

The bytes are parsed one to one (as Latin-1) and decoded field by field after that, so that a table in
another encoding than UTF-8 is read like a text in that encoding. Rows end at LF, CR LF or CR outside quotes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, cast

from corpus.errors import SourceError
from corpus.model.finding import Severity
from corpus.readers.binary import binary_reason
from corpus.readers.decoding import decode_bytes
from corpus.readers.inputs import SourceFile
from corpus.readers.records import Problem, Record
from corpus.readers.report import ReadOptions, ReadReport

__all__ = ["read_csv"]

_SEPARATORS = (",", ";", "\t", "|")
_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class _TooLong(Exception):  # noqa: N818 (a signal from the lines to the rows, never leaves this file)
    """A row that is longer than a record may be; what follows in its line was passed over."""


@dataclass(slots=True)
class _Lines:
    """The lines of a table, counted; it ends a row that grows beyond the limit."""

    stream: io.TextIOWrapper
    limit: int
    number: int = 0
    """The 1-based number of the line that was read last."""
    held: int = field(default=0)
    """Characters of the row that is being read."""

    def __iter__(self) -> Iterator[str]:
        while line := self.stream.readline(self.limit + 1):
            self.number += 1
            self.held += len(line)
            if self.held > self.limit:
                while line and line[-1] not in "\r\n":
                    line = self.stream.readline(self.limit + 1)
                raise _TooLong
            yield line


def read_csv(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[Record]:
    """Yield the rows of a table as records of texts; an empty field is null.

    A table ending in .tsv is separated by tabs; else the first of comma, semicolon, tab and bar counts
    that makes the header hold the text field. A row with more or fewer fields than the header, a stray
    quote, or more than ``options.max_record_bytes`` is a finding with the number of its first line. Never
    more than one row is held in memory.
    """
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    lines: _Lines | None = None
    try:
        with file.open() as stream:
            text, wide = _text(stream)
            lines = _Lines(text, options.max_record_bytes)
            yield from _records(lines, wide, file, options, report)
            text.detach()
    except Problem as problem:
        add(problem.code, file.name, str(problem))
    except (SourceError, UnicodeDecodeError) as error:
        place = f"{file.name}:{lines.number + 1}" if lines is not None and lines.number else file.name
        message = str(error) if isinstance(error, SourceError) else f"The table cannot be decoded ({error.reason})."
        add("unreadable", place, message)


def _text(stream: IO[bytes]) -> tuple[io.TextIOWrapper, bool]:
    """Return the table as text, and whether its characters are real (and not bytes one to one)."""
    buffered = cast(io.BufferedReader, stream)  # what open() gives, gzipped or not
    head = buffered.peek(4096)[:4096]
    mark = next((mark for mark in _MARKS if head.startswith(mark)), None)
    if mark is not None:
        return io.TextIOWrapper(buffered, _WIDE[mark], "replace", newline=""), True
    reason = binary_reason(head)
    if reason is not None:
        raise Problem("not-csv", f"The file is {reason}, not CSV.")
    if head.startswith(codecs.BOM_UTF8):
        buffered.read(len(codecs.BOM_UTF8))
    return io.TextIOWrapper(buffered, "latin-1", newline=""), False


def _records(
    lines: _Lines, wide: bool, file: SourceFile, options: ReadOptions, report: ReadReport
) -> Iterator[Record]:
    csv.field_size_limit(max(csv.field_size_limit(), options.max_record_bytes))  # of the process; only raised
    first = _header_line(lines)
    separator = "\t" if file.ending == ".tsv" else _separator(first, wide, options)
    try:
        cells = next(_rows(iter([first]), separator))
    except csv.Error as error:
        raise Problem("bad-header", f"The first row names no columns: {error}; mend its quotes.") from error
    header = _header(cells, wide, file, options, report)
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    for begin, row in _sound_rows(lines, separator, add):
        if not row:
            continue
        place = f"{file.name}:{begin}"
        if len(row) != len(header):
            message = f"The row has {len(row)} fields, the header {len(header)}; mend or remove it."
            add("ragged-row", place, message)
            continue
        fields = _fields(header, row, wide, options.text_field)
        yield Record(fields, place, file.name)


def _sound_rows(lines: _Lines, separator: str, add: partial[None]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line; what is no row becomes a finding, the next line goes on."""
    reading = _rows(iter(lines), separator)
    while True:
        begin, lines.held = lines.number + 1, 0
        try:
            row = next(reading)
        except StopIteration:
            return
        except _TooLong:
            add("too-large", _place(add, begin), f"The row is longer than the limit of {lines.limit} bytes.")
        except csv.Error as error:
            upto = f" (it goes on to line {lines.number})" if lines.number > begin else ""
            message = f"This is no row of CSV: {error}{upto}; mend its quotes."
            add("bad-row", _place(add, begin), message)
        else:
            yield begin, row
            continue
        reading = _rows(iter(lines), separator)


def _place(add: partial[None], number: int) -> str:
    return f"{add.keywords['file']}:{number}"


def _rows(lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator, strict=True)


def _header_line(lines: _Lines) -> str:
    try:
        for line in lines:
            if line.strip():
                lines.held = 0
                return line
            lines.held = 0
    except _TooLong:
        raise Problem("not-csv", f"The header is longer than the limit of {lines.limit} bytes.") from None
    raise Problem("empty-document", "The file holds no header and no row; remove it or get it anew.")


def _separator(line: str, wide: bool, options: ReadOptions) -> str:
    """Return what makes the header hold the text field, or else the most columns."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            names = [_name(cell, wide) for cell in next(_rows(iter([line]), separator))]
        except csv.Error:
            continue
        if options.text_field in names:
            return separator
        if len(names) > most:
            best, most = separator, len(names)
    return best


def _header(cells: list[str], wide: bool, file: SourceFile, options: ReadOptions, report: ReadReport) -> list[str]:
    names = [_name(cell, wide) for cell in cells]
    listed = ", ".join(repr(name)[:60] for name in names[:10])
    if options.text_field not in names:
        message = f"The first row names no column {options.text_field!r}; it has {listed} (--text-field)."
        raise Problem("missing-text", message)
    double = next((name for name in names if name and names.count(name) > 1), None)
    if double is not None:
        raise Problem("bad-header", f"The first row names {double!r} twice; give each column a name of its own.")
    if "" in names:
        message = "A column without a name is not carried; give it one in the first row."
        report.add("omitted-column", f"{file.name}:1", message, Severity.NOTE, file=file.name)
    return names


def _name(cell: str, wide: bool) -> str:
    return (cell if wide else cell.encode("latin-1").decode("utf-8", "replace")).strip().lstrip("\ufeff")


def _fields(header: list[str], row: list[str], wide: bool, text_field: str) -> dict[str, object]:
    """Return the row's values; the text as bytes where its encoding is to be told from itself."""
    named = [(name, cell) for name, cell in zip(header, row, strict=True) if name]
    if wide:
        return {name: cell or None for name, cell in named}
    raw = {name: cell.encode("latin-1") for name, cell in named if cell}
    others = _decoded({name: data for name, data in raw.items() if name != text_field}, raw.get(text_field, b""))
    texts: dict[str, object] = {name: others.get(name) for name, _ in named}
    return texts | {text_field: raw.get(text_field)}


def _decoded(fields: dict[str, bytes], text: bytes) -> dict[str, str]:
    """Decode short fields as UTF-8, else as the whole row reads."""
    try:
        return {name: data.decode("utf-8") for name, data in fields.items()}
    except UnicodeDecodeError:
        pass
    try:
        codec = decode_bytes(b"\n".join([text, *fields.values()])).decoder.rpartition(" ")[2]
        return {name: data.decode(codec, "replace") for name, data in fields.items()}
    except (SourceError, LookupError):
        return {name: data.decode("utf-8", "replace") for name, data in fields.items()}
