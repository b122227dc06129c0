"""One value before and after: what is told of it in words, and what at a glance."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.comparison.changes import ValueChange
from corpus.comparison.words import RunKind

NAMES = ("language", "title", "url")
EVIDENCE = [{"column": name, "kind": "derived", "start": None, "end": None} for name in NAMES]
GLANCE: list[tuple[Any, Any]] = [
    ("Ada", "Bo"),
    (None, "a text that is long enough to be told word by word"),
    ([1, 2], [1]),
    ({"a": 1}, {"a": 2}),
    (EVIDENCE, None),
    (0.5, 0.25),
]


@pytest.mark.parametrize(("before", "after"), GLANCE)
def test_short_values_and_values_of_two_kinds_stand_side_by_side(before: Any, after: Any) -> None:
    assert ValueChange("column", before, after).runs is None


def test_of_long_lists_what_differs_is_told() -> None:
    """Cut at some width, both would look the same where only a later item differs."""
    after = [*EVIDENCE[:2], EVIDENCE[2] | {"kind": "sources.toml"}]
    runs = ValueChange("evidence", EVIDENCE, after).runs
    assert runs is not None
    told = [(run.kind, run.text.strip()) for run in runs if run.kind is not RunKind.SAME]
    assert told == [(RunKind.REMOVED, '"derived",'), (RunKind.ADDED, '"sources.toml",')]
