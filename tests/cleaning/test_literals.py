"""What a pattern needs is read off soundly: no line that it matches lacks it."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.features import add_features
from corpus.cleaning.matching import rules_on
from corpus.cleaning.patterns.literals import BEGINNING, FOLDED, Needs, needs_of
from corpus.cleaning.rules import Rule, load_rules, regex

RULES = [rule for rule in load_rules() if rule.pattern]
CASES = sorted({line for rule in load_rules() for line in (*rule.match, *rule.not_match)})


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"^by\b", [({"by"}, {"by"})]),
        (r"colou?r", [({"color", "colour"}, set())]),
        (r"^(?:more|all)? from", [({" from"}, {"mor", "all", " fr"})]),
        (r"^xy|^z of", [({"xy"}, {"xy"}), ({"z of"}, {"z o"})]),
        (r"xy|^z of", [({"xy"}, set()), ({"z of"}, {"z o"})]),
        (r"^(?:xy|z of)", [({"xy", "z of"}, {"xy", "z o"})]),
        (r"(?:ab)+c", [({"ab"}, set())]),
        (r"(?:ab){2}", [({"abab"}, set())]),
        (r"[aä]bc|ABC", [({"abc", "äbc"}, set()), ({"abc"}, set())]),
        (r"\p{Lu}+\s*", [(set(), set())]),
        (r"^[|>]{1,2}$", [({"|", ">"}, {"|", ">", "||", "|>", ">|", ">>"})]),
        (r"^(?:ab?){1,4}c", [({"c"}, {"ac", "abc", "aac", "aaa", "aba", "aab"})]),
        (r"^a*bc", [({"bc"}, {"bc", "abc", "aab", "aaa"})]),
        (r"[^a]bc.*(?:de)?", [({"bc"}, set())]),
        (r"^ab?c\d", [({"abc", "ac"}, {"abc", "ac0"})]),
        (r"^\d\d\d\d-", [({"-"}, {"000"})]),
        (r"^1?2\s[a-c]", [({"2"}, {"00 ", "0 a", "0 b", "0 c"})]),
        (r"^[a-\}]b", [({"b"}, set())]),
        (r"^[à-ÿ]", [(set(), {chr(code) for code in range(0xE0, 0x100)})]),
        (r"ΣΆΣ|ς|ΐ|ſ|µ", [({"σάσ"}, set()), ({"σ"}, set()), ({"ΐ"}, set()), ({"s"}, set()), ({"μ"}, set())]),
        (r"Читать ТАКЖЕ", [({"читать также"}, set())]),
        (r"a(?P<x>b)", [(set(), set())]),
        (r"[[:alpha:]]b", [(set(), set())]),
        (r"(?:a|b", [(set(), set())]),
        (r"a)|b", [(set(), set())]),
    ],
)
def test_what_each_way_to_match_a_pattern_needs(pattern: str, ways: list[tuple[set[str], set[str]]]) -> None:
    assert [(needs.literals, needs.beginnings) for needs in needs_of(pattern)] == ways


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_line_that_a_pattern_matches_has_what_one_of_its_ways_needs(rule: Rule) -> None:
    ways = needs_of(rule.pattern or "")
    lines = pl.Series(CASES)
    for line in lines.filter(lines.str.contains(regex(rule.pattern or ""))):
        assert any(_is_fit(needs, line.lower().translate(str.maketrans(FOLDED))) for needs in ways)
    assert all(0 < len(one) <= BEGINNING for needs in ways for one in needs.beginnings)


def test_what_a_rule_says_that_it_needs_is_looked_for_in_the_same_letters() -> None:
    """Lines are looked through in folded letters, so pieces that rules name must be folded too."""
    assert Needs.of(["δικαιώματος", "RTE)"]).literals == {"δικαιώματοσ", "rte)"}
    for text in ("© 2024 Με την επιφύλαξη παντός δικαιώματος", "Χρόνος ανάγνωσης: 5 λεπτά"):
        lines = add_features(pl.DataFrame({"text": [text]}))
        assert rules_on(lines)["rule"].str.starts_with("abroad.").any(), text


def _is_fit(needs: Needs, line: str) -> bool:
    if needs.literals and not any(one in line for one in needs.literals):
        return False
    begins = re.sub(r"\s", " ", re.sub("[0-9]", "0", line))
    return not needs.beginnings or any(begins.startswith(one) for one in needs.beginnings)


@pytest.mark.parametrize("sign", sorted({*FOLDED, *FOLDED.values()}))
def test_letters_that_match_each_other_are_looked_for_as_the_same(sign: str) -> None:
    (needs,) = needs_of(f"{sign}{sign}")
    line = pl.Series([like + like for like in _LETTERS]).filter(pl.Series(_LETTERS).str.contains(f"(?i:{sign})"))
    for text in line.str.to_lowercase():
        assert _is_fit(needs, text.translate(str.maketrans(FOLDED))), text


_LETTERS = [chr(code) for code in range(0x20, 0x10000) if chr(code).isalpha()]


PIECES = sorted({piece for line in CASES for piece in line.split()})
LINES = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(["K", "İ", "ς", "|", "12", "©", "Maren", "HOLT"])),
    max_size=14,
).map(" ".join)


@settings(max_examples=40)
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
