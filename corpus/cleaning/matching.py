"""Find the first rule that speaks of each line: phrases by lookup, patterns by one search per table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import polars as pl

from corpus.cleaning.rules import EDGES, WHERE, Rule, folded, load_rules, regex
from corpus.model.roles import Role

__all__ = [
    "add_cuts",
    "add_matches",
    "dateline_rules",
    "find_cuts",
    "plain_match",
    "rule_frame",
    "rule_number",
    "rule_values",
    "rules_on",
]

_LONGEST_PHRASE = 160
_UNITED = 3
_NO = pl.lit(None, dtype=pl.Int32)


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
    return pl.lit(_numbers()[name], dtype=pl.Int32)


@cache
def _numbers() -> dict[str, int]:
    return {rule.id: no for no, rule in enumerate(load_rules())}


def rules_on(units: pl.DataFrame) -> pl.DataFrame:
    """Return every rule that matches each row, wherever it would apply: row number and rule id."""
    indexed = units.with_row_index("at")
    edges = [_cut_hits(indexed, no, rule).select("at", no="cut_no") for no, rule in _edge_rules()]
    lines = [_phrase_hits(indexed), *(_pattern_hits(indexed, family) for family in _families())]
    return pl.concat([*lines, *edges]).join(rule_frame(), on="no").select("at", "rule").sort("at", "rule")


def plain_match(rule: Rule, plain: str) -> str | None:
    """Return what of one line (as the rules see it) a rule's pattern finds, or None."""
    if rule.pattern is None:
        return None
    return pl.Series([plain]).str.extract(f"({regex(rule.pattern)})", 1)[0] or None


def add_matches(units: pl.DataFrame) -> pl.DataFrame:
    """Add the numbers of the first rules that match: ``sure`` (holds anywhere), ``if_PLACE`` (holds there)."""
    indexed = units.with_row_index("at")
    hits = [_phrase_hits(indexed), *(_pattern_hits(indexed, family) for family in _families())]
    first = (
        pl.concat(hits)
        .join(rule_frame().select("no", "where"), on="no")
        .group_by("at")
        .agg(pl.col("no").filter(pl.col("where") == where).min().alias(where) for where in WHERE)
        .rename({"any": "sure"} | {where: f"if_{where}" for where in WHERE[1:]})
    )
    return indexed.join(first, on="at", how="left", maintain_order="left").drop("at")


def add_cuts(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``cut_no``, ``cut_from`` and ``cut_to``: the piece at a line's edge that a rule drops, if any."""
    return find_cuts(units, tuple(no for no, rule in _edge_rules() if rule.role is not Role.DATELINE))


def find_cuts(units: pl.DataFrame, numbers: tuple[int, ...]) -> pl.DataFrame:
    """Add the same columns for the rules with these numbers; offsets are code points of the unit's text."""
    rules = [(no, rule) for no, rule in _edge_rules() if no in numbers]
    indexed = units.with_row_index("at")
    near = indexed.filter(pl.any_horizontal(pl.col("plain").str.contains(union) for union in _unions(rules)))
    found = [_cut_hits(near, no, rule) for no, rule in rules]
    first = pl.concat(found).group_by("at").agg(pl.all().sort_by("cut_no").first())
    return indexed.join(first, on="at", how="left", maintain_order="left").drop("at")


def _unions(rules: Sequence[tuple[int, Rule]]) -> list[str]:
    """Return patterns that together find any of the rules; one for all would outgrow the matcher's limit."""
    patterns = [regex(rule.pattern or "") for _, rule in rules]
    return ["|".join(patterns[at : at + _UNITED]) for at in range(0, len(patterns), _UNITED)]


def dateline_rules() -> tuple[int, ...]:
    """Return the numbers of the rules that name datelines."""
    return tuple(no for no, rule in _edge_rules() if rule.role is Role.DATELINE)


def _edge_rules() -> list[tuple[int, Rule]]:
    return [(no, rule) for no, rule in enumerate(load_rules()) if rule.place != "line"]


def _cut_hits(near: pl.DataFrame, no: int, rule: Rule) -> pl.DataFrame:
    """Find a rule's piece; only lines that the rules see whole are cut."""
    piece = pl.col("piece").str.len_chars().cast(pl.Int32)
    whole = pl.col("chars")
    start = pl.lit(0, dtype=pl.Int32) if rule.place == "start" else pl.col("chars") - piece
    return (
        near.select(
            "at", "chars", "words", "plain", pl.col("plain").str.extract(regex(rule.pattern or "")).alias("piece")
        )
        .filter(
            pl.col("piece").is_not_null(),
            pl.col("piece") != "",
            piece < whole,
            _guards(rule),
        )
        .select(
            "at",
            pl.lit(no, dtype=pl.Int32).alias("cut_no"),
            start.cast(pl.Int32).alias("cut_from"),
            (start + piece).cast(pl.Int32).alias("cut_to"),
        )
    )


def _guards(rule: Rule) -> pl.Expr:
    counted = pl.col("words").is_between(rule.min_words, rule.max_words)
    return counted if rule.unless is None else counted & ~pl.col("plain").str.contains(regex(rule.unless))


def _phrase_hits(units: pl.DataFrame) -> pl.DataFrame:
    short = units.filter(pl.col("chars") <= _LONGEST_PHRASE)
    form = pl.col("plain").str.to_lowercase().str.strip_chars(EDGES).str.replace_all(" +", " ")
    return short.select("at", form.alias("form")).join(_phrases(), on="form").select("at", "no")


@cache
def _phrases() -> pl.DataFrame:
    rows = [(folded(text), no) for no, rule in enumerate(load_rules()) for text in rule.phrases]
    frame = pl.DataFrame(rows, schema={"form": pl.String, "no": pl.Int32}, orient="row")
    return frame.unique(maintain_order=True)


@cache
def _families() -> tuple[tuple[str, tuple[tuple[int, Rule], ...]], ...]:
    """Return groups of rules that are searched together, each with the pattern that finds any of them."""
    tables: dict[str, list[tuple[int, Rule]]] = {}
    for no, rule in enumerate(load_rules()):
        if rule.pattern is not None and rule.place == "line":
            alone = rule.needs or rule.where in {"caption", "byline"}
            tables.setdefault(rule.id if alone else rule.family, []).append((no, rule))
    return tuple(("|".join(regex(r.pattern or "") for _, r in rows), tuple(rows)) for rows in tables.values())


def _pattern_hits(units: pl.DataFrame, family: tuple[str, Sequence[tuple[int, Rule]]]) -> pl.DataFrame:
    union, rules = family
    longest = max(rule.max_words for _, rule in rules)
    needs = list(rules[0][1].needs)
    near = units.filter(pl.col("words") <= longest)
    if needs:
        near = near.filter(pl.col("plain").str.contains_any(needs, ascii_case_insensitive=True))
    if len(near) and len(rules) > 1:
        near = near.filter(pl.col("plain").str.contains(union))
    if not len(near):
        return pl.DataFrame(schema={"at": units.schema["at"], "no": pl.Int32})
    return (
        near.select("at", *(_if_matches(no, rule) for no, rule in rules))
        .unpivot(index="at", value_name="no")
        .filter(pl.col("no").is_not_null())
        .select("at", "no")
    )


def _if_matches(no: int, rule: Rule) -> pl.Expr:
    holds = pl.col("plain").str.contains(regex(rule.pattern or "")) & _guards(rule)
    return pl.when(holds).then(pl.lit(no, dtype=pl.Int32)).otherwise(_NO).alias(rule.id)
