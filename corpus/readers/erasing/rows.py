"""CSV and TSV to parts: a row each, with the bytes that it takes up, line breaks in quotes and all.

Unlike the reader (csvtables.py), which hands over decoded records, this one must know where a row begins and ends.
Rows that the reader refuses (ragged ones, tables without a text column) are searched too, since they hold text.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

from corpus.errors import SourceError
from corpus.readers.binary import binary_reason
from corpus.readers.decoding import decode_bytes
from corpus.readers.erasing.parts import Part, Tell, Traces, digest_of, traces_of_record
from corpus.readers.inputs import SourceFile
from corpus.readers.report import ReadOptions

__all__ = ["find_rows"]

_SEPARATORS = (",", ";", "\t", "|")
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class _TooLong(Exception):  # noqa: N818 (a signal from the lines to the rows, never leaves this file)
    """A row is longer than a record may be."""


@dataclass(slots=True)
class _Lines:
    """The lines of a table, with where in the file the next one begins."""

    stream: io.TextIOWrapper
    codec: str
    at: int
    limit: int
    number: int = 0
    held: int = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.stream.readline(self.limit + 1):
            self.number += 1
            self.at += self.size_of(line)
            self.held += len(line)
            if self.held > self.limit:
                while line and line[-1] not in "\r\n":
                    line = self.stream.readline(self.limit + 1)
                    self.at += self.size_of(line)
                raise _TooLong
            yield line

    def size_of(self, line: str) -> int:
        """Return how many bytes a line takes up."""
        return len(line) if self.codec == "latin-1" else len(line.encode(self.codec))


def find_rows(file: SourceFile, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    """Yield the rows of a table; a first one that names the text's column is nothing to keep a file for.

    Raises:
        SourceError: the file cannot be read to its end, or is in no encoding that can be told.
    """
    csv.field_size_limit(max(csv.field_size_limit(), options.max_record_bytes))  # of the process; only raised
    with file.open() as stream:
        try:
            lines = _opened(stream, options.max_record_bytes)
            header = _header(lines)
            if header is None:
                return
            separator = "\t" if file.ending == ".tsv" else _separator(header, lines.codec, options)
            names = _names(header, separator, lines.codec)
            quoted = Traces(quoted=tuple(map(digest_of, names)))
            counts = options.text_field not in names
            yield Part(lines.at - lines.size_of(header), lines.at, quoted, counts=counts)
            yield from _parts(lines, header, separator, options, tell)
            lines.stream.detach()
        except UnicodeDecodeError as error:
            raise SourceError(f"The table cannot be decoded ({error.reason}).") from error


def _opened(stream: IO[bytes], limit: int) -> _Lines:
    buffered = cast(io.BufferedReader, stream)  # what open() gives, gzipped or not
    head = buffered.peek(4096)[:4096]
    for mark, codec in _WIDE:
        if head.startswith(mark):
            buffered.read(len(mark))
            return _Lines(io.TextIOWrapper(buffered, codec, newline=""), codec, len(mark), limit)
    reason = binary_reason(head)
    if reason is not None:
        raise SourceError(f"The file is {reason}, not CSV.")
    mark_length = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    buffered.read(mark_length)
    return _Lines(io.TextIOWrapper(buffered, "latin-1", newline=""), "latin-1", mark_length, limit)


def _header(lines: _Lines) -> str | None:
    """Return the first line that is not blank."""
    try:
        for line in lines:
            lines.held = 0
            if line.strip():
                return line
    except _TooLong:
        raise SourceError(f"The header is longer than the limit of {lines.limit} bytes.") from None
    return None


def _separator(header: str, codec: str, options: ReadOptions) -> str:
    """Return what makes the header hold the text field, or else the most columns, as the reader has it."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        names = _names(header, separator, codec)
        if options.text_field in names:
            return separator
        if len(names) > most:
            best, most = separator, len(names)
    return best


def _names(header: str, separator: str, codec: str) -> list[str]:
    try:
        cells = next(csv.reader([header], delimiter=separator, strict=True))
    except csv.Error:
        return []
    return [_decoded(cell, codec).strip().lstrip("\ufeff") for cell in cells]


def _parts(lines: _Lines, header: str, separator: str, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    names = _names(header, separator, lines.codec)
    reading = csv.reader(iter(lines), delimiter=separator, strict=True)
    while True:
        begin, first, lines.held = lines.at, lines.number + 1, 0
        try:
            row = next(reading)
        except StopIteration:
            return
        except (_TooLong, csv.Error):
            tell(f"the row in line {first} cannot be read")
            yield Part(begin, lines.at, Traces())
            reading = csv.reader(iter(lines), delimiter=separator, strict=True)
            continue
        if row:
            yield Part(begin, lines.at, traces_of_record(_fields(names, row, lines.codec, options), options))


def _fields(names: Sequence[str], row: Sequence[str], codec: str, options: ReadOptions) -> dict[str, object]:
    """Return the row's values; the text as bytes where its encoding is to be told from itself."""
    unnamed = (f"\0{number}" for number in range(len(row)))  # no name of a column
    last = {name: number for number, name in enumerate(names)}  # of two columns of one name the reader takes it
    own = [name if last[name] == number else "" for number, name in enumerate(names)]
    named = [(name or next(unnamed), cell) for name, cell in zip((*own, *[""] * len(row)), row, strict=False)]
    if codec != "latin-1":
        return {name: cell or None for name, cell in named}
    whole = "\n".join(row).encode("latin-1")
    return {
        name: cell.encode("latin-1") if name == options.text_field else _decoded(cell, codec, whole)
        for name, cell in named
        if cell
    }


def _decoded(cell: str, codec: str, whole: bytes = b"") -> str:
    """Return a cell's text: as UTF-8, else as its whole row reads."""
    if codec != "latin-1" or cell.isascii():
        return cell
    data = cell.encode("latin-1")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(decode_bytes(whole or data).decoder.rpartition(" ")[2], "replace")
    except (SourceError, LookupError):
        return data.decode("utf-8", "replace")
