"""Every rule of the tables, run on its own cases by the matcher that runs on pages."""

from __future__ import annotations

import polars as pl
import pytest

from corpus.cleaning.features import add_features
from corpus.cleaning.matching import rules_on
from corpus.cleaning.rules import Rule, load_rules
from corpus.model.roles import Role

RULES = load_rules()


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    """Return the ids of the rules that match each line of any case, place not regarded."""
    lines = sorted({line for rule in RULES for line in (*rule.match, *rule.not_match, *rule.phrases)})
    hits = rules_on(add_features(pl.DataFrame({"text": lines})))
    matched: dict[str, set[str]] = {line: set() for line in lines}
    for at, rule in hits.iter_rows():
        matched[lines[at]].add(rule)
    return matched


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_matches_what_it_must_and_nothing_that_it_must_not(rule: Rule, found: dict[str, set[str]]) -> None:
    if rule.where == "kernel":
        assert not found.get(rule.id)
        return
    assert rule.match, "a rule without a case is a guess"
    assert rule.not_match, "a rule without a counter-case is a danger"
    assert [line for line in (*rule.match, *rule.phrases) if rule.id not in found[line]] == []
    assert [line for line in rule.not_match if rule.id in found[line]] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert bool(rule.phrases) + bool(rule.pattern) == (rule.where != "kernel")
    assert 0.3 <= rule.score <= 1.0
    assert rule.where == "kernel" or rule.role not in {Role.BODY, Role.TITLE, Role.HEADING}
    assert rule.place == "line" or "(" in str(rule.pattern)
    assert rule.place == "line" or rule.where == "any"


@pytest.mark.parametrize(
    ("line", "rule"),
    [("ИСТОЧНИК: ТАСС", "abroad.source"), ("НАШЛИ ОШИБКУ? ВЫДЕЛИТЕ ТЕКСТ", "abroad.errors")],
)
def test_what_a_rule_needs_may_stand_in_capitals_of_any_letters(line: str, rule: str) -> None:
    hits = set(rules_on(add_features(pl.DataFrame({"text": [line]})))["rule"])
    assert rule in hits
