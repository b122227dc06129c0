"""Annotation sets as rows of the configs ``entities``, ``claims`` and ``sources``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.annotation.anchoring import reanchor_set
from corpus.annotation.checks import Item, check_set, items_of, span_fault
from corpus.annotation.placement import Fields, Place
from corpus.annotation.renaming import reworded
from corpus.annotation.store import current
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Source
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme

__all__ = ["AnnotationRows", "annotation_rows"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AnnotationRows:
    """Rows by config (class labels as names or None), and what was wrong with the sets."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {"entities": [], "claims": [], "sources": []})
    findings: list[Finding] = field(default_factory=list)


def annotation_rows(
    sets: Iterable[AnnotationSet], documents: Mapping[str, Document], scheme: Scheme
) -> AnnotationRows:
    """Place every current, submitted set in the published fields of its document.

    Rows stand in document order, then by annotator, then in anchor order. Each set is checked
    (:func:`corpus.annotation.checks.check_set`, whose findings are returned too) and re-anchored where
    the document's anchor text is another one; names that the scheme has changed since are read as today's.
    No row: a set of another scheme or of a document that is not there, an item whose label the scheme lacks
    or whose span does not fit the text. An attribute value that the scheme lacks becomes None.
    """
    result = AnnotationRows()
    chosen = [item for item in current(sets) if item.state == "submitted"]
    for item in chosen:
        if item.doc_id not in documents:
            message = (
                f"{item.annotator!r} annotated {item.doc_id!r}, which is not in the dataset; if it has another id "
                "now, corpus annotations rename finds it by its text."
            )
            result.findings.append(
                Finding("annotation-unknown-document", item.annotation_id, message, Severity.WARNING)
            )
    by_document: dict[str, list[AnnotationSet]] = {}
    for item in sorted(chosen, key=lambda item: item.annotator):
        by_document.setdefault(item.doc_id, []).append(item)
    for doc_id, document in documents.items():
        if doc_id in by_document:
            _add_document(by_document[doc_id], document, scheme, result)
    return result


def _add_document(
    sets: Sequence[AnnotationSet], document: Document, scheme: Scheme, result: AnnotationRows
) -> None:
    fields = Fields.of(document)
    for item in sets:
        moved = reworded(_in_this_text(item, document, result.findings), scheme)
        result.findings.extend(check_set(moved, scheme, document.raw_text))
        if moved.scheme == scheme.name:
            for name, rows in _rows(moved, fields, scheme).items():
                result.rows[name] += rows


def _in_this_text(item: AnnotationSet, document: Document, findings: list[Finding]) -> AnnotationSet:
    if item.anchor_sha256 == document.anchor_sha256:
        return item
    moved = reanchor_set(item, item.anchor_sha256, document.raw_text)
    place = f"{item.doc_id} by {item.annotator}"
    message = "It was made on another version of the text and has been re-anchored."
    findings.append(Finding("annotation-reanchored", place, message, Severity.NOTE))
    for orphan in moved.orphans[len(item.orphans) :]:
        message = f"{orphan.item['id']!r} could not be placed in this version of the text: {orphan.reason}."
        findings.append(Finding("annotation-orphan", place, message, Severity.WARNING))
    return moved


def _rows(item: AnnotationSet, fields: Fields, scheme: Scheme) -> dict[str, list[Row]]:
    qids = {linked.entity_id: linked.qid for linked in item.linked_entities}
    anchor = fields.document.raw_text
    cues = {cue.id: cue.spans for cue in item.cues if span_fault(cue.spans, anchor) is None}
    rows: dict[str, list[Row]] = {"entities": [], "claims": [], "sources": []}
    for layer, mention in sorted(items_of(item), key=lambda pair: (pair[1].spans[0].start, pair[1].id)):
        if layer == "cues" or span_fault(mention.spans, anchor) is not None:
            continue
        row, place = _common(item, mention, fields)
        if isinstance(mention, Claim):
            row |= _claim(mention, place, scheme, cues)
        elif isinstance(mention, Entity):
            if mention.label not in scheme.entity_labels:
                continue
            qid = qids.get(mention.entity_id) if mention.entity_id is not None else None
            row |= _ends(place) | {"label": mention.label, "entity_id": mention.entity_id, "qid": qid}
        elif isinstance(mention, Source):
            row |= _ends(place) | {"entity_ids": list(mention.entity_ids)}
        rows[layer].append(row)
    _drop_dangling(rows)
    return rows


def _drop_dangling(rows: Mapping[str, Sequence[Row]]) -> None:
    """Let claims name only sources that have a row (the fault of the others is a finding already)."""
    there = {row["id"] for row in rows["sources"]}
    for row in rows["claims"]:
        for column in ("source_ids", "outer_source_ids"):
            row[column] = [name for name in row[column] if name in there]


def _common(item: AnnotationSet, mention: Item, fields: Fields) -> tuple[Row, Place]:
    spans = tuple(piece.span for piece in mention.spans)
    place = fields.place(spans, broken=isinstance(mention, Claim))
    return {
        "doc_id": item.doc_id,
        "annotator": item.annotator,
        "id": mention.id,
        "field": place.field,
        "field_index": place.field_index,
        "raw_spans": _spans(mention.spans),
        "text": place.text,
        "placement": place.placement,
        "scheme_version": item.scheme_version,
    }, place


def _ends(place: Place) -> Row:
    found = place.spans[0] if place.spans else None
    return {"start": found.start if found else None, "end": found.end if found else None}


def _claim(claim: Claim, place: Place, scheme: Scheme, cues: Mapping[str, tuple[AnchoredSpan, ...]]) -> Row:
    row: Row = {"spans": [{"start": span.start, "end": span.end} for span in place.spans]}
    for attribute in scheme.attributes:
        value = claim.attributes.get(attribute.name)
        row[attribute.name] = value if value in attribute.value_names else None
    row |= {flag.name: flag.name in claim.flags for flag in scheme.flags}
    row |= {name: list(getattr(claim, name)) for name in ("source_ids", "outer_source_ids", "entity_ids")}
    row["cue_raw_spans"] = [span for name in claim.cue_ids for span in _spans(cues.get(name, ()))]
    row["group_id"] = claim.group_id
    return row


def _spans(pieces: Iterable[AnchoredSpan]) -> list[dict[str, int]]:
    return [{"start": piece.start, "end": piece.end} for piece in pieces]
