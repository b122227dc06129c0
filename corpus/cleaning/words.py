"""The words of lines as numbers, in any script: each kind of line is read once, when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.looks import Looks
from corpus.cleaning.repeating import Ints
from corpus.cleaning.signs import SignTable

__all__ = ["Words"]

_CHARS = 500
"""So much of a line is read."""
_LONG = 4
_BEGINNING = 5
_WORD = r"[\p{L}\p{M}\p{N}]+"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_LETTERS = bytes(
    ord(chr(code).lower()) if chr(code).isalpha() or chr(code).isnumeric() else 0 for code in range(256)
)
"""The letters and figures of Latin-1 in lower case; signs are zero."""
_PADDING = " " * 8
_FIVE = (1 << 8 * _BEGINNING) - 1
"""A word's first signs as one number; a shorter word has a zero behind it."""
_MIX = 0x1E3779B97F4A7C15
_FAR = 1 << 61
"""Set in the codes of words that are not all in Western letters."""


class Words:
    """The words of each kind of line, each once.

    A word is the first five letters of what has four or more, which inflection mostly leaves alone; where words
    are not spaced (and in Korean), a pair of characters. Only a line's first 500 characters are read.
    """

    def __init__(self, looks: Looks) -> None:
        """Take the lines."""
        self._text = looks.frame["text"]
        self._wide = looks.flag("wide")
        self._begin: Ints = np.full(len(looks), -1, dtype=np.int64)
        self._size: Ints = np.zeros(len(looks), dtype=np.int64)
        self._numbers: Ints = np.empty(0, dtype=np.int64)
        self._codes: Ints = np.empty(0, dtype=np.int64)
        self._number_of_code: Ints = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        """Return how many words are known: their numbers are below it."""
        return len(self._codes)

    def of(self, kinds: Ints) -> tuple[Ints, Ints]:
        """Return the words' numbers, a line's together and rising, each with the place of its line in ``kinds``."""
        fresh = np.unique(kinds[self._begin[kinds] < 0])
        if len(fresh):
            self._read(fresh)
        size = self._size[kinds]
        before = np.cumsum(size) - size
        place = np.repeat(np.arange(len(kinds)), size)
        return place, self._numbers[np.arange(len(place)) + np.repeat(self._begin[kinds] - before, size)]

    def _read(self, kinds: Ints) -> None:
        line, code = _tokens(self._text[kinds].str.slice(0, _CHARS), self._wide[kinds])
        number = self._numbered(code)
        told = np.unique(line * len(self) + number)
        size = np.bincount(told // max(1, len(self)), minlength=len(kinds))
        self._begin[kinds] = len(self._numbers) + np.cumsum(size) - size
        self._size[kinds] = size
        self._numbers = np.concatenate([self._numbers, told % max(1, len(self))])

    def _numbered(self, codes: Ints) -> Ints:
        """Return the number of each code; those that are new get the next ones."""
        different, which = np.unique(codes, return_inverse=True)
        at = np.searchsorted(self._codes, different)
        new = np.append(self._codes, -1)[at] != different
        number = np.arange(len(self._codes), len(self._codes) + np.count_nonzero(new))
        self._number_of_code = np.insert(self._number_of_code, at[new], number)
        self._codes = np.insert(self._codes, at[new], different[new])
        return self._number_of_code[np.searchsorted(self._codes, different)][which]


def _tokens(text: pl.Series, wide: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the words' codes with the number of the line that each stands in; one may come several times."""
    narrow, far = np.flatnonzero(~wide), np.flatnonzero(wide)
    line, code = _latin(text[narrow].str.join("\n")[0] or "")
    found = [(narrow[line], code)]
    if len(far):
        signs = _Signs.of(text[far].str.to_lowercase())
        found += [(far[line], code) for line, code in (signs.beginnings(), signs.pairs())]
    return np.concatenate([line for line, _ in found]), np.concatenate([code for _, code in found])


def _latin(lines: str) -> tuple[Ints, Ints]:
    """Return the words of lines in Western letters, which line breaks part."""
    raw = f"\n{lines}{_PADDING}".encode("latin-1", "replace")
    sign = np.frombuffer(raw.translate(_LETTERS), dtype=np.uint8)
    letter = sign != 0
    begins = ~letter[:-_LONG]
    for at in range(1, _LONG + 1):
        begins &= letter[at : len(letter) - _LONG + at]
    begin = np.flatnonzero(begins) + 1
    # From each sign on, eight of them as one number.
    eights: Ints = np.ndarray(len(sign) - 7, dtype="<i8", buffer=sign, strides=(1,))
    breaks = np.flatnonzero(np.frombuffer(raw, dtype=np.uint8) == ord("\n"))
    size = np.diff(np.searchsorted(begin, breaks), append=len(begin))
    return np.repeat(np.arange(len(size)), size), eights[begin] & _FIVE


def _runs(inside: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return where runs begin and how long they are; the first and the last sign are in none."""
    edges = np.flatnonzero(np.diff(inside)) + 1
    return edges[::2], edges[1::2] - edges[::2]


@dataclass(frozen=True, slots=True)
class _Signs:
    """Lower-case lines in any letters: all their code points, and where each line ends."""

    sign: Ints
    kind: NDArray[np.unsignedinteger[Any]]
    ends: Ints

    @classmethod
    def of(cls, lines: pl.Series) -> _Signs:
        """Take lines; a line break parts them."""
        size = lines.str.len_chars().to_numpy().astype(np.int64)
        joined = f"\n{lines.str.join(chr(10))[0] or ''}\n{' ' * _BEGINNING}"
        sign = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        return cls(sign, _kinds.of(sign), np.cumsum(size + 1))

    def beginnings(self) -> tuple[Ints, Ints]:
        """Return the words with spaces around them."""
        begin, size = _runs(self.kind == _SPACED)
        return self._coded(begin[size >= _LONG], np.minimum(size[size >= _LONG], _BEGINNING))

    def pairs(self) -> tuple[Ints, Ints]:
        """Return the pairs of signs that stand side by side where words are not spaced."""
        dense = self.kind == _DENSE
        begin = np.flatnonzero(dense[:-1] & dense[1:])
        return self._coded(begin, np.full(len(begin), 2))

    def _coded(self, begin: Ints, size: Ints) -> tuple[Ints, Ints]:
        """Return lines and codes of words: Western letters as they are, others mixed."""
        code, mixed, far = np.zeros((3, len(begin)), dtype=np.int64)
        for at in range(_BEGINNING):
            column = np.where(at < size, self.sign[begin + at], 0)
            code |= column << (8 * at)
            mixed = (mixed + column) * _MIX
            mixed ^= mixed >> 29
            far |= column
        return np.searchsorted(self.ends, begin), np.where(far > 0xFF, mixed & (_FAR - 1) | _FAR, code)


_NO_WORD, _SPACED, _DENSE = range(1, 4)


def _kinds_of(sign: pl.Series) -> NDArray[np.int64]:
    dense, word = sign.str.contains(_UNSPACED).to_numpy(), sign.str.contains(_WORD).to_numpy()
    return np.select([dense, word], [_DENSE, _SPACED], _NO_WORD)


_kinds = SignTable(_kinds_of, np.uint8)
"""What each code point is: a letter of spaced words, one of others, or none."""
