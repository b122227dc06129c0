"""Find the rules whose patterns match each line, trying a pattern only where what it needs stands.

All lines are looked at once for all literals and beginnings of all patterns; each pattern then runs on the few
lines that have its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl

from corpus.cleaning.literals import BEGINNING, Needs, needs_of
from corpus.cleaning.plainlines import Plain, Rows
from corpus.cleaning.rules import Rule, load_rules

__all__ = ["Tried", "pattern_hits", "to_try"]

_BANDS = ((0, 14), (15, 80), (81, 1 << 31))
"""Lines of so many words are looked at apart: fewer rules speak of longer lines. Lines of more words than the first
band has are mostly running text, in which short literals are no evidence."""

_WHOLE = ((0, 1 << 31),)
_FEW = 250
"""So few lines are not parted: making ready to look for the literals costs more than looking."""

_RARE = {True: 0.09, False: 0.06}
"""In short lines, and in others: literals that stand in a larger share are looked for only if all else fails."""

_FEW_BEGINNINGS = 60
"""In running text no more beginnings than these say as much as literals, and are found more quickly."""

_HITS = {"key": pl.UInt32, "no": pl.Int32}

Tried = Mapping[int, Rows]
"""By the number of a rule, the rows that its pattern must be tried on, rising."""


@dataclass(frozen=True, slots=True)
class _Search:
    """How the rules are looked for in the lines of one kind: each in one of three ways."""

    words: tuple[str, ...]
    literals: pl.DataFrame
    """``word``, one of the words, and ``no``, the number of a rule that may match where it stands."""
    beginnings: pl.DataFrame
    at_once: tuple[int, ...]
    """Rules of which nothing rare is needed: they are tried on every line, or on those that have what they name."""


def to_try(lines: pl.DataFrame, rules: tuple[int, ...]) -> Tried:
    """Return the rows that each of some rules must be tried on; all others cannot match.

    ``lines`` has ``words`` and ``lowered`` (as :func:`corpus.cleaning.features.add_features` says).
    """
    words = lines["words"].to_numpy()
    lowered = lines["lowered"].clone()
    old = lowered.str.contains("ſ", literal=True).arg_true()
    if len(old):
        lowered = lowered.scatter(old, lowered.gather(old).str.replace_all("ſ", "s", literal=True))
    told: list[Rows] = []
    for low, high in _BANDS if len(lines) > _FEW else _WHOLE:
        rows = np.flatnonzero((words >= low) & (words <= high))
        told += _told(lowered.gather(rows), rows, _search(rules, low, high)) if len(rows) else []
    code = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *told]))
    number, row = code // _SHIFT, code % _SHIFT
    least, most = _word_bounds()
    spoken = (words[row] >= least[number]) & (words[row] <= most[number])
    number, row = number[spoken], row[spoken]
    ends = np.flatnonzero(np.diff(number, append=_SHIFT)) + 1
    return {int(number[begin]): row[begin:end] for begin, end in pairwise([0, *ends.tolist()]) if end > begin}


@cache
def _word_bounds() -> tuple[Rows, Rows]:
    """Return of how many words at least, and at most, each rule speaks."""
    least, most = np.array([(rule.min_words, rule.max_words) for rule in load_rules()]).T
    return least, most


def pattern_hits(lines: pl.DataFrame, tried: Tried) -> pl.DataFrame:
    """Return ``key`` (the row) and ``no`` for each line and each rule that matches it, wherever it would apply.

    ``lines`` has ``plain`` and ``lowered``; ``tried`` are the rows to try the patterns on.
    """
    plain = Plain.of(lines["plain"])
    matched = plain.matched([(rows, load_rules()[no].pattern or "") for no, rows in tried.items()])
    lowered = lines["lowered"]
    found = [_restrained(plain, lowered, hits, load_rules()[no]) for no, hits in zip(tried, matched, strict=True)]
    numbers = np.repeat(np.array(list(tried), dtype=np.int32), [len(hits) for hits in found])
    rows = np.concatenate([np.empty(0, dtype=np.int64), *found])
    return pl.DataFrame({"key": rows, "no": numbers}, schema=_HITS)


def _restrained(plain: Plain, lowered: pl.Series, hits: Rows, rule: Rule) -> Rows:
    """Return those of the lines that the rule's pattern matches that have what it needs, and not its ``unless``."""
    if len(hits) and rule.needs:
        needs = lowered[hits].str.contains_any([one.lower() for one in rule.needs])
        hits = hits[needs.to_numpy()]
    if len(hits) and rule.unless is not None:
        hits = np.setdiff1d(hits, plain.matched([(hits, rule.unless)])[0])
    return hits


_SHIFT = 1 << 32


def _told(lowered: pl.Series, rows: Rows, search: _Search) -> Iterator[Rows]:
    """Return for each rule and row that it must be tried on the rule's number times _SHIFT plus the row."""
    lines = pl.DataFrame({"row": rows, "word": lowered})
    yield _literals(lines, search)
    yield _codes(_beginnings(lines), search.beginnings)
    for no in search.at_once:
        yield _having(lowered, rows, load_rules()[no].needs) + no * _SHIFT


def _having(lowered: pl.Series, rows: Rows, needs: Sequence[str]) -> Rows:
    """Return the rows whose lines have one of the pieces that a rule needs; all where it names none."""
    if not needs:
        return rows
    has: Rows = rows[lowered.str.contains_any([one.lower() for one in needs]).to_numpy()]
    return has


def _literals(lines: pl.DataFrame, search: _Search) -> Rows:
    found = lines.with_columns(pl.col("word").str.extract_many(list(search.words), overlapping=True))
    return _codes(found.filter(pl.col("word").list.len() > 0).explode("word"), search.literals)


def _beginnings(lines: pl.DataFrame) -> pl.DataFrame:
    lengths = range(1, BEGINNING + 1)
    return pl.concat([lines.select("row", pl.col("word").str.slice(0, length)) for length in lengths])


def _codes(found: pl.DataFrame, table: pl.DataFrame) -> Rows:
    codes = found.join(table, on="word").select(pl.col("no") * _SHIFT + pl.col("row"))
    return codes.to_series().to_numpy()


@cache
def _search(rules: tuple[int, ...], low: int, high: int) -> _Search:
    """Choose how each of the rules is looked for among lines of so many words."""
    literals: list[tuple[str, int]] = []
    beginnings: list[tuple[str, int]] = []
    at_once: list[int] = []
    for no in rules:
        rule = load_rules()[no]
        if rule.pattern is None or rule.max_words < low or rule.min_words > high:
            continue
        needs, short = _needs(rule), low == 0
        usual = (short or rule.place != "line") and not needs.beginnings
        anchored = not short and 0 < len(needs.beginnings) <= _FEW_BEGINNINGS
        if needs.literals and (needs.share <= _RARE[short] or usual) and not anchored:
            literals += [(one, no) for one in needs.literals]
        elif needs.beginnings:
            beginnings += [(one, no) for one in needs.beginnings]
        else:
            at_once.append(no)
    words = tuple(sorted({word for word, _ in literals}))
    return _Search(words, _table(literals), _table(beginnings), tuple(at_once))


def _table(rows: list[tuple[str, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"word": pl.String, "no": pl.Int64}, orient="row")


@cache
def _needs(rule: Rule) -> Needs:
    """Return what the rule's pattern needs, or what the rule says that it needs, whichever is rarer."""
    told = needs_of(rule.pattern or "")
    said = Needs.of(rule.needs, told.beginnings)
    return said if rule.needs and said.share < told.share else told
