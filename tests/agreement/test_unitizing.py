"""Alpha for unitizing: the published values of 2004, and what the formula of 2016 promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawn import LENGTH, piece
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.agreement.marks import merged
from corpus.agreement.stretches import labelled_units
from corpus.agreement.unitizing import alpha_u, joint, u_alpha, u_alpha_of_labels
from corpus.agreement.units import krippendorff_alpha

LONG = 300


def units(*places: tuple[int, int], begin: int = 0) -> np.ndarray[Any, Any]:
    """Units as start and length, on a continuum that begins at ``begin``."""
    rows = [(start - begin, start - begin + length) for start, length in places]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)


I_C, J_C = units((225, 70), (370, 30), begin=150), units((220, 80), (355, 20), (400, 20), begin=150)
BOTH_K = units((180, 60), (300, 50), begin=150)


def test_alpha_u_as_published() -> None:
    """Krippendorff 2004: two observers, labels c and k, on a continuum of 300; in print the joint one is .8591."""
    c, k = alpha_u([I_C, J_C], LONG), alpha_u([BOTH_K, BOTH_K], LONG)
    assert c.value == pytest.approx(0.7286, abs=5e-5)
    assert k.value == 1
    assert joint([c, k]).value == pytest.approx(0.8587, abs=5e-5)
    assert (c.count, joint([c, k]).count) == (5, 9)


def disjoint(places: list[tuple[int, int]]) -> np.ndarray[Any, Any]:
    start, end = np.array(places, dtype=np.int64).reshape(-1, 2).T
    return np.column_stack(merged(np.zeros_like(start), start, end)[1:])


cut = st.lists(piece, max_size=4).map(disjoint)
several = st.lists(cut, min_size=2, max_size=4)
cells = st.lists(st.integers(0, 3), min_size=LENGTH, max_size=LENGTH)


@given(st.lists(cells, min_size=2, max_size=4))
def test_u_alpha_of_units_of_length_one_is_alpha_nominal(rows: list[list[int]]) -> None:
    """Formula-checked, since no table was published: with a value for every character, and with gaps (here 0)."""
    slices = np.column_stack((np.arange(LENGTH), np.arange(LENGTH) + 1))
    values = [np.array(row) for row in rows]
    full = u_alpha([slices] * len(rows), LENGTH, values)
    gappy = u_alpha([slices[row > 0] for row in values], LENGTH, [row[row > 0] for row in values])
    alpha = krippendorff_alpha(rows).value
    assert full.value == (alpha if alpha is None else pytest.approx(alpha))
    if any((row > 0).any() for row in values):
        assert gappy.value == (alpha if alpha is None else pytest.approx(alpha))


@given(cut, st.integers(2, 4))
def test_identical_cuts_give_one(own: Any, people: int) -> None:
    """Or nothing where nobody marked anything, or everybody everything."""
    alike = [own] * people
    covered = int((own[:, 1] - own[:, 0]).sum())
    assert u_alpha(alike, LENGTH).value == (1 if 0 < covered < LENGTH else None)
    assert alpha_u(alike, LENGTH).value == (1 if covered and alpha_u(alike, LENGTH).expected else None)


@settings(max_examples=50)
@given(several, st.randoms())
def test_annotators_have_no_order(people: list[Any], random: Any) -> None:
    """Nor is either coefficient above 1."""
    turned = list(people)
    random.shuffle(turned)
    for measure in (alpha_u, u_alpha):
        one, other = measure(people, LENGTH), measure(turned, LENGTH)
        assert one.value == (None if other.value is None else pytest.approx(other.value))
        assert one.value is None or one.value <= 1
        assert (one.value is None) == (one.reason is not None)


@settings(max_examples=50)
@given(st.lists(st.lists(cut, min_size=2, max_size=2), min_size=2, max_size=3))
def test_labels_at_once_are_their_sets(people: list[list[Any]]) -> None:
    """With one label it is u-alpha; without overlaps, u-alpha with labels; alike, 1."""
    firsts = [own[0] for own in people]
    assert u_alpha_of_labels([[own] for own in firsts], LENGTH).value == u_alpha(firsts, LENGTH).value
    assert u_alpha_of_labels([people[0], people[0]], LENGTH).value in (1, None)
    apart = [[own[0], own[1] + LENGTH] for own in people]
    whole = [np.concatenate(own) for own in apart]
    values = [np.repeat([0, 1], [len(part) for part in own]) for own in apart]
    expected = u_alpha(whole, 2 * LENGTH, values).value
    found = u_alpha_of_labels(apart, 2 * LENGTH).value
    assert found == (None if expected is None else pytest.approx(expected))


def test_overlapping_labels_are_cut() -> None:
    """Units of two labels, 0 to 4 and 2 to 6, are three: of the first, of both, of the second."""
    units_found, sets = labelled_units([units((0, 4)), units((2, 4))])
    assert units_found.tolist() == [[0, 2], [2, 4], [4, 6]]
    assert len(set(sets)) == 3


@settings(max_examples=50)
@given(several)
def test_observed_disagreement_is_that_of_the_formula(people: list[Any]) -> None:
    """Summed here over every section of every two annotators, gaps included, as printed in 2004."""
    total = 0.0
    for i, one in enumerate(people):
        for j, other in enumerate(people):
            total += sum(delta(g, h) for g in sections(one) for h in sections(other)) if i != j else 0
    found = alpha_u(people, LENGTH)
    if found.observed is not None:
        assert found.observed == pytest.approx(total / (len(people) * (len(people) - 1) * LENGTH**2))


def sections(own: Any) -> list[tuple[int, int, int]]:
    """Begin, length, and 1 for a unit, 0 for a gap."""
    found, at = [], 0
    for start, end in own.tolist():
        found += [(at, start - at, 0)] if start > at else []
        found.append((start, end - start, 1))
        at = end
    return [*found, (at, LENGTH - at, 0)] if at < LENGTH else found


def delta(g: tuple[int, int, int], h: tuple[int, int, int]) -> int:
    (b, length, w), (b2, length2, w2) = g, h
    if w and w2 and -length < b - b2 < length2:
        return (b - b2) ** 2 + (b + length - b2 - length2) ** 2
    if w and not w2 and length2 - length >= b - b2 >= 0:
        return length**2
    if w2 and not w and length2 - length <= b - b2 <= 0:
        return length2**2
    return 0


def test_a_boundary_that_lies_farther_off_costs_more() -> None:
    """For both coefficients, in this order: the same, one character off, ten off, elsewhere."""
    own = units((100, 50), (200, 20))
    others = (own, units((101, 49), (200, 20)), units((110, 40), (200, 20)), units((20, 30), (250, 20)))
    for measure in (alpha_u, u_alpha):
        values = [measure([own, other], LONG).value or 0 for other in others]
        assert values == sorted(values, reverse=True)
        assert values[0] == 1


def test_what_is_undefined_says_why() -> None:
    for people in ([units(), units()], [units((0, 5))], []):
        for measure in (alpha_u, u_alpha):
            assert measure(people, LONG).value is None
            assert str(measure(people, LONG).reason).endswith(".")
    assert u_alpha([units((0, LONG))] * 2, LONG).value is None
    assert joint([]).value is None


@pytest.mark.parametrize(
    "own", [units((5, 5), (8, 5)), units((20, 5), (5, 5)), units((299, 2)), units((-1, 2)), units((5, 0))]
)
def test_what_are_no_units_is_refused(own: Any) -> None:
    """Overlapping, out of order, beyond the continuum, empty."""
    for measure in (alpha_u, u_alpha):
        with pytest.raises(ValueError, match=r"[uU]nit"):
            measure([own, own], LONG)


def test_neighbours_stay_two() -> None:
    """What overlaps becomes one unit; what only touches does not."""
    found = merged(np.array([0, 0, 0, 1]), np.array([0, 5, 7, 6]), np.array([5, 8, 9, 7]))
    assert [column.tolist() for column in found] == [[0, 0, 1], [0, 5, 6], [5, 9, 7]]
