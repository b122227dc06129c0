"""The lines as the rules see them, and what a rule's pattern finds in some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.narrowing import MARKED, WIDE, narrowed, simplified, suits
from corpus.cleaning.rules import regex

__all__ = ["Plain", "Rows"]

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plain:
    """Lines, ready to be searched with patterns that are quick to compile."""

    text: pl.Series
    simple: pl.Series
    """The same with letters beyond Latin-1 by others of their class."""
    wide: NDArray[np.bool_]
    """Which lines differ."""
    marked: NDArray[np.bool_]
    """Which have parts of words beyond Latin-1 that are no letters."""

    @classmethod
    def of(cls, text: pl.Series) -> Plain:
        """Look at lines once, for all patterns."""
        wide = text.str.contains(WIDE)
        marked = np.zeros(len(text), dtype=np.bool_)
        simple = text
        if wide.any():
            at = wide.arg_true()
            others = text.gather(at)
            simple = text.clone().scatter(at, simplified(others))
            marked[at.to_numpy()] = others.str.contains(MARKED).to_numpy()
        return cls(text, simple, wide.to_numpy(), marked)

    def matched(self, rows: Rows, pattern: str) -> Rows:
        """Return those of the rows that a rule's pattern matches."""
        whole = regex(pattern)
        narrow = narrowed(whole)
        if narrow == whole:
            return _matched(self.text, rows, whole)
        apart = self._apart(whole)[rows]
        found = _matched(self.simple, rows[~apart], narrow), _matched(self.text, rows[apart], whole)
        return np.concatenate(found)

    def _apart(self, whole: str) -> NDArray[np.bool_]:
        """Tell which lines must be searched with the whole pattern, not the narrowed one."""
        if not suits(whole):
            return self.wide
        return self.marked if "\\w" in whole.lower() else np.zeros_like(self.wide)

    def pieces(self, pattern: str) -> pl.Series:
        """Return how long the pattern's first group is in each line; null where it does not match."""
        whole = regex(pattern)
        apart = self._apart(whole)
        size = self.simple.str.extract(narrowed(whole)).str.len_chars()
        if apart.any():
            at = np.flatnonzero(apart)
            size = size.scatter(at, self.text.gather(at).str.extract(whole).str.len_chars())
        return size


def _matched(text: pl.Series, rows: Rows, expression: str) -> Rows:
    if not len(rows):
        return rows
    found: Rows = rows[text.gather(rows).str.contains(expression).to_numpy()]
    return found
