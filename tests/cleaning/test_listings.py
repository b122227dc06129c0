"""Lists of days under the text stay; menus go even where the model is unsure of the language."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from corpus.cleaning.linemodel.batch import Batch
from corpus.cleaning.linemodel.inference import ONE, decided
from corpus.cleaning.linemodel.listings import listed_days
from corpus.cleaning.linemodel.reasons import NONE

STORY = "The band said on Monday that it would play in six towns this year, and in no others, before it rests."
TOUR = [
    "June 9 – West Palm",
    "June 10 – Tampa",
    "June 14 – Miami",
    "July 2 – Erie",
    "July 3 – Salem",
    "August 1 – Ames",
]
RACES = [f"{number}a etapa: {day} – pista" for number, day in enumerate(["10 de março", "8 de abril"] * 3, 1)]
POLISH = "Na trzy tygodnie przed wyborami przez kraj przetoczyła się burza polityczna, której skutków nikt nie zna."


def frame(rows: list[tuple[str, str | None]]) -> pl.DataFrame:
    told = [(0, text, reason, reason is None) for text, reason in rows]
    schema = {"doc": pl.UInt32, "text": pl.String, "reason": pl.String, "kept": pl.Boolean}
    return pl.DataFrame(told, schema=schema, orient="row")


def stays(rows: list[tuple[str, str | None]], chance: float = 0.01) -> list[bool]:
    """Tell what stays where the model thinks nothing of any line but those of a dozen words."""
    batch = Batch(frame(rows))
    parts = np.where(batch.reason != NONE, 0, np.where(batch.words >= 12, 0.99, chance)) * ONE
    return decided(parts.astype(np.int64), batch).tolist()


@pytest.mark.parametrize("days", [TOUR, RACES], ids=["a tour", "a calendar"])
def test_a_list_of_days_below_the_text_stays(days: list[str]) -> None:
    rows = [("Home", "navigation"), (STORY, None), ("All dates", None), *((day, None) for day in days)]
    assert stays(rows)[3:] == [True] * 6


@pytest.mark.parametrize(
    "other",
    [
        TOUR[:5],
        [f"{day}, 2024" for day in TOUR],
        [f"{day} 12:30" for day in TOUR],
        [f"{number} – Miami" for number in range(1, 7)],
    ],
    ids=["too few", "an archive's, with years", "a ticker's, with times", "numbers without months"],
)
def test_other_lists_are_left_to_the_model(other: list[str]) -> None:
    rows = [("Home", "navigation"), (STORY, None), *((line, None) for line in other)]
    assert stays(rows)[2:] == [False] * len(other)


def test_days_under_an_announcement_of_other_stories_are_none_of_the_texts() -> None:
    rows = [("Home", "navigation"), (STORY, None), ("Read also", "related_stories"), *((day, None) for day in TOUR)]
    assert stays(rows)[3:] == [False] * 6


def test_days_far_from_any_text_are_none_of_the_texts() -> None:
    rows = [("Home", "navigation"), (STORY, None), *[("Sport", "navigation")] * 9, *((day, None) for day in TOUR)]
    assert stays(rows)[11:] == [False] * 6


def test_no_list_runs_from_one_document_into_the_next() -> None:
    rows = [(number // 3, day, None, True) for number, day in enumerate(TOUR)]
    schema = {"doc": pl.UInt32, "text": pl.String, "reason": pl.String, "kept": pl.Boolean}
    batch = Batch(pl.DataFrame(rows, schema=schema, orient="row"))
    everything = np.ones(6, dtype=np.bool_)
    assert not listed_days(batch, everything, everything).any()


@pytest.mark.parametrize("labels", [4, 30], ids=["a few cells", "a menu"])
def test_where_it_is_unsure_in_a_strange_language_it_keeps_no_long_menu(labels: int) -> None:
    """Half of what stays is expected to be wrong: short lines stay, but not a dozen of them in a row."""
    rows = [("Menu", "navigation"), (POLISH, None), *[("Wybory w kraju", None)] * labels]
    batch = Batch(frame(rows))
    parts = np.where(batch.words >= 12, 0.5, 0.01) * ONE
    parts[0] = 0
    assert decided(parts.astype(np.int64), batch).tolist() == [False, True, *[labels < 12] * labels]
