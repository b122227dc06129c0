"""Search lines with patterns that stay compiled: Polars keeps a thread's last 32 patterns, so each has its thread.

A batch is searched with four times as many patterns, and compiling one costs as much as searching thousands of
lines with it. Without that habit of Polars this would be no quicker than one thread, and find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import polars as pl

__all__ = ["contained", "extracted"]

_KEPT = 30
"""How many patterns one thread searches with."""

_threads: dict[str, int] = {}
"""By pattern, the number of its thread. All patterns are the package's own, so they are not many."""

_Ask = tuple[pl.Series, str]
_Search = Callable[[pl.Series, str], pl.Series]


def contained(asks: Sequence[_Ask]) -> list[pl.Series]:
    """Return for each text and pattern in which of the lines it is found."""
    return _searched(asks, lambda text, pattern: text.str.contains(pattern))


def extracted(asks: Sequence[_Ask]) -> list[pl.Series]:
    """Return for each text and pattern what the first group is in each line; null where it is not found."""
    return _searched(asks, lambda text, pattern: text.str.extract(pattern))


def _searched(asks: Sequence[_Ask], search: _Search) -> list[pl.Series]:
    """Search with one thread after the other: one processor is used, as everywhere in the cleaner."""
    dealt: dict[int, list[int]] = {}
    for at, (_, pattern) in enumerate(asks):
        dealt.setdefault(_threads.setdefault(pattern, len(_threads) // _KEPT), []).append(at)
    found: dict[int, pl.Series] = {}
    for thread, places in dealt.items():
        part = [asks[at] for at in places]
        found |= zip(places, _thread(thread).submit(_each, part, search).result(), strict=True)
    return [found[at] for at in range(len(asks))]


def _each(asks: Sequence[_Ask], search: _Search) -> list[pl.Series]:
    return [search(text, pattern) for text, pattern in asks]


@cache
def _thread(number: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=f"patterns-{number}")
