"""Search lines with patterns that stay compiled: Polars keeps a thread's last 32 patterns, so each has its thread.

A batch is searched with four times as many patterns, and compiling one costs as much as searching thousands of
lines with it. Whether they are found is asked of all patterns of a thread in one call, a pattern beside each line:
so what they learn of their states is kept too, which a call for each would forget. Without these habits of Polars
this would be no quicker than one thread, and find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["Rows", "contained", "extracted"]

_KEPT = 30
"""How many patterns one thread searches with."""

_threads: dict[str, int] = {}
"""By pattern, the number of its thread. All patterns are the package's own, so they are not many."""

Rows = NDArray[np.int64]

_Ask = tuple[Rows, str]
_Found = TypeVar("_Found")


def contained(text: pl.Series, asks: Sequence[_Ask]) -> list[Rows]:
    """Return, for rows of the text and a pattern each, those of the rows in which it is found."""
    return _searched(text, asks, _contained)


def extracted(text: pl.Series, asks: Sequence[_Ask]) -> list[pl.Series]:
    """Return for rows of the text and a pattern each what its first group is there; null where it is not found."""
    return _searched(text, asks, _extracted)


def _searched(
    text: pl.Series, asks: Sequence[_Ask], search: Callable[[pl.Series, Sequence[_Ask]], list[_Found]]
) -> list[_Found]:
    """Search with one thread after the other: one processor is used, as everywhere in the cleaner."""
    dealt: dict[int, list[int]] = {}
    for at, (_, pattern) in enumerate(asks):
        dealt.setdefault(_threads.setdefault(pattern, len(_threads) // _KEPT), []).append(at)
    found: dict[int, _Found] = {}
    for thread, places in dealt.items():
        part = [asks[at] for at in places]
        found |= zip(places, _thread(thread).submit(search, text, part).result(), strict=True)
    return [found[at] for at in range(len(asks))]


def _contained(text: pl.Series, asks: Sequence[_Ask]) -> list[Rows]:
    rows = np.concatenate([rows for rows, _ in asks])
    sizes = [len(rows) for rows, _ in asks]
    patterns = pl.Series([pattern for _, pattern in asks])[np.repeat(np.arange(len(asks)), sizes)]
    hit = text[rows].str.contains(pl.lit(patterns)).to_numpy()
    ends = np.cumsum(sizes)
    return [asked[hit[end - len(asked) : end]] for (asked, _), end in zip(asks, ends, strict=True)]


def _extracted(text: pl.Series, asks: Sequence[_Ask]) -> list[pl.Series]:
    return [text[rows].str.extract(pattern) for rows, pattern in asks]


@cache
def _thread(number: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=f"patterns-{number}")
