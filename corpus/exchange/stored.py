"""Annotation sets made again of a dataset's rows, for whoever has a release and no annotation files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corpus.errors import DataError
from corpus.export.store import BuiltDataset, by_document
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Origin, Source
from corpus.model.document import Document
from corpus.model.span import Span

__all__ = ["annotators_in", "sets_in"]

LAYERS = ("entities", "sources", "claims")
Row = Mapping[str, Any]


def annotators_in(dataset: BuiltDataset) -> list[str]:
    """Return whose rows a dataset has, sorted.

    Raises:
        DataError: a file cannot be read.
    """
    found: set[str] = set()
    for layer in LAYERS:
        for batch in dataset.batches(layer, ("doc_id", "annotator", "id")):
            found.update(batch.column("annotator").unique().to_pylist())
    return sorted(found)


def sets_in(dataset: BuiltDataset, annotator: str) -> Callable[[Document], list[AnnotationSet]]:
    """Return a function that gives an annotator's set of a document, none or one; asked in the order of ids.

    Rows hold no scores and notes, and no names of cues: those are numbered.

    Raises (the function):
        DataError: a file cannot be read, or its rows contradict each other.
    """
    rows = {layer: by_document(dataset.rows(layer)) for layer in LAYERS}

    def of(document: Document) -> list[AnnotationSet]:
        own = {
            layer: sorted((row for row in take(document.doc_id) if row["annotator"] == annotator), key=_start)
            for layer, take in rows.items()
        }
        try:
            return [_set(own, document, annotator, dataset)] if any(own.values()) else []
        except ValueError as error:
            raise DataError(
                f"The annotations of {document.doc_id!r} by {annotator!r} in {dataset.directory} contradict its "
                f"text or each other ({str(error).splitlines()[0]}); verify the dataset."
            ) from None

    return of


def _set(
    rows: Mapping[str, Sequence[Row]], document: Document, annotator: str, dataset: BuiltDataset
) -> AnnotationSet:
    raw = document.raw_text
    entities = tuple(
        Entity(**_common(row, raw), label=row["label"], entity_id=row["entity_id"])
        for row in rows["entities"]
        if row["label"] is not None
    )
    linked = {row["entity_id"]: row["qid"] for row in rows["entities"] if row["entity_id"] is not None}
    sources = tuple(Source(**_common(row, raw), entity_ids=tuple(row["entity_ids"])) for row in rows["sources"])
    cues: dict[tuple[Span, ...], Cue] = {}
    claims = tuple(_claim(row, raw, cues, dataset) for row in rows["claims"])
    return AnnotationSet(
        annotation_id=f"{document.doc_id}.{annotator}",
        revision=1,
        state="submitted",
        doc_id=document.doc_id,
        annotator=annotator,
        anchor_sha256=document.anchor_sha256,
        scheme=dataset.scheme.name,
        scheme_version=dataset.scheme.version,
        origin=Origin(kind="import", note="rows of a dataset"),
        entities=entities,
        sources=sources,
        claims=claims,
        cues=tuple(cues.values()),
        linked_entities=tuple(LinkedEntity(entity_id=name, qid=qid) for name, qid in linked.items() if qid),
    )


def _start(row: Row) -> int:
    return int(row["raw_spans"][0]["start"])


def _common(row: Row, raw: str) -> dict[str, Any]:
    return {"id": row["id"], "spans": _anchored(row["raw_spans"], raw)}


def _anchored(spans: Sequence[Row], raw: str) -> tuple[AnchoredSpan, ...]:
    return tuple(AnchoredSpan.of(raw, Span(span["start"], span["end"])) for span in spans)


def _claim(row: Row, raw: str, cues: dict[tuple[Span, ...], Cue], dataset: BuiltDataset) -> Claim:
    scheme = dataset.scheme
    values = {one.name: row[one.name] for one in scheme.attributes if row[one.name] is not None}
    return Claim(
        **_common(row, raw),
        attributes=values,
        flags=tuple(flag.name for flag in scheme.flags if row[flag.name]),
        source_ids=tuple(row["source_ids"]),
        outer_source_ids=tuple(row["outer_source_ids"]),
        entity_ids=tuple(row["entity_ids"]),
        group_id=row["group_id"],
        cue_ids=tuple(_cue(span, raw, cues) for span in row["cue_raw_spans"]),
    )


def _cue(span: Row, raw: str, cues: dict[tuple[Span, ...], Cue]) -> str:
    key = (Span(span["start"], span["end"]),)
    if key not in cues:
        cues[key] = Cue(id=f"cue-{len(cues) + 1}", spans=_anchored([span], raw))
    return cues[key].id
