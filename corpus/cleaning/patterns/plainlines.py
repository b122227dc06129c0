"""The lines as the rules see them, and what a rule's pattern finds in some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.patterns.compiled import Rows, contained, extracted
from corpus.cleaning.patterns.narrowing import caseless, far_letters, narrowed, simplified
from corpus.cleaning.rules import regex

__all__ = ["Plain", "Rows"]

_Ask = tuple[Rows, str]

_SIMPLE, _LOWERED = 1, 2
"""The places of the forms that lines are searched in."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Lines, ready to be searched with patterns that are quick to compile."""

    text: pl.Series
    forms: pl.Series
    """The lines three times over: as they are; with letters beyond Latin-1 by others of their class, and those in
    lower case."""
    wide: NDArray[np.bool_]
    """In which lines these differ."""

    @classmethod
    def of(cls, lines: pl.DataFrame) -> Plain:
        """Look at lines once, for all patterns: their ``plain`` and ``lowered`` texts, and which are ``wide``."""
        text, lowered, wide = lines["plain"], lines["lowered"], lines["wide"].to_numpy()
        at = np.flatnonzero(wide)
        simple = text
        if len(at):
            near = simplified(text[at])
            simple, lowered = (
                whole.clone().scatter(at, part)
                for whole, part in ((text, near), (lowered, near.str.to_lowercase()))
            )
        return cls(text, pl.concat([text, simple, lowered], rechunk=True), wide)

    def matched(self, asked: Sequence[_Ask]) -> list[Rows]:
        """Return, for rows and a rule's pattern each, those of the rows that the pattern matches."""
        places, asks = self._asks(asked, cased=False)
        found: list[list[Rows]] = [[np.empty(0, dtype=np.int64)] for _ in asked]
        for place, hit in zip(places, contained(self.forms, asks), strict=True):
            found[place].append(hit % len(self.text))
        return [np.concatenate(parts) for parts in found]

    def left(self, asked: Sequence[tuple[Rows, str | None]]) -> list[Rows]:
        """Return, for rows and a pattern that must not be found each, the rows that stay; all where it is None."""
        found = self.matched([(rows, pattern) if pattern else (rows[:0], "") for rows, pattern in asked])
        return [
            np.setdiff1d(rows, barred) if len(barred) else rows
            for (rows, _), barred in zip(asked, found, strict=True)
        ]

    def pieces(self, asked: Sequence[_Ask]) -> list[tuple[Rows, Rows]]:
        """Return for rows and a rule's pattern each those that it matches and how long its first group is there."""
        hits = self.matched(asked)
        places, asks = self._asks(
            [(rows, pattern) for rows, (_, pattern) in zip(hits, asked, strict=True)], cased=True
        )
        found: list[Rows] = [np.zeros((2, 0), dtype=np.int64) for _ in asked]
        for place, (rows, _), piece in zip(places, asks, extracted(self.forms, asks), strict=True):
            size = piece.str.len_chars().fill_null(0).to_numpy()
            found[place] = np.hstack([found[place], [rows % len(self.text), size]])
        return [(rows, size) for rows, size in found]

    def _asks(self, asked: Sequence[_Ask], *, cased: bool) -> tuple[list[int], list[_Ask]]:
        """Return quicker patterns that find the same, in which rows and forms, and the place of each one's ask."""
        places: list[int] = []
        asks: list[_Ask] = []
        for place, (rows, pattern) in enumerate(asked):
            if not len(rows):
                continue
            whole, quick, form = _quicker(pattern, cased)
            apart = self._apart(whole, rows)
            for part, expression in ((rows[~apart] + form * len(self.text), quick), (rows[apart], whole)):
                if len(part):
                    places.append(place)
                    asks.append((part, expression))
        return places, asks

    def _apart(self, whole: str, rows: Rows) -> NDArray[np.bool_]:
        """Tell which of the rows must be searched with the whole pattern, not the narrowed one."""
        apart = self.wide[rows]
        named = far_letters(whole)
        if named is None or not apart.any():
            return apart
        wide = np.flatnonzero(apart)
        apart[wide] = [not named.isdisjoint(text) for text in self.text[rows[wide]]] if named else False
        return apart


@cache
def _quicker(pattern: str, cased: bool) -> tuple[str, str, int]:
    """Return a rule's pattern as the matcher runs it, a quicker one, and the form of lines that this is for."""
    whole = regex(pattern)
    small = None if cased else caseless(whole)
    return whole, narrowed(small or whole), _SIMPLE if small is None else _LOWERED
