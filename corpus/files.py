"""Open, decompress, hash, replace atomically, put aside, and find the project's own data files."""

from __future__ import annotations

import ctypes
import fcntl
import filecmp
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from importlib.resources import files
from pathlib import Path
from typing import IO

from corpus.errors import SourceError, UsageError

__all__ = [
    "atomic_directory",
    "atomic_write",
    "only_writer",
    "package_text",
    "schema_text",
    "scratch_directory",
    "sha256_bytes",
    "sha256_file",
]


_LOCK = ".lock"
"""What a process holds as long as its folder of temporary files is needed."""
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
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside ``path`` that replaces it only when the block ends without an error.

    Safe at any interruption: readers see the old file or the whole new one, since the bytes are on disk
    (fsync) before the rename and a rename within one directory is atomic.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        _place(error, path)
        raise


@contextmanager
def atomic_directory(path: Path) -> Iterator[Path]:
    """Give a new directory beside ``path`` that takes its place when the block ends without an error.

    An existing directory at ``path`` changes places with the new one in one step (Linux; elsewhere it is moved
    aside first, so that a crash between two renames leaves it under ``.NAME.old-…``) and is removed after.
    Where the existing tree holds the same files with the same bytes, it is left alone, time stamps and all.
    What a killed process of this user has left beside ``path`` goes first: new directories that nobody holds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{escape(_new(path))}*"):
        _clear_unheld(left)
    temporary, handle = _held_directory(path)
    try:
        try:
            temporary.chmod(0o777 & ~_umask())
            yield temporary
        except BaseException as error:
            shutil.rmtree(temporary, ignore_errors=True)
            _place(error, path)
            raise
        _put_in_place(temporary, path)
    finally:
        os.close(handle)


def _put_in_place(temporary: Path, path: Path) -> None:
    if (path.exists() and _same_tree(path, temporary)) or (path.exists() and _exchanged(temporary, path)):
        shutil.rmtree(temporary)
    elif path.exists():
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.old-", dir=path.parent))
        path.rename(aside / path.name)
        temporary.rename(path)
        shutil.rmtree(aside)
    else:
        temporary.rename(path)


def _new(path: Path) -> str:
    return f".{path.name}.new-"


def _held_directory(path: Path) -> tuple[Path, int]:
    """Make a directory beside the path and hold it: its own inode is locked, so the lock dies with its process."""
    while True:
        directory = Path(tempfile.mkdtemp(prefix=_new(path), dir=path.parent))
        handle = os.open(directory, os.O_RDONLY)
        with suppress(OSError):  # not every file system locks directories; then none is cleared up either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if directory.is_dir():  # else it was cleared up before it was held
            return directory, handle
        os.close(handle)


def _clear_unheld(directory: Path) -> None:
    """Remove a directory of this user that no process holds."""
    with suppress(OSError):
        if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
            return
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(directory, ignore_errors=True)
        finally:
            os.close(handle)


def _place(error: BaseException, path: Path) -> None:
    """Let an error name the place where it came up, where the system did not (a full disk, in writing)."""
    if isinstance(error, OSError) and error.errno is not None and error.filename is None:
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
    trees = [{p.relative_to(root): p for p in root.rglob("*")} for root in (one, other)]
    return trees[0].keys() == trees[1].keys() and all(
        not a.is_symlink() and (b.is_dir() if a.is_dir() else b.is_file() and filecmp.cmp(a, b, shallow=False))
        for name, a in trees[0].items()
        for b in (trees[1][name],)
    )


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

    Folders of the same name that a killed process of this user has left go first: those whose lock nobody holds.
    An error that names no place, as a full disk's, names the folder.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{name}-*"):
        _clear_abandoned(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    handle = os.open(folder / ".locking", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    (folder / ".locking").rename(folder / _LOCK)  # under this name it is locked from the first
    try:
        yield folder
    except BaseException as error:
        _place(error, folder)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _clear_abandoned(folder: Path) -> None:
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            return
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
