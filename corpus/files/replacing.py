"""Replace files and directories atomically: a reader sees the old one or the whole new one."""

from __future__ import annotations

import ctypes
import errno
import filecmp
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import IO

from corpus.files.held import NEW, held, new_directory, new_file, remove

__all__ = ["atomic_directory", "atomic_write", "check_place"]

_OLD = ".old-"
"""What stands in the name of a directory that was moved out of its place."""
_LONGEST = 200
"""Bytes of a file's name that its new file's name begins with: file systems take 255 in all."""
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux' renameat2."""


@contextmanager
def atomic_write(
    path: Path, *, private: bool = False, check: Callable[[], None] | None = None, swept: Path | None = None
) -> Iterator[IO[bytes]]:
    """Open a new file beside ``path``, to be written and read, that replaces it if the block ends without an error.

    Safe at any interruption: readers see the old file or the whole new one, since the bytes are on disk
    (fsync) before the rename and a rename within one directory is atomic. The beginning of a new file that a
    killed process leaves (``.NAME.new-…``) goes with the next write of the same file; never one that is in use.
    An old file's owner and permissions are kept; a ``private`` file is its owner's alone. Over a link the file is
    replaced that it leads to; a pipe or a device is written to as it is. ``check`` is called at the last moment;
    where it raises an error, the old file stays. Who writes many files of one folder clears it of such beginnings
    once (:func:`corpus.files.clear_leftovers`) and names it as ``swept``, since each look reads the whole folder.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.stat() if path.exists() else None
    if old is not None and not S_ISREG(old.st_mode):
        with path.open("wb") as stream:
            yield stream
        return
    target = _linked_to(path)
    make = partial(new_file, mode=0o666 if old is None and not private else 0o600)
    with (
        held(target, _beside(target), make, swept=target.parent == swept) as (new, handle),
        os.fdopen(handle, "w+b", closefd=False) as stream,
    ):
        yield stream
        stream.flush()
        if old is not None and not private:
            _dress(handle, old)
        os.fsync(handle)
        if check is not None:
            check()
        new.replace(target)
        _sync(target.parent)


@contextmanager
def atomic_directory(path: Path) -> Iterator[Path]:
    """Give a new directory beside ``path`` that takes its place when the block ends without an error.

    An existing directory at ``path`` changes places with the new one in one step (Linux; elsewhere it is moved
    aside first, so that a crash between two renames leaves it under ``.NAME.old-…``) and is removed after; its
    owner and permissions are kept. Where it holds the same files with the same bytes, it is left alone, time
    stamps and all. All bytes are on disk (fsync) before that. What a killed process of this user has left beside
    ``path`` goes first: new directories (``.NAME.new-…``) that nobody holds.

    Raises:
        OSError: it cannot be written, or something else than a directory is there; that is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.stat() if path.exists() else None
    if old is not None and not S_ISDIR(old.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    target = _linked_to(path)
    make = partial(new_directory, mode=0o777 if old is None else 0o700)
    with held(target, _beside(target), make) as (new, handle):
        yield new
        if old is not None:
            _dress(handle, old)
        if old is None or not _same_tree(target, new):
            _put_in_place(new, target)


def check_place(path: Path) -> None:
    """Make sure, before hours of work, that a new directory may take the path's place, as far as that can be told.

    Raises:
        OSError: the file system there is read-only, or the place is not this user's to write to.
    """
    target = Path(os.path.realpath(path))
    above = next(folder for folder in target.parents if folder.exists())
    for place in (above, target):
        if place.is_dir() and not os.access(place, os.W_OK | os.X_OK):
            number = errno.EROFS if os.statvfs(place).f_flag & os.ST_RDONLY else errno.EACCES
            raise OSError(number, os.strerror(number), str(path))


def _put_in_place(new: Path, path: Path) -> None:
    """Let a new directory take the path's place; what was there is under the new one's name then, if anywhere."""
    for inner in (*new.rglob("*"), new):
        if inner.is_dir() or inner.is_file():
            _sync(inner)
    aside = new.with_name(new.name.replace(NEW, _OLD))
    while not _exchanged(new, path):
        try:
            if path.exists():
                path.rename(aside)
            new.rename(path)
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        remove(aside)  # another process was quicker to put its own there
    _sync(path.parent)
    remove(aside)


def _linked_to(path: Path) -> Path:
    """Return what a link leads to, where the system lets one write over it; any other path as it is."""
    if not path.is_symlink():
        return path
    with suppress(FileNotFoundError):  # what is not there yet can be made there
        if not path.is_dir():
            os.close(os.open(path, os.O_WRONLY))
    return Path(os.path.realpath(path))


def _beside(path: Path) -> str:
    """Return how the names of new entries begin that shall take the path's place."""
    return f".{os.fsdecode(os.fsencode(path.name)[:_LONGEST])}{NEW}"


def _dress(handle: int, old: os.stat_result) -> None:
    """Give an open file or directory an old one's owner and permissions, as far as the system lets one."""
    mode = S_IMODE(old.st_mode)
    for owner in (old.st_uid, -1):
        with suppress(OSError):
            os.fchown(handle, owner, old.st_gid)
            break
    else:  # it has another group now, which may do what everybody may
        mode = (mode & ~0o070) | ((mode & 0o007) << 3)
    if S_IMODE(os.fstat(handle).st_mode) != mode:
        os.fchmod(handle, mode)


def _sync(path: Path) -> None:
    """Have a file's bytes or a directory's entries on disk; not every file system does that for directories."""
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError) if path.is_dir() else nullcontext():
            os.fsync(handle)
    finally:
        os.close(handle)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two entries of one directory change places in one step; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _same_tree(one: Path, other: Path) -> bool:
    """Tell whether two directories hold the same regular files with the same bytes, and nothing else."""
    try:
        trees = [{p.relative_to(root): p for p in root.rglob("*")} for root in (one, other)]
        return trees[0].keys() == trees[1].keys() and all(
            not a.is_symlink() and (b.is_dir() if a.is_dir() else b.is_file() and filecmp.cmp(a, b, shallow=False))
            for name, a in trees[0].items()
            for b in (trees[1][name],)
        )
    except FileNotFoundError:  # another process put its own there
        return False
