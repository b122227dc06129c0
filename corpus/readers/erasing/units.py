"""The units of a WARC file: every record with all bytes up to the next one, whatever it says of its length.

Where the units begin is told as records.py tells it: by a record's own word, where a record or the end follows; by
the next beginning of a record, where not, or where one lies inside. What is no record is a unit, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from corpus.readers.erasing.members import Member, inflated

__all__ = ["Unit", "units"]

_PLAIN = re.compile(rb"(?<![^\n])WARC/[01]\.")
_INNER = re.compile(rb"\r?\n\r?\n(?=WARC/[01]\.\d\r?\n(?i:WARC-|Content-))")
_BLANK = re.compile(rb"\r?\n\r?\n")
_HEAD, _PIECE, _OVERLAP = 2**16, 2**16, 64


@dataclass(frozen=True, slots=True)
class Unit:
    """A record, or bytes that are none."""

    begin: int
    end: int
    headers: tuple[tuple[str, str], ...]
    """Its own headers, names in lower case; none for what is no record."""
    data: bytes
    """Its bytes; the first of them where they are more than the limit."""
    whole: bool = False
    """Whether all of it is a record: its length is told, and no other bytes stand before what follows."""

    def values(self, *names: str) -> tuple[str, ...]:
        """Return what its headers of these names say."""
        return tuple(value for name, value in self.headers if name in names)


@dataclass(slots=True)
class _Window:
    """The bytes from ``base`` on, as many as were asked for; they end where something is damaged."""

    pieces: Iterator[bytes | Member]
    damaged: Callable[[int], None]
    data: bytearray = field(default_factory=bytearray)
    base: int = 0
    broken: bool = False
    """Whether what follows is not what followed once."""
    over: bool = False

    def fill(self, size: int) -> bool:
        """Hold so many bytes; tell whether there are as many."""
        while len(self.data) < size and not self.broken:
            piece = next(self.pieces, None)
            if piece is None:
                self.broken = self.over = True
            elif isinstance(piece, bytes):
                self.data += piece
            elif not (piece.sound or piece.padding):
                self.broken = True
                self.damaged(piece.begin)
        return len(self.data) >= size

    def drop(self, size: int) -> None:
        """Forget so many bytes."""
        del self.data[:size]
        self.base += size

    def past(self, at: int) -> int:
        """Return where the first record from ``at`` on begins, or else where the bytes end.

        It is counted from the beginning of the file; what lies before may be forgotten on the way.
        """
        at += self.base
        while True:
            found = _PLAIN.search(self.data, max(0, at - self.base))
            if found is not None:
                return self.base + found.start()
            if self.broken:
                return self.base + len(self.data)
            at = max(at, self.base + len(self.data) - _OVERLAP)
            self.drop(max(0, at - 1 - self.base))
            self.fill(len(self.data) + _PIECE)


def units(stream: IO[bytes], limit: int, damaged: Callable[[int], None], *, zipped: bool) -> Iterator[Unit]:
    """Yield the units of a seekable stream; none of them is held with more than ``limit`` bytes and a head.

    ``damaged`` takes where in a gzip file something lies that cannot be had.
    """
    window = _Window(inflated(stream) if zipped else _plain(stream), damaged)
    while not window.over:
        window.broken = False
        while window.fill(1):
            yield _unit(window, limit)


def _plain(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _unit(window: _Window, limit: int) -> Unit:
    begin = window.base
    window.fill(_HEAD)
    blank = _BLANK.search(window.data) if window.data.startswith(b"WARC/") else None
    if blank is None:
        data = bytes(window.data)
        end = window.past(1)
        window.drop(end - window.base)
        return Unit(begin, end, (), data[: end - begin])
    headers = tuple(_headers(bytes(window.data[: blank.start()])))
    lengths = [int(value) for name, value in headers if name == "content-length" and _is_length(value)]
    stop = blank.end() + next(iter(lengths), 0)
    window.fill(min(stop, blank.end() + limit) + _OVERLAP)
    data = bytes(window.data[: stop + _OVERLAP])
    end, whole = _end(window, blank.end(), stop)
    window.drop(end - window.base)
    return Unit(begin, end, headers, data[: end - begin], whole and bool(lengths))


def _end(window: _Window, body: int, stop: int) -> tuple[int, bool]:
    """Return where the unit ends, counted from the beginning of the file, and whether that is the record's end."""
    begin = window.base
    inner = _INNER.search(window.data, body)
    if inner is not None:
        return begin + inner.end(), not window.data[stop : inner.start()].strip(b"\r\n")
    if len(window.data) < stop and window.broken:
        return window.past(body), False
    inside = _run_over(window, begin + stop)
    if inside is not None:
        return inside, True
    at = begin + stop - window.base
    if len(window.data) < at:
        return window.base + len(window.data), False
    while window.fill(at + 1) and window.data[at] in b"\r\n":
        at += 1
    window.fill(at + 5)
    if len(window.data) <= at or window.data.startswith(b"WARC/", at):
        return window.base + at, True
    return window.past(at), False


def _run_over(window: _Window, stop: int) -> int | None:
    """Forget the bytes of a record that is longer than may be held; return where in it another one begins."""
    while window.base + len(window.data) < stop and not window.broken:
        window.drop(max(0, len(window.data) - _OVERLAP))
        window.fill(len(window.data) + _PIECE)
        inner = _INNER.search(window.data)
        if inner is not None:
            return window.base + inner.end()
    return None


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _is_length(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 16
