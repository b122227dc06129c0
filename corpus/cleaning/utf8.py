"""A column of texts as the bytes of all of them: what a byte tells is asked of every text at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["Utf8", "of_bytes"]

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_WORD = 6
"""Flags are counted 64 at a time: as bits of a word, of which there are two to the power of this."""


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
        return np.diff(_up_to(flags, self.bounds)).astype(np.int32)

    def having(self, places: Ints) -> Flags:
        """Tell which texts have one of these places (of bytes in the data) in them."""
        there = np.zeros(len(self), dtype=np.bool_)
        there[np.searchsorted(self.bounds, places, side="right") - 1] = True
        return there


def _up_to(flags: Flags, places: Ints) -> Ints:
    """Return how many flags are set before each place: those of the words before it, and those bits of its own."""
    packed = np.packbits(flags, bitorder="little")
    bits = np.zeros((len(flags) >> _WORD) + 1 << 3, dtype=np.uint8)
    bits[: len(packed)] = packed
    words = bits.view("<u8")
    number = np.bitwise_count(words)
    before = np.cumsum(number, dtype=np.int64) - number
    word, bit = places >> _WORD, (places & (1 << _WORD) - 1).astype(np.uint64)
    begun = words[word] & ((np.uint64(1) << bit) - np.uint64(1))
    found: Ints = before[word] + np.bitwise_count(begun)
    return found


def of_bytes(values: bytes) -> Flags:
    """Return a table by the number of a byte: whether it is one of these.

    >>> of_bytes(b"!?")[[33, 34]].tolist()
    [True, False]
    """
    table = np.zeros(256, dtype=np.bool_)
    table[list(values)] = True
    return table
