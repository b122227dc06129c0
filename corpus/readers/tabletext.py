"""The text of a CSV or TSV: its encoding, its lines, its separator and its fields, for reading and for erasing.

The bytes are parsed one to one (as Latin-1) and decoded field by field after that, so that a table in
another encoding than UTF-8 is read like a text in that encoding. A mark of UTF-16 or UTF-32 is believed: such a
table is ``wide``, its characters are real from the first. Rows end at LF, CR LF or CR outside quotes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast

from corpus.errors import SourceError
from corpus.readers.binary import binary_reason
from corpus.readers.decoding import decode_bytes
from corpus.readers.records import Problem

__all__ = ["Lines", "TooLong", "fields_of", "header_line", "names_of", "opened", "rows_of", "separator_of"]

_SEPARATORS = (",", ";", "\t", "|")
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NARROW = "latin-1"


class TooLong(Exception):  # noqa: N818 (a signal from the lines to the rows, never leaves this room)
    """A row is longer than a record may be; what follows in its line was passed over."""


@dataclass(slots=True)
class Lines:
    """The lines of a table, counted; it ends a row that grows beyond the limit."""

    stream: io.TextIOWrapper
    codec: str
    at: int
    """Where in the file (unzipped) the next line begins, in bytes; it holds for what can be decoded."""
    limit: int
    """Characters that a row may have."""
    number: int = 0
    """The 1-based number of the line that was read last."""
    held: int = 0
    """Characters of the row that is being read; whoever begins a row sets it to 0."""

    @property
    def wide(self) -> bool:
        """Whether the characters are real, and not bytes one to one."""
        return self.codec != _NARROW

    def __iter__(self) -> Iterator[str]:
        """Yield the lines with their ends.

        Raises:
            TooLong: the row is too long.
            UnicodeDecodeError: a wide table is broken, where it is read strictly.
        """
        while line := self.stream.readline(self.limit + 1):
            self.number += 1
            self.at += self.size_of(line)
            self.held += len(line)
            if self.held > self.limit:
                while line and line[-1] not in "\r\n":
                    line = self.stream.readline(self.limit + 1)
                    self.at += self.size_of(line)
                raise TooLong
            yield line

    def size_of(self, line: str) -> int:
        """Return how many bytes a line takes up."""
        return len(line.encode(self.codec)) if self.wide else len(line)


def opened(stream: IO[bytes], limit: int, *, strict: bool = False) -> Lines:
    """Return the lines of a table; what cannot be decoded in a wide one is an error or a replacement character.

    Raises:
        Problem: it is no text.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limit))  # of the process; only raised
    buffered = cast(io.BufferedReader, stream)  # what open() gives, gzipped or not
    head = buffered.peek(4096)[:4096]
    marks = (*_WIDE, (codecs.BOM_UTF8, _NARROW), (b"", _NARROW))
    mark, codec = next((mark, codec) for mark, codec in marks if head.startswith(mark))
    reason = binary_reason(head) if codec == _NARROW else None
    if reason is not None:
        raise Problem("not-csv", f"The file is {reason}, not CSV.")
    buffered.read(len(mark))
    text = io.TextIOWrapper(buffered, codec, "strict" if strict else "replace", newline="")
    return Lines(text, codec, len(mark), limit)


def header_line(lines: Lines) -> str | None:
    """Return the first line that is not blank, None where there is none.

    Raises:
        Problem: it is too long.
    """
    try:
        for line in lines:
            lines.held = 0
            if line.strip():
                return line
    except TooLong:
        raise Problem("not-csv", f"The header is longer than the limit of {lines.limit} bytes.") from None
    return None


def separator_of(header: str, ending: str, text_field: str, *, wide: bool) -> str:
    """Return what separates a table's fields: in a .tsv the tab.

    Else it is the first of comma, semicolon, tab and bar that makes the header hold the text field, or that makes
    the most columns of it where none does.
    """
    if ending == ".tsv":
        return "\t"
    best, most = _SEPARATORS[0], 0
    for separator in _SEPARATORS:
        try:
            names = names_of(next(rows_of([header], separator)), wide=wide)
        except csv.Error:
            continue
        if text_field in names:
            return separator
        if len(names) > most:
            best, most = separator, len(names)
    return best


def rows_of(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Yield the cells of each row.

    Raises:
        csv.Error: what comes next is no row.
        TooLong: the lines say so.
    """
    return csv.reader(lines, delimiter=separator, strict=True)


def names_of(cells: Sequence[str], *, wide: bool) -> list[str]:
    """Return the names of the columns."""
    texts = cells if wide else [cell.encode(_NARROW).decode("utf-8", "replace") for cell in cells]
    return [text.strip().lstrip("\ufeff") for text in texts]


def fields_of(named: Iterable[tuple[str, str]], text_field: str, *, wide: bool) -> dict[str, object]:
    """Return a row's values by name, None for empty cells; the text as bytes if its encoding is to be told."""
    cells = dict(named)
    if wide:
        return {name: cell or None for name, cell in cells.items()}
    raw = {name: cell.encode(_NARROW) for name, cell in cells.items() if cell}
    text = raw.pop(text_field, b"")
    others = _decoded(raw, text)
    return {name: (text or None) if name == text_field else others.get(name) for name in cells}


def _decoded(fields: Mapping[str, bytes], text: bytes) -> dict[str, str]:
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
