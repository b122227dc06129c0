"""The members of a gzip file, one after another, as far as they are sound; a WARC has one for each record.

https://www.rfc-editor.org/rfc/rfc1952
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

__all__ = ["Member", "inflated", "members", "pieces_of"]

_MAGIC = b"\x1f\x8b\x08"
_PIECE = 2**16
_MOST = 2**20


@dataclass(frozen=True, slots=True)
class Member:
    """A member, or bytes between two of them that are none."""

    begin: int
    """Its first byte in the file."""
    end: int
    first: int
    """The first byte of what it holds, in what the whole file holds."""
    last: int
    """One after the last."""
    sound: bool = True
    """Whether all that it holds could be had."""
    padding: bool = False
    """Whether it is nothing but zeros, which gzip passes over."""


def inflated(stream: IO[bytes]) -> Iterator[bytes | Member]:
    """Yield what a seekable gzip file holds, piece by piece, and after its pieces each member.

    After damage it goes on at the next beginning of a member. No piece is longer than a mebibyte.
    """
    begin, first = 0, 0
    while _there(stream, begin):
        magic = _next(stream, begin)
        if magic != begin:
            end = stream.seek(0, 2) if magic is None else magic
            yield Member(begin, end, first, first, sound=False, padding=_zeros(stream, begin, end))
            begin = end
            continue
        last, after = first, 0
        for piece in _member(stream, begin):
            if isinstance(piece, int):
                after = piece
            else:
                last += len(piece)
                yield piece
        sound = after > 0
        if not sound:
            found = _next(stream, begin + 1)
            after = stream.seek(0, 2) if found is None else found
        yield Member(begin, after, first, last, sound)
        begin, first = after, last


def members(stream: IO[bytes]) -> Iterator[Member]:
    """Yield the members alone."""
    return (found for found in inflated(stream) if isinstance(found, Member))


def pieces_of(stream: IO[bytes], member: Member) -> Iterator[bytes]:
    """Yield what a member holds, as far as it can be had."""
    return (piece for piece in _member(stream, member.begin) if isinstance(piece, bytes))


def _member(stream: IO[bytes], begin: int) -> Iterator[bytes | int]:
    """Yield what the member that begins here holds; then where it ends, if it is sound."""
    stream.seek(begin)
    inflate, at = zlib.decompressobj(31), begin
    while not inflate.eof:
        data = inflate.unconsumed_tail
        if not data:
            data = stream.read(_PIECE)
            at += len(data)
        if not data:
            return
        try:
            piece = inflate.decompress(data, _MOST)
        except zlib.error:
            return
        if piece:
            yield piece
    yield at - len(inflate.unused_data)


def _there(stream: IO[bytes], at: int) -> bool:
    stream.seek(at)
    return bool(stream.read(1))


def _next(stream: IO[bytes], at: int) -> int | None:
    """Return where the next member may begin, at ``at`` or after it."""
    stream.seek(at)
    held = b""
    while piece := stream.read(_PIECE):
        held += piece
        found = held.find(_MAGIC)
        if found >= 0:
            return at + found
        at += max(len(held) - 2, 0)
        held = held[-2:]
    return None


def _zeros(stream: IO[bytes], begin: int, end: int) -> bool:
    stream.seek(begin)
    while begin < end and (piece := stream.read(min(_PIECE, end - begin))):
        if piece.strip(b"\0"):
            return False
        begin += len(piece)
    return True
