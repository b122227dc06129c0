"""The claim of a server on its data: a lock that lives and dies with the server's own processes.

A process id says nothing on another machine, in another container, or where its record was lost; two servers on
one database would spoil it. So the server inherits the handle of a locked file: whoever shares the folder sees that
it is in use, also over a network, as far as its file system has locks.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import ServerError

__all__ = ["claimed", "is_claimed"]

_PATIENCE = 2.0
"""Seconds in which somebody who only looks lets go again, and a process that was ended is gone."""
_POLL = 0.05


@contextmanager
def claimed(lock: Path) -> Iterator[int]:
    """Lock a file for this process and those that inherit the handle, which the block gets.

    Raises:
        ServerError: another process has it.
        OSError: the file cannot be made.
    """
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + _PATIENCE
        while not _taken(handle, fcntl.LOCK_EX):
            if time.monotonic() >= until:
                raise ServerError(f"Another process has {lock} locked: end it first.")
            time.sleep(_POLL)
        yield handle
    finally:
        os.close(handle)


def is_claimed(lock: Path) -> bool:
    """Tell whether a process of any machine has the file locked; False where there is none, or no locks."""
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _taken(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _taken(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # the file system has no locks: then nothing can be told
    return True
