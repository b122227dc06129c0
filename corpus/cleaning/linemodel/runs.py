"""Documents as runs of rows: shifts, windows, distances and densest stretches that never leave a document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Runs", "Window"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows around each row."""

    begin: Ints
    end: Ints
    number: Ints
    """How many they are, at least 1."""

    def sum(self, sums: Ints) -> Ints:
        """Return the sum over the window, from running sums (see :meth:`Runs.sums`)."""
        return sums.take(self.end) - sums.take(self.begin)


class Runs:
    """The rows of a batch, cut into documents.

    All sums are of integers, so that they are exact: what stands before a document in the batch cancels out.
    """

    def __init__(self, doc: NDArray[np.generic]) -> None:
        """Take the document of each row; equal neighbours are one document."""
        fresh = np.concatenate(([True], doc[1:] != doc[:-1]))
        self.row: Ints = np.arange(len(doc), dtype=np.int64)
        self.starts: Ints = np.flatnonzero(fresh)
        self.code: Ints = np.cumsum(fresh, dtype=np.int64) - 1
        self.size: Ints = np.diff(np.append(self.starts, len(doc)))[self.code]
        self.first: Ints = self.starts[self.code]
        self.end: Ints = self.first + self.size
        self.at: Ints = self.row - self.first

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row)

    def shifted(self, values: NDArray[np.float32], step: int, fill: float) -> NDArray[np.float32]:
        """Return the value ``step`` rows above (below, if negative); ``fill`` beyond the document's edge."""
        source = self.row - step
        inside = (source >= self.first) & (source < self.end)
        return np.where(inside, values[np.clip(source, 0, len(self) - 1)], np.float32(fill))

    @staticmethod
    def sums(values: NDArray[np.generic]) -> Ints:
        """Return running sums with a zero in front: what the methods below take."""
        total = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(values, dtype=np.int64, out=total[1:])
        return total

    def window(self, low: int, high: int) -> Window:
        """Return for each row those of its document from ``low`` to ``high``, both relative and included."""
        begin = np.clip(self.row + low, self.first, self.end)
        end = np.clip(self.row + high + 1, self.first, self.end)
        return Window(begin, end, np.maximum(end - begin, 1))

    def before(self, sums: Ints) -> Ints:
        """Return the sum over the document's rows above."""
        return sums[self.row] - sums[self.first]

    def total(self, sums: Ints) -> Ints:
        """Return the sum over the document."""
        return sums[self.end] - sums[self.first]

    def distances(self, flag: NDArray[np.bool_], most: int) -> tuple[Ints, Ints]:
        """Return how many rows above and below the nearest flagged row is, at most ``most``."""
        above = np.maximum.accumulate(np.where(flag, self.row, -1))
        above = np.concatenate(([-1], above[:-1]))
        below = np.minimum.accumulate(np.where(flag, self.row, len(self))[::-1])[::-1]
        below = np.concatenate((below[1:], [len(self)]))
        up = np.where(above >= self.first, np.minimum(self.row - above, most), most)
        down = np.where(below < self.end, np.minimum(below - self.row, most), most)
        return up, down

    def densest(self, values: NDArray[np.generic]) -> tuple[Ints, Ints, Ints]:
        """Return, for each row, first and last row of its document's stretch with the largest sum, and the sum.

        Kadane's maximum subarray with running sums and minima; an offset that falls from document to document
        makes one running minimum serve them all.
        """
        value = values.astype(np.int64)
        sums = self.sums(value)
        fall = self.code * (2 * int(np.abs(value).sum()) + 2)
        before = sums[self.row] - sums[self.first]
        floor = np.minimum.accumulate(before - fall) + fall
        gain = before + value - floor
        best = np.maximum.reduceat(gain, self.starts)[self.code]
        last = np.minimum.reduceat(np.where(gain == best, self.row, len(self)), self.starts)[self.code]
        begins = (before == floor[last]) & (self.row <= last)
        first = np.maximum.reduceat(np.where(begins, self.row, -1), self.starts)[self.code]
        return first, last, best
