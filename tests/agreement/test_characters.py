"""Alpha on characters by a sweep is alpha on characters one by one, and quick."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from drawn import LABELS, LENGTH, items, marks_of
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus.agreement.characters as module
from corpus.agreement.characters import character_alpha
from corpus.agreement.coefficient import Coefficient
from corpus.agreement.marks import Marks
from corpus.agreement.units import krippendorff_alpha

DOCUMENTS = 3
FIGURE_A = ("001111111100001111110000", "000011110000000110000000")


def row(bits: str) -> list[tuple[int, int, list[tuple[int, int]]]]:
    return [(0, 0, [(at, at + 1)]) for at, bit in enumerate(bits) if bit == "1"]


def test_alpha_as_published() -> None:
    """Krippendorff 1995, figure A: jointly and for the only label."""
    found = character_alpha(marks_of(*map(row, FIGURE_A)), [24], [(0, 0), (0, 1)], 1)
    assert found.joint.value == found.by_label[0].value == pytest.approx(0.329, abs=5e-4)
    assert found.joint.count == 24


def test_what_is_undefined_says_why() -> None:
    """All-1 against all-1, nobody marked anything, one annotator alone, no text: no number, but a sentence."""
    whole = row("1" * 9)
    for marks, lengths, work in (
        (marks_of(whole, whole), [9], [(0, 0), (0, 1)]),
        (marks_of(), [9], [(0, 0), (0, 1)]),
        (marks_of(whole), [9], [(0, 0)]),
        (marks_of(whole), [9], [(0, 0), (0, 0)]),
        (marks_of(), [0], [(0, 0), (0, 1)]),
        (marks_of(), [], []),
    ):
        found = character_alpha(marks, lengths, work, 1)
        assert (found.joint.value, found.by_label[0].value) == (None, None)
        assert str(found.joint.reason).endswith(".")


def test_who_marked_nothing_disagrees() -> None:
    """Somebody who read the document and marked nothing said so of every character; who did not read it did not."""
    marks = marks_of(row("110000"))
    assert character_alpha(marks, [6], [(0, 0), (0, 1)], 1).joint.value == pytest.approx(1 - (1 / 3) / (10 / 33))
    assert character_alpha(marks, [6], [(0, 0)], 1).joint.value is None


def by_characters(annotators: list[Any], work: list[tuple[int, int]], label: int | None) -> Coefficient:
    """The slow way: a value a character."""
    values = np.full((len(annotators), DOCUMENTS * LENGTH), math.nan)
    sets: dict[frozenset[int], int] = {}
    for document, who in work:
        for at in range(LENGTH):
            own = frozenset(
                name
                for place, name, pieces in annotators[who]
                if place == document and any(start <= at < end for start, end in pieces)
            )
            value = sets.setdefault(own, len(sets)) if label is None else label in own
            values[who, document * LENGTH + at] = value
    return krippendorff_alpha(values)


def worked(annotators: list[Any], more: list[tuple[int, int]]) -> list[tuple[int, int]]:
    wanted = {(one[0], who) for who, own in enumerate(annotators) for one in own}
    return sorted(wanted | {pair for pair in more if pair[1] < len(annotators)})


pairs = st.lists(st.tuples(st.integers(0, DOCUMENTS - 1), st.integers(0, 2)))


@settings(max_examples=50)
@given(st.lists(items, min_size=1, max_size=3), pairs, st.sampled_from([1, 2**22]))
def test_the_sweep_is_alpha_on_every_character(annotators: list[Any], more: Any, cells: int) -> None:
    """For each label and for the sets of labels; with missing readings; however few stretches are held at once."""
    work, before = worked(annotators, more), module.CELLS
    module.CELLS = cells
    try:
        found = character_alpha(marks_of(*annotators), [LENGTH] * DOCUMENTS, work, LABELS)
    finally:
        module.CELLS = before
    for label, own in [*enumerate(found.by_label), (None, found.joint)]:
        slow = by_characters(annotators, work, label)
        assert (own.value is None) == (slow.value is None)
        assert own.value is None or own.value == pytest.approx(slow.value)
        assert own.count == slow.count


@settings(max_examples=50)
@given(items, pairs)
def test_identical_annotators_agree(own: Any, more: Any) -> None:
    """On whatever both of them read; and annotators have no order."""
    work = worked([own, own], [(document, who) for document, _ in more for who in (0, 1)])
    found = character_alpha(marks_of(own, own), [LENGTH] * DOCUMENTS, work, LABELS)
    assert {one.value for one in (found.joint, *found.by_label)} <= {1.0, None}


@settings(max_examples=50)
@given(st.permutations(range(3)), st.lists(items, min_size=3, max_size=3))
def test_annotators_have_no_order(order: list[int], annotators: list[Any]) -> None:
    every = [(document, who) for document in range(DOCUMENTS) for who in range(3)]
    one = character_alpha(marks_of(*annotators), [LENGTH] * DOCUMENTS, every, LABELS)
    other = character_alpha(marks_of(*(annotators[who] for who in order)), [LENGTH] * DOCUMENTS, every, LABELS)
    assert told(one.joint) == told(other.joint)


def told(coefficient: Coefficient) -> float | None:
    return None if coefficient.value is None else round(coefficient.value, 9)


def test_many_labels_are_told_apart() -> None:
    """Seventy labels on one character each: more than fit into the bits of a number."""
    marks = [(0, label, [(label, label + 1)]) for label in range(70)]
    shifted = [(0, (label + 1) % 70, [(label, label + 1)]) for label in range(70)]
    work = [(0, 0), (0, 1)]
    assert character_alpha(marks_of(marks, marks), [70], work, 70).joint.value == 1
    found = character_alpha(marks_of(marks, shifted), [70], work, 70).joint
    assert found.observed == 1
    assert found.expected == pytest.approx(1 - 70 * 2 / (140 * 139))


@pytest.mark.parametrize(
    ("marks", "lengths", "work", "labels"),
    [
        (row("11"), [1], [(0, 0)], 1),
        (row("11"), [2], [(0, 1)], 1),
        ([(0, 1, [(0, 1)])], [2], [(0, 0)], 1),
    ],
)
def test_marks_out_of_place_are_refused(marks: Any, lengths: Any, work: Any, labels: int) -> None:
    with pytest.raises(ValueError, match="mark"):
        character_alpha(marks_of(marks), lengths, work, labels)


def test_a_thousand_documents_take_seconds() -> None:
    """Three annotators, a hundred marks each in 5,000 characters: no loop over characters (25 million values)."""
    random, documents, each = np.random.default_rng(1), 1000, 100
    count = documents * 3 * each
    document = np.repeat(np.arange(documents), 3 * each)
    annotator = np.tile(np.repeat(np.arange(3), each), documents)
    start = random.integers(0, 4900, count)
    end = start + random.integers(1, 100, count)
    marks = Marks.of(document, annotator, random.integers(0, 6, count), np.arange(count), start, end)
    work = np.stack(np.meshgrid(np.arange(documents), np.arange(3)), axis=-1).reshape(-1, 2)
    began = time.process_time()
    assert character_alpha(marks, [5000] * documents, work, 6).joint.count == 5_000_000
    assert time.process_time() - began < 5
