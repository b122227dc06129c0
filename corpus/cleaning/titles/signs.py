"""Which kinds of signs lines have, and at their ends: what no sign of speaks needs no pattern."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.repeating import Ints
from corpus.cleaning.signs import SignTable

__all__ = ["LineSigns", "Sign"]

Flags = NDArray[np.bool_]
_Bits = NDArray[np.uint16]


class Sign(IntFlag):
    """Kinds of signs; a sign may be of several."""

    ANY = 1
    LETTER = 2
    DIGIT = 4
    QUOTE = 8
    COLON = 16
    DASH = 32
    BAR = 64
    BRACKET = 128
    COMMA = 256
    CLOSING = 512
    CAPITAL = 1024
    CUT = 2048
    SPACE = 4096
    OPENING = 8192


_MEMBERS = {
    Sign.ANY: r"(?s:.)",
    Sign.LETTER: r"\p{L}",
    Sign.DIGIT: r"\d",
    Sign.QUOTE: r"[\"'«»„“]",
    Sign.COLON: "[:;]",
    Sign.DASH: "[-—–]",
    Sign.BAR: r"[\t|/»›>]",
    Sign.BRACKET: "[(（。]",
    Sign.COMMA: "[,;]",
    Sign.CLOSING: r"[.।\"')\]。」』)]",
    Sign.CAPITAL: r"\p{Lu}",
    Sign.CUT: "[,;ae]",
    Sign.SPACE: r"\s",
    Sign.OPENING: r"[\"'(]",
}
"""Brackets that open go with the ideographic full stop, which few lines have; a sentence closes with a stop and
what may stand behind it; what is cut short ends in a comma or an article."""


@dataclass(frozen=True, slots=True)
class LineSigns:
    """The kinds of signs of some lines as bits: all that a line has, and those of its first and its last sign."""

    inside: _Bits
    first: _Bits
    last: _Bits
    capitals: Ints
    """How many words begin with a capital, some behind a sign that opens."""

    @classmethod
    def of(cls, lines: pl.Series) -> LineSigns:
        """Look at all signs of lines, none of them empty."""
        code = np.frombuffer(lines.str.join("\n")[0].encode("utf-32-le"), dtype=np.uint32)
        kinds, breaks = _kinds.of(code), np.flatnonzero(code == ord("\n"))
        starts, ends = np.append(0, breaks + 1), np.append(breaks, len(code))
        capitals = np.diff(np.searchsorted(_capitals(kinds), np.append(starts, len(code))))
        return cls(np.bitwise_or.reduceat(kinds, starts), kinds[starts], kinds[ends - 1], capitals)

    def of_lines(self, rows: Ints) -> LineSigns:
        """Return the same of some of the lines."""
        return LineSigns(self.inside[rows], self.first[rows], self.last[rows], self.capitals[rows])

    def having(self, kinds: Sign) -> Ints:
        """Return the lines that have a sign of one of the kinds."""
        return np.flatnonzero(_are(self.inside, kinds))

    def ending(self, kinds: Sign) -> Ints:
        """Return the lines whose last sign is of one of the kinds."""
        return np.flatnonzero(_are(self.last, kinds))


def _are(bits: _Bits, kinds: Sign) -> Flags:
    """Tell which of the bits hold one of the kinds: in 16 bits, which numpy would widen for a Python number."""
    return (bits & np.uint16(kinds)) > 0


def _capitals(kinds: _Bits) -> Ints:
    """Return where capitals stand that begin words, in lines that breaks part, which are spaces too."""
    capital = np.flatnonzero(_are(kinds, Sign.CAPITAL))
    space = np.append(_are(kinds, Sign.SPACE), True)  # so it is before the first sign, at -1
    opens = np.append(_are(kinds, Sign.OPENING), False)
    found: Ints = capital[space[capital - 1] | (opens[capital - 1] & space[capital - 2])]
    return found


def _kinds_of(sign: pl.Series) -> NDArray[np.int64]:
    kinds = np.zeros(len(sign), dtype=np.int64)
    for kind, members in _MEMBERS.items():
        kinds[sign.str.contains(members).to_numpy()] |= kind
    return kinds


_kinds = SignTable(_kinds_of, np.uint16)
"""The kinds of each code point, as bits."""
