"""The text of JSON Lines: its encoding and its lines, for reading and for erasing.

UTF-8 is expected; a mark of UTF-16 or UTF-32 is believed (programs on Windows write it), and without one a first
brace of two or four bytes. Lines end at LF alone, which in these encodings has two or four bytes as well: a byte of
that value inside another character ends no line.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from corpus.readers.encoding.binary import binary_reason
from corpus.readers.encoding.decoding import mark_of, wide_reason

__all__ = ["Line", "lines_of"]

_PIECE = 2**20
_HEAD = 4096
_UTF8 = "utf-8"
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in its file."""

    number: int
    """From 1."""
    begin: int
    """Its first byte in the file (unzipped), behind a mark."""
    end: int
    """One after its last byte, its end among them."""
    data: bytes
    """Its bytes; the first of them where it is too long."""
    too_long: bool
    codec: str

    def text(self, *, strict: bool = True) -> str:
        """Return its characters, without marks where it begins: files that were put together have them inside.

        Half of a pair in UTF-16 stays what it is, as an escape for it in JSON does; in UTF-8 only where it is not
        read strictly.

        Raises:
            UnicodeDecodeError: it cannot be decoded.
        """
        errors = "strict" if strict and self.codec == _UTF8 else "surrogatepass"
        return self.data.decode(self.codec, errors).lstrip("\ufeff")

    def strange(self) -> str | None:
        """Return what a file that begins with this line is instead of text, None for text."""
        if self.codec == _UTF8:
            return binary_reason(self.data[:_HEAD])
        return wide_reason(self.data[:_HEAD].decode(self.codec, "replace"), self.codec)


def lines_of(stream: IO[bytes], limit: int) -> Iterator[Line]:
    """Yield every line of a seekable stream at its beginning; no more than ``limit`` bytes of one are held.

    What the file's last bytes leave of a line, or of a character, is a line as well.
    """
    mark, codec = _encoding(stream)
    end = "\n".encode(codec)
    at = stream.seek(mark)
    found = _narrow(stream, limit + 1) if codec == _UTF8 else _wide(stream, end, limit + len(end))
    for number, (data, size) in enumerate(found, 1):
        too_long = size - len(end) * data.endswith(end) > limit
        yield Line(number, at, at + size, data, too_long, codec)
        at += size


def _encoding(stream: IO[bytes]) -> tuple[int, str]:
    """Return how long the file's mark is, and its encoding."""
    head = stream.read(4)
    marked = mark_of(head)
    if marked is not None:
        return len(marked[0]), marked[1]
    return 0, next((codec for codec in _WIDE if head.startswith("{".encode(codec))), _UTF8)


def _narrow(stream: IO[bytes], most: int) -> Iterator[tuple[bytes, int]]:
    """Yield each line (at most so many bytes of it) with its length."""
    while line := stream.readline(most):
        size, piece = len(line), line
        while not piece.endswith(b"\n") and (piece := stream.readline(_PIECE)):
            size += len(piece)
        yield line, size


def _wide(stream: IO[bytes], end: bytes, most: int) -> Iterator[tuple[bytes, int]]:
    """Yield the same of a stream in units of as many bytes as a line's end has."""
    held, size, rest = bytearray(), 0, b""
    while fresh := cast(io.BufferedReader, stream).read1(_PIECE):
        piece, at = rest + fresh, 0
        whole = len(piece) - len(piece) % len(end)
        while at < whole:
            found = _aligned(piece, end, at, whole)
            held += piece[at : min(found, at + most - len(held))]
            size += found - at
            if piece.endswith(end, at, found):
                yield bytes(held), size
                held, size = bytearray(), 0
            at = found
        rest = piece[whole:]
    if size or rest:
        yield bytes(held + rest[: most - len(held)]), size + len(rest)


def _aligned(piece: bytes, end: bytes, at: int, whole: int) -> int:
    """Return where the line that goes on at ``at`` ends, or the whole characters do."""
    found = piece.find(end, at, whole)
    while found >= 0 and found % len(end):
        found = piece.find(end, found + 1, whole)
    return whole if found < 0 else found + len(end)
