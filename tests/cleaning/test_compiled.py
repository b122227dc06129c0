"""Patterns that are kept compiled find what the same patterns find at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl

from corpus.cleaning.patterns.compiled import contained, extracted
from corpus.cleaning.rules import load_rules, regex

PATTERNS = [regex(rule.pattern) for rule in load_rules() if rule.pattern]
LINES = pl.Series(["Read more: the bridge", "By Ada Lovelace", "", "LONDON — The bank raised rates.", "3 May 2021"])
ROWS = np.arange(len(LINES))


def test_each_pattern_is_searched_for_in_its_own_rows_however_many_there_are() -> None:
    assert len(PATTERNS) > 64
    asks = [(ROWS[at % 3 :], pattern) for at, pattern in enumerate(PATTERNS)]
    for found, (rows, pattern) in zip(contained(LINES, asks), asks, strict=True):
        assert found.tolist() == rows[LINES[rows].str.contains(pattern).to_numpy()].tolist()
    asks = [(rows, f"({pattern})") for rows, pattern in asks]
    for piece, (rows, pattern) in zip(extracted(LINES, asks), asks, strict=True):
        assert piece.to_list() == LINES[rows].str.extract(pattern).to_list()


def test_nothing_asked_is_nothing_found() -> None:
    assert contained(LINES, []) == []
    assert contained(LINES, [(ROWS[:0], "a")])[0].tolist() == []
    assert contained(LINES, [(ROWS[:0], "a"), (ROWS[:1], "a")])[1].tolist() == [0]


def test_callers_in_several_threads_find_the_same() -> None:
    asks = [(ROWS, pattern) for pattern in PATTERNS]
    expected = [found.tolist() for found in contained(LINES, asks)]
    with ThreadPoolExecutor(3) as callers:
        for found in callers.map(lambda _: [one.tolist() for one in contained(LINES, asks)], range(6)):
            assert found == expected
