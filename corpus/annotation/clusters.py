"""Items of several annotators that are one and the same, differently drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from corpus.agreement.marks import Marks
from corpus.agreement.matching import match
from corpus.annotation.checks import Item
from corpus.model.annotation import Entity

__all__ = ["ENOUGH", "clusters"]

ENOUGH = 0.5
"""From this Jaccard index of their characters on, two items are taken for the same."""

T = TypeVar("T", bound=Item)
_Edge = tuple[float, tuple[str, int], tuple[str, int]]


def clusters(items: Mapping[str, Sequence[T]]) -> list[dict[str, T]]:
    """Return the items of one layer and document by what they mark, in reading order.

    ``items`` are by annotator, who has one item in a cluster at most. The closest are joined first (as
    :func:`corpus.agreement.matching.match` pairs them), and each item belongs to one cluster, often alone.
    """
    of: dict[tuple[str, int], dict[str, int]] = {
        (who, number): {who: number} for who, own in items.items() for number in range(len(own))
    }
    for _, one, other in sorted(_edges(items), key=lambda edge: (-edge[0], _place(items, edge[1]), edge[1:])):
        if of[one].keys().isdisjoint(of[other]):
            joined = of[one] | of[other]
            of |= dict.fromkeys(joined.items(), joined)
    found = [cluster for key, cluster in of.items() if key == min(cluster.items())]
    named = [{who: items[who][number] for who, number in sorted(cluster.items())} for cluster in found]
    return sorted(named, key=_first_place)


def _first_place(cluster: Mapping[str, Item]) -> tuple[int, int]:
    return min((item.spans[0].start, item.spans[-1].end) for item in cluster.values())


def _edges(items: Mapping[str, Sequence[T]]) -> list[_Edge]:
    labels = sorted({item.label for own in items.values() for item in own if isinstance(item, Entity)})
    marks = {who: _marks(own, labels) for who, own in items.items()}
    edges: list[_Edge] = []
    for one, other in combinations(sorted(items), 2):
        found = match(marks[one], marks[other], same_label=False).of_at_least(ENOUGH)
        rows = zip(found.jaccard.tolist(), found.one.tolist(), found.other.tolist(), strict=True)
        edges += [(jaccard, (one, left), (other, right)) for jaccard, left, right in rows]
    return edges


def _marks(items: Sequence[Item], labels: Sequence[str]) -> Marks:
    nothing = [0] * len(items)
    named = [labels.index(item.label) if isinstance(item, Entity) else 0 for item in items]
    pieces = [(number, piece.start, piece.end) for number, item in enumerate(items) for piece in item.spans]
    columns = list(zip(*pieces, strict=True)) or [(), (), ()]
    return Marks.of(nothing, nothing, named, *columns)


def _place(items: Mapping[str, Sequence[Item]], key: tuple[str, int]) -> tuple[int, int]:
    spans = items[key[0]][key[1]].spans
    return spans[0].start, spans[-1].end
