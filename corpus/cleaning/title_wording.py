"""How a line reads as a headline, by its own words: each kind of line is read once, when it is first asked for."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.looks import Looks
from corpus.cleaning.repeating import Ints

__all__ = ["Wording"]

_STANDFIRST_WORDS = 18
"""A line longer than this in which a sentence ends is a standfirst."""
_HEADING_WORDS = 12
_POSITIONS = r"(?i)\((?:[rlcm]\.|links|rechts|left|right|center|centre|à gauche|à droite|왼쪽|오른쪽|左|右)[^)]*\)"
"""Who stands where in a picture: such a line is its caption."""
_ACRONYM = r"\b(?:\p{Lu}\.){2,}$"
_SENTENCE = r"[^.]\.[\"')\]]*$|[。।][\"'」』)\]]*$"
_NO_HEADLINE = r"[,;]$|^[-•*▪·–@#]|^\d+[.)]\s|^(?:\p{Lu}|Frage|Question|Pregunta|Domanda)\s?:"
_DATELINE = r"^\p{Han}{2,16}\d{1,2}月\d{1,2}日电|^[^()]{2,40}\([A-Za-z/ ]{2,20}\) ?[—–-]"
"""A line that begins with a dateline is the article's first sentence."""
_FACTS = {
    "parts": r"\S: ?\S| [—–|] ",
    "two_parts": r"\S: ?\S",
    "dash": r" [-—–] ",
    "bars": r"\t|\s[|/»›>]\s|\d\d:\d\d",
    "quotes": r"[\"'«»„“]",
    "digits": r"\d",
}


class Wording:
    """What the words of each kind of line say, as arrays by kind; only of kinds that :meth:`reads` was asked about.

    ``parts`` (two parts, as long headlines have), ``two_parts``, ``dash``, ``bars``, ``quotes``, ``digits``,
    ``sentences`` (a sentence ends inside) and ``capitals`` (how many words begin with one).
    """

    def __init__(self, looks: Looks) -> None:
        """Take the lines."""
        self._lines = looks.frame.select("plain", "words")
        self._known = np.zeros(len(looks), dtype=np.bool_)
        self._reads = np.zeros(len(looks), dtype=np.bool_)
        self._facts: dict[str, NDArray[np.float32]] = {
            name: np.zeros(len(looks), dtype=np.float32) for name in (*_FACTS, "sentences", "capitals")
        }

    def reads(self, kinds: Ints) -> NDArray[np.bool_]:
        """Tell which of the kinds can be headlines at all, of those that are of a headline's length and ends."""
        fresh = np.unique(kinds[~self._known[kinds]])
        if len(fresh):
            self._read(fresh)
        return self._reads[kinds]

    def fact(self, name: str, kinds: Ints) -> NDArray[np.float32]:
        """Return one of the facts of kinds that can be headlines."""
        return self._facts[name][kinds]

    def _read(self, kinds: Ints) -> None:
        self._known[kinds] = True
        lines = self._lines[kinds]
        can = lines.select(_reads_like_one()).to_series().to_numpy()
        kinds = kinds[can]
        self._reads[kinds] = True
        told = lines.filter(can).select(
            sentences=_in_sentences(_HEADING_WORDS), capitals=_capitals(), **_patterns()
        )
        for name, column in self._facts.items():
            column[kinds] = told[name].cast(pl.Float32).to_numpy()


def _patterns() -> dict[str, pl.Expr]:
    return {name: pl.col("plain").str.contains(pattern) for name, pattern in _FACTS.items()}


def _capitals() -> pl.Expr:
    return pl.col("plain").str.count_matches(r"(?:^|\s)[\"'(]?\p{Lu}")


def _in_sentences(most: int) -> pl.Expr:
    """Tell whether a sentence ends inside a line of more than ``most`` words: then it is rather a standfirst."""
    long = pl.when(pl.col("words") > most).then("plain")
    inside = long.str.contains(r"\p{Ll}{3,}[.!?][\"')]* \p{Lu}").fill_null(False)
    said = long.str.contains(r": [\"'«]").fill_null(False)
    return inside & ~said


def _reads_like_one() -> pl.Expr:
    plain = pl.col("plain")
    return (
        ~(plain.str.contains(_SENTENCE) & ~plain.str.contains(_ACRONYM))
        & ~_in_sentences(_STANDFIRST_WORDS)
        & ~plain.str.contains(_POSITIONS)
        & ~plain.str.contains(_NO_HEADLINE)
        & ~plain.str.contains(_DATELINE)
        & plain.str.contains(r"\p{L}")
    )
