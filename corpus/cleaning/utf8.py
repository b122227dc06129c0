"""A column of texts as the bytes of all of them: what a byte tells is asked of every text at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["Ranks", "Utf8", "of_bytes"]

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_WORD = 6
"""Flags are counted as bits in words of 64, of which there are two to the power of this."""

_BELOW = np.array([(1 << bit) - 1 for bit in range(1 << _WORD)], dtype=np.uint64)
"""By the place of a bit in a word, a word of those below it."""


@dataclass(frozen=True, slots=True)
class Utf8:
    """The texts' UTF-8, one after the other."""

    data: Bytes
    bounds: Ints
    """Where each text begins in the data, and where the last one ends."""

    @classmethod
    def of(cls, text: pl.Series) -> Utf8:
        """Take a column without nulls."""
        array = text.to_arrow().cast(pa.large_string())
        _, offsets, data = array.buffers()
        bounds = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
        return cls(np.frombuffer(data or b"", dtype=np.uint8)[bounds[0] : bounds[-1]], bounds - bounds[0])

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.bounds) - 1

    def first(self) -> Bytes:
        """Return each text's first byte; 0 where it is empty."""
        return self._at(self.bounds[:-1])

    def last(self, back: int = 1) -> Bytes:
        """Return each text's last byte, or the one so many from its end; 0 where it is shorter."""
        return self._at(self.bounds[1:] - back)

    def _at(self, place: Ints) -> Bytes:
        inside = (place >= self.bounds[:-1]) & (place < self.bounds[1:])
        found = np.zeros(len(self), dtype=np.uint8)
        found[inside] = self.data[place[inside]]
        return found

    def counts(self, flags: Flags) -> NDArray[np.int32]:
        """Return how many bytes of each text are flagged."""
        return np.diff(Ranks(flags).before(self.bounds)).astype(np.int32)

    def pieces(self, begins: Ints, ends: Ints) -> pl.Series:
        """Return pieces of the data as texts, without a copy of it; none begins before the last one's end."""
        bounds = np.column_stack([begins, ends]).ravel()
        offsets, data = (pa.py_buffer(np.ascontiguousarray(part)) for part in (bounds, self.data))
        array = pa.LargeStringArray.from_buffers(max(len(bounds) - 1, 0), offsets, data)
        return pl.Series("text", pl.from_arrow(array), dtype=pl.String).gather_every(2)

    def having(self, places: Ints) -> Flags:
        """Tell which texts have one of these places (of bytes in the data) in them."""
        there = np.zeros(len(self), dtype=np.bool_)
        there[np.searchsorted(self.bounds, places, side="right") - 1] = True
        return there


class Ranks:
    """How many flags are set before a place: packed as bits, a whole word of them is counted at once."""

    def __init__(self, flags: Flags) -> None:
        """Take the flags."""
        packed = np.packbits(flags, bitorder="little")
        bits = np.zeros((len(flags) >> _WORD) + 1 << 3, dtype=np.uint8)
        bits[: len(packed)] = packed
        self._words = bits.view("<u8")
        number = np.bitwise_count(self._words)
        self._before = np.cumsum(number, dtype=np.int64) - number

    def before(self, places: Ints) -> Ints:
        """Return how many are set before each place: those of all words before its own, and bits of this."""
        word = places >> _WORD
        begun = self._words[word] & _BELOW[places & len(_BELOW) - 1]
        found: Ints = self._before[word] + np.bitwise_count(begun)
        return found


def of_bytes(values: bytes) -> Flags:
    """Return a table by the number of a byte: whether it is one of these.

    >>> of_bytes(b"!?")[[33, 34]].tolist()
    [True, False]
    """
    table = np.zeros(256, dtype=np.bool_)
    table[list(values)] = True
    return table
