"""The annotation files, as somebody at this side writes and reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from faults_schemes import first_name
from faults_site import Mark

from corpus.annotation.store import append, current, read_folder
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Origin
from corpus.model.document import Document
from corpus.model.scheme import Scheme
from corpus.model.span import Span


def stored(folder: Path) -> list[AnnotationSet]:
    """Return the newest version of each annotation."""
    return current(read_folder(folder).sets) if folder.is_dir() else []


def write(folder: Path, item: AnnotationSet) -> None:
    """Add a version."""
    append(folder, [item])


def drawn(document: Document, marks: tuple[Mark, ...], scheme: Scheme) -> dict[str, Any]:
    """Return the content of a version that marks words in a document's present text."""

    def spans(words: str) -> tuple[AnchoredSpan, ...]:
        start = document.raw_text.index(words)
        return (AnchoredSpan.of(document.raw_text, Span(start, start + len(words))),)

    return {
        "state": "submitted",
        "anchor_sha256": document.anchor_sha256,
        "scheme_version": scheme.version,
        "origin": Origin(kind="import", note="made for a test"),
        "entities": tuple(
            Entity(id=f"e{n}", spans=spans(w), label=label)
            for n, (label, w) in enumerate(marks)
            if label != "CLAIM"
        ),
        "claims": tuple(
            Claim(id=f"c{n}", spans=spans(w)) for n, (label, w) in enumerate(marks) if label == "CLAIM"
        ),
    }


def first_version(document: Document, author: str, content: dict[str, Any], scheme: Scheme) -> AnnotationSet:
    """Return a new annotation of somebody at this side."""
    return AnnotationSet(
        annotation_id=f"{document.doc_id}.{author}",
        revision=1,
        doc_id=document.doc_id,
        annotator=author,
        scheme=scheme.name,
        **content,
    )


def marks_in(item: AnnotationSet) -> frozenset[Mark]:
    """Return what a version marks, by the labels' first names."""
    marks = {(first_name(entity.label), entity.spans[0].exact) for entity in item.entities}
    return frozenset(marks | {("CLAIM", claim.spans[0].exact) for claim in item.claims})


def ever_said(folder: Path) -> Iterator[tuple[str, frozenset[Mark]]]:
    """Yield the document and the marks of every version that stands in a file, those of conflicts included."""
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                item = AnnotationSet.model_validate(json.loads(line))
            except ValueError:
                continue  # counted where the lines are read one by one
            yield item.doc_id, marks_in(item)
