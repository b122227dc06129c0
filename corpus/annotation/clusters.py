"""The items of one layer and document by what they mark, whoever marked it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from corpus.agreement.clustering import clustered
from corpus.agreement.marks import Marks
from corpus.annotation.checks import Item
from corpus.model.annotation import Entity

__all__ = ["clusters"]

T = TypeVar("T", bound=Item)


def clusters(items: Mapping[str, Sequence[T]]) -> list[dict[str, T]]:
    """Return the items that are taken for the same, by annotator, in reading order.

    ``items`` are by annotator, who has one in a cluster at most (:func:`corpus.agreement.clustering.clustered`).
    """
    listed = [(who, item) for who, own in sorted(items.items()) for item in own]
    found: dict[int, dict[str, T]] = {}
    for number, (who, item) in zip(clustered(_marks(listed)).tolist(), listed, strict=True):
        found.setdefault(number, {})[who] = item
    return sorted(found.values(), key=_first_place)


def _first_place(cluster: Mapping[str, Item]) -> tuple[int, int]:
    return min((item.spans[0].start, item.spans[-1].end) for item in cluster.values())


def _marks(listed: Sequence[tuple[str, Item]]) -> Marks:
    people = sorted({who for who, _ in listed})
    labels = sorted({item.label for _, item in listed if isinstance(item, Entity)})
    named = [labels.index(item.label) if isinstance(item, Entity) else 0 for _, item in listed]
    pieces = [(number, p.start, p.end) for number, (_, item) in enumerate(listed) for p in item.spans]
    columns = list(zip(*pieces, strict=True)) or [(), (), ()]
    return Marks.of([0] * len(listed), [people.index(who) for who, _ in listed], named, *columns)
