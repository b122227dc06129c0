"""Tasks that a Label Studio project with the scheme's own screen imports, annotations and all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from corpus.exchange.labelstudio.rows import OWN_KEY
from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import atomic_write
from corpus.model.characters import kept, unkept
from corpus.model.drawn import (
    ENTITY_TAG,
    FLAGS_TAG,
    SPAN_TAG,
    TEXT_TAG,
    RelationNames,
    annotation_number,
    drawn_text,
    region_id,
)
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme

__all__ = ["ANNOTATORS", "write_labelstudio"]

Row = dict[str, Any]

ANNOTATORS = "annotators"
"""The member of a task's data that says by whom each annotation is: an import makes all of them its user's."""
_TITLE = "Label Studio"
_OUTER = "outer_said_by"
"""A second source of a claim, which the screen draws as it draws the first."""


def write_labelstudio(documents: Iterable[Standoff], path: Path, scheme: Scheme) -> Iterator[Finding]:
    """Write a list of tasks for a project with the scheme's own labelling configuration.

    Neighbours of one name and text become one task with an annotation each. What the screen has no control for
    (identifiers, further attributes, which source is an outer one) stands in ``meta.newscorpus`` of its region,
    which the server and the screen keep as it is.

    Yields:
        A warning for each kind of thing that has no place there, and where a text cannot be a task.

    Raises:
        OSError: the file cannot be written.
    """
    with atomic_write(path) as stream:
        between = b"[\n"
        for (name, text), same in groupby(documents, key=lambda document: (document.name, document.text)):
            found = list(same)
            if unkept([name, text]):
                losses = Losses(found[0])
                what = "a text with a NUL or half a surrogate pair breaks the whole project, and is left out"
                losses.add("export-text", what, str(name))
                yield from losses.findings(_TITLE)
                continue
            stream.write(between)
            between = b",\n"
            annotations: list[Row] = []
            for document in found:
                losses = Losses(document)
                annotations.append(_annotation(document, len(annotations), scheme, losses))
                yield from losses.findings(_TITLE)
            people = {str(made["id"]): who.annotator for made, who in zip(annotations, found, strict=True)}
            task = _task(name, text, {number: who for number, who in people.items() if who}, annotations)
            stream.write(json.dumps(kept(task), ensure_ascii=False).encode())
        stream.write(b"\n]\n" if between == b",\n" else b"[]\n")


def _task(name: str | None, text: str, people: dict[str, str], annotations: list[Row]) -> Row:
    data: Row = {"text": text, "about": name or "–"}
    if name is not None:
        data["doc_id"] = name
    if people:
        data[ANNOTATORS] = people
    return {"data": data, "meta": {"doc_id": name}, "annotations": annotations}


def _annotation(document: Standoff, number: int, scheme: Scheme, losses: Losses) -> Row:
    rows = _Drawing(document, scheme, losses).rows()
    if unkept(rows):
        losses.add("export-text", "a NUL or half a surrogate pair becomes U+FFFD", str(document.name))
    identity = annotation_number(f"{document.name}.{kept(document.annotator)}.{number}")
    return {"id": identity, "ground_truth": False, "result": rows}


class _Drawing:
    """One document's result rows."""

    def __init__(self, document: Standoff, scheme: Scheme, losses: Losses) -> None:
        self.document, self.scheme, self.losses = document, scheme, losses
        self.names = RelationNames.of(scheme)
        labels = (*scheme.entity_labels, *scheme.span_labels)
        self.drawn = {span.id: region_id(span.id) for span in document.spans if span.label in labels}
        self.renamed: dict[str, list[list[str]]] = {}
        """Of each span the relations that are drawn under another name: whither, that name, and their own."""

    def rows(self) -> list[Row]:
        """Return the regions and what is said of them, then the relations."""
        if "\r" in self.document.text:
            what = "a carriage return is drawn as a line break of its own, and a region across it reads otherwise"
            self.losses.add("export-text", what, str(self.document.name))
        ordered = sorted(self.document.relations, key=lambda relation: self._label(relation) != relation.label)
        relations = [row for relation in ordered for row in self._relation(relation)]
        return [row for span in self.document.spans for row in self._region(span)] + relations

    def _region(self, span: StandoffSpan) -> Iterator[Row]:
        if span.id not in self.drawn:
            self.losses.add(
                "export-labels", f"the label {span.label!r} is not on the screen; it is left out", span.id
            )
            return
        base = self.drawn[span.id]
        names = [base, *(f"{base}-p{number}" for number in range(2, len(span.spans) + 1))]
        tag = ENTITY_TAG if span.label in self.scheme.entity_labels else SPAN_TAG
        own, said = self._shown(span)
        for number, (name, piece) in enumerate(zip(names, span.spans, strict=True)):
            place = {"start": piece.start, "end": piece.end, "text": drawn_text(piece.slice(self.document.text))}
            row = _row(name, tag, "labels", {**place, "labels": [span.label]})
            meta: Row = {"text": [span.note]} if span.note and number == 0 else {}
            if own and number == 0:
                meta[OWN_KEY] = own
            yield {**row, "meta": meta} if meta else row
            for control, chosen in said.items() if number == 0 else ():
                yield _row(name, control, "choices", {**place, "choices": chosen})
        if span.label == self.scheme.label_of_layer("claims") and self.names.to_claim is not None:
            for before, after in pairwise(names):
                yield _joined(after, before, self.names.to_claim)

    def _shown(self, span: StandoffSpan) -> tuple[Row, dict[str, list[str]]]:
        """Return what the region's ``meta`` keeps, and what the choices of a claim show."""
        claim = span.label == self.scheme.label_of_layer("claims")
        known = {one.name: one.value_names for one in self.scheme.attributes} if claim else {}
        flags = [flag.name for flag in self.scheme.flags if claim and span.attributes.get(flag.name) == ()]
        said = {
            name: list(held)
            for name, held in span.attributes.items()
            if len(held) == 1 and held[0] in known.get(name, ())
        }
        own: Row = {"id": span.id} if region_id(span.id) != span.id else {}
        kept = {n: list(held) for n, held in span.attributes.items() if n not in said and n not in flags}
        own |= {"attributes": kept} if kept else {}
        own |= {"kb_id": span.kb_id} if span.kb_id else {}
        own |= {"relations": self.renamed[span.id]} if span.id in self.renamed else {}
        return own, {**said, FLAGS_TAG: flags} if flags else said

    def _relation(self, relation: StandoffRelation) -> Iterator[Row]:
        ends = [self.drawn.get(name) for name in (relation.source, relation.target)]
        if ends[0] is None or ends[1] is None:
            self.losses.add("export-relations", "a relation whose end is not drawn is left out", relation.source)
            return
        label = self._label(relation)
        if label != relation.label:
            self.renamed.setdefault(relation.source, []).append([ends[1], label or "", relation.label])
        if label is None:
            what = f"the relation {relation.label!r} is drawn without a name"
            self.losses.add("export-relations", what, relation.source)
        yield _joined(ends[0], ends[1], label)

    def _label(self, relation: StandoffRelation) -> str | None:
        """Return the name that a relation is drawn with."""
        label = self.names.to_source if relation.label == _OUTER else relation.label
        return label if label in [one.name for one in self.scheme.relations] else None


def _joined(start: str, end: str, label: str | None) -> Row:
    row: Row = {"type": "relation", "from_id": start, "to_id": end, "direction": "right"}
    return row if label is None else {**row, "labels": [label]}


def _row(identity: str, tag: str, kind: str, value: Row) -> Row:
    return {"id": identity, "from_name": tag, "to_name": TEXT_TAG, "type": kind, "value": value}
