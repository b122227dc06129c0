"""Put a new file in the place of an old one, all or nothing, with its owner and its permissions."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from typing import IO

__all__ = ["replacement"]


_LONGEST = 200
"""Bytes of a file's name that its new file's name begins with: file systems take 255 in all."""


@contextmanager
def replacement(path: Path, check: Callable[[], None] | None = None) -> Iterator[IO[bytes]]:
    """Open a new file beside ``path`` that takes its place when the block ends without an error.

    ``check`` is called at the last moment; where it raises an error, the old file stays.

    Who ends the process at any moment leaves the old file or the new one, and perhaps the beginning of a new one
    (``.NAME.erasing-…``), which the next call removes. The new file is on disk before the old one goes.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    _clear(path)
    with _locked(path) as stream:
        temporary = Path(stream.name)
        try:
            yield stream
            stream.flush()
            _dress(stream.fileno(), path)
            os.fsync(stream.fileno())
            if check is not None:
                check()
            temporary.replace(path)
        except BaseException as error:
            temporary.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno is not None and error.filename is None:
                error.filename = str(path)
            raise
    _settle(path.parent)


def _prefix(path: Path) -> str:
    name = os.fsdecode(os.fsencode(path.name)[:_LONGEST])
    return f".{name}.erasing-"


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside the path and lock it, which tells those who clear up that it is in use."""
    while True:
        with tempfile.NamedTemporaryFile("w+b", prefix=_prefix(path), dir=path.parent, delete=False) as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
            if Path(stream.name).exists():  # else it was cleared up before it was locked
                yield stream
                return


def _clear(path: Path) -> None:
    """Remove what a process that was ended has left: what nobody holds."""
    for name in os.listdir(path.parent):  # noqa: PTH208
        left = path.parent / name
        if not name.startswith(_prefix(path)) or left.is_symlink():
            continue
        with suppress(OSError), left.open("rb") as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _dress(handle: int, path: Path) -> None:
    """Give the open file the owner and the permissions of the one at the path."""
    told = path.stat()
    with suppress(OSError):  # who is not root keeps what is theirs
        os.fchown(handle, told.st_uid, told.st_gid)
    os.fchmod(handle, S_IMODE(told.st_mode))


def _settle(folder: Path) -> None:
    """Have the folder's new entry on disk."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
