"""The difference in words gives both texts back, is small where the change is small, and comes in time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.comparison.words import Run, RunKind, shortened, word_runs

text = st.text(st.sampled_from("ab \n水のกé"), max_size=60)


def side(runs: list[Run], kind: RunKind) -> str:
    return "".join(run.text for run in runs if run.kind in (RunKind.SAME, kind))


@settings(max_examples=300)
@given(text, text)
def test_both_texts_come_back(old: str, new: str) -> None:
    """Same and removed words are the old text, same and added ones the new; no run is empty or like the next."""
    runs = word_runs(old, new)
    assert (side(runs, RunKind.REMOVED), side(runs, RunKind.ADDED)) == (old, new)
    assert all(run.text for run in runs)
    assert all(a.kind is not b.kind for a, b in pairwise(runs))


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("The harbour opens on May 3.", "The harbour opens on June 3.", "May ", "June "),
        ("One two three", "One three", "two ", ""),
        ("港は五月に再開する。", "港は六月に再開する。", "五", "六"),
        ("قال رئيس البلدية", "قالت رئيس البلدية", "قال ", "قالت "),
    ],
)
def test_only_the_changed_words_are_told(old: str, new: str, removed: str, added: str) -> None:
    """Where a script writes no spaces, a character is a word."""
    runs = word_runs(old, new)
    assert [run.text for run in runs if run.kind is RunKind.REMOVED] == [removed] * bool(removed)
    assert [run.text for run in runs if run.kind is RunKind.ADDED] == [added] * bool(added)


def test_a_long_text_is_matched_by_lines_first() -> None:
    """Two changed words at the ends of a long article do not make all of it changed."""
    lines = [f"Paragraph {n} says that the ship of the harbour is the ship of the town.\n" for n in range(400)]
    old = "".join(lines)
    new = old.replace("Paragraph 3 says", "Paragraph 3 denies").replace("Paragraph 390 says", "Paragraph 390 adds")
    runs = word_runs(old, new)
    assert [(run.kind, run.text) for run in runs if run.kind is not RunKind.SAME] == [
        (RunKind.REMOVED, "says "),
        (RunKind.ADDED, "denies "),
        (RunKind.REMOVED, "says "),
        (RunKind.ADDED, "adds "),
    ]


@pytest.mark.parametrize("unit", ["a x{n} ", "a\nx{n}\n", "x{n} a b a b "])
def test_repetition_does_not_take_for_ever(unit: str) -> None:
    """Texts made to be hard to match come back in seconds, and right."""
    old = "".join(unit.format(n=n) for n in range(20_000))
    new = "".join(unit.format(n=-n) for n in range(20_000))
    started = time.process_time()
    runs = word_runs(old, new)
    assert time.process_time() - started < 30
    assert (side(runs, RunKind.REMOVED), side(runs, RunKind.ADDED)) == (old, new)


def test_what_is_shown_is_short() -> None:
    """Context beside a change, no more; a limit for the whole, which says that there is more."""
    old, new = "w " * 500 + "old " + "v " * 500, "w " * 500 + "new " + "v " * 500
    shown = shortened(word_runs(old, new), context=10)
    assert [run.kind.value for run in shown] == ["left out", "same", "removed", "added", "same", "left out"]
    assert sum(len(run.text) for run in shown) == 10 + 4 + 4 + 10
    cut = shortened(word_runs("", "word " * 5000), most=100)
    assert sum(len(run.text) for run in cut) == 100
    assert cut[-1].kind is RunKind.LEFT_OUT
    assert shortened([]) == []
