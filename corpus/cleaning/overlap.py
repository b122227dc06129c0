"""Count the words that a line shares with the article's first paragraphs, in any script."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.standing import Flags, Ints, Standing
from corpus.cleaning.words import Words

__all__ = ["Shared", "shared_words"]

_LEAD_LINES = 8
_OFTEN = 3


@dataclass(frozen=True, slots=True)
class Shared:
    """What each of some lines shares with its document's lead."""

    tokens: Ints
    """How many words the line has."""
    hits: Ints
    """How many of them the lead has."""
    first_hits: Ints
    """How many of them stand in the first running text."""
    often_hits: Ints
    """How many stand in three lines of the lead or more."""
    mass: Ints
    """How many lines of the lead they have, added up."""

    @property
    def overlap(self) -> NDArray[np.float64]:
        """What share of the line's words the lead has."""
        share: NDArray[np.float64] = self.hits / np.maximum(self.tokens, 1)
        return share


def shared_words(lines: Standing, rows: Ints) -> Shared:
    """Return what the lines in some rows share with the lead: the first running text of the article's run.

    A line is not compared with itself. What a word is, and how much of a line is read, :class:`.words.Words` says.
    """
    words = lines.looks.memo(Words)
    lead = _lead(lines, rows)
    place, has = words.of(lines.kind[lead])
    line, word = words.of(lines.kind[rows])
    has = has + lines.runs.code[lead[place]] * len(words)
    key = word + lines.runs.code[rows[line]] * len(words)
    first = np.concatenate(([True], np.diff(lines.runs.code[lead]) != 0))[: len(lead)]
    known, number = np.unique(has, return_counts=True)
    opens = np.zeros(len(known) + 1, dtype=np.bool_)
    opens[np.searchsorted(known, has[first[place]])] = True
    at = np.searchsorted(known, key)
    met = np.where(np.append(known, -1)[at] == key, np.append(number, 0)[at], 0)
    itself = np.append(lead, -1)[np.searchsorted(lead, rows)] == rows
    elsewhere = met - itself[line]

    def total(told: Flags | Ints) -> Ints:
        return np.bincount(line, weights=told, minlength=len(rows)).astype(np.int64)

    return Shared(
        tokens=total(np.ones(len(line), dtype=np.bool_)),
        hits=total(elsewhere > 0),
        first_hits=total((met > 0) & opens[at]),
        often_hits=total(elsewhere >= _OFTEN),
        mass=total(elsewhere),
    )


def _lead(lines: Standing, rows: Ints) -> Ints:
    """Return the rows of the lead of each document that has one of the rows."""
    asked = np.zeros(len(lines.runs.starts), dtype=np.bool_)
    asked[lines.runs.code[rows]] = True
    prose = lines.flag("prose") & ~lines.flag("head") & ~lines.flag("tail") & (lines.number("sure") < 0)
    prose &= asked[lines.runs.code]
    return np.flatnonzero(prose & (lines.up_to(prose) <= _LEAD_LINES))
