"""The lines as the rules see them, and what a rule's pattern finds in some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.compiled import contained, extracted
from corpus.cleaning.narrowing import caseless, far_letters, narrowed, simplified
from corpus.cleaning.rules import regex

__all__ = ["Plain", "Rows"]

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plain:
    """Lines, ready to be searched with patterns that are quick to compile."""

    text: pl.Series
    simple: pl.Series
    """The same with letters beyond Latin-1 by others of their class."""
    lowered: pl.Series
    """Those in lower case."""
    wide: NDArray[np.bool_]
    """Which lines differ."""

    @classmethod
    def of(cls, lines: pl.DataFrame) -> Plain:
        """Look at lines once, for all patterns: their ``plain`` and ``lowered`` texts, and which are ``wide``."""
        text, lowered, wide = lines["plain"], lines["lowered"], lines["wide"].to_numpy()
        at = np.flatnonzero(wide)
        if not len(at):
            return cls(text, text, lowered, wide)
        simple = simplified(text.gather(at))
        small = lowered.clone().scatter(at, simple.str.to_lowercase())
        return cls(text, text.clone().scatter(at, simple), small, wide)

    def matched(self, asked: Sequence[tuple[Rows, str]]) -> list[Rows]:
        """Return, for rows and a rule's pattern each, those of the rows that the pattern matches."""
        searched: list[tuple[int, pl.Series, Rows, str]] = []
        for at, (rows, pattern) in enumerate(asked):
            whole = regex(pattern)
            apart = self._apart(whole, rows)
            small = caseless(whole)
            near = self.simple if small is None else self.lowered
            searched.append((at, near, rows[~apart], narrowed(small or whole)))
            searched.append((at, self.text, rows[apart], whole))
        searched = [search for search in searched if len(search[2])]
        hits = contained([(text[rows], expression) for _, text, rows, expression in searched])
        found: list[list[Rows]] = [[np.empty(0, dtype=np.int64)] for _ in asked]
        for (at, _, rows, _), hit in zip(searched, hits, strict=True):
            found[at].append(rows[hit.to_numpy()])
        return [np.concatenate(parts) for parts in found]

    def _apart(self, whole: str, rows: Rows) -> NDArray[np.bool_]:
        """Tell which of the rows must be searched with the whole pattern, not the narrowed one."""
        apart = self.wide[rows]
        named = far_letters(whole)
        if named is None or not apart.any():
            return apart
        wide = np.flatnonzero(apart)
        apart[wide] = [not named.isdisjoint(text) for text in self.text[rows[wide]]] if named else False
        return apart

    def pieces(self, asked: Sequence[tuple[Rows, str]]) -> list[Rows]:
        """Return, for rows and a rule's pattern each, how long its first group is in each row; 0 where none is."""
        near: list[tuple[pl.Series, str]] = []
        far: list[tuple[pl.Series, str]] = []
        places: list[tuple[int, Rows]] = []
        for at, (rows, pattern) in enumerate(asked):
            whole = regex(pattern)
            near.append((self.simple[rows], narrowed(whole)))
            apart = np.flatnonzero(self._apart(whole, rows))
            if len(apart):
                far.append((self.text[rows[apart]], whole))
                places.append((at, apart))
        sizes = [_size(found) for found in extracted(near)]
        for (at, apart), found in zip(places, extracted(far), strict=True):
            sizes[at][apart] = _size(found)
        return sizes


def _size(found: pl.Series) -> Rows:
    return found.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
