"""Splits depend on the document's id alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.pipeline.splits import ALL_TRAIN, parse_splits, split_of


@given(st.text())
def test_without_a_ratio_all_is_train(doc_id: str) -> None:
    assert split_of(doc_id, ALL_TRAIN) == "train"


def test_shares_are_met_and_stable() -> None:
    """Over many ids the shares come out as asked, and a wider first share only moves ids into it."""
    ids = [f"article-{number}" for number in range(20_000)]
    small = {i for i in ids if split_of(i, {"train": 0.8, "test": 0.2}) == "train"}
    large = {i for i in ids if split_of(i, {"train": 0.9, "test": 0.1}) == "train"}
    assert abs(len(small) / len(ids) - 0.8) < 0.02
    assert small < large


@pytest.mark.parametrize(
    "text",
    ["train", "train=x", "train=0.5", "train=0.5,train=0.5", "a b=1", "train=1.2,test=-0.2", "train=nan"],
)
def test_what_is_no_split_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--splits"):
        parse_splits(text)
