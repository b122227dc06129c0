"""One process at a time: whoever comes second is refused, or waits; a lock dies with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import UsageError
from corpus.progress import SILENT, Progress

__all__ = ["in_turn", "only_writer"]


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


@contextmanager
def in_turn(lock: Path, progress: Progress = SILENT) -> Iterator[None]:
    """Hold a lock file, which stays, while the block runs; whoever comes second waits, and tells so once.

    Raises:
        OSError: the file cannot be made.
    """
    with lock.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.step("waiting for another process that is at work here")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


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
