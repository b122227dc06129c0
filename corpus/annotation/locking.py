"""An exclusive lock on a folder, so that two writers never mix their lines."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import UsageError

__all__ = ["exclusive"]

_PAUSE = 0.05


@contextmanager
def exclusive(folder: Path, patience: float = 30.0) -> Iterator[None]:
    """Hold the folder for one writer; wait up to ``patience`` seconds for another one to finish.

    The folder's own inode is locked (BSD ``flock``), so no lock file is left behind, and a lock dies with
    its process.

    Raises:
        UsageError: another writer kept the folder longer than that.
        OSError: the folder cannot be opened.
    """
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise UsageError(
                        f"Another writer has held {folder} for {patience:g} seconds; let it finish, then try again."
                    ) from None
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)
