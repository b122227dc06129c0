"""What every executor is: a map that keeps the order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from corpus.errors import UsageError

__all__ = ["AHEAD", "ONE_THREAD", "Executor", "check_workers"]

AHEAD = 2
"""How many items a worker are under way or waiting at most; the memory of a run depends on it."""

ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""What a worker's environment holds before Polars is imported there."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Executor(Protocol):
    """Runs one function over items; results come in the order of the items, whoever ran them.

    ``function`` is importable by its name, and it, the items and the results can be pickled; so the same
    call runs in this process, in a pool and on a cluster. An exception of the function is raised where its
    result would have come; the items after it may or may not have been run.
    """

    def __call__(
        self, function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1
    ) -> Iterator[Result]:
        """Yield ``function(item)`` for each item, in order; items are taken as they are needed."""


def check_workers(workers: int) -> None:
    """Make sure that somebody does the work.

    Raises:
        UsageError: ``workers`` is less than one.
    """
    if workers < 1:
        raise UsageError(f"At least one worker is needed, not {workers}.")
