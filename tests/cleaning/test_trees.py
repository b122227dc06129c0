"""Oblivious trees add up the same leaves, whether few rows go through them at once or many by twos."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cleaning.linemodel.trees import Oblivious

COLUMNS = 7


def drawn(trees: int, depth: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return (
        draw.integers(0, COLUMNS, (trees, depth)).astype(np.int16),
        draw.normal(size=(trees, depth)).astype(np.float32),
        draw.integers(-99_999, 99_999, (trees, 1 << depth)).astype(np.int32),
    )


@pytest.mark.parametrize("rows", [0, 1, 399, 400, 401, 20_000])
@given(trees=st.integers(1, 9), depth=st.integers(1, 8), seed=st.integers(0, 999))
def test_each_row_gets_the_sum_of_its_leaves(rows: int, trees: int, depth: int, seed: int) -> None:
    column, border, value = drawn(trees, depth, seed)
    features = np.random.default_rng(seed).normal(size=(COLUMNS, rows)).astype(np.float32)
    features[:, ::5] = border[0, 0]
    expected = np.zeros(rows, dtype=np.int64)
    for asked, edges, leaves in zip(column, border, value, strict=True):
        bits = sum(
            (features[at] > edge).astype(np.int64) << level
            for level, (at, edge) in enumerate(zip(asked, edges, strict=True))
        )
        expected += leaves[bits]
    assert Oblivious(column, border, value).sums(list(features)).tolist() == expected.tolist()
