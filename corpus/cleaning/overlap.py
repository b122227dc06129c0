"""Count the words that a line shares with the article's first paragraphs, in any script."""

from __future__ import annotations

from dataclasses import dataclass, fields

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

    def of(self, places: Ints) -> Shared:
        """Return the same of some of the lines."""
        return Shared(*(getattr(self, column.name)[places] for column in fields(self)))


def shared_words(lines: Standing, rows: Ints) -> Shared:
    """Return what the lines in some rows share with the lead: the first running text of the article's run.

    A line is not compared with itself. What a word is, and how much of a line is read, :class:`.words.Words` says.
    """
    words = lines.looks.memo(Words)
    lead = _lead(lines, rows)
    place, word = words.of(lines.kind[np.concatenate([lead, rows])])
    told = np.searchsorted(place, len(lead))
    key = word + lines.runs.code[np.concatenate([lead, rows])[place]] * len(words)
    line = place[told:] - len(lead)
    met, opens = _met(key[:told], _first(lines, lead)[place[:told]], key[told:])
    itself = np.append(lead, -1)[np.searchsorted(lead, rows)] == rows
    elsewhere = met - itself[line]

    def total(told: Flags | Ints) -> Ints:
        return np.bincount(line, weights=told, minlength=len(rows)).astype(np.int64)

    return Shared(
        tokens=np.bincount(line, minlength=len(rows)),
        hits=total(elsewhere > 0),
        first_hits=total(opens),
        often_hits=total(elsewhere >= _OFTEN),
        mass=total(elsewhere),
    )


def _met(has: Ints, first: Flags, asked: Ints) -> tuple[Ints, Flags]:
    """Return how many lines of the lead have each asked word of a document, and whether its first line does."""
    known, number = np.unique(has, return_counts=True)
    opens = np.zeros(len(known) + 1, dtype=np.bool_)
    opens[np.searchsorted(known, has[first])] = True
    at = np.searchsorted(known, asked)
    there = np.append(known, -1)[at] == asked
    return np.where(there, np.append(number, 0)[at], 0), there & opens[at]


def _lead(lines: Standing, rows: Ints) -> Ints:
    """Return the rows of the lead of each document that has one of the rows."""
    asked = np.zeros(len(lines.runs.starts), dtype=np.bool_)
    asked[lines.runs.code[rows]] = True
    prose = lines.flag("prose") & ~lines.flag("head") & ~lines.flag("tail") & (lines.number("sure") < 0)
    told = np.flatnonzero(prose)
    told = told[asked[lines.runs.code[told]]]
    document = lines.runs.code[told]
    nth = np.arange(len(told)) - np.searchsorted(document, document)
    lead: Ints = told[nth < _LEAD_LINES]
    return lead


def _first(lines: Standing, lead: Ints) -> Flags:
    """Tell which rows of the lead are their document's first."""
    first: Flags = np.diff(lines.runs.code[lead], prepend=-1) != 0
    return first
