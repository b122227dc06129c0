"""Annotations as Label Studio draws them: the result rows of one annotation or prediction.

An item becomes one region, or one for each piece where what annotators see breaks it up. A region's id is
the item's, so that what comes back can be told from what is new; the ids of further pieces end in
``-p2``, ``-p3`` … and the pieces of a claim are chained by the scheme's claim-to-claim relation.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from corpus.labelstudio.config import ENTITY_TAG, FLAGS_TAG, SPAN_TAG, TEXT_TAG
from corpus.model.annotation import Claim, Cue, Entity, Source
from corpus.model.projection import Projection
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = [
    "Content",
    "Item",
    "RelationNames",
    "Row",
    "annotation_number",
    "drawn_text",
    "items_of",
    "label_of",
    "piece_id",
    "region_id",
    "result_of",
    "shown_pieces",
]

Item = Entity | Source | Claim | Cue
Row = dict[str, Any]

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PIECE = re.compile(r"(.+)-p([2-9]|[1-9]\d+)")


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


@dataclass(frozen=True, slots=True)
class RelationNames:
    """The scheme's relations by what they join, starting at a claim; None where the scheme has none."""

    to_source: str | None
    to_claim: str | None
    to_cue: str | None

    @classmethod
    def of(cls, scheme: Scheme) -> RelationNames:
        """Read the three from the scheme."""
        claim = scheme.label_of_layer("claims")

        def name(layer: str) -> str | None:
            target = scheme.label_of_layer(layer)
            return next((r.name for r in scheme.relations if (r.from_, r.to) == (claim, target)), None)

        return cls(name("sources"), name("claims"), name("cues"))


def region_id(item_id: str) -> str:
    """Return the region id of an item: its own id where Label Studio can use it as a CSS class.

    >>> region_id("c12"), region_id("c:12"), region_id("c-p2")
    ('c12', 'xb0bf40e868926392', 'x6c37f3c58ec23a66')
    """
    if _PLAIN_ID.fullmatch(item_id) and not _PIECE.fullmatch(item_id):
        return item_id
    return "x" + hashlib.sha256(item_id.encode("utf-8", "replace")).hexdigest()[:16]


def piece_id(region: str) -> tuple[str, int]:
    """Return the first piece's region id and the number of the piece (1 for the first).

    >>> piece_id("c12-p3"), piece_id("c12")
    (('c12', 3), ('c12', 1))
    """
    found = _PIECE.fullmatch(region)
    return (found[1], int(found[2])) if found else (region, 1)


def annotation_number(annotation_id: str) -> int:
    """Return the number under which the server keeps an imported annotation (``import_id``).

    A single creation has a unique id, an import does not keep it; it keeps this number. 52 bits: JavaScript
    must be able to hold it.
    """
    return int.from_bytes(hashlib.sha256(annotation_id.encode()).digest()[:7], "big") >> 4


def drawn_text(text: str) -> str:
    r"""Return a slice as Label Studio writes it into ``value.text``: each line break as backslash-n.

    >>> drawn_text("a\nb")
    'a\\nb'
    """
    return text.replace("\r", "\\n").replace("\n", "\\n")


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


def result_of(content: Content, projection: Projection, scheme: Scheme) -> list[Row]:
    """Return the result rows of what can be drawn; the rest is merged back when annotations are pulled."""
    names = RelationNames.of(scheme)
    drawn: dict[str, list[str]] = {}
    rows: list[Row] = []
    for item in items_of(content):
        pieces = _drawn_pieces(item, projection, scheme)
        if not pieces:
            continue
        base = region_id(item.id)
        drawn[item.id] = [base, *(f"{base}-p{number}" for number in range(2, len(pieces) + 1))]
        rows += _regions(item, drawn[item.id], pieces, projection, scheme)
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
