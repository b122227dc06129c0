"""Krippendorff's alpha on the characters of a set of documents, by a sweep over the spans' boundaries.

Between two boundaries no annotator's labels change, so that a stretch is one unit that weighs as many characters as
it has. Every annotator who worked on a document gave each of its characters a value: for one label, whether it lies
in a mark with that label; jointly, the set of labels that it lies in (nominal: two sets are alike or they are not).
The formula is that of :func:`corpus.agreement.units.krippendorff_alpha`; documents count that two annotators worked
on, or more, and not all of them need be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corpus.agreement.coefficient import Coefficient, corrected, undefined
from corpus.agreement.marks import Ints, Marks
from corpus.agreement.stretches import label_sets

__all__ = ["CharacterAlpha", "character_alpha"]

CELLS = 2**22
"""How many (annotator, stretch, label) are held at once, unless one document has more."""
NOTHING_COMMON = "No document with text was annotated by two."


@dataclass(frozen=True, slots=True)
class CharacterAlpha:
    """Alpha for all labels at once and for each."""

    joint: Coefficient
    by_label: tuple[Coefficient, ...]
    """In the order of the labels' numbers; ``count`` is characters, each once."""


def character_alpha(marks: Marks, lengths: ArrayLike, work: ArrayLike, labels: int) -> CharacterAlpha:
    """Return alpha on characters.

    ``lengths`` are the documents' characters; ``work`` has a row (document, annotator) for everybody who annotated
    a document, also where they marked nothing; ``labels`` says how many labels there are.

    Raises:
        ValueError: a mark is by somebody who did not work on its document, lies beyond its text, or has a label
            beyond ``labels``.
    """
    sizes = np.asarray(lengths, dtype=np.int64)
    readings: Ints = np.unique(np.asarray(work, dtype=np.int64).reshape(-1, 2), axis=0)
    _check(marks, sizes, readings, labels)
    sums = [_Sums() for _ in range(labels + 1)]
    for chunk, wanted in _chunks(marks, sizes, readings, labels):
        _sweep(_Cut.of(marks.chosen(wanted), sizes, chunk), sums)
    found = [one.alpha() for one in sums]
    return CharacterAlpha(found[-1], tuple(found[:-1]))


@dataclass(slots=True)
class _Sums:
    """What alpha is made of, added up over stretches."""

    disagreement: float = 0.0
    totals: Counter[bytes] = field(default_factory=Counter)
    """Values given, by value: one a character and annotator."""
    characters: int = 0

    def add(self, size: Ints, people: Ints, value: Ints, given: Ints, values: Sequence[bytes]) -> None:
        """Add stretches: for each value given in one its size, its annotators, the value and how many gave it."""
        self.disagreement += float((size * given * (people - given) / (people - 1)).sum())
        totals = np.zeros(len(values), dtype=np.int64)
        np.add.at(totals, value, size * given)
        self.totals.update(dict(zip(values, totals.tolist(), strict=True)))

    def alpha(self) -> Coefficient:
        """Return the coefficient."""
        pairs = self.totals.total()
        if not pairs:
            return undefined(NOTHING_COMMON)
        unlike = pairs**2 - sum(total**2 for total in self.totals.values())
        return corrected(self.disagreement / pairs, unlike / (pairs * (pairs - 1)), self.characters)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Documents laid end to end and cut into stretches; a cell is what one annotator says of one stretch."""

    size: Ints
    """Characters of each stretch."""
    people: Ints
    """How many annotators each stretch has."""
    stretch: Ints
    """Which stretch each cell is of; the cells of one annotator and document follow each other."""
    label: Ints
    """One a piece of the marks, as are the cells where it begins and before which it ends."""
    begins: Ints
    ends: Ints

    @classmethod
    def of(cls, marks: Marks, sizes: Ints, readings: Ints) -> _Cut:
        """Cut at every boundary of a piece; readings are ordered by document and annotator."""
        documents, document = np.unique(readings[:, 0], return_inverse=True)
        base = np.concatenate(([0], np.cumsum(sizes[documents])))
        offset = base[np.searchsorted(documents, marks.document)][marks.item]
        edges = (marks.start + offset, marks.end + offset)
        cuts = np.unique(np.concatenate((base, *edges)))
        owner = np.searchsorted(base, cuts[:-1], side="right") - 1
        each = np.bincount(owner, minlength=len(documents))
        cells = each[document]
        shift = np.cumsum(cells) - cells - (np.cumsum(each) - each)[document]
        stretch = np.arange(cells.sum()) - np.repeat(shift, cells)
        step = int(readings[:, 1].max()) + 1
        keys = (readings[:, 0] * step + readings[:, 1], marks.document * step + marks.annotator)
        own = shift[np.searchsorted(*keys)][marks.item]
        begins, ends = (np.searchsorted(cuts, edge) + own for edge in edges)
        return cls(np.diff(cuts), np.bincount(document)[owner], stretch, marks.label[marks.item], begins, ends)

    def covered(self, label: int) -> NDArray[np.bool_]:
        """Return for each cell whether it lies in a mark with this label."""
        own = self.label == label
        width = len(self.stretch) + 1
        depth = np.bincount(self.begins[own], minlength=width) - np.bincount(self.ends[own], minlength=width)
        return np.asarray(np.cumsum(depth)[:-1] > 0)


def _check(marks: Marks, sizes: Ints, readings: Ints, labels: int) -> None:
    step = int(max(marks.annotator.max(initial=0), readings[:, 1].max(initial=0))) + 1
    if not np.isin(marks.document * step + marks.annotator, readings[:, 0] * step + readings[:, 1]).all():
        raise ValueError("A mark is by somebody who did not work on its document.")
    if (marks.label >= labels).any():
        raise ValueError(f"A mark has a label beyond the {labels} there are.")
    if (marks.end > sizes[marks.document[marks.item]]).any():
        raise ValueError("A mark reaches beyond the text of its document.")


def _chunks(marks: Marks, sizes: Ints, readings: Ints, labels: int) -> Iterator[tuple[Ints, NDArray[np.bool_]]]:
    """Yield the readings of some documents that several people worked on, and which marks belong to them."""
    people = np.bincount(readings[:, 0], minlength=len(sizes))
    stretches = 2 * np.bincount(marks.document[marks.item], minlength=len(sizes)) + 1
    cells = np.cumsum(people * stretches * (labels + 1))
    shared = (people > 1) & (sizes > 0)
    for number in np.unique(cells[shared] // CELLS):
        documents = shared & (cells // CELLS == number)
        yield readings[documents[readings[:, 0]]], documents[marks.document]


def _sweep(cut: _Cut, sums: Sequence[_Sums]) -> None:
    """Add up what each label's alpha is made of, and last that of the joint values."""
    covered = np.array([cut.covered(label) for label in range(len(sums) - 1)], dtype=np.bool_)
    covered = covered.reshape(len(sums) - 1, len(cut.stretch))
    for own, one in zip(covered, sums, strict=False):
        _add(cut, own.astype(np.int64), (b"0", b"1"), one)
    code, values = label_sets(covered)
    _add(cut, code, values, sums[-1])


def _add(cut: _Cut, code: Ints, values: Sequence[bytes], one: _Sums) -> None:
    keys, given = np.unique(cut.stretch * len(values) + code, return_counts=True)
    stretch, value = np.divmod(keys, len(values))
    one.add(cut.size[stretch], cut.people[stretch], value, given, values)
    one.characters += int(cut.size.sum())
