"""The temporary directory of one reading: what was fetched or unpacked lies there, some of it only for a while."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from corpus.files import scratch_directory
from corpus.readers.report import ReadOptions

__all__ = ["Spool"]

_HELD = 8
"""How many files of archives are held unpacked, and how many archives open."""


class _Store(Protocol):
    """An archive that is open or unpacked, and is so again when it is asked for after it was closed."""

    room: int
    """How many bytes of temporary files it takes now."""

    def close(self) -> None: ...


@dataclass(slots=True)
class Spool:
    """The temporary directory that fetched and unpacked files lie in; it goes when the reading ends."""

    options: ReadOptions
    archives: dict[str, object] = field(default_factory=dict)
    """The archives that were listed (packed/), by what tells them from others."""
    _directory: Path | None = None
    _open: ExitStack = field(default_factory=ExitStack)
    _count: int = 0
    _kept: OrderedDict[str, Path] = field(default_factory=OrderedDict)
    _used: list[_Store] = field(default_factory=list)

    def __enter__(self) -> Spool:
        """Begin; the directory is made when the first file comes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what was fetched."""
        for used in self._used:
            used.close()
        self._open.close()

    def new(self) -> Path:
        """Return a path for one more file; its name is a number, whatever the file was called."""
        if self._directory is None:
            self._directory = self._open.enter_context(scratch_directory("corpus-spool"))
        self._count += 1
        return self._directory / f"{self._count}"

    def keep(self, name: str, path: Path) -> None:
        """Hold a file that can be made again; the one that was asked for longest ago goes when there are many."""
        self._kept[name] = path
        if len(self._kept) > _HELD:
            self._kept.popitem(last=False)[1].unlink(missing_ok=True)

    def kept(self, name: str) -> Path | None:
        """Return where such a file is, if it is still there."""
        if name in self._kept:
            self._kept.move_to_end(name)
        return self._kept.get(name)

    def use(self, store: _Store) -> None:
        """Note that an archive is used; of many open ones, or of much that was unpacked, the oldest is closed."""
        if self._used and self._used[-1] is store:
            return
        self._used = [*(used for used in self._used if used is not store), store]
        closing = [used for used in self._used if not used.room][:-_HELD]
        unpacked = [used for used in self._used if used.room]
        while len(unpacked) > 1 and sum(used.room for used in unpacked) > self.options.max_spool_bytes:
            closing.append(unpacked.pop(0))
        for used in closing:
            used.close()
            self._used.remove(used)
