"""Functions that workers can import: spawned processes find them by this module's name."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from corpus.errors import ExtraMissingError, SourceError


def square(number: int) -> int:
    return number * number


def slow_first(number: int) -> int:
    time.sleep(0.3 if number == 0 else 0.0)
    return number


def thread_settings(_: int) -> tuple[str | None, int, int]:
    import polars as pl

    return os.environ.get("POLARS_MAX_THREADS"), pl.thread_pool_size(), os.getpid()


def die(number: int) -> int:
    if number == 3:
        os._exit(7)
    return number


def be_killed(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    if number == 2:
        raise SourceError("The second is not good.")
    return number


def miss_an_extra(_: int) -> int:
    raise ExtraMissingError("nothing", "labelstudio")


class UnpicklableError(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")
        self.lock = open(os.devnull)  # noqa: PTH123, SIM115


def raise_unpicklable(_: int) -> int:
    raise UnpicklableError(1, 2)


def unpicklable_result(_: int) -> object:
    return lambda: None


def write_pid_and_wait(folder: str) -> None:
    Path(folder, str(os.getpid())).touch()
    time.sleep(120)


def lock(_: int) -> object:
    return threading.Lock()
