"""Oblivious trees: all nodes of one level of one ask the same question, so a leaf's number is a row of bits.

Many rows go through the trees by twos: to look a leaf's value up costs more than to ask the six questions before
it, so one table of 64 times 64 sums is quicker than two. Few rows go through all trees at once: then it is the
steps that cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Oblivious"]

_FEW = 400
"""So many rows go through all trees at once."""

_CHUNK = 1 << 14
"""Of more, so many go through two trees at a time."""

Question = tuple[int, np.float32]
"""The number of a column, and the border that its values are held against."""
Pair = tuple[tuple[tuple[Question, Question], ...], NDArray[np.int32], NDArray[np.int32]]
"""For each level, the highest bit first, the questions of two trees; their values, the first tree's in a column."""


class Oblivious:
    """Trees, ready to be evaluated."""

    def __init__(self, column: NDArray[np.int16], border: NDArray[np.float32], value: NDArray[np.int32]) -> None:
        """Take the trees; the leaves of all must not add up to 2**31.

        Args:
            column: shape (trees, depth), which column a level asks about; the first level is the lowest bit.
            border: shape (trees, depth); a value above the border sets the bit.
            value: shape (trees, 2**depth), the leaves; depth is 8 at most.
        """
        self._pairs = _in_pairs(column, border, value)
        self._levels = list(zip(column.T.astype(np.int64), border.T.copy(), strict=True))
        self._leaves = value.reshape(-1)
        self._first = np.arange(len(value), dtype=np.int32) * value.shape[1]

    def sums(self, values: Sequence[NDArray[np.float32]]) -> NDArray[np.int64]:
        """Return for each row the sum of the leaves that it falls into, from its values, an array a column."""
        rows = len(values[0])
        if rows <= _FEW:
            return self._at_once(np.stack(values, axis=1))
        total = np.empty(rows, dtype=np.int64)
        for begin in range(0, rows, _CHUNK):
            some = slice(begin, begin + _CHUNK)
            total[some] = _added(self._pairs, [value[some] for value in values])
        return total

    def _at_once(self, values: NDArray[np.float32]) -> NDArray[np.int64]:
        leaf = np.zeros((len(values), len(self._first)), dtype=np.int32)
        for column, border in self._levels[::-1]:
            leaf += leaf
            leaf += values.take(column, axis=1) > border
        leaf += self._first
        total: NDArray[np.int64] = self._leaves.take(leaf).sum(axis=1, dtype=np.int64)
        return total


def _in_pairs(column: NDArray[np.int16], border: NDArray[np.float32], value: NDArray[np.int32]) -> tuple[Pair, ...]:
    """Return trees by twos; an odd last one goes with itself, and then says nothing the second time."""
    pairs = []
    for one in range(0, len(column), 2):
        other = min(one + 1, len(column) - 1)
        asked = [list(zip(column[tree].tolist(), border[tree], strict=True)) for tree in (one, other)]
        second = value[other] if other > one else np.zeros_like(value[other])
        pairs.append((tuple(zip(asked[0][::-1], asked[1][::-1], strict=True)), value[one][:, None], second))
    return tuple(pairs)


def _added(pairs: Sequence[Pair], values: Sequence[NDArray[np.float32]]) -> NDArray[np.int32]:
    """Answer the questions from the highest bit down, in buffers that are used again and again."""
    rows, size = len(values[0]), pairs[0][2].size
    total, reached = np.zeros(rows, dtype=np.int32), np.empty(rows, dtype=np.int32)
    leaves, place = np.zeros((2, rows), dtype=np.uint8), np.empty(rows, dtype=np.uint16)
    answers, sums = np.empty((2, rows), dtype=np.bool_), np.empty((size, size), dtype=np.int32)
    for questions, first, second in pairs:
        leaves[:] = 0
        for (asked, border), (other, edge) in questions:
            np.greater(values[asked], border, out=answers[0])
            np.greater(values[other], edge, out=answers[1])
            np.add(leaves, leaves, out=leaves)
            np.add(leaves, answers.view(np.uint8), out=leaves)
        np.multiply(leaves[0], size, out=place, dtype=np.uint16)
        np.add(place, leaves[1], out=place)
        np.add(first, second, out=sums)
        sums.take(place, out=reached, mode="clip")
        total += reached
    return total
