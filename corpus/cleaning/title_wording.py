"""How a line reads as a headline, by its own words: each kind of line is read once, when it is first asked for."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.compiled import contained
from corpus.cleaning.looks import Looks
from corpus.cleaning.repeating import Ints

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
    r"^(?:[-•*▪·–@#]|[»›→►▶>]\s|\d+[.)]\s|(?:\p{Lu}|Frage|Question|Pregunta|Domanda)\s?:)"
    r"|^\p{Han}{2,16}\d{1,2}月\d{1,2}日电|[,;]$|\s(?:a|the)$"
)
"""No headline begins so: list items, questions and answers, a dateline. Nor does it end in a comma, an article."""
_HOLDS = (
    r"\(\d{1,2}[.:]\d\d(?: ?(?:Uhr|h|GMT|ET|BST))?\)$"  # a ticker's line
    r"|\(\p{Lu}{2,6}(?:/\p{Lu}{2,6})+\)$|（[^）]{2,14}(?:提供|撮影|共同|時事|資料)）$"  # a picture's
    r"|\((?:Google|Facebook|Instagram|Submitted|Supplied|Contributed|Handout|File)\)$"
    r"|, (?:left|right|center|centre|links|rechts|à gauche|à droite), "
    r"|\b\d+[- ]min(?:ute)?s?\.?[- ]read$|(?:。.+){2}|(?: ?/ [^/]+){2}$"
    r"|^[^()]{2,40}\([A-Za-z/ ]{2,20}\) ?[—–-]"  # a dateline's
)
_SIGNS = [
    "(", "（", ", left,", ", right,", ", center,", ", centre,", ", links,", ", rechts,", " gauche,", " droite,",
    "read", "。", "/ ",
]  # fmt: skip
"""One of them stands in what either of these finds."""
_ENDS = r"\p{Ll}{3,}\. \p{Lu}{2,4}$|\d ?(?:min(?:ute)?s?|h(?:ou)?rs?) ago$"
"""No headline ends so: an agency behind a sentence, a teaser's age."""
_END_SIGNS, _END = [". ", " ago"], 6
"""One of them stands among the last characters, so many, of what that finds."""
_INSIDE = r"\p{Ll}{3,}[.!?][\"')]* \p{Lu}"
_SAID = r": [\"'«]"
_CAPITAL = r"(?:^|\s)[\"'(]?\p{Lu}"
_FACTS = {
    "parts": r"\S[:;] ?\S| [—–|] ",
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
        can = _reads_like_one(*self._shown(kinds))
        kinds = kinds[can]
        self._reads[kinds] = True
        plain, words = self._shown(kinds)
        asked = [(np.arange(len(kinds)), pattern) for pattern in _FACTS.values()]
        for name, rows in zip(_FACTS, contained(plain, asked), strict=True):
            self._facts[name][kinds[rows]] = True
        self._facts["sentences"][kinds[_in_sentences(plain, words, _HEADING_WORDS)]] = True
        self._facts["capitals"][kinds] = plain.str.count_matches(_CAPITAL).to_numpy()

    def _shown(self, kinds: Ints) -> tuple[pl.Series, Ints]:
        lines = self._lines[kinds]
        return lines["plain"], lines["words"].to_numpy()


def _reads_like_one(plain: pl.Series, words: Ints) -> NDArray[np.bool_]:
    every, signed = np.arange(len(plain)), plain.str.contains_any(_SIGNS).arg_true().to_numpy()
    late = plain.str.slice(-_END).str.contains_any(_END_SIGNS).arg_true().to_numpy()
    asks = [(every, _SENTENCE), (every, _BEGINS), (signed, _POSITIONS), (signed, _HOLDS), (late, _ENDS)]
    ended, *others, letters = contained(plain, [*asks, (every, r"\p{L}")])
    (acronym,) = contained(plain, [(ended, _ACRONYM)])
    reads = np.zeros(len(plain), dtype=np.bool_)
    reads[letters] = True
    reads[np.setdiff1d(ended, acronym)] = False
    for rows in (*others, _in_sentences(plain, words, _STANDFIRST_WORDS)):
        reads[rows] = False
    return reads


def _in_sentences(plain: pl.Series, words: Ints, most: int) -> Ints:
    """Return the lines of more than ``most`` words in which a sentence ends: they are rather standfirsts."""
    long = np.flatnonzero(words > most)
    inside, said = contained(plain, [(long, _INSIDE), (long, _SAID)])
    rows: Ints = np.setdiff1d(inside, said)
    return rows
