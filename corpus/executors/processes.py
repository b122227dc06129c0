"""Run a function over items in spawned processes of this machine, in order, a few items ahead.

Workers are spawned, since Polars hangs in forked ones, and have one thread each for Polars and Arrow: the
processes share the cores, and one thread does the same work in the same order everywhere. They end with the
call: at its end, on an error, when the caller stops listening, on Ctrl-C, and when the caller dies.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, TypeVar

from corpus.errors import CorpusError
from corpus.executors import serial
from corpus.executors.outcome import Outcome, run
from corpus.executors.protocol import AHEAD, ONE_THREAD, check_workers

__all__ = ["map_ordered"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_PATIENCE = 5.0

_HINT = "try one worker"
_HINTS: dict[int | None, str] = {
    -signal.SIGKILL: "too little memory, perhaps: try fewer workers",
    1: 'a script asks for workers below `if __name__ == "__main__":`, for each reads it; else try one worker',
}
"""By the exit code of a worker, what helps."""


def map_ordered(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order, computed by ``workers`` processes.

    One worker is this process itself. At most ``AHEAD * workers`` items are taken before their results are
    asked for.

    Raises:
        UsageError: ``workers`` is less than one.
        CorpusError: a worker died (killed, out of memory), or the function's exception cannot be pickled.
        Exception: what the function raised.
    """
    check_workers(workers)
    if workers == 1:
        return serial.map_ordered(function, items)
    return _pooled(function, items, workers)


def _pooled(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    context = _Context()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)
    waiting: deque[Future[Outcome]] = deque()
    whole = False
    try:
        for item in items:
            with _one_thread():
                waiting.append(pool.submit(partial(run, function), item))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result().unwrap()
        while waiting:
            yield waiting.popleft().result().unwrap()
        whole = True
    except BrokenProcessPool as error:
        raise CorpusError(context.obituary()) from error
    finally:
        pool.shutdown(wait=whole, cancel_futures=True)
        context.end(whole)


def _begin() -> None:
    """Prepare a worker: one thread, no share in the terminal's Ctrl-C, and never without its parent."""
    os.environ.update(ONE_THREAD)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Set what a process must find in its environment before it imports Polars; workers start in submit()."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Context(SpawnContext):
    """A spawning context that remembers the processes it started, to end them and to say how they died."""

    def __init__(self) -> None:
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **options: Any) -> SpawnProcess:  # type: ignore[override] # noqa: N802
        """Make a process, as the pool asks for it."""
        process = SpawnProcess(*args, **options)
        self.started.append(process)
        return process

    def end(self, whole: bool) -> None:
        """End what still runs; after a whole run nothing does."""
        alive = [process for process in self.started if process.is_alive()]
        for process in alive if not whole else ():
            process.terminate()
        for process in alive:
            process.join(_PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()

    def obituary(self) -> str:
        """Say how the first worker died that did not end by itself."""
        end = time.monotonic() + _PATIENCE
        while any(process.exitcode is None for process in self.started) and time.monotonic() < end:
            time.sleep(0.01)  # the pool's own thread waits for them too, and only one of us is told the code
        codes = [process.exitcode for process in self.started if process.exitcode]
        code = next((code for code in codes if code != -signal.SIGTERM), codes[0] if codes else None)
        how = f"was ended by {_signal_name(-code)}" if code is not None and code < 0 else f"ended with code {code}"
        return (
            f"A worker process {how} before its work was done ({_HINTS.get(code, _HINT)}); nothing of it was used."
        )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
