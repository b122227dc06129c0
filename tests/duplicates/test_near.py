"""Near-duplicates are found whatever was edited, and other articles are not taken for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from made_stories import edited, story

from corpus.duplicates.groups import Groups
from corpus.duplicates.near import near_duplicates


def test_edited_copies_are_found_and_others_are_not() -> None:
    """An edited copy of every article is its near-duplicate; other articles with common phrases are not."""
    texts = [story(event, 0) for event in range(60)]
    copies = [edited(text, number) for number, text in enumerate(texts)]
    assert near_duplicates(texts) == []
    assert near_duplicates([*texts, *copies]) == [[row, row + len(texts)] for row in range(len(texts))]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Rain.", "rain", True),
        ("", "", False),
        ("…", "!!!", False),
        ("北京今天下雨市长说明天也会下雨请市民带伞", "北京今天下雨市长说明天也会下雨请市民带伞出门", True),
        ("北京今天下雨市长说明天也会下雨", "上海昨天放晴居民纷纷出门散步晒太阳", False),
        ("a b c d e f g h", "a b c d e f g x", True),
        ("a b c d e f", "f e d c b a", False),
    ],
)
def test_any_script_and_any_length(one: str, other: str, alike: bool) -> None:
    """Texts shorter than a run are compared whole; texts without a word are like nothing."""
    assert bool(near_duplicates([one, other])) is alike


@settings(max_examples=30)
@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_text_is_taken(texts: list[str]) -> None:
    """Groups are disjoint, ascending, of two or more; equal texts with a word are always together."""
    groups = near_duplicates(texts)
    rows = [row for group in groups for row in group]
    assert len(rows) == len(set(rows))
    assert all(group == sorted(group) and len(group) > 1 for group in groups)
    first: dict[str, int] = {}
    of = {row: number for number, group in enumerate(groups) for row in group}
    for row, text in enumerate(texts):
        if any(c.isalnum() for c in text):
            assert row == first.setdefault(text, row) or of[row] == of[first[text]]


def test_many_copies_of_one_text_take_no_square_of_time() -> None:
    """Five thousand copies are one group, found at once."""
    assert near_duplicates([story(1, 1)] * 5000) == [list(range(5000))]


def test_the_hash_seed_does_not_matter() -> None:
    """Another process with another hash seed finds the same."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from made_stories import edited, story\n"
        "from corpus.duplicates.near import near_duplicates\n"
        "texts = [story(e, 0) for e in range(9)]\n"
        "print(near_duplicates([*texts, *(edited(t, 1) for t in texts)]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
    assert "[0, 9]" in outputs.pop()


def test_groups_are_named_by_their_smallest_row() -> None:
    """Whatever the order of the joins."""
    one, other = Groups(6), Groups(6)
    for pair in ((5, 3), (3, 1), (2, 4)):
        one.join(*pair)
    other.join_all([1, 5, 3])
    other.join_all([4, 2])
    assert [one.of(row) for row in range(6)] == [other.of(row) for row in range(6)] == [0, 1, 2, 1, 2, 1]
