"""Read off a rule's pattern what must stand in every line that it matches: literals, or how the line begins.

A line that has none of it need not be searched with the pattern. What is read is a superset: a class, a
property, a repetition that may be empty says nothing, and a pattern that is not understood has no needs.
After Cox, "Regular Expression Matching with a Trigram Index" (2012), with sets of strings in place of trigrams.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from math import fsum

from corpus.cleaning.blanks import BLANKS

__all__ = ["BEGINNING", "FOLDED", "Needs", "needs_of"]

BEGINNING = 3
"""So many characters of a line's beginning are looked at."""

_MOST = 160
"""A longer list of literals is no use."""

_BEGINNINGS = 600
_RARE = 0.7
"""Literals that stand in more than this share of lines are no use either."""

_SHARES = {1: 0.6, 2: 0.08, 3: 0.01, 4: 0.002}
"""In how many short lines a string of so many letters stands, roughly."""

_WORD = 0.03
_WORDS = re.compile(" [a-zß-ÿ]{1,4} ")
"""Short words between blanks stand in so many lines."""

_USUAL = frozenset(".,:;-'\"()/!?")
"""Signs that are usual in sentences; others are rare."""

_WIDEST, _WIDEST_FIRST = 6, 40
"""A class of more characters than this can be anything; where a line begins, more are told apart."""

_DIGITS = frozenset("0123456789")
_ALIKE = str.maketrans(dict.fromkeys(_DIGITS, "0") | dict.fromkeys(BLANKS, " "))
"""In beginnings all digits are one, and all blanks."""
_EAST = "\u2e80"
"""From here on are letters of East Asia, which are many, and so each is rare."""
FOLDED = {
    sign: folded
    for sign in map(chr, range(0x80, 0x2000))
    if len(folded := sign.casefold()) == 1 and folded != sign.lower() and folded == folded.lower()
} | {"\u1fd3": "\u0390", "\u1fe3": "\u03b0", "\ufb05": "\ufb06"}
"""Letters that match another where case does not count, though it is not their lower case, as ``ς`` matches ``σ``.
After Unicode's simple case folding (CaseFolding.txt)."""

_FOLDING = str.maketrans(FOLDED)

_OPEN = "\0"
"""Stands in a beginning for: from here on, anything."""

_NOTHING = frozenset({""})
_ANYTHING = frozenset({_OPEN})

_PLAIN = re.compile(r"(?:[\x20-\xFF](?<![\\\[\](){}.^$*+?|\xB5])(?![*+?{]))+")
"""Finds a stretch of characters that stand for themselves, which is read at once."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a pattern needs; empty sets say that nothing is known. All in lower case."""

    literals: frozenset[str] = frozenset()
    """One of them stands in the lower-case form of each match."""
    share: float = 1.0
    """In what share of short lines one stands, roughly; digits count too."""
    beginnings: frozenset[str] = frozenset()
    """Each line that matches begins with one of them; at most BEGINNING letters, digits as 0, blanks as spaces."""

    @classmethod
    def of(cls, literals: Iterable[str], beginnings: frozenset[str] = frozenset()) -> Needs:
        """Return the needs with these literals, in which letters that match each other become the same."""
        kept = frozenset(_least(literal.lower().translate(_FOLDING) for literal in literals))
        return cls(kept, _share(kept), beginnings)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is known of a part of a pattern: all that it can match, or else what must stand in a match."""

    exact: frozenset[str] | None = None
    needed: frozenset[str] | None = None
    first: frozenset[str] = _ANYTHING
    """How what it matches begins; a shorter one ends there, or goes on with anything if it ends in _OPEN."""


_ANY = _Piece()
_EMPTY = _Piece(_NOTHING, None, _NOTHING)


def needs_of(pattern: str) -> tuple[Needs, ...]:
    """Return what each of a rule's pattern's alternatives needs.

    >>> [sorted(way.literals) for way in needs_of(r"(?:shared|posted) by \\w+$|^more$")]
    [['posted by ', 'shared by '], ['more']]
    >>> [sorted(way.beginnings) for way in needs_of(r"^(?:more|all) (?:from|on)\\b.*$")]
    [['all', 'mor']]
    """
    try:
        pieces = _Reader(pattern).ways()
    except (IndexError, ValueError):
        return (Needs(),)
    return tuple(_needs(piece) for piece in pieces)


def _needs(piece: _Piece) -> Needs:
    found = _best([piece.exact, piece.needed])
    begins = frozenset(one.rstrip(_OPEN) for one in piece.first)
    return Needs.of(found or (), frozenset() if "" in begins else begins)


def _least(literals: Iterable[str]) -> list[str]:
    """Leave out a literal in which a shorter one stands."""
    kept: list[str] = []
    for literal in sorted(literals, key=len):
        if not any(one in literal for one in kept):
            kept.append(literal)
    return kept


@cache
def _share(literals: frozenset[str] | None) -> float:
    """Estimate in what share of short lines one of the literals stands, by the letters' usual frequency."""
    if not literals or "" in literals or len(literals) > _MOST:
        return 1.0
    shares = (
        _WORD if _WORDS.fullmatch(one) else _SHARES.get(len(one), 0.0001) * _commonness(one) for one in literals
    )
    return fsum(shares)  # the same in every order, for that of a set differs from process to process


def _commonness(literal: str) -> float:
    if literal.isspace():
        return 2.0
    if literal in _DIGITS:
        return 0.05
    if not _USUAL.isdisjoint(literal):
        return 0.3
    if max(literal) >= _EAST:
        return 0.01
    return 1.0 if literal.replace(" ", "").isalnum() else 0.01


def _best(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    best = min(sets, key=_share, default=None)
    return best if _share(best) < _RARE else None


def _joined(one: _Piece, other: _Piece, first: frozenset[str]) -> _Piece:
    """Return what is known of two parts that stand one after the other, but for how they begin, which is given."""
    if one.exact is not None and other.exact is not None and len(one.exact) * len(other.exact) <= _MOST:
        return _Piece(frozenset(begin + end for begin in one.exact for end in other.exact), None, first)
    return _Piece(None, _best([one.exact, one.needed, other.exact, other.needed]), first)


def _first_of_both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    short = _unfinished(one)
    if not short:
        return one
    both = one.difference(short).union([(begin + end)[:BEGINNING] for begin in short for end in other])
    return _told_apart(both)


def _told_apart(first: frozenset[str]) -> frozenset[str]:
    """Shorten beginnings that are too many."""
    for length in range(BEGINNING - 1, -1, -1):
        if len(first) <= _BEGINNINGS:
            break
        first = frozenset(begin if len(begin) <= length else begin[:length] + _OPEN for begin in first)
    return first


@cache
def _unfinished(first: frozenset[str]) -> tuple[str, ...]:
    """Return those of the beginnings that what follows makes longer."""
    return tuple(begin for begin in first if len(begin) < BEGINNING and not begin.endswith(_OPEN))


def _either(one: _Piece, other: _Piece) -> _Piece:
    """Return what is known of two parts of which one matches."""
    begins = _told_apart(one.first | other.first)
    if one.exact is not None and other.exact is not None and len(one.exact | other.exact) <= _MOST:
        return _Piece(one.exact | other.exact, None, begins)
    first, second = _best([one.exact, one.needed]), _best([other.exact, other.needed])
    return _Piece(None, None if first is None or second is None else first | second, begins)


class _Reader:
    """A recursive descent through a pattern in Rust's syntax."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.begins = True
        """Whether what is read may be among the first characters of a line; how other parts begin is not asked."""

    def ways(self) -> list[_Piece]:
        """Read the whole pattern: its alternatives, each of which may stand anywhere that is not said."""
        found = [self._sequence(top=True)]
        while self._takes("|"):
            found.append(self._sequence(top=True))
        if self.at < len(self.pattern):
            raise ValueError(self.pattern)
        return found

    def _alternatives(self) -> _Piece:
        found = self._sequence(top=False)
        while self._takes("|"):
            found = _either(found, self._sequence(top=False))
        return found

    def _takes(self, text: str) -> bool:
        if self.pattern.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _sequence(self, top: bool) -> _Piece:
        """Join the parts, exactly as long as that is possible; the most telling stretch counts."""
        outside = self.begins
        self.begins &= not top or self.pattern.startswith("^", self.at)
        first = _NOTHING if self.begins else _ANYTHING
        whole, told = _EMPTY, []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            part = self._stretch() or self._repeated(self._atom())
            if self.begins:
                first = _first_of_both(first, part.first)
                self.begins = bool(_unfinished(first))
            joined = _joined(whole, part, _ANYTHING)
            if joined.exact is None:
                told += [whole.exact, part.needed]
                joined = _EMPTY if part.exact is None else part
            whole = joined
        self.begins = outside
        return _Piece(None, _best([*told, whole.exact]), first) if told else _Piece(whole.exact, None, first)

    def _stretch(self) -> _Piece | None:
        """Read characters that stand for themselves, if such follow."""
        found = _PLAIN.match(self.pattern, self.at)
        if found is None:
            return None
        self.at = found.end()
        text = found[0].lower()
        return _Piece(frozenset({text}), None, frozenset({text[:BEGINNING].translate(_ALIKE)}))

    def _repeated(self, atom: _Piece) -> _Piece:
        low = high = 1
        if self._takes("*"):
            low, high = 0, BEGINNING
        elif self._takes("+"):
            high = BEGINNING
        elif self._takes("?"):
            low = 0
        elif self._takes("{"):
            low, high = self._bounds()
        else:
            return atom
        self._takes("?")
        if high <= 1:
            return atom if low else _either(_EMPTY, atom)
        again = [atom.first | _NOTHING] * (min(high, BEGINNING) - 1) if self.begins else []
        first = reduce(_first_of_both, again, atom.first)
        if low == high and atom.exact is not None and low <= 4:
            return reduce(lambda one, other: _joined(one, other, first), [atom] * low)
        needed = _best([atom.exact, atom.needed]) if low else None
        return _Piece(None, needed, first if low else first | _NOTHING)

    def _bounds(self) -> tuple[int, int]:
        end = self.pattern.index("}", self.at)
        low, comma, high = self.pattern[self.at : end].partition(",")
        self.at = end + 1
        return int(low), int(high) if high else (int(low) + BEGINNING if comma else int(low))

    def _atom(self) -> _Piece:
        sign = self.pattern[self.at]
        self.at += 1
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign in "^$":
            return _EMPTY
        if sign == ".":
            return _ANY
        if sign in "*+?{":
            raise ValueError(sign)
        return self._escaped() if sign == "\\" else _of_characters(sign)

    def _group(self) -> _Piece:
        if self._takes("?"):
            end = self.pattern.index(":", self.at)
            if not set(self.pattern[self.at : end]) <= set("iu-"):
                raise ValueError(self.pattern[self.at : end])
            self.at = end + 1
        inner = self._alternatives()
        if not self._takes(")"):
            raise ValueError(self.pattern)
        return inner

    def _escaped(self) -> _Piece:
        sign = self.pattern[self.at]
        self.at += 1
        if sign in "pP":
            self.at = self.pattern.index("}", self.at) + 1 if self.pattern[self.at] == "{" else self.at + 1
            return _ANY
        if sign in "bBAz":
            return _EMPTY
        if sign == "d":
            return _of_characters(*_DIGITS)
        if sign == "s":
            return _Piece(None, None, frozenset(" "))
        if sign.isalnum() and sign not in "sSwWD":
            raise ValueError(sign)
        return _ANY if sign.isalnum() else _of_characters(sign)

    def _class(self) -> _Piece:
        """Read a class; only one of single characters is worth spelling out."""
        begin, wild, members = self.at, self._takes("^"), set()
        while self.pattern[self.at] != "]" or self.at == begin:
            sign = self.pattern[self.at]
            self.at += 1
            if sign == "\\":
                wild = self._escaped().exact is None or wild
                sign = self.pattern[self.at - 1]
            elif sign == "[":
                raise ValueError(sign)
            elif sign == "-" and self.at > begin + 1 and self.pattern[self.at] != "]":
                between = range(ord(self.pattern[self.at - 2]) + 1, ord(self.pattern[self.at]))
                wild = wild or self.pattern[self.at] == "\\" or len(between) > _WIDEST_FIRST
                members |= {chr(code) for code in between if not wild}
                continue
            members.add(sign)
        self.at += 1
        return _ANY if wild or not members else _of_characters(*members)


def _of_characters(*signs: str) -> _Piece:
    """Return any one of some characters; nothing is known where one has no single lower case."""
    lowered = frozenset(FOLDED.get(sign.lower(), sign.lower()) for sign in signs)
    if any(len(sign) != 1 for sign in lowered) or len(lowered) > _WIDEST_FIRST:
        return _ANY
    first = frozenset(sign.translate(_ALIKE) for sign in lowered)
    if lowered == _DIGITS:
        return _Piece(None, _DIGITS, first)
    return _Piece(lowered if len(lowered) <= _WIDEST else None, None, first)
