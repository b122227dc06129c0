"""Cut lines into words and hash them: the same numbers on every machine, without a Python loop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.linemodel.letters import Bytes, Ints, stretches

__all__ = ["Hashes", "Words", "mixed", "read_words"]

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Words:
    """The words (runs of letters and digits) of a batch of lines, one entry a word, in order."""

    line: Ints
    """The row of the line it stands in."""
    code: Hashes
    """Hash of the word in small letters."""
    length: Ints
    """Bytes of UTF-8."""
    capital: NDArray[np.bool_]
    """Whether it begins with a capital letter (Latin or Cyrillic)."""
    first: Ints
    """For each line, the number of its first word; one entry more at the end."""
    line_code: Hashes
    """For each line, a hash of its small letters, blanks and signs as they stand."""


def mixed(code: Hashes) -> Hashes:
    """Spread the bits of hashes (after the finish of splitmix64)."""
    code = (code ^ (code >> np.uint64(30))) * _SPREAD
    return code ^ (code >> np.uint64(31))


def read_words(raw: Bytes, starts: Ints) -> Words:
    """Find the words and hash each by a polynomial in its bytes, from running sums over a stretch of lines.

    The sums wrap around at 64 bits; multiplying by the inverse power takes the word's place out again.
    """
    parts = [_stretch(raw, starts, low, high) for low, high in stretches(starts)]
    begin, end, code, line_code = (np.concatenate(column) for column in zip(*parts, strict=True))
    first = np.searchsorted(begin, starts)
    line = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(first))
    return Words(line, code, end - begin, _capital(raw, begin), first, line_code)


def _stretch(raw: Bytes, starts: Ints, low: int, high: int) -> tuple[Ints, Ints, Hashes, Hashes]:
    """Return where words begin and end, their hashes, and the lines' hashes, for the lines low to high."""
    offset = int(starts[low])
    own, lines = raw[offset : starts[high]], starts[low : high + 1] - offset
    begin, end = _edges(_IS_LETTER[own])
    power, inverse = _powers(_BASE, _rounded(len(own))), _powers(_INVERSE, _rounded(len(own)))
    running = np.zeros(len(own) + 1, dtype=np.uint64)
    np.cumsum((_small(own).astype(np.uint64) + np.uint64(1)) * power[: len(own)], out=running[1:])
    code = mixed((running[end] - running[begin]) * inverse[begin])
    line_code = mixed((running[lines[1:]] - running[lines[:-1]]) * inverse[lines[:-1]])
    return begin + offset, end + offset, code, line_code


def _small(raw: Bytes) -> Bytes:
    """Return the bytes with ASCII and Latin-1 capitals as small letters."""
    small = _LOWER[raw]
    second = np.flatnonzero(raw[:-1] == 0xC3) + 1
    second = second[(raw[second] >= 0x80) & (raw[second] <= 0x9E)]
    small[second] += 0x20
    return small


def _capital(raw: Bytes, begin: Ints) -> NDArray[np.bool_]:
    head, second = raw[begin], raw[np.minimum(begin + 1, len(raw) - 1)]
    latin = (head == 0xC3) & (second >= 0x80) & (second <= 0x9E)
    cyrillic = (head == 0xD0) & (second >= 0x80) & (second <= 0xAF)
    capital: NDArray[np.bool_] = ((head >= 65) & (head <= 90)) | latin | cyrillic
    return capital


def _edges(letter: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    edge = np.flatnonzero(letter[1:] != letter[:-1]) + 1
    if letter[0]:
        edge = np.concatenate(([0], edge))
    return edge[0::2], edge[1::2]


def _rounded(count: int) -> int:
    """Return the next power of two above, so that few tables of powers are made."""
    return 1 << count.bit_length()


@cache
def _powers(base: int, count: int) -> Hashes:
    values = np.full(count, base, dtype=np.uint64)
    values[0] = 1
    return np.multiply.accumulate(values)


def _letters() -> NDArray[np.bool_]:
    code = np.arange(256)
    capital, small, digit = (code >= 65) & (code <= 90), (code >= 97) & (code <= 122), (code >= 48) & (code <= 57)
    return capital | small | digit | (code >= 128)


_IS_LETTER = _letters()
_LOWER: Bytes = np.where(
    (np.arange(256) >= 65) & (np.arange(256) <= 90), np.arange(256) + 32, np.arange(256)
).astype(np.uint8)
