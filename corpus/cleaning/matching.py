"""Find the first rule that speaks of each line: phrases by lookup, patterns by one search per table."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.plainlines import Plain, Rows
from corpus.cleaning.rules import EDGES, WHERE, Rule, folded, load_rules, regex
from corpus.cleaning.searching import may_match, pattern_hits
from corpus.model.roles import Role

__all__ = [
    "add_cuts",
    "add_matches",
    "dateline_rules",
    "find_cuts",
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
    frame = rule_frame()
    return number.replace_strict(frame["no"], frame[name], default=None, return_dtype=frame.schema[name])


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
    lines = units.with_row_index("at").with_columns(_lowered())
    edges = [hits.select("at", no="cut_no") for hits in _cut_hits(lines, tuple(no for no, _ in _edge_rules()))]
    whole = _hits(lines.with_columns(key="at")).rename({"key": "at"})
    return pl.concat([whole, *edges]).join(rule_frame(), on="no").select("at", "rule").sort("at", "rule")


def plain_match(rule: Rule, plain: str) -> str | None:
    """Return what of one line (as the rules see it) a rule's pattern finds, or None."""
    if rule.pattern is None:
        return None
    return pl.Series([plain]).str.extract(f"({regex(rule.pattern)})", 1)[0] or None


def add_matches(units: pl.DataFrame) -> pl.DataFrame:
    """Add the numbers of the first rules that match: ``sure`` (holds anywhere), ``if_PLACE`` (holds there)."""
    keyed = units.select("chars", "words", "plain", _lowered()).with_row_index("key")
    hits = _hits(keyed)
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


def _hits(lines: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([_phrase_hits(lines), pattern_hits(lines)])


def add_cuts(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``cut_no``, ``cut_from`` and ``cut_to``: the piece at a line's edge that a rule drops, if any."""
    return find_cuts(units, tuple(no for no, rule in _edge_rules() if rule.role is not Role.DATELINE))


def find_cuts(units: pl.DataFrame, numbers: tuple[int, ...]) -> pl.DataFrame:
    """Add the same columns for the rules with these numbers; offsets are code points of the unit's text."""
    indexed = units.with_row_index("at")
    lines = indexed.select("at", "chars", "words", "plain", _lowered())
    found = pl.concat(_cut_hits(lines, numbers))
    first = found.sort("at", "cut_no").unique("at", keep="first", maintain_order=True)
    return indexed.join(first, on="at", how="left", maintain_order="left").drop("at")


def _lowered() -> pl.Expr:
    return pl.col("plain").str.to_lowercase().alias("lowered")


def dateline_rules() -> tuple[int, ...]:
    """Return the numbers of the rules that name datelines."""
    return tuple(no for no, rule in _edge_rules() if rule.role is Role.DATELINE)


def _edge_rules() -> list[tuple[int, Rule]]:
    return [(no, rule) for no, rule in enumerate(load_rules()) if rule.place != "line"]


def _cut_hits(lines: pl.DataFrame, numbers: tuple[int, ...]) -> list[pl.DataFrame]:
    """Find the rules' pieces, trying a pattern only where what it needs stands."""
    rules = {f"try {no}": load_rules()[no] for no in numbers}
    tried = lines.lazy().with_columns(
        (may_match(rule) & _counted(rule)).alias(name) for name, rule in rules.items()
    )
    near = tried.filter(pl.any_horizontal(*rules)).collect()
    plain = Plain.of(near["plain"])
    found = [pl.DataFrame(schema=_CUTS)]
    for no, (name, rule) in zip(numbers, rules.items(), strict=True):
        rows = near[name].arg_true().to_numpy().astype(np.int64)
        if len(rows):
            found.append(_pieces(near, plain, rows, no, rule))
    return found


def _pieces(lines: pl.DataFrame, plain: Plain, rows: Rows, no: int, rule: Rule) -> pl.DataFrame:
    piece = pl.col("piece")
    start = pl.lit(0, dtype=pl.Int32) if rule.place == "start" else pl.col("chars") - piece
    size = plain.pieces(rows, rule.pattern or "").cast(pl.Int32)
    cut = (size > 0).fill_null(False).arg_true()
    near: pl.DataFrame = lines.select("at", "chars", "plain")[rows[cut.to_numpy()]]
    near = near.with_columns(size.gather(cut).alias("piece"))
    guard = pl.lit(True) if rule.unless is None else ~pl.col("plain").str.contains(regex(rule.unless))
    cuts = near.filter(piece < pl.col("chars")).filter(guard)
    return cuts.select(
        "at",
        pl.lit(no, dtype=pl.Int32).alias("cut_no"),
        start.cast(pl.Int32).alias("cut_from"),
        (start + piece).cast(pl.Int32).alias("cut_to"),
    )


_CUTS = {"at": pl.get_index_type(), "cut_no": pl.Int32, "cut_from": pl.Int32, "cut_to": pl.Int32}


def _counted(rule: Rule) -> pl.Expr:
    return pl.col("words").is_between(rule.min_words, rule.max_words)


def _phrase_hits(lines: pl.DataFrame) -> pl.DataFrame:
    short = lines.filter(pl.col("chars") <= _LONGEST_PHRASE)
    form = pl.col("lowered").str.strip_chars(EDGES).str.replace_all("  +", " ")
    return short.select("key", form.alias("form")).join(_phrases(), on="form").select("key", "no")


@cache
def _phrases() -> pl.DataFrame:
    rows = [(folded(text), no) for no, rule in enumerate(load_rules()) for text in rule.phrases]
    frame = pl.DataFrame(rows, schema={"form": pl.String, "no": pl.Int32}, orient="row")
    return frame.unique(maintain_order=True)
