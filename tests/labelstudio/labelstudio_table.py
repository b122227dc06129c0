"""A desk with two annotators' files, and the project of what they dispute."""

from __future__ import annotations

from typing import Any

from labelstudio_desk import Desk
from labelstudio_material import SCHEME, spans
from labelstudio_people import mark

from corpus.annotation.heads import ADJUDICATION
from corpus.annotation.store import append, current, read_folder
from corpus.labelstudio.adjudication.adjudicating import Adjudicating, adjudicate
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.sync import Options
from corpus.labelstudio.wire.listing import ServerTask, list_tasks
from corpus.model.annotation import AnnotationSet, Entity, Origin
from corpus.model.document import Document

TEXT = "Ada met Bo in Köln. <b>Cy</b> & Dee stayed in Turin."
Marks = dict[str, str]
"""Labels by words."""


class Table(Desk):
    """A desk with two annotators' files, and the project of what they dispute."""

    def adjudicate(self, **options: Any) -> Adjudicating:
        with Ledger.open(self.ledger_folder) as ledger:
            return adjudicate(self.client, self.material, ledger, Options(**options))

    def annotated(self, annotator: str, marks: Marks, doc_id: str = "one") -> None:
        """Append what somebody says of a document by now."""
        doc = next(d for d in self.documents if d.doc_id == doc_id)
        before = read_folder(self.folder).sets if self.folder.is_dir() else ()
        revision = 1 + sum((s.doc_id, s.annotator) == (doc_id, annotator) for s in before)
        append(self.folder, [entities_by(annotator, doc, marks, revision)])

    @property
    def gold(self) -> AnnotationSet | None:
        return self.sets().get(("one", "gold"))

    def decisions(self) -> list[AnnotationSet]:
        folder = self.folder / ADJUDICATION
        return current(read_folder(folder).sets) if folder.is_dir() else []

    def asked(self, report: Adjudicating) -> ServerTask:
        """Return the one task that asks something."""
        (task,) = [t for t in self.all(report) if not t.is_retired]
        return task

    def all(self, report: Adjudicating) -> list[ServerTask]:
        return sorted(list_tasks(self.client, report.sync.project, whole=True), key=lambda task: task.id)


def entities_by(annotator: str, doc: Document, marks: Marks, revision: int = 1) -> AnnotationSet:
    """Return a set of entities alone."""
    entities = (
        Entity(id=f"{annotator}{number}", spans=spans(doc, words), label=label)
        for number, (words, label) in enumerate(marks.items())
    )
    return AnnotationSet(
        annotation_id=f"{doc.doc_id}.{annotator}",
        revision=revision,
        state="submitted",
        doc_id=doc.doc_id,
        annotator=annotator,
        anchor_sha256=doc.anchor_sha256,
        scheme=SCHEME.name,
        scheme_version=SCHEME.version,
        entities=tuple(entities),
        origin=Origin(kind="import"),
    )


def said(item: AnnotationSet | None) -> Marks:
    assert item is not None
    return {entity.spans[0].exact: entity.label for entity in item.entities}


def rows(**marks: str) -> list[dict[str, object]]:
    """Return what an adjudicator submits who marks these words of TEXT with these labels."""
    return [mark(name, TEXT, name, label, "entity") for name, label in marks.items()]
