"""One short document, a mark on it by a person or by hand, and what the server shows of it."""

from __future__ import annotations

from labelstudio_desk import Desk
from labelstudio_material import spans
from labelstudio_people import Person, annotate, mark

from corpus.model.annotation import AnnotationSet, Entity, Origin
from corpus.model.document import Document

TEXT = "Ada said yes. Bo said no."


def region(words: str, identity: str = "a") -> dict[str, object]:
    return mark(identity, TEXT, words, "PER", "entity")


def entity(doc: Document, words: str, identity: str = "a") -> tuple[Entity, ...]:
    return (Entity(id=identity, spans=spans(doc, words), label="PER"),)


def drawn(desk: Desk, project: int) -> list[list[str]]:
    """Return the words of each annotation's regions, of every task in the order of ids."""
    found = []
    for task in desk.listed(project):
        found += [[row["value"]["text"] for row in a.result if "value" in row] for a in task.annotations]
    return found


def start(desk: Desk, person: Person, words: str = "Ada") -> tuple[int, int, tuple[str, str]]:
    """Push, let a person mark words, pull; return the project, the annotation and its key."""
    project = desk.sync().project
    made = annotate(person, desk.tasks(project)["one"].id, [region(words)])
    assert desk.sync().new == 1
    return project, made, next(iter(desk.sets()))


def by_hand(desk: Desk, doc: Document | None = None, name: str = "hand-1") -> AnnotationSet:
    doc = doc or desk.documents[0]
    return AnnotationSet(
        annotation_id=f"{doc.doc_id}.{name}",
        revision=1,
        state="submitted",
        doc_id=doc.doc_id,
        annotator=name,
        anchor_sha256=doc.anchor_sha256,
        scheme=desk.scheme.name,
        scheme_version=desk.scheme.version,
        entities=entity(doc, "Ada"),
        origin=Origin(kind="import"),
    )
