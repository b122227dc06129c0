"""Where a source file's bytes lie: on this machine, or at an address, from which they are fetched once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.readers.opening import open_regular

__all__ = ["LocalOrigin", "Origin"]


class Origin(Protocol):
    """Where the bytes of a file lie."""

    @property
    def identity(self) -> str:
        """What tells the file from all others; never shown."""

    @property
    def folder(self) -> str:
        """What the files of one folder share; never shown, since an address may hold a secret."""

    def path(self) -> Path:
        """Return where the bytes lie on this machine.

        Raises:
            SourceError: they lie elsewhere and cannot be had.
        """

    def head(self, size: int) -> bytes:
        """Return the first bytes, at most ``size``.

        Raises:
            SourceError: it is no regular file, or cannot be had.
        """

    def beside(self, name: str, up: int = 0) -> Origin | None:
        """Return the file of that name in the same folder, or ``up`` folders above it; None where there is none."""

    def state(self) -> tuple[int, ...] | None:
        """Return what is otherwise when the bytes were changed or replaced, None where they are fetched once."""


@dataclass(frozen=True, slots=True)
class LocalOrigin:
    """A file of this machine."""

    file: Path

    @property
    def identity(self) -> str:
        """The real path."""
        return os.path.realpath(self.file)

    @property
    def folder(self) -> str:
        """The directory as it was given."""
        return str(self.file.parent)

    def path(self) -> Path:
        """Return the file as it was given."""
        return self.file

    def head(self, size: int) -> bytes:
        """Read the first bytes."""
        with open_regular(self.file) as stream:
            return stream.read(size)

    def beside(self, name: str, up: int = 0) -> LocalOrigin | None:
        """Return the file of that name in the directory, or one above it; a dangling link is there, too."""
        other = self.file.parents[up] / name
        return LocalOrigin(other) if os.path.lexists(other) else None

    def state(self) -> tuple[int, ...] | None:
        """Return the inode, the size and the time of the last change; None where it is not there."""
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
