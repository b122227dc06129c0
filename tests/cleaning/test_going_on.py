"""Short items of a list amid the text stay, and so does what goes on below a comma, whatever the model thinks."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from corpus.cleaning.linemodel.batch import Batch
from corpus.cleaning.linemodel.inference import ONE, decided
from corpus.cleaning.linemodel.reasons import NONE

STORY = "The cook said on Monday that the soup would be made in six pots this year, and in no others at all."
STEP = "1. Soak the barley in cold water for an hour and a half, drain it well and leave it there for a while."
VERSE = "The down mail is very late tonight, the moon above the yard is on its time and nobody has come to look,"


def stays(rows: list[tuple[str, str | None, bool]], doc: list[int] | None = None) -> list[bool]:
    """Tell what stays where the model is sure of lines of a dozen words and of none else."""
    number = doc or [0] * len(rows)
    told = [(at, text, reason, kept) for at, (text, reason, kept) in zip(number, rows, strict=True)]
    schema = {"doc": pl.UInt32, "text": pl.String, "reason": pl.String, "kept": pl.Boolean}
    batch = Batch(pl.DataFrame(told, schema=schema, orient="row"))
    parts = np.where(batch.reason != NONE, 0, np.where(batch.words >= 12, 0.99, 0.01)) * ONE
    return decided(parts.astype(np.int64), batch).tolist()


def text(*lines: str, kept: bool = True) -> list[tuple[str, str | None, bool]]:
    return [(line, None, kept) for line in lines]


HOME = [("Home", "navigation", False)]


@pytest.mark.parametrize(
    "inside",
    [
        ["- a pot", "- one wooden spoon"],
        ["What you need", "• a pot", "• one wooden spoon", "Step by step"],
        ["1. Soak", "2. Drain"],
    ],
    ids=["bullets", "with headings", "numbers"],
)
def test_a_short_list_between_two_paragraphs_stays(inside: list[str]) -> None:
    assert stays(HOME + text(STORY, *inside, STEP))[1:] == [True] * (len(inside) + 2)


def test_items_below_a_colon_stay_at_the_texts_end() -> None:
    leading = STORY.removesuffix(".") + ":"
    assert stays(HOME + text(leading, "- a pot", "- a spoon", "Salt"))[1:] == [True, True, True, False]


def test_what_leads_to_an_item_that_stays_does_so() -> None:
    assert stays(HOME + text(STORY, "What to do if the barley is old", STEP))[1:] == [True] * 3


def test_a_verse_goes_on_below_a_comma() -> None:
    assert stays(HOME + text(VERSE, "and I am between"))[1:] == [True, True]


@pytest.mark.parametrize(
    "others",
    [
        ["- Storm: What the men on the quay saw that night"],
        ["Salt", "Pepper"],
        ["- Salt"] * 13,
    ],
    ids=["other stories' names", "labels without a mark", "too many"],
)
def test_other_stretches_are_left_to_the_model(others: list[str]) -> None:
    assert stays(HOME + text(STORY, *others, STORY))[2:-1] == [False] * len(others)


def test_a_list_with_furniture_in_it_is_left_to_the_model() -> None:
    rows = HOME + text(STORY, "- a pot") + [("Share", "social", False)] + text("- a spoon", STORY)
    assert stays(rows)[2:-1] == [False] * 3


def test_what_the_rules_drop_is_no_list() -> None:
    assert stays(HOME + text(STORY) + text("- Sport", "- Culture", kept=False) + text(STORY))[2:-1] == [False] * 2


@pytest.mark.parametrize("line", ["And I am between", "Read more"])
def test_below_a_comma_a_capital_begins_something_else(line: str) -> None:
    assert stays(HOME + text(VERSE, line))[1:] == [True, False]


def test_nothing_goes_on_in_the_next_document() -> None:
    rows = HOME + text(VERSE) + HOME + text("and I am between", STORY)
    assert stays(rows, [0, 0, 1, 1, 1])[3] is False
