"""How a line reads as a headline, by its own words: each kind of line is read once, when it is first asked for."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.looks import Looks
from corpus.cleaning.patterns.compiled import contained
from corpus.cleaning.repeating import Ints
from corpus.cleaning.titles.signs import LineSigns, Sign

__all__ = ["Wording"]

_STANDFIRST_WORDS = 18
"""A line longer than this in which a sentence ends is a standfirst."""
_HEADING_WORDS = 12
_POSITIONS = r"(?i)\((?:[rlcm]\.|links|rechts|left|right|center|centre|à gauche|à droite|왼쪽|오른쪽|左|右)[^)]*\)"
"""Who stands where in a picture: such a line is its caption."""
_ACRONYM = (
    r"\b(?:\p{Lu}\.){2,}$"
    r"|\b(?:Ave|Blvd|Rd|Hwy|Inc|Corp|Ltd|Jr|Sr|Ala|Ariz|Calif|Colo|Conn|Fla|Ga|Ill|Ind|Ky|Md|Mich|Minn|Neb|Nev|Okla|Ore"
    r"|Pa|Tenn|Va|Wis|Wyo|Alta|Sask|Ont|Que|Co)\.$"
)
"""What ends with a full stop and yet is no sentence: initials, streets, firms, the short forms of states."""
_SENTENCE = r"[^.]\.[\"')\]]*$|[。।][\"'」』)\]]*$"
_BEGINS = (
    r"^(?:[-•*▪·–@#]|[»›→►▶>]\s|\d+[.)]\s|(?:\p{Lu}|Frage|Question|Pregunta|Domanda)\s?:"
    r"|\p{Han}{2,16}\d{1,2}月\d{1,2}日电)"
)
"""No headline begins so: list items, questions and answers, a dateline."""
_HOLDS = {
    (
        r"(?:\(\d{1,2}[.:]\d\d(?: ?(?:Uhr|h|GMT|ET|BST))?\)"  # a ticker's line
        r"|\(\p{Lu}{2,6}(?:/\p{Lu}{2,6})+\)|（[^）]{2,14}(?:提供|撮影|共同|時事|資料)）"  # a picture's
        r"|\((?:Google|Facebook|Instagram|Submitted|Supplied|Contributed|Handout|File)\))$"
    ): Sign.BRACKET,
    _POSITIONS: Sign.BRACKET,
    r", (?:left|right|center|centre|links|rechts|à gauche|à droite), ": Sign.COMMA,
    r"\b\d+[- ]min(?:ute)?s?\.?[- ]read$|\d ?(?:min(?:ute)?s?|h(?:ou)?rs?) ago$": Sign.DIGIT,  # a teaser's
    r"(?:。.+){2}": Sign.BRACKET,
    r"(?: ?/ [^/]+){2}$": Sign.BAR,
    r"^[^()]{2,40}\([A-Za-z/ ]{2,20}\) ?[—–-]": Sign.BRACKET,  # a dateline's
}
"""No headline holds one of these; by each, kinds of signs of which it has one. What is sought at a line's end goes
apart from the rest: so it is sought there alone."""
_ENDS = {
    _SENTENCE: Sign.CLOSING,
    r"(?:[,;]|\s(?:a|the))$": Sign.CUT,
    r"\p{Ll}{3,}\. \p{Lu}{2,4}$": Sign.CAPITAL,  # an agency behind a sentence
}
"""Nor does it end in one of these (but see the acronyms), each with the kinds of its last sign."""
_INSIDE = r"\p{Ll}{3,}[.!?][\"')]* \p{Lu}"
_SAID = r": [\"'«]"
_FACTS = {
    "parts": (r"\S[:;] ?\S| [—–|] ", Sign.COLON | Sign.DASH | Sign.BAR),
    "two_parts": (r"\S: ?\S", Sign.COLON),
    "dash": (r" [-—–] ", Sign.DASH),
    "bars": (r"\t|\s[|/»›>]\s|\d\d:\d\d", Sign.BAR | Sign.COLON),
}
"""What patterns find, each with kinds of signs of which it has one."""
_SIGNED = {"quotes": Sign.QUOTE, "digits": Sign.DIGIT}


class Wording:
    """What the words of each kind of line say, as arrays by kind; only of kinds that :meth:`reads` was asked about.

    ``parts`` (two parts, as long headlines have), ``two_parts``, ``dash``, ``bars``, ``quotes``, ``digits``,
    ``sentences`` (a sentence ends inside) and ``capitals`` (how many words begin with one).
    """

    def __init__(self, looks: Looks) -> None:
        """Take the lines."""
        self._plain, self._words = looks.frame["plain"], looks.number("words")
        self._known = np.zeros(len(looks), dtype=np.bool_)
        self._reads = np.zeros(len(looks), dtype=np.bool_)
        self._facts: dict[str, NDArray[np.float32]] = {
            name: np.zeros(len(looks), dtype=np.float32) for name in (*_FACTS, *_SIGNED, "sentences", "capitals")
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
        plain, words = self._plain[kinds], self._words[kinds]
        signs = LineSigns.of(plain)
        can = _reads_like_one(plain, words, signs)
        self._reads[kinds[can]] = True
        self._tell(kinds[can], plain[can], words[can], signs.of_lines(can))

    def _tell(self, kinds: Ints, plain: pl.Series, words: Ints, signs: LineSigns) -> None:
        """Note the facts of kinds that can be headlines."""
        asked = [(signs.having(sign), pattern) for pattern, sign in _FACTS.values()]
        for name, rows in zip(_FACTS, contained(plain, asked), strict=True):
            self._facts[name][kinds[rows]] = True
        for name, sign in _SIGNED.items():
            self._facts[name][kinds[signs.having(sign)]] = True
        self._facts["sentences"][kinds[_in_sentences(plain, words, _HEADING_WORDS)]] = True
        self._facts["capitals"][kinds] = signs.capitals


def _reads_like_one(plain: pl.Series, words: Ints, signs: LineSigns) -> Ints:
    """Return which of the lines can be headlines."""
    reads = (signs.inside & Sign.LETTER) > 0
    asks = [(signs.ending(sign), pattern) for pattern, sign in _ENDS.items()] + [(_listed(signs), _BEGINS)]
    ended, *others = contained(plain, asks + [(signs.having(sign), pattern) for pattern, sign in _HOLDS.items()])
    (acronym,) = contained(plain, [(ended, _ACRONYM)])
    reads[np.setdiff1d(ended, acronym)] = False
    for rows in (*others, _in_sentences(plain, words, _STANDFIRST_WORDS)):
        reads[rows] = False
    return np.flatnonzero(reads)


def _listed(signs: LineSigns) -> Ints:
    """Return the lines that may begin as no headline does: with a letter only before a colon or a figure."""
    return np.flatnonzero(~signs.first & Sign.LETTER | signs.inside & (Sign.COLON | Sign.DIGIT))


def _in_sentences(plain: pl.Series, words: Ints, most: int) -> Ints:
    """Return the lines of more than ``most`` words in which a sentence ends: they are rather standfirsts."""
    long = np.flatnonzero(words > most)
    inside, said = contained(plain, [(long, _INSIDE), (long, _SAID)])
    rows: Ints = np.setdiff1d(inside, said)
    return rows
