"""Cut stretches of bytes out of a file, plain or gzipped; all other bytes stay as they are.

Of a gzipped file the members that nothing is cut out of keep their very bytes; what is left of another is zipped
anew, without a time or a name, so that the same file gives the same bytes.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO

from corpus.errors import SourceError
from corpus.files import atomic_write
from corpus.readers.erasing.members import Member, members, pieces_of

__all__ = ["Stretch", "without_stretches"]

Stretch = tuple[int, int]
"""The first byte and the one after the last, of what the file holds unzipped."""

_PIECE = 2**20


def without_stretches(
    path: Path, gone: Sequence[Stretch], *, gzipped: bool, check: Callable[[], None] | None = None
) -> None:
    """Write the file anew without these stretches, which ascend and do not overlap.

    Raises:
        SourceError: a stretch lies in a damaged member of a gzip file beside what must stay; nothing is changed.
        OSError: it cannot be written; nothing is changed.
    """
    with path.open("rb") as source, atomic_write(path, check=check) as target:
        if gzipped:
            _cut_members(source, target, gone)
        else:
            end = source.seek(0, 2)
            for begin, stop in _kept(0, end, gone):
                _copy(source, target, begin, stop)


def _cut_members(source: IO[bytes], target: IO[bytes], gone: Sequence[Stretch]) -> None:
    for member in members(source):
        kept = list(_kept(member.first, member.last, gone))
        if kept == [(member.first, member.last)] or member.first == member.last:
            _copy(source, target, member.begin, member.end)
        elif kept and not member.sound:
            raise SourceError("The gzip stream is broken where the document lies; get the file anew.")
        elif kept:
            _rezip(source, target, member, gone)


def _kept(first: int, last: int, gone: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what stays between two places."""
    at, number = first, max(0, bisect_right(gone, first, key=itemgetter(0)) - 1)
    while number < len(gone) and gone[number][0] < last:
        begin, end = gone[number]
        if begin > at:
            yield at, begin
        at, number = max(at, min(end, last)), number + 1
    if at < last:
        yield at, last


def _rezip(source: IO[bytes], target: IO[bytes], member: Member, gone: Sequence[Stretch]) -> None:
    deflate, at = zlib.compressobj(wbits=31), member.first
    for piece in pieces_of(source, member):
        for begin, end in _kept(at, at + len(piece), gone):
            target.write(deflate.compress(piece[begin - at : end - at]))
        at += len(piece)
    target.write(deflate.flush())


def _copy(source: IO[bytes], target: IO[bytes], begin: int, end: int) -> None:
    source.seek(begin)
    while begin < end and (piece := source.read(min(_PIECE, end - begin))):
        target.write(piece)
        begin += len(piece)
