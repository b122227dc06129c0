"""How far annotators agree, pair by pair: F1 of their spans, on the documents that both of them annotated.

F1 is what is used for spans, where nobody can count the agreement on what neither marked, so that kappa is not
defined (Hripcsak and Rothschild 2005, doi:10.1197/jamia.M1733). ``exact`` counts items with the same characters and
label; ``overlapping`` items that share a character with one of the same label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Agreement", "pairwise_agreement"]

LAYERS = ("entities", "claims", "sources")

_Item = tuple[str, object, tuple[tuple[int, int], ...]]
"""Document, label (None where the layer has none), spans in the anchor text."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two annotators have in common in one layer."""

    layer: str
    annotators: tuple[str, str]
    documents: int
    """Documents in which both marked anything; where one marked nothing it is not known whether they looked."""
    items: tuple[int, int]
    exact: float
    """F1, 0 to 1."""
    overlapping: float


def pairwise_agreement(tables: Mapping[str, pa.Table], except_for: Sequence[str] = ()) -> list[Agreement]:
    """Return the agreement of every two annotators in every layer, for ``entities``, ``claims`` and ``sources``.

    ``except_for`` names annotators that are left out (the adjudicated gold, which was made from the others).
    Layers in which neither marked anything in their common documents are left out.
    """
    seen: dict[str, set[str]] = defaultdict(set)
    for name in LAYERS:
        pairs = tables[name].select(["annotator", "doc_id"]).group_by(["annotator", "doc_id"]).aggregate([])
        for row in pairs.to_pylist():
            seen[row["annotator"]].add(row["doc_id"])
    people = sorted(set(seen) - set(except_for))
    found: list[Agreement] = []
    for one, other in combinations(people, 2):
        common = seen[one] & seen[other]
        if common:
            found += _of_pair((one, other), common, tables)
    return found


def _of_pair(pair: tuple[str, str], common: set[str], tables: Mapping[str, pa.Table]) -> Iterator[Agreement]:
    documents = pa.array(sorted(common), pa.large_string())
    for layer in LAYERS:
        sides = tuple(_items(tables[layer], annotator, documents) for annotator in pair)
        total = len(sides[0]) + len(sides[1])
        if not total:
            continue
        exact = 2 * len(sides[0] & sides[1]) / total
        matched = _overlapping(sides[0], sides[1]) + _overlapping(sides[1], sides[0])
        yield Agreement(layer, pair, len(common), (len(sides[0]), len(sides[1])), exact, matched / total)


def _items(data: pa.Table, annotator: str, documents: pa.Array) -> set[_Item]:
    mask = pc.and_(pc.equal(data.column("annotator"), annotator), pc.is_in(data.column("doc_id"), documents))
    names = ["doc_id", "raw_spans", *(["label"] if "label" in data.schema.names else [])]
    return {
        (row["doc_id"], row.get("label"), tuple((span["start"], span["end"]) for span in row["raw_spans"]))
        for row in data.filter(mask).select(names).to_pylist()
    }


def _overlapping(items: set[_Item], others: set[_Item]) -> int:
    """Return how many items share a character with one of the others that has the same document and label."""
    by_place: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for doc_id, label, spans in others:
        by_place[doc_id, label] += spans
    return sum(
        any(start < end2 and start2 < end for start, end in spans for start2, end2 in by_place[doc_id, label])
        for doc_id, label, spans in items
    )
