"""The patterns of datelines, the largest of all, stay well below the size that the regex engine compiles."""

from __future__ import annotations

import polars as pl
import pytest

from corpus.cleaning.rules import Rule, load_rules, regex
from corpus.model.roles import Role

LIMIT = 244
"""So many times any letter may be repeated before the engine's limit (10 MB compiled) is met."""
ROOM = LIMIT // 4
DATELINES = [rule for rule in load_rules() if rule.role is Role.DATELINE and rule.pattern]


@pytest.mark.parametrize("rule", DATELINES, ids=[rule.id for rule in DATELINES])
def test_a_dateline_pattern_compiles_with_a_quarter_to_spare(rule: Rule) -> None:
    """One more city or agency in its list must not stop every text from being cleaned."""
    padded = pl.Series(["a"]).str.contains(regex(rf"(?:{rule.pattern})|\p{{L}}{{{ROOM}}}"))
    assert not padded.item()


def test_the_guard_can_fail() -> None:
    with pytest.raises(pl.exceptions.ComputeError):
        pl.Series(["a"]).str.contains(regex(rf"\p{{L}}{{{2 * LIMIT}}}"))
