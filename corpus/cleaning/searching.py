"""Find the rules whose patterns match each line, trying a pattern only where what it needs stands.

All lines are looked at once for all literals and beginnings of all patterns; each pattern then runs on the few
lines that have its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl

from corpus.cleaning.literals import BEGINNING, Needs, needs_of
from corpus.cleaning.plainlines import Plain, Rows
from corpus.cleaning.rules import Rule, load_rules

__all__ = ["may_match", "pattern_hits"]

SHORT = 14
"""Lines of more words are mostly running text, in which short literals are no evidence."""

_RARE = {True: 0.09, False: 0.03}
"""In short lines, and in others: literals that stand in a larger share are looked for only if all else fails."""

_HITS = {"key": pl.UInt32, "no": pl.Int32}


@dataclass(frozen=True, slots=True)
class _Search:
    """How the rules are looked for in the lines of one kind: each in one of three ways."""

    literals: pl.DataFrame
    """``word`` and ``no``, the number of a rule that may match where the word stands."""
    beginnings: pl.DataFrame
    at_once: tuple[int, ...]
    """Rules of which nothing is needed: they are tried on every line."""


def pattern_hits(lines: pl.DataFrame) -> pl.DataFrame:
    """Return ``key`` and ``no`` for each line and each rule that matches it, wherever it would apply.

    ``lines`` has ``key``, ``plain``, ``words`` and ``lowered`` (``plain`` in lower case). Rules that cut a piece
    off a line are not looked for.
    """
    words = lines["words"].to_numpy()
    plain = Plain.of(lines["plain"])
    asked: list[tuple[Rows, str]] = []
    rules: list[int] = []
    for no, rows in _tried(lines):
        rule, counted = load_rules()[no], words[rows]
        asked.append((rows[(counted >= rule.min_words) & (counted <= rule.max_words)], rule.pattern or ""))
        rules.append(no)
    found = [
        _restrained(plain, hits, load_rules()[no]) for no, hits in zip(rules, plain.matched(asked), strict=True)
    ]
    numbers = np.repeat(np.array(rules, dtype=np.int32), [len(hits) for hits in found])
    rows = np.concatenate([np.empty(0, dtype=np.int64), *found])
    return pl.DataFrame({"key": lines["key"].gather(rows), "no": numbers}, schema=_HITS)


def _restrained(plain: Plain, hits: Rows, rule: Rule) -> Rows:
    """Return those of the lines that the rule's pattern matches that have what it needs, and not its ``unless``."""
    if len(hits) and rule.needs:
        needs = plain.text.gather(hits).str.contains_any(list(rule.needs), ascii_case_insensitive=True)
        hits = hits[needs.to_numpy()]
    if len(hits) and rule.unless is not None:
        hits = np.setdiff1d(hits, plain.matched([(hits, rule.unless)])[0])
    return hits


def _tried(lines: pl.DataFrame) -> Iterator[tuple[int, Rows]]:
    """Return the number of each rule and the rows that it must be tried on, each row once."""
    rows = lines.select(
        pl.int_range(pl.len(), dtype=pl.UInt64).alias("row"),
        pl.col("lowered").str.replace_all("ſ", "s", literal=True).alias("word"),
        (pl.col("words") <= SHORT).alias("short"),
    )
    told = [
        part for short in (True, False) for part in _told(rows.filter(pl.col("short") == short), _search(short))
    ]
    code = np.unique(pl.concat(told).select(pl.col("no") * _SHIFT + pl.col("row")).to_series().to_numpy())
    numbers = code // _SHIFT
    ends = np.flatnonzero(np.diff(numbers, append=_SHIFT)) + 1
    for begin, end in pairwise([0, *ends.tolist()]):
        yield int(numbers[begin]), (code[begin:end] % _SHIFT).astype(np.int64)


_SHIFT = 1 << 32


def _told(rows: pl.DataFrame, search: _Search) -> Iterator[pl.DataFrame]:
    """Return the pairs of a rule's number and a row that it must be tried on; some may come twice."""
    yield _literals(rows, search.literals)
    yield from _beginnings(rows, search.beginnings)
    for no in search.at_once:
        yield rows.select(pl.lit(no, dtype=pl.UInt64).alias("no"), "row")


def _literals(lowered: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    words = table["word"].unique().to_list()
    found = lowered.with_columns(pl.col("word").str.extract_many(words, overlapping=True))
    return found.filter(pl.col("word").list.len() > 0).explode("word").join(table, on="word").select("no", "row")


def _beginnings(lowered: pl.DataFrame, table: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for length in range(1, BEGINNING + 1):
        begins = lowered.with_columns(pl.col("word").str.slice(0, length))
        yield begins.join(table, on="word").select("no", "row")


@cache
def _search(short: bool) -> _Search:
    """Choose how each rule is looked for among short lines, or among the others."""
    literals: list[tuple[str, int]] = []
    beginnings: list[tuple[str, int]] = []
    at_once: list[int] = []
    for no, rule in enumerate(load_rules()):
        if rule.pattern is None or rule.place != "line" or (not short and rule.max_words <= SHORT):
            continue
        needs = _needs(rule)
        if needs.literals and (needs.share <= _RARE[short] or (short and not needs.beginnings)):
            literals += [(one, no) for one in needs.literals]
        elif needs.beginnings:
            beginnings += [(one, no) for one in needs.beginnings]
        else:
            at_once.append(no)
    return _Search(_table(literals), _table(beginnings), tuple(at_once))


def _table(rows: list[tuple[str, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"word": pl.String, "no": pl.UInt64}, orient="row")


def may_match(rule: Rule) -> pl.Expr:
    """Tell in which lines the rule's pattern must be tried, from their column ``lowered``."""
    needs = _needs(rule)
    lowered = pl.col("lowered").str.replace_all("ſ", "s", literal=True)
    if needs.beginnings:
        lengths = {len(one) for one in needs.beginnings}
        begins = [lowered.str.slice(0, length).is_in(sorted(needs.beginnings)) for length in sorted(lengths)]
        return pl.any_horizontal(begins)
    return lowered.str.contains_any(sorted(needs.literals)) if needs.literals else pl.lit(True)


@cache
def _needs(rule: Rule) -> Needs:
    """Return what the rule's pattern needs, or what the rule says that it needs, whichever is rarer."""
    told = needs_of(rule.pattern or "")
    said = Needs.of(rule.needs, told.beginnings)
    return said if rule.needs and said.share < told.share else told
