"""The text of a CSV or TSV: its encoding, its lines, its separator and its fields, for reading and for erasing.

The bytes are parsed one to one (as Latin-1) and decoded field by field after that, so that a table in
another encoding than UTF-8 is read like a text in that encoding. A mark of UTF-16 or UTF-32 is believed, and so are
the NULs of UTF-16 without one: such a table is ``wide``, its characters are real from the first, and half of a pair
stays what it is until a text is repaired. Rows end at LF, CR LF or CR outside quotes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast

from corpus.errors import SourceError
from corpus.readers.encoding.binary import binary_reason
from corpus.readers.encoding.decoding import decode_bytes, mark_of, unmarked_utf16
from corpus.readers.records import Problem

__all__ = ["Lines", "TooLong", "fields_of", "header_line", "names_of", "opened", "rows_of", "separator_of"]

_SEPARATORS = (",", ";", "\t", "|")
_NARROW = "latin-1"
_MARK = codecs.BOM_UTF8.decode(_NARROW)
_HALVES = "surrogatepass"
_HEAD = 4096


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

        A mark before a row, as tables that were put together have it, is left out.

        Raises:
            TooLong: the row is too long.
            UnicodeDecodeError: a wide table breaks off in a character.
        """
        mark = "\ufeff" if self.wide else _MARK
        while line := self.stream.readline(self.limit + 1):
            self.number += 1
            self.at += self.size_of(line)
            if not self.held:
                line = line.removeprefix(mark)
            self.held += len(line)
            if self.held > self.limit:
                while line and line[-1] not in "\r\n":
                    line = self.stream.readline(self.limit + 1)
                    self.at += self.size_of(line)
                raise TooLong
            yield line

    def size_of(self, line: str) -> int:
        """Return how many bytes a line takes up."""
        return len(line.encode(self.codec, _HALVES)) if self.wide else len(line)


def opened(stream: IO[bytes], limit: int) -> Lines:
    """Return the lines of a table, of a seekable stream at its beginning.

    Raises:
        Problem: it is no text.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limit))  # of the process; only raised
    buffered = cast(io.BufferedReader, stream)  # what open() gives, gzipped or not
    mark, codec = mark_of(buffered.read(4)) or (b"", "")
    buffered.seek(0)
    head = buffered.peek(_HEAD)[:_HEAD]
    if not codec:
        codec = _unmarked(head) or _NARROW
    if codec in (_NARROW, "utf-8"):
        codec, reason = _NARROW, binary_reason(head)
        if reason is not None:
            raise Problem("not-csv", f"The file is {reason}, not CSV.")
    buffered.read(len(mark))
    return Lines(io.TextIOWrapper(buffered, codec, _HALVES, newline=""), codec, len(mark), limit)


def _unmarked(head: bytes) -> str | None:
    """Return which UTF-16 the first bytes are, be they cut in a character or not."""
    even = head[: len(head) // 2 * 2]
    return unmarked_utf16(even) or unmarked_utf16(even[:-2])


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
