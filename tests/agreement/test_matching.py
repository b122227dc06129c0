"""Which items are the same, F1 of spans, and the agreement on what is said of them."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from drawn import items, marks_of
from hypothesis import given, settings

from corpus.agreement.marks import Marks
from corpus.agreement.matching import Matches, match
from corpus.agreement.values import on_matched


def spans(*places: tuple[int, int], label: int = 0) -> Marks:
    return marks_of([(0, label, [place]) for place in places])


def partners(found: Matches) -> set[tuple[int, int]]:
    return set(zip(found.one.tolist(), found.other.tolist(), strict=True))


def test_exact_and_overlapping() -> None:
    """Two of three are the same, one begins elsewhere; a fourth stands alone."""
    one, other = spans((0, 5), (10, 20), (30, 40)), spans((0, 5), (12, 20), (30, 40), (50, 60))
    assert match(one, other).f1(1).value == pytest.approx(4 / 7)
    assert match(one, other).f1().value == pytest.approx(6 / 7)
    assert match(one, other).f1().count == 7


def test_an_item_cut_in_two_counts_once() -> None:
    """The larger part is its partner."""
    found = match(spans((0, 10)), spans((0, 3), (3, 10)))
    assert partners(found) == {(0, 1)}
    assert found.f1().value == pytest.approx(2 / 3)


def test_the_closest_are_paired_first() -> None:
    """Though pairing others would pair more: those with the same characters stay together."""
    assert partners(match(spans((0, 10), (0, 3)), spans((0, 10), (5, 8)))) == {(0, 0)}


def test_labels_tell_items_apart_unless_asked_otherwise() -> None:
    """Without labels the same characters are a pair; with two of them, those with the same label."""
    one, other = spans((0, 5), label=0), spans((0, 5), label=1)
    assert match(one, other).f1().value == 0
    assert partners(match(one, other, same_label=False)) == {(0, 0)}
    both = marks_of([(0, 1, [(0, 5)]), (0, 0, [(0, 5)])])
    assert partners(match(one, both, same_label=False)) == {(0, 1)}


def test_pieces_are_one_item() -> None:
    """An interrupted claim is compared whole: its characters, not its extent; the same place elsewhere is not."""
    broken = marks_of([(0, 0, [(0, 5), (9, 12)])])
    assert match(broken, marks_of([(0, 0, [(9, 12), (0, 5)])])).f1(1).value == 1
    assert match(broken, spans((5, 9))).f1().value == 0
    assert match(broken, spans((0, 12))).jaccard.tolist() == [8 / 12]
    assert match(broken, marks_of([(1, 0, [(0, 5), (9, 12)])])).f1().value == 0


def test_nothing_marked_is_no_agreement() -> None:
    """Neither marked anything: no number; one did: none in common."""
    assert match(spans(), spans()).f1().value is None
    assert match(spans(), spans()).f1().reason == "Neither marked anything."
    assert match(spans((0, 5)), spans()).f1().value == match(spans(), spans((0, 5))).f1().value == 0


@settings(max_examples=60)
@given(items, items)
def test_a_matching_is_one_to_one_and_knows_no_order(one: Any, other: Any) -> None:
    """Whoever comes first, the same figures; no item has two partners; exact is never more than overlapping."""
    left, right = marks_of(one), marks_of(other)
    found, turned = match(left, right), match(right, left)
    assert len(set(found.one.tolist())) == len(set(found.other.tolist())) == len(found.one)
    assert sorted(found.jaccard) == sorted(turned.jaccard)
    cells = [[{(d, at) for span in pieces for at in range(*span)} for d, _, pieces in own] for own in (one, other)]
    for mine, theirs, likeness in zip(found.one, found.other, found.jaccard, strict=True):
        own, partner = cells[0][mine], cells[1][theirs]
        assert likeness == pytest.approx(len(own & partner) / len(own | partner)) != 0
    assert (left.label[found.one] == right.label[found.other]).all()
    if one or other:
        exact, overlapping = found.f1(1).value, found.f1().value
        assert exact is not None
        assert overlapping is not None
        assert 0 <= exact <= overlapping <= 1


@settings(max_examples=60)
@given(items)
def test_identical_items_are_all_paired(own: Any) -> None:
    """F1 of a set with itself, in another order, is 1; so is the agreement with a copy on what is said."""
    one, other = marks_of(own), marks_of(own[::-1])
    assert match(one, other).f1(1).value == (1 if own else None)
    said = on_matched(match(one, other, same_label=False).of_at_least(0.5), one.label, other.label)
    assert said.same == len(own)
    assert said.kappa.value == said.alpha.value == (1 if len({label for _, label, _ in own}) > 1 else None)


@settings(max_examples=50)
@given(items.filter(lambda found: len(found) <= 4), items.filter(lambda found: len(found) <= 4))
def test_greedy_is_at_least_half_of_the_best(one: Any, other: Any) -> None:
    """Held against every matching there is."""
    left, right = marks_of(one), marks_of(other)
    cells = [{(d, label, at) for span in pieces for at in range(*span)} for d, label, pieces in one]
    others = [{(d, label, at) for span in pieces for at in range(*span)} for d, label, pieces in other]
    others += [set()] * (len(cells) - len(others))
    ways = permutations(others, len(cells))
    best = max(sum(bool(a & b) for a, b in zip(cells, order, strict=True)) for order in ways)
    assert best / 2 <= len(match(left, right).one) <= best


def test_values_of_matched_items() -> None:
    """Four claims in common; one value was not given by the second annotator and does not count."""
    places = ((0, 5), (10, 15), (20, 25), (30, 35))
    found = match(spans(*places), spans(*places))
    said = on_matched(found, [0, 0, 1, 1], [0, 0, 1, -1])
    assert (said.same, said.kappa.count, said.kappa.value, said.alpha.value) == (3, 3, 1.0, 1.0)
    assert on_matched(found, [0, 0, 1, 1], [0, 1, 0, 1]).kappa.value == 0
    assert on_matched(found, [2] * 4, [2] * 4).kappa.value is None


def test_marks_that_are_none_are_refused() -> None:
    for columns in (
        ([0], [0], [0], [0], [5], [5]),
        ([0], [0], [0], [1], [0], [5]),
        ([0, 0], [0], [0], [0], [0], [5]),
        ([-1], [0], [0], [0], [0], [5]),
        ([0], [0], [0], [0], [-1], [5]),
    ):
        with pytest.raises(ValueError, match=r"."):
            Marks.of(*columns)


def test_chosen_marks_keep_their_pieces() -> None:
    marks = marks_of([(0, 0, [(0, 2)]), (1, 1, [(4, 6), (1, 3)]), (2, 0, [(7, 9)])])
    kept = marks.chosen(np.array([False, True, True]))
    assert kept.document.tolist() == [1, 2]
    assert list(zip(kept.item.tolist(), kept.start.tolist(), kept.end.tolist(), strict=True)) == [
        (0, 1, 3),
        (0, 4, 6),
        (1, 7, 9),
    ]
    assert kept.sizes().tolist() == [4, 2]
