"""Find the rules whose patterns match each line, trying a pattern only where what it needs stands.

All lines are looked at once for all literals and beginnings of all patterns; each pattern then runs on the few
lines that have its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.patterns.compiled import contained
from corpus.cleaning.patterns.literals import BEGINNING, FOLDED, Needs
from corpus.cleaning.patterns.needs import pattern_needs
from corpus.cleaning.patterns.plainlines import Plain, Rows
from corpus.cleaning.repeating import alike
from corpus.cleaning.rules import Rule, load_rules

__all__ = ["Tried", "pattern_hits", "to_try"]

_BANDS = ((0, 14), (15, 80), (81, 1 << 31))
"""Lines of so many words are looked at apart: fewer rules speak of longer lines. Lines of more words than the first
band has are mostly running text, in which short literals are no evidence."""

_WHOLE = ((0, 1 << 31),)
_FEW = 250
"""So few lines are not parted, and only what may stand in them is looked for: making ready to look for all literals
costs more than looking."""

_RARE = {True: 0.09, False: 0.06}
"""In short lines, and in others: literals that stand in a larger share are looked for only if all else fails."""

_TELLING = 10
"""So much of a literal is looked for: a longer one is hardly rarer, and many begin alike."""

_HITS = {"key": pl.UInt32, "no": pl.Int32}

Tried = Mapping[int, Rows]
"""By the number of a rule, the rows that its pattern must be tried on, rising."""


@dataclass(frozen=True, slots=True)
class _Several:
    """Several ways for each of some numbers."""

    way: Rows
    first: Rows
    size: Rows

    @classmethod
    def of(cls, number: Rows, way: Rows, most: int) -> _Several:
        """Take pairs of a number (below ``most``) and a way."""
        size = np.bincount(number, minlength=most)
        return cls(way[np.argsort(number, kind="stable")], np.cumsum(size) - size, size)

    def each(self, number: Rows) -> tuple[Rows, Rows]:
        """Return the ways of each of many numbers, and the place of the number that each is of."""
        size = self.size.take(number)
        place = np.repeat(np.arange(len(number)), size)
        skipped = self.first.take(number) - (np.cumsum(size) - size)
        return self.way.take(np.arange(len(place)) + np.repeat(skipped, size)), place


@dataclass(frozen=True, slots=True)
class _Search:
    """How the rules are looked for in the lines of one kind: each way to match them in one of three manners."""

    words: pl.Series
    number: pl.Expr
    """The number of each word in ``found``: an expression keeps its Enum, which each other cast reads in anew."""
    heads: Rows
    """How each of the words begins, as :func:`_stretches` writes it; -1 where it is shorter."""
    literals: _Several
    """By the number of a word, the ways that may match where it stands."""
    begun: _Several
    """By the kind of a line's beginning, the ways that are tried on every line that begins so."""
    at_once: tuple[int, ...]
    """Ways of which nothing is needed: they are tried on every line."""


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways in which lines may match some rules: the alternatives of the rules' patterns."""

    rule: Rows
    """The number of the rule of each."""
    needs: tuple[Needs, ...]
    kind: pl.Expr
    """The kind of a line that begins with ``begin``: the place of the longest known one in it, from 1; else 0."""
    may: NDArray[np.bool_]
    """By kind and way, whether lines that begin so may match."""

    def kinds(self, lowered: pl.Series) -> Rows:
        """Return of what kind the lines' beginnings are; 0 where they are none of those known."""
        number, begins = alike(lowered.str.slice(0, BEGINNING))
        plain = pl.col(begins.name).str.replace_all("[1-9]", "0").str.replace_all(r"\s", " ")
        kind: Rows = begins.to_frame().select(plain.alias("begin")).select(self.kind).to_series().to_numpy()
        return kind[number]


def to_try(lines: pl.DataFrame, rules: tuple[int, ...]) -> Tried:
    """Return the rows that each of some rules must be tried on; all others cannot match.

    ``lines`` has ``words`` and ``lowered`` (as :func:`corpus.cleaning.features.add_features` says).
    """
    words = lines["words"].to_numpy()
    lowered = _folded(lines["lowered"])
    ways = _ways(rules)
    kinds = ways.kinds(lowered)
    told: list[Rows] = []
    for low, high in _BANDS if len(lines) > _FEW else _WHOLE:
        rows = np.flatnonzero((words >= low) & (words <= high))
        if len(rows):
            told += _told(lowered[rows], rows, kinds[rows], ways, _search(rules, low, high))
    code = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *told]))
    number, row = code >> _BITS, code & (_SHIFT - 1)
    (least, most), size = _word_bounds(), words.take(row)
    spoken = np.flatnonzero((size >= least.take(number)) & (size <= most.take(number)))
    number, row = number.take(spoken), row.take(spoken)
    ends = np.flatnonzero(np.diff(number, append=_SHIFT)) + 1
    return {int(number[begin]): row[begin:end] for begin, end in pairwise([0, *ends.tolist()]) if end > begin}


def _folded(lowered: pl.Series) -> pl.Series:
    """Return lower case in which letters that match each other are the same."""
    far = np.flatnonzero((lowered.str.len_bytes() != lowered.str.len_chars()).to_numpy())
    odd = far[lowered[far].str.contains(f"[{''.join(FOLDED)}]").to_numpy()]
    if not len(odd):
        return lowered
    plain = lowered[odd].str.replace_many(list(FOLDED), list(FOLDED.values()))
    return lowered.clone().scatter(odd, plain)


@cache
def _word_bounds() -> tuple[Rows, Rows]:
    """Return of how many words at least, and at most, each rule speaks."""
    least, most = np.array([(rule.min_words, rule.max_words) for rule in load_rules()]).T
    return least, most


def pattern_hits(lines: pl.DataFrame, tried: Tried) -> pl.DataFrame:
    """Return ``key`` (the row) and ``no`` for each line and each rule that matches it, wherever it would apply.

    ``lines`` has ``plain``, ``lowered`` and ``wide``; ``tried`` are the rows to try the patterns on.
    """
    plain = Plain.of(lines)
    rules = {no: load_rules()[no] for no in tried}
    matched = plain.matched([(rows, rules[no].pattern or "") for no, rows in tried.items()])
    found = dict(zip(tried, matched, strict=True))
    needing = [no for no, rows in found.items() if len(rows) and rules[no].needs and not _has_been_seen(no)]
    asks = [(found[no], _any_of(rules[no].needs)) for no in needing]
    found |= zip(needing, contained(lines["lowered"], asks), strict=True)
    left = plain.left([(rows, rules[no].unless) for no, rows in found.items()])
    numbers = np.repeat(np.array(list(found), dtype=np.int32), [len(rows) for rows in left])
    rows = np.concatenate([np.empty(0, dtype=np.int64), *left])
    return pl.DataFrame({"key": rows, "no": numbers}, schema=_HITS)


@cache
def _any_of(pieces: tuple[str, ...]) -> str:
    """Return a pattern that finds any of the pieces in lower case."""
    return "|".join(re.escape(piece.lower()) for piece in pieces)


_BITS = 32
_SHIFT = 1 << _BITS


def _told(lowered: pl.Series, rows: Rows, kinds: Rows, ways: _Ways, search: _Search) -> Iterator[Rows]:
    """Return for each rule and row that it must be tried on the rule's number times _SHIFT plus the row."""
    way, at = _literals(lowered, search)
    fits = np.flatnonzero(ways.may.take(kinds.take(at) * len(ways.rule) + way))
    yield ways.rule.take(way.take(fits)) * _SHIFT + rows.take(at.take(fits))
    way, at = search.begun.each(kinds)
    yield ways.rule.take(way) * _SHIFT + rows.take(at)
    for alone in search.at_once:
        yield rows + int(ways.rule[alone]) * _SHIFT


def _literals(lowered: pl.Series, search: _Search) -> tuple[Rows, Rows]:
    """Return the ways of which a literal stands in a line, and the lines."""
    words = search.words
    if len(lowered) <= _FEW:
        words = words[np.flatnonzero(np.isin(search.heads, _stretches("\n".join(lowered))))]
    found = lowered.to_frame("found").select(
        pl.col("found").str.extract_many(pl.lit(words.implode()), overlapping=True)
    )["found"]
    at = np.repeat(np.arange(len(found)), found.list.len().to_numpy())
    numbers = found.explode(empty_as_null=False).to_frame().select(search.number).to_series()
    way, place = search.literals.each(numbers.to_numpy())
    return way, at.take(place)


def _stretches(text: str) -> Rows:
    """Return a number for each three characters of a text that follow each other, and -1 for shorter stretches."""
    signs = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    return np.append(signs[:-2] | signs[1:-1] << 21 | signs[2:] << 42, -1)


def _heads(words: Sequence[str]) -> Rows:
    """Return the first of the stretches of each word."""
    heads = _stretches("".join(word[:3].ljust(3) for word in words))[:-1:3]
    return np.where([len(word) < 3 for word in words], -1, heads)


@cache
def _ways(rules: tuple[int, ...]) -> _Ways:
    """Read off what the rules need."""
    read = [(no, each) for no in rules for each in _needs(no)]
    needs = tuple(each for _, each in read)
    begins = sorted({begin for each in needs for begin in each.beginnings}, key=lambda one: (len(one), one))
    kinds = {begin: kind for kind, begin in enumerate(begins, 1)}
    begun = [(kinds[begin], way) for way, each in enumerate(needs) for begin in each.beginnings]
    may = np.tile(np.array([not each.beginnings for each in needs], dtype=np.bool_), (len(begins) + 1, 1))
    may[tuple(np.array(begun, dtype=np.int64).reshape(-1, 2).T)] = True
    for length in range(1, BEGINNING):
        shorter = np.array([kinds.get(begin[:length], 0) for begin in ["", *begins]])
        longer = np.flatnonzero(shorter)
        may[longer] |= may[shorter[longer]]
    rule = np.array([no for no, _ in read], dtype=np.int64)
    known = pl.Enum(begins)
    found = [_number(pl.col("begin").str.slice(0, length), known) for length in range(1, BEGINNING + 1)]
    return _Ways(rule, needs, (pl.max_horizontal(found) + 1).fill_null(0), may)


def _number(text: pl.Expr, texts: pl.Enum) -> pl.Expr:
    """Return the place of a text among some different texts; null where it is none of them."""
    return text.cast(texts, strict=False).to_physical().cast(pl.Int64)


@cache
def _search(rules: tuple[int, ...], low: int, high: int) -> _Search:
    """Choose how each of the ways to match some rules is looked for among lines of so many words."""
    literals: list[tuple[str, int]] = []
    begun: list[int] = []
    at_once: list[int] = []
    ways = _ways(rules)
    for way, needs in enumerate(ways.needs):
        rule = load_rules()[ways.rule[way]]
        if rule.max_words < low or rule.min_words > high:
            continue
        if _by_literals(rule, needs, short=low == 0):
            literals += [(one, way) for one in _cut(needs.literals)]
        elif needs.beginnings:
            begun.append(way)
        elif rule.needs:
            literals += [(one, way) for one in Needs.of(rule.needs).literals]
        else:
            at_once.append(way)
    words = sorted({word for word, _ in literals})
    numbers = {word: number for number, word in enumerate(words)}
    pairs = np.array([(numbers[word], way) for word, way in literals], dtype=np.int64).reshape(-1, 2)
    kind, which = np.nonzero(ways.may[:, begun])
    return _Search(
        pl.Series(words, dtype=pl.String),
        _number(pl.col("found"), pl.Enum(words)),
        _heads(words),
        _Several.of(pairs[:, 0], pairs[:, 1], len(words)),
        _Several.of(kind, np.array(begun, dtype=np.int64)[which], len(ways.may)),
        tuple(at_once),
    )


def _by_literals(rule: Rule, needs: Needs, *, short: bool) -> bool:
    """Tell whether a way is looked for by its literals, in short lines or in others."""
    usual = (short or rule.place != "line") and not needs.beginnings
    return bool(needs.literals) and (needs.share <= _RARE[short] or usual)


def _cut(literals: Iterable[str]) -> set[str]:
    """Return what of the literals is looked for."""
    return {literal[:_TELLING] for literal in literals}


@cache
def _has_been_seen(no: int) -> bool:
    """Tell whether every line that a rule is tried on has one of the pieces that the rule names."""
    rule = load_rules()[no]
    pieces = [piece.lower() for piece in rule.needs]
    for needs in _needs(no):
        looked_for = all(_by_literals(rule, needs, short=short) for short in (True, False))
        telling = all(any(piece in one for piece in pieces) for one in _cut(needs.literals))
        if (needs.literals or needs.beginnings) and not (looked_for and telling):
            return False
    return True


@cache
def _needs(no: int) -> tuple[Needs, ...]:
    """Return what each way to match a rule needs, or what the rule says that it needs, whichever is rarer."""
    rule = load_rules()[no]
    ways = pattern_needs(rule.pattern or "")
    if not rule.needs:
        return ways
    said = Needs.of(rule.needs)
    return tuple(
        Needs(said.literals, said.share, told.beginnings) if said.share < told.share else told for told in ways
    )
