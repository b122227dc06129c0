"""What a pattern needs is read off soundly: no line that it matches lacks it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.features import add_features
from corpus.cleaning.literals import BEGINNING, needs_of
from corpus.cleaning.matching import rules_on
from corpus.cleaning.rules import Rule, load_rules, regex

RULES = [rule for rule in load_rules() if rule.pattern]
CASES = sorted({line for rule in load_rules() for line in (*rule.match, *rule.not_match)})


@pytest.mark.parametrize(
    ("pattern", "literals", "beginnings"),
    [
        (r"^by\b", {"by"}, {"by"}),
        (r"colou?r", {"color", "colour"}, set()),
        (r"^(?:more|all)? from", {" from"}, {"mor", "all", " fr"}),
        (r"^xy|^z of", {"xy", "z of"}, {"xy", "z o"}),
        (r"xy|^z of", {"xy", "z of"}, set()),
        (r"(?:ab)+c", {"ab"}, set()),
        (r"(?:ab){2}", {"abab"}, set()),
        (r"[aä]bc|ABC", {"abc", "äbc"}, set()),
        (r"\p{Lu}+\s*", set(), set()),
        (r"^[|>]{1,2}$", {"|", ">"}, {"|", ">", "||", "|>", ">|", ">>"}),
        (r"^(?:ab?){1,4}c", {"c"}, {"ac", "abc", "aac", "aaa", "aba", "aab"}),
        (r"^a*bc", {"bc"}, {"bc", "abc", "aab", "aaa"}),
        (r"[^a]bc.*(?:de)?", {"bc"}, set()),
        (r"a(?P<x>b)", set(), set()),
        (r"[[:alpha:]]b", set(), set()),
        (r"σ|ΐ", set(), set()),
        (r"(?:a|b", set(), set()),
    ],
)
def test_what_a_pattern_needs(pattern: str, literals: set[str], beginnings: set[str]) -> None:
    needs = needs_of(pattern)
    assert (needs.literals, needs.beginnings) == (literals, beginnings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_line_that_a_pattern_matches_has_what_it_needs(rule: Rule) -> None:
    needs = needs_of(rule.pattern or "")
    lines = pl.Series(CASES)
    for line in lines.filter(lines.str.contains(regex(rule.pattern or ""))):
        assert not needs.literals or any(one in line.lower() for one in needs.literals)
        assert not needs.beginnings or any(line.lower().startswith(one) for one in needs.beginnings)
    assert all(0 < len(one) <= BEGINNING for one in needs.beginnings)


PIECES = sorted({piece for line in CASES for piece in line.split()})
LINES = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(["ſ", "K", "İ", "|", "12", "©", "Maren", "HOLT"])),
    max_size=14,
).map(" ".join)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(LINES, st.sampled_from(CASES)), min_size=1, max_size=30))
def test_rules_found_through_what_they_need_are_those_found_by_trying_each(texts: list[str]) -> None:
    lines = add_features(pl.DataFrame({"text": texts}))
    found = set(rules_on(lines).filter(pl.col("rule").is_in([rule.id for rule in RULES])).rows())
    for rule in RULES:
        if rule.place != "line":
            continue
        holds = pl.col("plain").str.contains(regex(rule.pattern or "")) & pl.col("words").is_between(
            rule.min_words, rule.max_words
        )
        if rule.needs:
            holds &= pl.col("lowered").str.contains_any([one.lower() for one in rule.needs])
        if rule.unless:
            holds &= ~pl.col("plain").str.contains(regex(rule.unless))
        tried = lines.select(pl.arg_where(holds)).to_series().to_list()
        assert [at for at in range(len(texts)) if (at, rule.id) in found] == tried, rule.id
