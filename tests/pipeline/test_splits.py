"""Splits keep together what belongs together, and stay as they are when documents are added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.pipeline.splits import (
    ALL_TRAIN,
    WITHHELD,
    assign,
    boundaries_of,
    group_sizes,
    leaks,
    parse_splits,
    split_of,
)


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


def test_blanks_around_shares_do_not_matter() -> None:
    assert parse_splits(" train=0.5, dev=0.25 ,test= 0.25") == {"train": 0.5, "dev": 0.25, "test": 0.25}


@pytest.mark.parametrize(
    "text",
    ["train", "train=x", "train=0.5", "train=0.5,train=0.5", "a b=1", "train=1.2,test=-0.2", "train=nan"],
)
def test_what_is_no_split_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="`splits=`"):
        parse_splits(text)


HALVES = {"train": 0.5, "test": 0.5}


def test_what_is_bound_together_stands_together() -> None:
    """Whatever binds, and through how many documents."""
    ids = [f"d{number}" for number in range(60)]
    chains = [[row, row + 1] for row in range(0, 58, 3)] + [[row + 1, row + 2] for row in range(0, 58, 3)]
    dealt = assign(ids, {"stories": chains}, HALVES, {})
    assert set(dealt) == {"train", "test"}
    assert all(len({dealt[row] for row in range(first, first + 3)}) == 1 for first in range(0, 58, 3))
    assert leaks({"stories": chains}, dealt) == {"stories": 0}
    assert group_sizes({"stories": chains}, 60) == [3] * 20


def test_an_old_document_never_moves_and_a_bridge_is_withheld() -> None:
    """New documents follow the old ones they are bound to; those bound to two splits are in neither."""
    before = {"a": "train", "b": "test", "c": "test"}
    ids = ["a", "b", "c", "new-a", "new-a2", "new-b", "bridge", "bridge2"]
    bound = {"stories": [[0, 3], [3, 4], [2, 5]], "duplicates": [[0, 6], [1, 7], [6, 7]]}
    dealt = assign(ids, bound, HALVES, before)
    assert dealt[:3] == ["train", "test", "test"]
    assert dealt[3:6] == ["train", "train", "test"]
    assert dealt[6:] == [WITHHELD, WITHHELD]
    assert leaks(bound, dealt) == {"stories": 0, "duplicates": 0}


def test_old_leaks_are_told_and_left() -> None:
    """Two old documents that turn out to belong together stay where they are; the leak is counted."""
    bound = {"stories": [[0, 1]]}
    dealt = assign(["a", "b"], bound, HALVES, {"a": "train", "b": "test"})
    assert dealt == ["train", "test"]
    assert leaks(bound, dealt) == {"stories": 1}


@given(st.data())
def test_adding_documents_never_moves_old_ones(data: st.DataObject) -> None:
    """Any bonds, any order: the old stay, the order does not matter, nothing new leaks."""
    ids = [f"d{n}" for n in range(12)]
    rows = st.lists(st.integers(0, 11), min_size=2, max_size=4, unique=True)
    groups = data.draw(st.lists(rows, max_size=8))
    before = {name: data.draw(st.sampled_from(["train", "test"])) for name in ids[:6]}
    dealt = assign(ids, {"stories": groups}, HALVES, before)
    assert dealt[:6] == [before[name] for name in ids[:6]]
    order = data.draw(st.permutations(range(12)))
    place = {row: at for at, row in enumerate(order)}
    again = assign(
        [ids[row] for row in order], {"stories": [[place[r] for r in g] for g in groups]}, HALVES, before
    )
    assert [again[place[row]] for row in range(12)] == dealt
    for group in groups:
        olds = {dealt[row] for row in group if row < 6}
        news = {dealt[row] for row in group if row >= 6} - {WITHHELD}
        assert len(news | olds) <= 1 or len(olds) > 1


def test_later_documents_stand_on_one_side() -> None:
    """By dates the shares follow one another in time; later builds keep the borders."""
    days: list[str | None] = [f"2024-01-{day:02}" for day in range(1, 11)]
    shares = {"train": 0.6, "validation": 0.2, "test": 0.2}
    assert boundaries_of(days, {"few": 0.1, "rest": 0.9}) == {"few": "2024-01-01", "rest": "9999-12-31"}
    borders = boundaries_of(days, shares)
    dealt = assign([f"d{n}" for n in range(11)], {"stories": [[5, 6]]}, shares, {}, [*days, None], borders)
    assert dealt == ["train"] * 5 + ["validation"] * 3 + ["test"] * 2 + ["train"]


@pytest.mark.parametrize("name", ["withheld", "all", "train"])
def test_some_names_are_no_names_for_a_share(name: str) -> None:
    """What has a meaning of its own, and a name that was given already: the sentence names it."""
    with pytest.raises(UsageError, match=f"`splits=` names '{name}'"):
        parse_splits(f"train=0.5,{name}=0.5")
