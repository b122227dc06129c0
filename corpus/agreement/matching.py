"""Which items of two annotators are the same, and F1 of what they marked.

F1 is what is used for spans, where nobody can count the agreement on what neither marked, so that kappa is not
defined; it is what kappa tends to as that number grows (Hripcsak and Rothschild 2005, doi:10.1197/jamia.M1733).

The matching is one-to-one and greedy: of all two items that share a character, those that are most alike by the
Jaccard index of their characters (shared / marked by either) are paired first, with the same label before others,
then the next of those left. So items with the same characters are always paired, a pair is the same whoever comes
first, and an item that the other one cut in two counts once; a few pairs fewer than the most there could be is the
price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.agreement.coefficient import Coefficient, undefined
from corpus.agreement.marks import Ints, Marks

__all__ = ["Matches", "match"]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Items of one annotator and their partners; no item has two."""

    one: Ints
    """Indexes of items, as ``other``; the closest pairs first."""
    other: Ints
    jaccard: NDArray[np.float64]
    """How alike the two are, above 0 and at most 1: the same characters."""
    items: int
    """How many items both annotators have, matched or not."""

    def of_at_least(self, least: float) -> Matches:
        """Return the pairs whose Jaccard index is so high."""
        return self.chosen(self.jaccard >= least, self.items)

    def chosen(self, wanted: NDArray[np.bool_], items: int) -> Matches:
        """Return some of the pairs, out of so many items of both."""
        return Matches(self.one[wanted], self.other[wanted], self.jaccard[wanted], items)

    def f1(self, least: float = 0.0) -> Coefficient:
        """Return F1: twice the pairs (whose Jaccard index is so high) of the items of both, which ``count`` is.

        Symmetric, for it takes neither annotator as the truth; with ``least`` 1 only the same characters count.
        """
        if not self.items:
            return undefined("Neither marked anything.")
        return Coefficient(2 * int((self.jaccard >= least).sum()) / self.items, self.items)


def match(one: Marks, other: Marks, *, same_label: bool = True) -> Matches:
    """Pair the items of two annotators; with ``same_label`` False, also those with different labels."""
    ranks = _ranks(one, other)
    same = _identical(*ranks)
    rest = [np.setdiff1d(np.arange(len(marks)), own) for marks, own in zip((one, other), same, strict=True)]
    sides = [_only(marks, own) for marks, own in zip((one, other), rest, strict=True)]
    found = _closest(sides[0], sides[1], (ranks[0][rest[0]], ranks[1][rest[1]]), same_label)
    return Matches(
        np.concatenate((same[0], rest[0][found.one])),
        np.concatenate((same[1], rest[1][found.other])),
        np.concatenate((np.ones(len(same[0])), found.jaccard)),
        len(one) + len(other),
    )


def _identical(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of items with one rank, the first of it with the first of the other's, and so on."""
    width = max(len(one), len(other)) + 1
    _, left, right = np.intersect1d(
        one * width + _occurrence(one), other * width + _occurrence(other), return_indices=True
    )
    return left, right


def _occurrence(ranks: Ints) -> Ints:
    """Return how many of the items before each one have its rank."""
    order = np.argsort(ranks, kind="stable")
    first = np.searchsorted(ranks[order], ranks[order])
    found = np.empty_like(ranks)
    found[order] = np.arange(len(ranks)) - first
    return found


def _only(marks: Marks, items: Ints) -> Marks:
    wanted = np.zeros(len(marks), dtype=np.bool_)
    wanted[items] = True
    return marks.chosen(wanted)


def _closest(one: Marks, other: Marks, ranks: tuple[Ints, Ints], same_label: bool) -> Matches:
    left, right, shared = _sharing(one, other)
    jaccard = shared / (one.sizes()[left] + other.sizes()[right] - shared)
    unlike = one.label[left] != other.label[right]
    lower, higher = np.sort([ranks[0][left], ranks[1][right]], axis=0)
    order = np.lexsort((right, left, higher, lower, unlike, -jaccard))
    if same_label:
        order = order[~unlike[order]]
    pairs = order[list(_greedy(zip(left[order].tolist(), right[order].tolist(), strict=True)))]
    return Matches(left[pairs], right[pairs], jaccard[pairs], len(one) + len(other))


def _greedy(edges: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield which of the edges join two items that none before has joined."""
    lefts, rights = set[int](), set[int]()
    for number, (left, right) in enumerate(edges):
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            yield number


def _sharing(one: Marks, other: Marks) -> tuple[Ints, Ints, Ints]:
    """Return every two items of one document that share characters, and how many."""
    width = int(max(one.end.max(initial=0), other.end.max(initial=0))) + 1
    starts, ends = (_placed(one, edge, width) for edge in (one.start, one.end))
    order = np.argsort(_placed(other, other.start, width), kind="stable")
    others = [_placed(other, edge, width)[order] for edge in (other.start, other.end)]
    reach = np.maximum.accumulate(others[1])
    first = np.searchsorted(reach, starts, side="right")
    counts = np.maximum(np.searchsorted(others[0], ends, side="left") - first, 0)
    left = np.repeat(np.arange(len(starts)), counts)
    right = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    shared = np.minimum(ends[left], others[1][right]) - np.maximum(starts[left], others[0][right])
    met = shared > 0
    keys = one.item[left[met]] * max(len(other), 1) + other.item[order][right[met]]
    pairs, number = np.unique(keys, return_inverse=True)
    total = np.bincount(number, weights=shared[met], minlength=len(pairs)).astype(np.int64)
    lefts, rights = np.divmod(pairs, max(len(other), 1))
    return lefts, rights, total


def _placed(marks: Marks, edge: Ints, width: int) -> Ints:
    """Return offsets on one line on which the documents follow each other."""
    return np.asarray(marks.document[marks.item] * width + edge)


def _ranks(one: Marks, other: Marks) -> tuple[Ints, Ints]:
    """Return a number for each item that tells its document, label and pieces, whichever annotator it is of."""
    label = np.concatenate((one.label, other.label))
    document = np.concatenate((one.document, other.document))
    ranks = np.unique(document * (int(label.max(initial=0)) + 1) + label, return_inverse=True)[1].astype(np.int64)
    item = np.concatenate((one.item, other.item + len(one)))
    spans = [np.concatenate(pair) for pair in ((one.start, other.start), (one.end, other.end))]
    known, code = np.unique(spans[0] * (int(spans[1].max(initial=0)) + 1) + spans[1], return_inverse=True)
    counts = np.bincount(item, minlength=len(ranks))
    first = np.cumsum(counts) - counts
    taken = int(ranks.max(initial=-1)) + 1
    for number in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > number)
        key = np.unique(ranks[longer] * len(known) + code[first[longer] + number], return_inverse=True)[1]
        ranks[longer] = key + taken
        taken += int(key.max()) + 1
    return ranks[: len(one)], ranks[len(one) :]
