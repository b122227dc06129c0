"""Items that several annotators have in common, and their agreement on what they say of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawn import items, marks_of
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.agreement.clustering import clustered
from corpus.agreement.units import krippendorff_alpha
from corpus.agreement.values import on_clusters


def spans(*places: tuple[int, int], label: int = 0) -> list[Any]:
    return [(0, label, [place]) for place in places]


def test_half_alike_is_the_same_item() -> None:
    """Three draw one item, two of them another way; what the third has elsewhere is alone; labels play no part."""
    marks = marks_of(spans((0, 10), (20, 30)), spans((0, 8), (20, 24), label=1), spans((2, 10), (40, 50)))
    assert clustered(marks).tolist() == [0, 1, 0, 2, 0, 3]
    assert clustered(marks_of(spans((20, 30)), spans((20, 25)))).tolist() == [0, 0]


def test_the_closest_are_joined_first() -> None:
    """Nobody has two items in one cluster, though both would fit."""
    marks = marks_of(spans((0, 10), (0, 9)), spans((0, 9)))
    assert clustered(marks).tolist() == [0, 1, 1]


@settings(max_examples=50)
@given(st.lists(items, min_size=1, max_size=4))
def test_a_cluster_has_one_item_of_an_annotator(annotators: list[Any]) -> None:
    """And lies in one document; clusters are numbered without gaps."""
    marks = marks_of(*annotators)
    found = clustered(marks)
    assert sorted(set(found.tolist())) == list(range(len(set(found.tolist()))))
    assert len(set(zip(found.tolist(), marks.annotator.tolist(), strict=True))) == len(marks)
    assert len(set(zip(found.tolist(), marks.document.tolist(), strict=True))) == len(set(found.tolist()))


def test_values_of_several_annotators() -> None:
    """Alpha takes every item that two gave a value, kappa (Fleiss') those that all gave one."""
    codes = [[0, 0, 1, 1, 2], [0, 1, 1, 1, -1], [0, 0, 1, 2, 2]]
    cluster, annotator = np.tile(np.arange(5), 3), np.repeat(np.arange(3), 5)
    found = on_clusters(cluster, annotator, np.concatenate(codes), 3)
    table = [[np.nan if code < 0 else code for code in row] for row in codes]
    assert found.alpha == krippendorff_alpha(table)
    assert (found.alpha.count, found.kappa.count, found.same) == (5, 4, 2)
    observed, expected = (1 + 1 / 3 + 1 + 1 / 3) / 4, ((5 / 12) ** 2 + (6 / 12) ** 2 + (1 / 12) ** 2)
    assert found.kappa.value == pytest.approx((observed - expected) / (1 - expected))


def test_no_values_are_no_agreement() -> None:
    nothing = np.array([], dtype=np.int64)
    assert on_clusters(nothing, nothing, nothing, 3).alpha.value is None
    found = on_clusters(np.array([0, 0]), np.array([0, 1]), [-1, 1], 2)
    assert (found.same, found.kappa.value, found.alpha.value) == (0, None, None)
