"""Documents as runs of rows: shifts, windows, distances and densest stretches that never leave a document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Runs", "Window"]

Ints = NDArray[np.int64]


_APART = 1 << 10
"""More than any distance that is asked for."""


@dataclass(frozen=True, slots=True)
class Window:
    """Up to so many rows of its document above each row, or below it."""

    edge: Ints
    """Where the window begins, if it lies above, or ends."""
    above: bool
    number: NDArray[np.float32]
    """How many rows it has, at least 1."""

    def sum(self, sums: Ints) -> Ints:
        """Return the sum over the window, from running sums (see :meth:`Runs.sums`)."""
        edge = sums.take(self.edge)
        return sums[:-1] - edge if self.above else edge - sums[1:]

    def mean(self, sums: Ints) -> NDArray[np.float32]:
        """Return the mean over the window; 0 where it has no rows."""
        return self.sum(sums).astype(np.float32) / self.number


class Runs:
    """The rows of a batch, cut into documents.

    All sums are of integers, so that they are exact: what stands before a document in the batch cancels out.
    """

    def __init__(self, doc: NDArray[np.generic]) -> None:
        """Take the document of each row; equal neighbours are one document."""
        fresh = np.concatenate(([True], doc[1:] != doc[:-1]))
        self.row: Ints = np.arange(len(doc), dtype=np.int64)
        self.starts: Ints = np.flatnonzero(fresh)
        self.ends: Ints = np.append(self.starts[1:], len(doc))
        self.code: Ints = np.cumsum(fresh, dtype=np.int64) - 1
        self.size: Ints = (self.ends - self.starts).take(self.code)
        self.first: Ints = self.starts.take(self.code)
        self.end: Ints = self.first + self.size
        self.at: Ints = self.row - self.first
        self._windows: dict[int, Window] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row)

    @cached_property
    def left(self) -> Ints:
        """How many rows of its document stand below each."""
        return self.size - 1 - self.at

    @cached_property
    def _spaced(self) -> Ints:
        """Numbers of the rows, with more between two documents than any distance that is asked for."""
        return self.row + self.code * _APART

    def shifted(self, values: NDArray[np.float32], step: int, fill: float) -> NDArray[np.float32]:
        """Return the value ``step`` rows above (below, if negative); ``fill`` beyond the document's edge."""
        moved, out = np.full_like(values, fill), np.float32(fill)
        if step > 0:
            moved[step:] = np.where(self.at[step:] >= step, values[:-step], out)
        else:
            moved[:step] = np.where(self.left[:step] >= -step, values[-step:], out)
        return moved

    @staticmethod
    def sums(values: NDArray[np.generic]) -> Ints:
        """Return running sums with a zero in front: what the methods below take."""
        total = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(values, dtype=np.int64, out=total[1:])
        return total

    def window(self, rows: int) -> Window:
        """Return for each row so many rows of its document below it, or, if negative, above."""
        if rows not in self._windows:
            if rows < 0:
                edge = np.maximum(self.row + rows, self.first)
                number = self.row - edge
            else:
                edge = np.minimum(self.row + 1 + rows, self.end)
                number = edge - self.row - 1
            self._windows[rows] = Window(edge, rows < 0, np.maximum(number, 1).astype(np.float32))
        return self._windows[rows]

    def before(self, sums: Ints) -> Ints:
        """Return the sum over the document's rows above."""
        return sums[:-1] - sums.take(self.first)

    def total(self, sums: Ints) -> Ints:
        """Return the sum over the document."""
        return (sums.take(self.ends) - sums.take(self.starts)).take(self.code)

    def distances(self, flag: NDArray[np.bool_], most: int) -> tuple[Ints, Ints]:
        """Return how many rows above and below the nearest flagged row is, at most ``most`` (1,000 or less)."""
        rows, place = np.flatnonzero(flag), self._spaced
        near = np.concatenate(([-_APART], place.take(rows), [len(self.starts) * _APART + len(self)]))
        above = np.repeat(near[:-1], np.diff(rows + 1, prepend=0, append=len(self)))
        below = np.repeat(near[1:], np.diff(rows, prepend=0, append=len(self)))
        return np.minimum(place - above, most), np.minimum(below - place, most)

    def distances_of(self, rows: Ints, flag: NDArray[np.bool_], most: int) -> tuple[Ints, Ints]:
        """Return the same of some of the rows."""
        flagged = np.flatnonzero(flag)
        near = np.concatenate(([-_APART], self._spaced.take(flagged), [len(self.starts) * _APART + len(self)]))
        number, place = np.searchsorted(flagged, rows), self._spaced.take(rows)
        above, below = near.take(number), near.take(number + flag.take(rows) + 1)
        return np.minimum(place - above, most), np.minimum(below - place, most)

    def densest(self, values: NDArray[np.generic]) -> tuple[Ints, Ints, Ints]:
        """Return, for each row, first and last row of its document's stretch with the largest sum, and the sum.

        Kadane's maximum subarray with running sums and minima; an offset that falls from document to document
        makes one running minimum serve them all.
        """
        value = values.astype(np.int64)
        sums = self.sums(value)
        fall = self.code * (2 * int(np.abs(value).sum()) + 2)
        before = self.before(sums)
        floor = np.minimum.accumulate(before - fall) + fall
        gain = before + value - floor
        best = np.maximum.reduceat(gain, self.starts).take(self.code)
        last = np.minimum.reduceat(np.where(gain == best, self.row, len(self)), self.starts).take(self.code)
        begins = (before == floor.take(last)) & (self.row <= last)
        first = np.maximum.reduceat(np.where(begins, self.row, -1), self.starts).take(self.code)
        return first, last, best
