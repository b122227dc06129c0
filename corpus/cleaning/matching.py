"""Find the first rule that speaks of each line: phrases by lookup, patterns by one search per table."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.patterns.narrowing import are_wide
from corpus.cleaning.patterns.plainlines import Plain, Rows
from corpus.cleaning.patterns.searching import Tried, pattern_hits, to_try
from corpus.cleaning.rules import EDGES, WHERE, Rule, folded, load_rules, regex
from corpus.model.roles import Role

__all__ = [
    "add_cuts",
    "add_matches",
    "dateline_rules",
    "find_cuts",
    "patterns",
    "plain_match",
    "rule_frame",
    "rule_no",
    "rule_number",
    "rule_values",
    "rules_on",
]

_LONGEST_PHRASE = 160


@cache
def rule_frame() -> pl.DataFrame:
    """Return the rules as a frame (``no`` is the order in which the first match wins)."""
    rules = load_rules()
    return pl.DataFrame(
        {
            "no": pl.Series(range(len(rules)), dtype=pl.Int32),
            "rule": [rule.id for rule in rules],
            "role": [rule.role.value for rule in rules],
            "reason": [rule.reason.value for rule in rules],
            "score": [rule.score for rule in rules],
            "where": [rule.where for rule in rules],
            "opens": [rule.opens for rule in rules],
        }
    )


def rule_values(number: pl.Expr, name: str) -> pl.Expr:
    """Return the rule's value of a column of :func:`rule_frame`; null where the number is null."""
    return pl.lit(rule_frame()[name]).gather(number)  # a number is a row's: a mapping would be made anew each time


def rule_number(name: str) -> pl.Expr:
    """Return the number of the rule with this id, as a literal."""
    return pl.lit(rule_no(name), dtype=pl.Int32)


def rule_no(name: str) -> int:
    """Return the number of the rule with this id."""
    return _numbers()[name]


@cache
def _numbers() -> dict[str, int]:
    return {rule.id: no for no, rule in enumerate(load_rules())}


def rules_on(units: pl.DataFrame) -> pl.DataFrame:
    """Return every rule that matches each row, wherever it would apply: row number and rule id."""
    tried = to_try(units, patterns() + dateline_rules())
    edges = _cut_hits(units, _tried(tried, "start", "end")).select("at", no="cut_no")
    whole = _hits(units, tried).rename({"key": "at"})
    return pl.concat([whole, edges]).join(rule_frame(), on="no").select("at", "rule").sort("at", "rule")


def plain_match(rule: Rule, plain: str) -> str | None:
    """Return what of one line (as the rules see it) a rule's pattern finds, or None."""
    if rule.pattern is None:
        return None
    return pl.Series([plain]).str.extract(f"({regex(rule.pattern)})", 1)[0] or None


@cache
def patterns() -> tuple[int, ...]:
    """Return the numbers of the rules with patterns, but for those that name datelines."""
    return tuple(no for no, rule in enumerate(load_rules()) if rule.pattern is not None and not _dated(rule))


@cache
def dateline_rules() -> tuple[int, ...]:
    """Return the numbers of the rules that name datelines."""
    return tuple(no for no, rule in enumerate(load_rules()) if _dated(rule))


def _dated(rule: Rule) -> bool:
    return rule.place != "line" and rule.role is Role.DATELINE


def add_matches(units: pl.DataFrame, tried: Tried | None = None) -> pl.DataFrame:
    """Add the numbers of the first rules that match: ``sure`` (holds anywhere), ``if_PLACE`` (holds there).

    ``units`` has the columns of the features; ``tried`` is what :func:`.searching.to_try` says of them and of
    :func:`patterns`, where that is known.
    """
    hits = _hits(units, to_try(units, patterns()) if tried is None else tried)
    key, no = hits["key"].to_numpy(), hits["no"].to_numpy()
    where = rule_frame()["where"].to_numpy()[no]
    columns = [
        _firsts("sure" if place == "any" else f"if_{place}", len(units), key[where == place], no[where == place])
        for place in WHERE
    ]
    return units.with_columns(columns)


def _firsts(name: str, size: int, key: NDArray[np.uint32], no: NDArray[np.int32]) -> pl.Series:
    """Return the lowest number at each key; null where there is none."""
    most = np.iinfo(np.int32).max
    lowest = np.full(size, most, dtype=np.int32)
    np.minimum.at(lowest, key, no)
    return pl.Series(name, lowest).set(pl.Series(lowest == most), None)


def _hits(lines: pl.DataFrame, tried: Tried) -> pl.DataFrame:
    return pl.concat([_phrase_hits(lines), pattern_hits(lines, _tried(tried, "line"))])


def _tried(tried: Tried, *places: str) -> Tried:
    """Return only the rules for such a place."""
    return {no: rows for no, rows in tried.items() if load_rules()[no].place in places}


def add_cuts(units: pl.DataFrame, tried: Tried | None = None) -> pl.DataFrame:
    """Add ``cut_no``, ``cut_from`` and ``cut_to``: the piece at a line's edge that a rule drops, if any.

    ``units`` and ``tried`` as for :func:`add_matches`; offsets are code points of the unit's text.
    """
    return _with_cuts(units, to_try(units, patterns()) if tried is None else tried)


def find_cuts(units: pl.DataFrame, numbers: tuple[int, ...]) -> pl.DataFrame:
    """Add the same columns for the rules with these numbers; ``units`` has ``plain``, ``chars`` and ``words``."""
    plain = units["plain"]
    lines = units.with_columns(plain.str.to_lowercase().alias("lowered"), pl.Series("wide", are_wide(plain)))
    return _with_cuts(lines, to_try(lines, numbers))


def _with_cuts(units: pl.DataFrame, tried: Tried) -> pl.DataFrame:
    first = _cut_hits(units, _tried(tried, "start", "end")).unique("at", keep="first", maintain_order=True)
    at = first["at"].to_numpy()
    columns = [_placed(first[name], at, len(units)) for name in ("cut_no", "cut_from", "cut_to")]
    return units.with_columns(columns)


def _placed(values: pl.Series, at: Rows, size: int) -> pl.Series:
    """Return a column with the values in their places, null elsewhere."""
    there = np.zeros(size, dtype=np.bool_)
    there[at] = True
    numbers = np.zeros(size, dtype=np.int32)
    numbers[at] = values.to_numpy()
    return pl.Series(values.name, numbers).set(pl.Series(~there), None)


def _cut_hits(lines: pl.DataFrame, tried: Tried) -> pl.DataFrame:
    """Find the rules' pieces, trying a pattern only where what it needs stands; sorted by line and rule."""
    numbers = [no for no, rows in tried.items() if len(rows)]
    at = np.unique(np.concatenate([_NO_ROWS, *tried.values()]))
    plain, chars = Plain.of(lines.select("plain", "lowered", "wide")[at]), lines["chars"].to_numpy()[at]
    asked = [np.searchsorted(at, tried[no]) for no in numbers]
    rules = [load_rules()[no] for no in numbers]
    told = plain.pieces([(rows, rule.pattern or "") for rows, rule in zip(asked, rules, strict=True)])
    left = plain.left([(rows, rule.unless) for (rows, _), rule in zip(told, rules, strict=True)])
    found = [_pieces(chars, *piece, free, no) for piece, free, no in zip(told, left, numbers, strict=True)]
    row, *cuts = (np.concatenate(parts) for parts in zip((_NO_ROWS,) * 4, *found, strict=True))
    return pl.DataFrame(dict(zip(_CUTS, (at[row], *cuts), strict=True)), schema=_CUTS).sort("at", "cut_no")


def _pieces(chars: Rows, rows: Rows, size: Rows, free: Rows, no: int) -> tuple[Rows, Rows, Rows, Rows]:
    """Return the rows that have a rule's piece (which is less than the line), the rule, and where pieces lie."""
    cut = (size > 0) & (size < chars[rows]) & np.isin(rows, free)
    rows, size = rows[cut], size[cut]
    begin = np.zeros(len(rows), dtype=np.int64) if load_rules()[no].place == "start" else chars[rows] - size
    return rows, np.full(len(rows), no), begin, begin + size


_NO_ROWS: Rows = np.empty(0, dtype=np.int64)
_CUTS = {"at": pl.get_index_type(), "cut_no": pl.Int32, "cut_from": pl.Int32, "cut_to": pl.Int32}


def _phrase_hits(lines: pl.DataFrame) -> pl.DataFrame:
    short = (lines["chars"] <= _LONGEST_PHRASE).arg_true()
    form = lines["lowered"][short].str.strip_chars(EDGES)
    loose = form.str.contains("  ", literal=True).arg_true()
    form = form.scatter(loose, form[loose].str.replace_all("  +", " "))
    said = pl.DataFrame({"key": short.cast(pl.UInt32), "form": form})
    return said.join(_phrases(), on="form").select("key", "no")


@cache
def _phrases() -> pl.DataFrame:
    rows = [(folded(text), no) for no, rule in enumerate(load_rules()) for text in rule.phrases]
    frame = pl.DataFrame(rows, schema={"form": pl.String, "no": pl.Int32}, orient="row")
    return frame.unique(maintain_order=True)
