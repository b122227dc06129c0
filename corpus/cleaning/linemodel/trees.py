"""Oblivious trees by twos: one look-up for the sum of what both say.

All nodes of one level of such a tree ask the same question, so a leaf's number is a row of bits. To look a leaf's
value up costs more than to ask the six questions before it, so one table of 64 times 64 sums is quicker than two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pair", "added", "in_pairs"]

Question = tuple[int, np.float32]
"""The number of a column, and the border that its values are held against."""
Pair = tuple[tuple[tuple[Question, Question], ...], NDArray[np.int32], NDArray[np.int32]]
"""For each level, the highest bit first, the questions of two trees; their values, the first tree's in a column."""


def in_pairs(column: NDArray[np.int16], border: NDArray[np.float32], value: NDArray[np.int32]) -> tuple[Pair, ...]:
    """Return trees by twos; an odd last one goes with itself, and then says nothing the second time.

    Args:
        column: shape (trees, depth), which column a level asks about; the first level is the lowest bit.
        border: shape (trees, depth); a value above the border sets the bit.
        value: shape (trees, 2**depth), the leaves; depth is 8 at most.
    """
    pairs = []
    for one in range(0, len(column), 2):
        other = min(one + 1, len(column) - 1)
        asked = [list(zip(column[tree].tolist(), border[tree], strict=True)) for tree in (one, other)]
        second = value[other] if other > one else np.zeros_like(value[other])
        pairs.append((tuple(zip(asked[0][::-1], asked[1][::-1], strict=True)), value[one][:, None], second))
    return tuple(pairs)


def added(pairs: Sequence[Pair], values: Sequence[NDArray[np.float32]]) -> NDArray[np.int32]:
    """Return for each row the sum of the leaves that it falls into, from its values, a contiguous array a column.

    The questions are answered from the highest bit down, in buffers that are used again and again: some 20,000 rows
    at a time are the quickest. The leaves of all trees must not add up to 2**31.
    """
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
