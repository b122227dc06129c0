"""Items of several annotators that are one and the same, differently drawn."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from corpus.agreement.marks import Ints, Marks
from corpus.agreement.matching import match

__all__ = ["HALF", "clustered"]

HALF = 0.5
"""From this Jaccard index of their characters on, two items are taken for one that was drawn differently."""


def clustered(marks: Marks) -> Ints:
    """Return for each item the number of its cluster; items in one cluster are taken for the same.

    Every two annotators' items are matched (:func:`corpus.agreement.matching.match`), whatever their labels, and
    the closest are joined first. An annotator has one item in a cluster at most; what nobody else marked is alone.
    """
    of = list(range(len(marks)))
    members = {number: [number] for number in of}
    people = {number: {annotator} for number, annotator in enumerate(marks.annotator.tolist())}
    for one, other in _edges(marks):
        kept, gone = sorted((of[one], of[other]), key=lambda cluster: (-len(members[cluster]), cluster))
        if people[kept].isdisjoint(people[gone]):
            people[kept] |= people.pop(gone)
            for item in members[gone]:
                of[item] = kept
            members[kept] += members.pop(gone)
    return np.unique(np.array(of, dtype=np.int64), return_inverse=True)[1].astype(np.int64)


def _edges(marks: Marks) -> list[tuple[int, int]]:
    """Return every two items that are matched, the closest first, then in the order of the texts."""
    edges: list[tuple[float, int, int]] = []
    own = [marks.annotator == annotator for annotator in np.unique(marks.annotator)]
    sides = [(np.flatnonzero(wanted), marks.chosen(wanted)) for wanted in own]
    for (one, left), (other, right) in combinations(sides, 2):
        found = match(left, right, same_label=False).of_at_least(HALF)
        edges += zip(found.jaccard.tolist(), one[found.one].tolist(), other[found.other].tolist(), strict=True)
    first = np.full(len(marks), np.iinfo(np.int64).max)
    np.minimum.at(first, marks.item, marks.start)
    places = list(zip(marks.document.tolist(), first.tolist(), strict=True))
    edges.sort(key=lambda edge: (-edge[0], min(places[edge[1]], places[edge[2]]), edge[1:]))
    return [edge[1:] for edge in edges]
