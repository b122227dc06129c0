"""Open, decompress, hash, replace atomically, put aside, and find the project's own data files."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import filecmp
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from importlib.resources import files
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import IO

from corpus.errors import SourceError, UsageError

__all__ = [
    "atomic_directory",
    "atomic_write",
    "clear_leftovers",
    "only_writer",
    "package_text",
    "schema_text",
    "scratch_directory",
    "sha256_bytes",
    "sha256_file",
]


_NEW, _OLD = ".new-", ".old-"
"""What stands in the names of entries that are to take the place of others, or were moved out of it."""
_TOKEN = 16
"""How many random hexadecimal digits such a name ends with: more than anybody types by chance."""
_LONGEST = 200
"""Bytes of a file's name that its new file's name begins with: file systems take 255 in all."""
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux' renameat2."""


def sha256_bytes(data: bytes) -> str:
    """Return the lower-case hex SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the lower-case hex SHA-256 of a file, read in pieces.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def atomic_write(
    path: Path, *, private: bool = False, check: Callable[[], None] | None = None
) -> Iterator[IO[bytes]]:
    """Open a new file beside ``path``, to be written and read, that replaces it if the block ends without an error.

    Safe at any interruption: readers see the old file or the whole new one, since the bytes are on disk
    (fsync) before the rename and a rename within one directory is atomic. The beginning of a new file that a
    killed process leaves (``.NAME.new-…``) goes with the next write of the same file; never one that is in use.
    An old file's owner and permissions are kept; a ``private`` file is its owner's alone. Over a link the file is
    replaced that it leads to; a pipe or a device is written to as it is. ``check`` is called at the last moment;
    where it raises an error, the old file stays.

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
    make = partial(_new_file, mode=0o666 if old is None and not private else 0o600)
    with _held(target, _beside(target), make) as (new, handle), os.fdopen(handle, "w+b", closefd=False) as stream:
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
    make = partial(_new_directory, mode=0o777 if old is None else 0o700)
    with _held(target, _beside(target), make) as (new, handle):
        yield new
        if old is not None:
            _dress(handle, old)
        if old is None or not _same_tree(target, new):
            _put_in_place(new, target)


def _put_in_place(new: Path, path: Path) -> None:
    """Let a new directory take the path's place; what was there is under the new one's name then, if anywhere."""
    for inner in (*new.rglob("*"), new):
        if inner.is_dir() or inner.is_file():
            _sync(inner)
    aside = new.with_name(new.name.replace(_NEW, _OLD))
    while not _exchanged(new, path):
        try:
            if path.exists():
                path.rename(aside)
            new.rename(path)
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        _remove(aside)  # another process was quicker to put its own there
    _sync(path.parent)
    _remove(aside)


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
    return f".{os.fsdecode(os.fsencode(path.name)[:_LONGEST])}{_NEW}"


def _new_file(place: Path, mode: int) -> int:
    return os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)


def _new_directory(place: Path, mode: int) -> int:
    place.mkdir(mode)
    return os.open(place, os.O_RDONLY | os.O_DIRECTORY)


@contextmanager
def _held(path: Path, prefix: str, make: Callable[[Path], int]) -> Iterator[tuple[Path, int]]:
    """Make a new entry beside the path and hold it; what is under its name when the block ends, goes.

    What killed processes have left under names of the same prefix goes first. An error names the path.
    """
    clear_leftovers(path.parent, prefix)
    try:
        new, handle = _made(path.parent / prefix, make)
        try:
            yield new, handle
        except BaseException:
            with suppress(OSError):
                _remove(new)
            raise
        else:
            _remove(new)
        finally:
            os.close(handle)
    except OSError as error:
        _place(error, path, prefix)
        raise


def _made(stem: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make an entry whose own inode is locked, so that the lock dies with its process."""
    while True:
        new = stem.with_name(stem.name + secrets.token_hex(_TOKEN // 2))
        try:
            handle = make(new)
        except (FileExistsError, FileNotFoundError):
            if not stem.parent.is_dir():
                raise
            continue  # the name is taken, or the entry was cleared up before it was opened
        with suppress(OSError):  # not every file system has locks; then nothing is cleared up either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if new.exists():  # else it was cleared up before it was held
            return new, handle
        os.close(handle)


def _remove(place: Path) -> None:
    """Remove a file or a directory that is there, also while another process, which clears up, removes it."""
    while place.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(place) if place.is_dir() else place.unlink()


def clear_leftovers(folder: Path, prefix: str = "") -> None:
    """Remove what killed processes of this user have left in a folder: new files and directories nobody holds.

    ``prefix`` is how their names begin; without one it is whatever was to take any other's place.
    """
    found = re.compile(f"{re.escape(prefix) or rf'[.].+{re.escape(_NEW)}'}[0-9a-f]{{{_TOKEN}}}", re.DOTALL)
    with suppress(OSError), os.scandir(folder) as entries:  # not everybody who may write there may look
        for name in [entry.name for entry in entries if found.fullmatch(entry.name)]:
            _clear_unheld(folder / name)


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


def _place(error: OSError, path: Path, prefix: str) -> None:
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


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Let nobody else who asks here write ``path`` while the block runs; whoever comes second is refused.

    The lock is ``.NAME.lock`` beside the file; it goes at the end, and dies with its process.

    Raises:
        UsageError: another process is writing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f".{path.name}.lock")
    handle = _locked(lock, path)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _locked(lock: Path, path: Path) -> int:
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise UsageError(f"{path} is being written by another process; wait until it has ended.") from None
        try:
            if os.fstat(handle).st_ino == lock.stat().st_ino:
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)  # its last owner removed the file that we hold: try the next one


@contextmanager
def scratch_directory(name: str) -> Iterator[Path]:
    """Give a folder ``NAME-…`` among the temporary files, which is gone when the block ends.

    Folders of the same name that a killed process of this user has left go first: those that nobody holds.
    An error that names no place, as a full disk's, names the folder without that ending.
    """
    place = Path(tempfile.gettempdir()) / name
    with _held(place, f"{name}-", partial(_new_directory, mode=0o700)) as (folder, _):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def package_text(package: str, name: str) -> str:
    """Return the UTF-8 text of a data file that lies in one of the toolkit's packages."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def schema_text(name: str) -> str:
    """Return the text of a file of ``schemas/``, from the wheel's copy or from the checkout.

    Raises:
        SourceError: there is no such file in either place.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "_schemas", here.parent / "schemas"):
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise SourceError(f"The schema file {name!r} is neither in the installed package nor in a checkout.")
