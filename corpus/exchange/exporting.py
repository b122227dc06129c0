"""Annotation sets as other tools may have them: one text a document, spans in it, attributes, and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from corpus.annotation.anchoring import reanchor_set
from corpus.annotation.checks import items_of, span_fault
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.model.annotation import AnnotationSet, Claim, Entity, Source
from corpus.model.counted import count
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity
from corpus.model.projection import Piece, Projection
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = ["Text", "standoffs_of"]

Text = Literal["reading", "text", "raw"]
"""What the tool is given: what annotators read (headline, text, captions), the clean text, the text as received."""
_OF_A_CLAIM = (("source_ids", "said_by"), ("outer_source_ids", "outer_said_by"), ("cue_ids", "cued_by"))


def standoffs_of(
    documents: Iterable[Document],
    sets: Callable[[Document], Iterable[AnnotationSet]],
    scheme: Scheme,
    text: Text = "reading",
    *,
    unannotated: bool = False,
) -> Iterator[Standoff | Finding]:
    """Yield each annotator's word on each document, with a finding for what has no place in the chosen text.

    ``sets`` gives the current ones of a document; a set on an older text is moved to that of today. With
    ``unannotated`` a document without any is yielded too, without spans.
    """
    for document in documents:
        own = list(sets(document))
        shown = _shown(document, text)
        if not own and unannotated and shown.text:
            yield Standoff(document.doc_id, shown.text, place=document.doc_id)
        for item in own:
            yield from _standoff(item, document, shown, scheme)


def _shown(document: Document, text: Text) -> Projection:
    if text == "raw":
        whole = [Piece(0, len(document.raw_text), "")] if document.raw_text else []
        return Projection.of(document.raw_text, whole)
    return document.reading() if text == "reading" else document.projection()


def _standoff(
    item: AnnotationSet, document: Document, shown: Projection, scheme: Scheme
) -> Iterator[Standoff | Finding]:
    place = f"{item.doc_id} by {item.annotator}"
    moved = reanchor_set(item, item.anchor_sha256, document.raw_text)
    qids = {linked.entity_id: linked.qid for linked in moved.linked_entities}
    spans: list[StandoffSpan] = []
    for layer, each in items_of(moved):
        pieces = tuple(piece.span for piece in each.spans)
        fits = span_fault(each.spans, document.raw_text) is None
        seen = shown.from_raw(pieces) if fits else ()
        label = each.label if isinstance(each, Entity) else scheme.label_of_layer(layer)
        if seen and label is not None:
            spans.append(_span(each.id, label, seen, each, qids))
    there = {span.id for span in spans}
    links = [
        StandoffRelation(label, claim.id, target)
        for claim in moved.claims
        for column, label in _OF_A_CLAIM
        for target in getattr(claim, column)
        if {claim.id, target} <= there
    ]
    yield from _left_out(moved, there, place)
    yield Standoff(item.doc_id, shown.text, tuple(spans), tuple(links), item.annotator, place=place)


def _span(
    name: str, label: str, seen: tuple[Span, ...], item: object, qids: Mapping[str, str | None]
) -> StandoffSpan:
    attributes: dict[str, tuple[str, ...]] = {}
    kb_id = None
    if isinstance(item, Entity) and item.entity_id is not None:
        attributes["entity_id"] = (item.entity_id,)
        kb_id = qids.get(item.entity_id)
    if isinstance(item, Source | Claim) and item.entity_ids:
        attributes["entity_ids"] = item.entity_ids
    if isinstance(item, Claim):
        attributes |= {name: (value,) for name, value in item.attributes.items()}
        attributes |= dict.fromkeys(item.flags, ())
        attributes |= {"group_id": (item.group_id,)} if item.group_id is not None else {}
    return StandoffSpan(name, label, seen, attributes, kb_id, getattr(item, "note", None))


def _left_out(item: AnnotationSet, there: set[str], place: str) -> Iterator[Finding]:
    """Tell what is not in what was made: items outside the text, scores, what had no place before."""
    outside = [each.id for _, each in items_of(item) if each.id not in there]
    scored = sum(each.score is not None for _, each in items_of(item))
    linked = {one.entity_id for one in item.linked_entities if one.qid is not None}
    unmentioned = linked - {entity.entity_id for entity in item.entities if entity.id in there}
    some = f"{', '.join(outside[:3])}{' …' if len(outside) > 3 else ''}"
    told = (
        ("export-outside", len(outside), f"({some}) outside the text that is exported; `text='raw'` has all of it"),
        ("export-orphan", len(item.orphans), "without a place in today's text"),
        ("export-linked", len(unmentioned), "of Wikidata without a mention in the text that is exported"),
        ("export-score", scored, "have scores, which are not written"),
    )
    for code, number, what in told:
        if number:
            yield Finding(code, place, f"{count(number, 'item')} {what}.", Severity.WARNING)
