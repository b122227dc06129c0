"""The measure and the folds of the benchmarks: what every published figure rests on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from folds import FOLDS, fold_of  # noqa: E402
from measure import interval, scores  # noqa: E402

GOLD = "one two three four five six seven"


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        (GOLD, 1.0, 1.0),
        ("one two three four five", 1.0, 0.5),
        (f"menu login {GOLD}", 4 / 6, 1.0),
        (f"{GOLD} {GOLD}", 4 / 11, 1.0),
        ("", 0.0, 0.0),
        ("One Two Three Four Five Six Seven", 0.0, 0.0),
    ],
)
def test_shingles_are_counted_as_the_benchmark_does(text: str, precision: float, recall: float) -> None:
    """Four words each, case kept, as often as they stand in both; checked by hand."""
    score = scores([text], [GOLD], ["example.org"])
    assert score.precision == pytest.approx(precision)
    assert score.recall == pytest.approx(recall)


def test_f1_is_of_the_means_and_the_interval_holds_it() -> None:
    """F1 of averaged precision and recall, not the average of F1; sites are drawn, not pages."""
    score = scores([GOLD, "one two three four five", ""], [GOLD] * 3, ["a", "a", "b"])
    assert score.f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))
    low, high = interval(score)
    assert low == 0.0
    assert high == pytest.approx(2 * 1.0 * 0.75 / 1.75)
    assert interval(score, score) == (0.0, 0.0)
    assert score.chosen(np.array([True, False, False])).f1 == 1.0


def test_a_sites_fold_never_changes() -> None:
    """The folds are a fixed hash: figures of today can be compared with those of tomorrow."""
    assert [fold_of(site) for site in ("example.org", "example.com", "waz.de", "")] == [0, 1, 2, 4]
    assert {fold_of(f"site{number}.example") for number in range(50)} == set(range(FOLDS))


@pytest.mark.parametrize("script", ["cleaning", "train_line_model", "train_markup_model"])
def test_every_script_uses_the_same_folds(script: str) -> None:
    assert "from folds import" in (BENCHMARKS / f"{script}.py").read_text("utf-8")
