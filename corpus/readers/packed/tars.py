"""Tar archives: their heads in one pass; a packed one is unpacked before, as far as it is sound and bounded."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from corpus.errors import SourceError
from corpus.model.finding import Severity
from corpus.readers.opening import open_regular, short_cause
from corpus.readers.packed.contents import Contents, Member
from corpus.readers.packed.stretch import Stretch
from corpus.readers.packed.unpacking import Packing, packing_of, unpack

__all__ = ["TarStore", "heads_of"]

_LONGEST_HEAD = 2**20
"""Bytes of an extended header: a path has 4096 at most, and attributes of files some thousands."""
_DIGITS = re.compile(rb"\d{300}")
"""No number and no name has as many; Python's search for a charset takes the square of them."""
_BLOCK = tarfile.BLOCKSIZE
_PIECE = 2**20


class TarStore:
    """A tar archive, whose members are stretches of one file."""

    def __init__(self, path: Path, scratch: Path, most: int) -> None:
        """Unpack it to ``scratch`` where it is packed, ``most`` bytes of it."""
        self.packing: Packing | None = None
        self.room = 0
        """How many bytes of temporary files it takes now."""
        self._source, self._scratch, self._most = path, scratch, most

    @property
    def path(self) -> Path:
        """Where it lies plain: itself, or what was unpacked of it, unpacked again after :meth:`close`.

        Raises:
            SourceError: it cannot be unpacked again.
        """
        if self.packing is None:
            return self._source
        if not self._scratch.exists():
            self._unpack(self.packing)
        return self._scratch

    def contents(self) -> Contents:
        """Return what its heads tell, up to the first that is damaged.

        Raises:
            SourceError: nothing of it can be read.
        """
        found, broken = Contents(), ""
        self.packing = packing_of(self._source)
        if self.packing is not None:
            broken = self._unpack(self.packing)
        with open_regular(self.path) as stream:
            size = stream.seek(0, 2)
            if broken and not size:
                raise SourceError(f"Nothing in this archive is read: {broken}; get it anew.")
            stop = _take_in(found, stream, size)
            if broken:
                found.trouble("damaged-archive", "", f"Only its beginning is read: {broken}; get it anew.")
            elif stop is not None:
                _look_behind(found, stream, stop, size)
        found.close()
        return found

    @contextmanager
    def stream(self, member: Member) -> Iterator[IO[bytes]]:
        """Open a member.

        Raises:
            SourceError: it cannot be read.
        """
        with open_regular(self.path) as stream:
            yield Stretch(stream, member.at, member.size)

    def close(self) -> None:
        """Give up what was unpacked; no file stays open."""
        self._scratch.unlink(missing_ok=True)
        self.room = 0

    def _unpack(self, packing: Packing) -> str:
        try:
            return unpack(self._source, self._scratch, packing, self._most)
        finally:
            self.room = self._scratch.stat().st_size if self._scratch.exists() else 0


class _Heads:
    """A file from which an archive's heads are read: none of a length that only harms."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.tell, self.seek = stream.tell, stream.seek

    def read(self, size: int) -> bytes:
        """Read a head."""
        if not 0 <= size <= _LONGEST_HEAD:
            raise tarfile.ReadError(f"a header of {size} bytes")
        data = self._stream.read(size)
        if size > _BLOCK and _DIGITS.search(data):
            raise tarfile.ReadError("a header full of digits")
        return data


def _take_in(found: Contents, stream: IO[bytes], size: int) -> int | None:
    """Take in every member; return where the heads end, None where something was told of the rest."""
    stop = 0
    try:
        for info, end in heads_of(stream):
            if info.isreg() and not info.issparse() and info.offset_data + info.size > size:
                found.trouble("damaged-archive", info.name, "The archive ends within this member; get it anew.")
                return None
            stop = end
            _take_in_member(found, info)
        return stop
    except (tarfile.TarError, ValueError, OverflowError, RecursionError, OSError, MemoryError) as error:
        why = short_cause(error)
        if not stop:
            raise SourceError(
                f"This is no sound tar archive ({why}), so nothing in it is read; get it anew."
            ) from error
        _tell_damaged(found, why)
        return None


def heads_of(stream: IO[bytes]) -> Iterator[tuple[tarfile.TarInfo, int]]:
    """Yield every head of a plain archive with the place where the next one begins.

    Raises:
        tarfile.TarError: it is damaged.
    """
    last = -1
    stream.seek(0)
    heads: Any = _Heads(stream)  # not all of a file's face, but all that is asked for
    with tarfile.TarFile(fileobj=heads, encoding="utf-8", errors="surrogateescape") as archive:
        while (info := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # it keeps every head otherwise
            if info.offset <= last or info.size < 0:
                raise tarfile.ReadError("a header that leads back")
            last = info.offset
            yield info, archive.offset


def _take_in_member(found: Contents, info: tarfile.TarInfo) -> None:
    if info.isdir():
        return
    if info.issparse():
        message = "It is stored with holes (sparse), which are not read here; unpack it, or pack it plain."
        found.trouble("unsupported-member", info.name, message)
    elif info.isreg():
        found.add(info.name, Member(info.size, info.offset_data))
    elif info.issym():
        found.add_link(info.name, info.linkname, info.offset_data)
    elif info.islnk():
        found.add_copy(info.name, info.linkname)
    else:
        found.trouble("special-member", info.name, "This is a device or a pipe, no regular file.")


def _look_behind(found: Contents, stream: IO[bytes], stop: int, size: int) -> None:
    """Tell of what follows the last head that could be read: an archive ends with zeros and nothing else."""
    stream.seek(stop)
    block = stream.read(_BLOCK)
    if stop >= size or not block:
        message = "It has no end mark, so it may be cut off; get it anew if members are missing."
        found.trouble("damaged-archive", "", message, Severity.WARNING)
    elif block.strip(b"\0"):
        _tell_damaged(found, "a damaged header")
    else:
        while piece := stream.read(_PIECE):
            if piece.strip(b"\0"):
                message = "Behind its end mark there is more (another archive?), which is not read; unpack it."
                found.trouble("damaged-archive", "", message)
                return


def _tell_damaged(found: Contents, why: str) -> None:
    after = f"its {len(found.members)} sound members" if found.members else "its beginning"
    found.trouble("damaged-archive", "", f"Nothing is read behind {after}: {why} follows; get it anew.")
