"""New entries beside others and among temporary files, each held while it is in use; left ones are cleared up.

An entry is locked by its own inode, so that the lock dies with its process: what nobody holds was left by one
that was killed.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOENT
from functools import partial
from pathlib import Path
from stat import S_ISDIR, S_ISREG

__all__ = ["NEW", "clear_leftovers", "held", "new_directory", "new_file", "remove", "scratch_directory"]

NEW = ".new-"
"""What stands in the names of entries that are to take the place of others."""
_ATTEMPTS = 1000
"""Some file systems (``/proc``) say of every new name that it is not there, and would be asked for ever."""
_TOKEN = 16
"""How many random hexadecimal digits such a name ends with: more than anybody types by chance."""


@contextmanager
def scratch_directory(name: str) -> Iterator[Path]:
    """Give a folder ``NAME-…`` among the temporary files, which is gone when the block ends.

    Folders of the same name that a killed process of this user has left go first: those that nobody holds.
    An error that names no place, as a full disk's, names the folder without that ending.
    """
    place = Path(tempfile.gettempdir()) / name
    with held(place, f"{name}-", partial(new_directory, mode=0o700)) as (folder, _):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def clear_leftovers(folder: Path, prefix: str = "") -> None:
    """Remove what killed processes of this user have left in a folder: new files and directories nobody holds.

    ``prefix`` is how their names begin; without one it is whatever was to take any other's place.
    """
    found = re.compile(f"{re.escape(prefix) or rf'[.].+{re.escape(NEW)}'}[0-9a-f]{{{_TOKEN}}}", re.DOTALL)
    with suppress(OSError), os.scandir(folder) as entries:  # not everybody who may write there may look
        for name in [entry.name for entry in entries if found.fullmatch(entry.name)]:
            _clear_unheld(folder / name)


@contextmanager
def held(
    path: Path, prefix: str, make: Callable[[Path], int], *, swept: bool = False
) -> Iterator[tuple[Path, int]]:
    """Make a new entry beside the path and hold it; what is under its name when the block ends, goes.

    What killed processes have left under names of the same prefix goes first, unless the folder is ``swept``
    already (:func:`clear_leftovers` reads all of it). ``make`` makes the entry under a
    name that it is given and returns its open handle; with the entry's path, that is what the block gets.

    Raises:
        OSError: the entry cannot be made, or the block raised it; it names the path.
    """
    if not swept:
        clear_leftovers(path.parent, prefix)
    try:
        new, handle = _made(path.parent / prefix, make)
        try:
            yield new, handle
        except BaseException:
            with suppress(OSError):
                remove(new)
            raise
        else:
            remove(new)
        finally:
            os.close(handle)
    except OSError as error:
        _tell_place(error, path, prefix)
        raise


def new_file(place: Path, mode: int) -> int:
    """Make a file and return its open handle, to be read and written.

    Raises:
        OSError: it cannot be made; FileExistsError where something is there.
    """
    return os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)


def new_directory(place: Path, mode: int) -> int:
    """Make a directory and return its open handle.

    Raises:
        OSError: it cannot be made; FileExistsError where something is there.
    """
    place.mkdir(mode)
    return os.open(place, os.O_RDONLY | os.O_DIRECTORY)


def remove(place: Path) -> None:
    """Remove a file or a directory that is there, also while another process, which clears up, removes it."""
    while place.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(place) if place.is_dir() else place.unlink()


def _made(stem: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make an entry whose own inode is locked, so that the lock dies with its process.

    Raises:
        OSError: it cannot be made.
    """
    for left in reversed(range(_ATTEMPTS)):
        new = stem.with_name(stem.name + secrets.token_hex(_TOKEN // 2))
        try:
            handle = make(new)
        except (FileExistsError, FileNotFoundError):
            if not left or not stem.parent.is_dir():
                raise
            continue  # the name is taken, or the entry was cleared up before it was opened
        with suppress(OSError):  # not every file system has locks; then nothing is cleared up either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if new.exists():  # else it was cleared up before it was held
            return new, handle
        os.close(handle)
    raise FileNotFoundError(ENOENT, "every new file is removed at once", str(stem.parent))


def _clear_unheld(left: Path) -> None:
    with suppress(OSError):
        handle = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            told = os.fstat(handle)
            if os.geteuid() not in (0, told.st_uid):
                return
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if S_ISDIR(told.st_mode):
                shutil.rmtree(left, ignore_errors=True)
            elif S_ISREG(told.st_mode):
                left.unlink()
        finally:
            os.close(handle)


def _tell_place(error: OSError, path: Path, prefix: str) -> None:
    """Let an error name the place as the user knows it.

    The system names none for a full disk, and of a new entry the name that it has for the time being.
    """
    if error.errno is None:
        return
    new = re.compile(rf"{re.escape(str(path.parent / prefix))}[0-9a-f]{{{_TOKEN}}}")
    for name in ("filename", "filename2"):
        told = getattr(error, name)
        if isinstance(told, str):
            setattr(error, name, new.sub(lambda _: str(path), told))
    if error.filename is None:
        error.filename = str(path)
