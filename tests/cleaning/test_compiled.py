"""Patterns that are kept compiled find what the same patterns find at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from corpus.cleaning.compiled import contained, extracted
from corpus.cleaning.rules import load_rules, regex

PATTERNS = [regex(rule.pattern) for rule in load_rules() if rule.pattern]
LINES = pl.Series(["Read more: the bridge", "By Ada Lovelace", "", "LONDON — The bank raised rates.", "3 May 2021"])


def test_each_text_is_searched_with_its_own_pattern_however_many_there_are() -> None:
    assert len(PATTERNS) > 64
    asks = [(LINES.slice(at % 3), pattern) for at, pattern in enumerate(PATTERNS)]
    for found, (text, pattern) in zip(contained(asks), asks, strict=True):
        assert found.to_list() == text.str.contains(pattern).to_list()
    asks = [(text, f"({pattern})") for text, pattern in asks]
    for found, (text, pattern) in zip(extracted(asks), asks, strict=True):
        assert found.to_list() == text.str.extract(pattern).to_list()


def test_nothing_asked_is_nothing_found() -> None:
    assert contained([]) == []
    assert contained([(LINES.head(0), "a")])[0].to_list() == []


def test_callers_in_several_threads_find_the_same() -> None:
    asks = [(LINES, pattern) for pattern in PATTERNS]
    expected = [found.to_list() for found in contained(asks)]
    with ThreadPoolExecutor(3) as callers:
        for found in callers.map(lambda _: [one.to_list() for one in contained(asks)], range(6)):
            assert found == expected
