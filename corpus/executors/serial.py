"""Run a function over items in this process, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["map_ordered"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_ordered(function: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, each taken when the one before was yielded.

    ``workers`` is there for the protocol's sake; there is one whatever it says.

    >>> list(map_ordered(len, ["a", "bc"]))
    [1, 2]
    """
    del workers
    yield from map(function, items)
