"""The lists in ``words.toml``: which words of a batch stand in which."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.hashing import Hashes, read_words
from corpus.cleaning.linemodel.letters import Ints, line_letters

__all__ = ["counters", "on_list", "on_lists"]

_BITS = 10
"""A counter's bits: more than a line's words, of which LIMIT letters hold half as many at most."""
_MASK = np.uint64((1 << _BITS) - 1)


@dataclass(frozen=True, slots=True)
class _Table:
    """All listed words, found by some bits of their hashes that are different for each of them."""

    shift: np.uint64
    """Where these bits begin."""
    row: NDArray[np.uint16]
    """For each row of bits the row of the word below; 0 where there is none."""
    code: Hashes
    """The words' hashes."""
    counters: Hashes
    """For each word, a one in the counters of the lists that it stands in."""


def on_lists(code: Hashes) -> Hashes:
    """Return for each word a number in which each list has a counter: one where the word stands in it."""
    table = _table()
    row = table.row.take((code >> table.shift & np.uint64(len(table.row) - 1)).view(np.int64))
    found: Hashes = table.counters.take(row) * (table.code.take(row) == code)
    return found


def on_list(listed: Hashes, name: str) -> NDArray[np.bool_]:
    """Tell which words stand in one list, from what :func:`on_lists` says."""
    number = tuple(_word_lists()).index(name)
    on_it: NDArray[np.bool_] = (listed & (_MASK << np.uint64(number * _BITS))) != 0
    return on_it


def counters(sums: Hashes) -> dict[str, Ints]:
    """Take sums of such numbers apart, by the names of the lists."""
    return {
        name: (sums >> np.uint64(number * _BITS) & _MASK).view(np.int64)
        for number, name in enumerate(_word_lists())
    }


@cache
def _table() -> _Table:
    lists = [np.unique(_hashes(words)) for words in _word_lists().values()]
    code = np.unique(np.concatenate(lists))
    bits, shift = next(
        (bits, shift)
        for bits in range(16, 64)
        for shift in range(64 - bits)
        if len(np.unique(_cut(code, bits, shift))) == len(code)
    )
    row, held = np.zeros(1 << bits, dtype=np.uint16), np.zeros(len(code) + 1, dtype=np.uint64)
    row[_cut(code, bits, shift).view(np.int64)] = np.arange(1, len(code) + 1)
    for number, words in enumerate(lists):
        held[1:] |= np.isin(code, words).astype(np.uint64) << np.uint64(number * _BITS)
    return _Table(np.uint64(shift), row, np.concatenate((np.zeros(1, dtype=np.uint64), code)), held)


def _cut(code: Hashes, bits: int, shift: int) -> Hashes:
    return code >> np.uint64(shift) & np.uint64((1 << bits) - 1)


@cache
def _word_lists() -> dict[str, str]:
    text = files("corpus.cleaning.linemodel").joinpath("words.toml").read_text(encoding="utf-8")
    return {name: str(words) for name, words in tomllib.loads(text).items()}


def _hashes(words: str) -> Hashes:
    return read_words(line_letters(pl.Series(words.split()))).code
