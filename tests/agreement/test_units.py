"""Kappa, pi and alpha on units: the published values, and what must hold of every table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from corpus.agreement.coefficient import Coefficient
from corpus.agreement.units import cohen_kappa, fleiss_kappa, krippendorff_alpha

FIGURE_A = ("001111111100001111110000", "000011110000000110000000")
FIGURE_C = ("001111110011001111001100", "110011110011110011001100")
FLEISS_1971 = """
0 0 0 6 0 / 0 3 0 0 3 / 0 1 4 0 1 / 0 0 0 0 6 / 0 3 0 3 0 / 2 0 4 0 0
0 0 4 0 2 / 2 0 3 1 0 / 2 0 0 4 0 / 0 0 0 0 6 / 1 0 0 5 0 / 1 1 0 4 0
0 3 3 0 0 / 1 0 0 5 0 / 0 2 0 3 1 / 0 0 5 0 1 / 3 0 0 1 2 / 5 1 0 0 0
0 2 0 4 0 / 1 0 2 0 3 / 0 0 0 0 6 / 0 1 0 5 0 / 0 2 0 1 3 / 2 0 0 4 0
1 0 0 4 1 / 0 5 0 1 0 / 4 0 0 0 2 / 0 2 0 4 0 / 1 0 5 0 0 / 0 0 0 0 6
"""
FOUR_OBSERVERS = """
1 2 3 3 2 1 4 1 2 - - -
1 2 3 3 2 2 4 1 2 5 - 3
- 3 3 3 2 3 4 2 2 5 1 -
1 2 3 3 2 4 4 1 2 5 1 -
"""

tables = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.sampled_from([0.0, 1.0, 2.0, 5.0, math.nan]),
)


def bits(text: str) -> list[int]:
    return [int(bit) for bit in text]


def observers() -> np.ndarray[Any, Any]:
    rows = [line.split() for line in FOUR_OBSERVERS.split("\n") if line]
    return np.array([[math.nan if value == "-" else float(value) for value in row] for row in rows])


def test_fleiss_as_published() -> None:
    """Fleiss 1971, table 1: thirty patients, six psychiatrists, five diagnoses."""
    rows = [row.split() for line in FLEISS_1971.strip().split("\n") for row in line.split("/")]
    found = fleiss_kappa(np.array(rows, dtype=np.int64))
    assert found.value == pytest.approx(0.430, abs=5e-4)
    assert found.observed == pytest.approx(1 - 0.5556, abs=5e-5)
    assert found.expected == pytest.approx(1 - 0.2201, abs=2e-4)  # in print from shares of three digits
    assert found.count == 30


@pytest.mark.parametrize(
    ("figure", "cohen", "scott", "alpha"), [(FIGURE_A, 0.385, 0.314, 0.329), (FIGURE_C, 0.314, 0.314, None)]
)
def test_two_observers_as_published(
    figure: tuple[str, str], cohen: float, scott: float, alpha: float | None
) -> None:
    """Krippendorff 1995, figures A and C: 24 units, two observers."""
    one, other = map(bits, figure)
    assert cohen_kappa(one, other).value == pytest.approx(cohen, abs=5e-4)
    assert fleiss_kappa(counted(one, other)).value == pytest.approx(scott, abs=5e-4)
    if alpha is not None:
        assert krippendorff_alpha([one, other]).value == pytest.approx(alpha, abs=5e-4)


def test_alpha_of_four_observers_as_published() -> None:
    """Krippendorff's four observers and twelve units, some values missing; a unit with one value does not count."""
    found = krippendorff_alpha(observers())
    assert found.value == pytest.approx(0.743, abs=5e-4)
    assert found.count == 11


@pytest.mark.parametrize(
    "measure",
    [
        lambda: cohen_kappa([1] * 9, [1] * 9),
        lambda: krippendorff_alpha([[1] * 9, [1] * 9]),
        lambda: fleiss_kappa([[3, 0], [3, 0]]),
        lambda: cohen_kappa([], []),
        lambda: cohen_kappa([math.nan, 1], [1, math.nan]),
        lambda: krippendorff_alpha([[1, math.nan], [math.nan, 1]]),
        lambda: krippendorff_alpha([[1, 2]]),
        lambda: krippendorff_alpha(np.empty((2, 0))),
        lambda: fleiss_kappa(np.empty((0, 3))),
        lambda: fleiss_kappa([[1, 0], [0, 1]]),
    ],
)
def test_what_is_undefined_says_why(measure: Callable[[], Coefficient]) -> None:
    """All alike, or nothing in common: no number at all, never 1 and never NaN, but a sentence."""
    found = measure()
    assert found.value is None
    assert found.reason is not None
    assert found.reason.endswith(".")


@pytest.mark.parametrize(
    "call",
    [
        lambda: fleiss_kappa([[2, 0], [1, 0]]),
        lambda: fleiss_kappa([[2, -1]]),
        lambda: fleiss_kappa([1, 2]),
        lambda: krippendorff_alpha([1, 2]),
        lambda: krippendorff_alpha([[1, math.inf], [1, 2]]),
        lambda: cohen_kappa([1, 2], [1]),
    ],
)
def test_what_is_no_table_is_refused(call: Callable[[], Coefficient]) -> None:
    with pytest.raises(ValueError, match=r"."):
        call()


def counted(one: list[int], other: list[int]) -> np.ndarray[Any, Any]:
    """Return the table of two annotators, a row a unit, that says how many gave each value."""
    return np.eye(4, dtype=np.int64)[one] + np.eye(4, dtype=np.int64)[other]


def told(coefficient: Coefficient) -> float | None:
    return None if coefficient.value is None else round(coefficient.value, 9)


@given(tables, st.randoms())
def test_alpha_knows_no_order(table: np.ndarray[Any, Any], random: Any) -> None:
    """Neither the order of annotators nor that of units matters, and it is at most 1 and never NaN."""
    found = told(krippendorff_alpha(table))
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert told(krippendorff_alpha(table[rows][:, columns])) == found
    assert found is None or (math.isfinite(found) and found <= 1)


@given(arrays(np.int64, st.integers(1, 20), elements=st.integers(0, 3)), st.integers(2, 5))
def test_identical_values_give_one(row: np.ndarray[Any, Any], people: int) -> None:
    """Or nothing, where the row holds one value alone."""
    expected = 1.0 if len(set(row.tolist())) > 1 else None
    alike = np.tile(row, (people, 1))
    assert krippendorff_alpha(alike).value == expected
    assert cohen_kappa(row, row).value == expected
    assert fleiss_kappa(people * np.eye(4, dtype=np.int64)[row]).value == expected


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_two_annotators_measures_hang_together(pairs: list[tuple[int, int]]) -> None:
    """Symmetric, within -1 and 1; alpha is pi (Fleiss' kappa of two) but for the size of the sample."""
    one, other = (list(row) for row in zip(*pairs, strict=True))
    kappa, alpha = cohen_kappa(one, other).value, krippendorff_alpha([one, other])
    pi = fleiss_kappa(counted(one, other)).value
    assert kappa == cohen_kappa(other, one).value
    if pi is None or kappa is None or alpha.value is None:
        assert pi is kappa is alpha.value is None
        return
    assert -1 <= pi <= kappa <= 1
    assert alpha.value == pytest.approx(1 - (1 - pi) * (2 * len(pairs) - 1) / (2 * len(pairs)))
