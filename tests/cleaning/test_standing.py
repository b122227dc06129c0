"""Units as arrays: what stands beside a line, and which lines are alike, never leaves a document."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from corpus.cleaning.looks import Looks, look_at
from corpus.cleaning.overlap import shared_words
from corpus.cleaning.patterns.narrowing import are_wide
from corpus.cleaning.repeating import alike, first_of_its_like
from corpus.cleaning.standing import Standing, of_role, opening
from corpus.cleaning.words import Words

DOCUMENTS = np.array([0, 0, 0, 1, 1, 2])


def standing(**columns: list[object]) -> Standing:
    looks = Looks(pl.DataFrame({"row": range(6), **columns}))
    return Standing(looks, np.arange(6), DOCUMENTS)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (1, [False, True, False, False, False, False]),
        (-1, [False, False, False, False, True, False]),
        (2, [True, False, False, False, False, False]),
        (9, [False] * 6),
        (-9, [False] * 6),
    ],
)
def test_what_stands_beside_a_line_is_of_its_own_document(step: int, expected: list[bool]) -> None:
    flag = np.array([False, False, True, True, False, True])
    assert standing().beside(flag, step).tolist() == expected


def test_counts_run_within_a_document() -> None:
    lines = standing()
    flag = np.array([True, False, True, False, True, False])
    assert lines.up_to(flag).tolist() == [1, 1, 2, 0, 1, 0]
    assert lines.count(flag).tolist() == [2, 2, 2, 1, 1, 0]
    assert lines.any(flag).tolist() == [True, True, True, True, True, False]
    assert lines.last(flag).tolist() == [0, 0, 2, 2, 4, 4]
    assert lines.flagged(flag).tolist() == [2, 2, 2, 4, 4, -1]


def test_a_number_that_is_null_is_minus_one_and_no_rule_gives_it_a_role() -> None:
    lines = standing(sure=[None, 0, None, 1, None, None])
    assert lines.number("sure").tolist() == [-1, 0, -1, 1, -1, -1]
    for table in (of_role("body", "boilerplate", "title"), opening("related")):
        assert table.any()
        assert not table[-1]


def test_lines_are_alike_only_in_their_own_document() -> None:
    kind, different = alike(pl.Series(["a", "b", "a", "a", "b", "a"]))
    assert different.gather(kind).to_list() == ["a", "b", "a", "a", "b", "a"]
    rows, first, number = first_of_its_like(DOCUMENTS, kind, np.arange(6))
    assert (rows.tolist(), first.tolist(), number.tolist()) == ([0, 2], [0, 0], [2, 2])


def test_the_words_that_a_line_shares_are_those_of_its_own_lead_without_itself() -> None:
    text = [
        "Harbour bridge reopened",
        "The harbour was quiet when the bridges were reopening.",
        "Harbour again.",
        "Harbour bridge reopened",
        "Nothing of it here.",
        "東京の港",
    ]
    prose = [False, True, True, False, True, True]
    wide = [False] * 5 + [True]
    lines = standing(text=text, wide=wide, prose=prose, head=[False] * 6, tail=[False] * 6, sure=[None] * 6)
    for _ in range(2):  # the second time from memory
        shared = shared_words(lines, np.array([0, 1, 3, 5]))
        assert shared.tokens.tolist() == [3, 6, 3, 3]
        assert shared.hits.tolist() == [3, 1, 0, 0]
        assert shared.first_hits.tolist() == [3, 6, 0, 3]
        assert shared.mass.tolist() == [4, 1, 0, 0]
        assert shared.overlap.tolist() == [1.0, 1 / 6, 0.0, 0.0]


def test_words_are_the_same_in_lines_of_western_and_of_other_letters() -> None:
    """A letter beyond Latin-1 somewhere in a line changes none of its other words."""
    text = ["Über BRÜCKEN 2024", "über brücken 2024 łódź", "ŁÓDŹ: Brückenbau", "東京の港", "港の東京 brü"]
    words = Words(Looks(pl.DataFrame({"text": text, "wide": are_wide(pl.Series(text))})))
    _, first = words.of(np.array([0]))
    place, both = words.of(np.array([1, 2]))
    assert len(first) == 3
    assert set(first) < set(both[place == 0])
    assert len(set(both[place == 0]) & set(both[place == 1])) == 2
    assert len(set(words.of(np.array([3]))[1]) & set(words.of(np.array([4]))[1])) == 1


def test_what_is_left_of_a_line_is_looked_at_as_a_line_of_its_own() -> None:
    whole, rest = (
        "The mayor spoke of the new bridge on Monday. Read more",
        "The mayor spoke of the new bridge on Monday.",
    )
    looks, kind = look_at(pl.Series([whole, rest, whole]), 3)
    assert kind.tolist() == [0, 1, 0]
    assert looks.number("rest").tolist() == [1, -1]
    assert looks.number("skipped").tolist() == [0, -1]
    assert look_at(pl.Series([whole]), 3)[0].frame["text"].to_list() == [whole, rest]
