"""Annotations as Label Studio draws them: the result rows of one annotation or prediction.

An item becomes one region, or one for each piece where what annotators see breaks it up. A region's id is
the item's, so that what comes back can be told from what is new; the ids of further pieces end in
``-p2``, ``-p3`` … and the pieces of a claim are chained by the scheme's claim-to-claim relation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Protocol

from corpus.model.annotation import Claim, Cue, Entity, Source
from corpus.model.drawn import ENTITY_TAG, FLAGS_TAG, SPAN_TAG, TEXT_TAG, RelationNames, drawn_text, region_id
from corpus.model.projection import Projection
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = [
    "CARRIED",
    "Content",
    "Item",
    "Row",
    "items_of",
    "label_of",
    "result_of",
    "shown_pieces",
]

CARRIED = "corpus"
"""The key in a row's ``meta`` for what goes along with it."""
Item = Entity | Source | Claim | Cue
Row = dict[str, Any]


class Content(Protocol):
    """What an annotation set and a prediction have in common."""

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Mentions of entities."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Whose claims they are."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Claims."""

    @property
    def cues(self) -> tuple[Cue, ...]:
        """What attributes the claims."""


def items_of(content: Content) -> Iterator[Item]:
    """Yield every item: entities, sources, claims, cues."""
    yield from content.entities
    yield from content.sources
    yield from content.claims
    yield from content.cues


def label_of(item: Item, scheme: Scheme) -> str | None:
    """Return the label an item is drawn with, or None where the scheme has none for it."""
    if isinstance(item, Entity):
        return item.label if item.label in scheme.entity_labels else None
    layers = {Claim: "claims", Source: "sources", Cue: "cues"}
    return scheme.label_of_layer(layers[type(item)])


def _drawn_pieces(item: Item, projection: Projection, scheme: Scheme) -> tuple[Span, ...]:
    """Return the spans of the seen text that an item covers; none where it cannot be drawn."""
    if label_of(item, scheme) is None:
        return ()
    return shown_pieces(item, projection)


def shown_pieces(item: Item, projection: Projection) -> tuple[Span, ...]:
    """Return the spans of the seen text that an item lies on, whatever its label."""
    return projection.from_raw([span.span for span in item.spans])


def result_of(
    content: Content, projection: Projection, scheme: Scheme, beside: Callable[[Item], Row] | None = None
) -> list[Row]:
    """Return the result rows of what can be drawn; the rest is merged back when annotations are pulled.

    ``beside`` says what goes along with an item (:mod:`corpus.labelstudio.format.carried`).
    """
    names = RelationNames.of(scheme)
    drawn: dict[str, list[str]] = {}
    rows: list[Row] = []
    for item in items_of(content):
        pieces = _drawn_pieces(item, projection, scheme)
        if not pieces:
            continue
        base = region_id(item.id)
        drawn[item.id] = [base, *(f"{base}-p{number}" for number in range(2, len(pieces) + 1))]
        regions = list(_regions(item, drawn[item.id], pieces, projection, scheme))
        if beside is not None and (along := beside(item)):
            regions[0].setdefault("meta", {})[CARRIED] = along
        rows += regions
    for claim in content.claims:
        if claim.id in drawn:
            rows += _relations(claim, drawn, names)
    return rows


def _regions(
    item: Item, ids: list[str], pieces: tuple[Span, ...], projection: Projection, scheme: Scheme
) -> Iterator[Row]:
    label = label_of(item, scheme)
    tag = ENTITY_TAG if isinstance(item, Entity) else SPAN_TAG
    for number, (identity, span) in enumerate(zip(ids, pieces, strict=True)):
        place = {"start": span.start, "end": span.end, "text": drawn_text(span.slice(projection.text))}
        row = _row(identity, tag, "labels", {**place, "labels": [label]})
        if item.score is not None:
            row["score"] = item.score
        if item.note and number == 0:
            row["meta"] = {"text": [item.note]}
        yield row
        if isinstance(item, Claim) and number == 0:
            yield from _choices(item, identity, place, scheme)


def _choices(claim: Claim, identity: str, place: Mapping[str, object], scheme: Scheme) -> Iterator[Row]:
    for attribute in scheme.attributes:
        value = claim.attributes.get(attribute.name)
        if value in attribute.value_names:
            yield _row(identity, attribute.name, "choices", {**place, "choices": [value]})
    flags = [flag.name for flag in scheme.flags if flag.name in claim.flags]
    if flags:
        yield _row(identity, FLAGS_TAG, "choices", {**place, "choices": flags})


def _relations(claim: Claim, drawn: Mapping[str, list[str]], names: RelationNames) -> Iterator[Row]:
    """Draw inner sources before outer ones: that order is how they are told apart."""
    own = drawn[claim.id]
    for before, after in pairwise(own):
        yield from _relation(after, before, names.to_claim)
    for source in _once((*claim.source_ids, *claim.outer_source_ids)):
        for target in drawn.get(source, [])[:1]:
            yield from _relation(own[0], target, names.to_source)
    for cue in _once(claim.cue_ids):
        for target in drawn.get(cue, [])[:1]:
            yield from _relation(own[0], target, names.to_cue)


def _relation(start: str, end: str, name: str | None) -> Iterator[Row]:
    if name is not None:
        yield {"type": "relation", "from_id": start, "to_id": end, "direction": "right", "labels": [name]}


def _row(identity: str, tag: str, kind: str, value: Mapping[str, object]) -> Row:
    return {"id": identity, "from_name": tag, "to_name": TEXT_TAG, "type": kind, "value": dict(value)}


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
