"""The units of a batch as arrays: what rules and features say of each, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.looks import Looks
from corpus.cleaning.matching import rule_frame

__all__ = ["PLACES", "Flags", "Ints", "Standing", "hinted", "of_role", "opening"]

PLACES = ("head", "tail", "edge", "page", "caption", "byline")
"""Where alone some rules speak of a line: the column ``if_`` and the place has the rule's number."""

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Standing:
    """The units of documents in a round: their looks by kind, and what the round has found out of their places."""

    def __init__(self, looks: Looks, kind: Ints, doc: Ints) -> None:
        """Take the kind and the document of each unit, each document's units together and in order."""
        self.looks = looks
        self.kind = kind
        self.doc = doc
        self.runs = Runs(doc)
        self._told: dict[str, NDArray[np.generic]] = {}
        self._reach: dict[int, Flags] = {}

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.kind)

    def tell(self, **columns: NDArray[np.generic]) -> None:
        """Add columns that do not depend on the units' own text alone: flags, numbers (-1: none), chances."""
        self._told |= columns

    def flag(self, name: str) -> Flags:
        """Return a column of truth values."""
        if name not in self._told:
            self._told[name] = self.looks.flag(name).take(self.kind)
        return self._told[name].view(np.bool_)

    def number(self, name: str) -> Ints:
        """Return a column of numbers; what is null is -1."""
        if name not in self._told:
            self._told[name] = self.looks.number(name).take(self.kind)
        return self._told[name].view(np.int64)

    def numbers(self, rows: Ints, name: str) -> Ints:
        """Return a column of numbers that the units' own text tells, of the units in some rows."""
        return self.looks.number(name).take(self.kind.take(rows))

    @cached_property
    def hints(self) -> Ints:
        """The rows of the units of which rules speak that hold only at some place."""
        return np.flatnonzero(self.looks.memo(hinted).take(self.kind))

    def chance(self, name: str) -> NDArray[np.float64]:
        """Return a column of probabilities that the round has told; NaN where there is none."""
        return self._told[name].view(np.float64)

    def shown(self, rows: Ints, name: str) -> pl.Series:
        """Return a column of how the units in some rows look by themselves."""
        return self.looks.frame[name][self.kind[rows]]

    def sure(self, *roles: str) -> Flags:
        """Tell of which units a rule that holds anywhere says one of the roles."""
        return of_role(*roles).take(self.number("sure"))

    def beside(self, flag: Flags, step: int) -> Flags:
        """Tell whether the unit so many below (above, where negative), in the same document, is flagged."""
        inside = self._inside(step)
        shown = np.zeros(len(self), dtype=np.bool_)
        if abs(step) < len(self):
            shown[max(0, -step) : len(self) - max(0, step)] = flag[max(0, step) : len(self) + min(0, step)]
        return shown & inside

    def _inside(self, step: int) -> Flags:
        """Tell which units have one so many below (above, where negative) in their document."""
        if step not in self._reach:
            self._reach[step] = self.runs.at >= -step if step < 0 else self.runs.left >= step
        return self._reach[step]

    def count(self, flag: NDArray[np.generic]) -> Ints:
        """Return how many units of the document are flagged."""
        return self.counted(np.flatnonzero(flag))

    def counted(self, rows: Ints) -> Ints:
        """Return how many of the rows are of the unit's document."""
        return np.bincount(self.runs.code.take(rows), minlength=len(self.runs.starts)).take(self.runs.code)

    def any(self, flag: Flags) -> Flags:
        """Tell whether any unit of the document is flagged."""
        return np.logical_or.reduceat(flag, self.runs.starts).take(self.runs.code) if len(self) else flag

    def flagged(self, flag: Flags) -> Ints:
        """Return the row of the document's flagged unit, of several the last; -1 where none is."""
        rows = np.flatnonzero(flag)
        of_document = np.full(len(self.runs.starts), -1, dtype=np.int64)
        of_document[self.runs.code[rows]] = rows
        found: Ints = of_document[self.runs.code]
        return found

    def up_to(self, flag: Flags) -> Ints:
        """Return how many units of the document are flagged, down to this one."""
        sums = self.runs.sums(flag)
        return sums[1:] - sums.take(self.runs.first)

    def last(self, flag: Flags) -> Ints:
        """Return the row of the last flagged unit down to this one; a row before the document's where none is."""
        return np.maximum.accumulate(np.where(flag, self.runs.row, -1)) if len(self) else self.runs.row


def hinted(looks: Looks) -> Flags:
    """Tell, by kind, of which lines rules speak that hold only at some place."""
    found: Flags = np.logical_or.reduce([looks.number(f"if_{place}") >= 0 for place in PLACES])
    return found


@cache
def of_role(*roles: str) -> Flags:
    """Return a table by the number of a rule: whether it gives one of the roles; False at -1."""
    return _table("role", roles)


@cache
def opening(kind: str) -> Flags:
    """Return the same for what a rule's line opens."""
    return _table("opens", (kind,))


def _table(name: str, values: Sequence[str]) -> Flags:
    said = rule_frame()[name].is_in(values).to_numpy()
    return np.append(said, [False])
