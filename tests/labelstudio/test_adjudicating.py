"""What annotators dispute goes to a project of its own, and what is decided there becomes gold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain, spans
from labelstudio_people import Crew, annotate, mark

from corpus.annotation.store import append, current, read_folder
from corpus.labelstudio.adjudicating import Adjudicating, adjudicate, project_name
from corpus.labelstudio.client import Client
from corpus.labelstudio.ledger import Ledger
from corpus.labelstudio.listing import ServerTask, list_tasks
from corpus.labelstudio.questions import ADJUDICATION
from corpus.labelstudio.sync import Options
from corpus.model.annotation import AnnotationSet, Entity, Origin

pytestmark = pytest.mark.server
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
        entities = tuple(
            Entity(id=f"{annotator}{n}", spans=spans(doc, words), label=label)
            for n, (words, label) in enumerate(marks.items())
        )
        before = [s for s in self.sets_or_none() if (s.doc_id, s.annotator) == (doc_id, annotator)]
        own = AnnotationSet(
            annotation_id=f"{doc_id}.{annotator}",
            revision=1 + len(before),
            state="submitted",
            doc_id=doc_id,
            annotator=annotator,
            anchor_sha256=doc.anchor_sha256,
            scheme=self.scheme.name,
            scheme_version=self.scheme.version,
            entities=entities,
            origin=Origin(kind="import"),
        )
        append(self.folder, [own])

    def sets_or_none(self) -> list[AnnotationSet]:
        return list(read_folder(self.folder).sets) if self.folder.is_dir() else []

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


def said(item: AnnotationSet | None) -> Marks:
    assert item is not None
    return {entity.spans[0].exact: entity.label for entity in item.entities}


@pytest.fixture
def table(client: Client, tmp_path: Path) -> Table:
    """Ada is agreed on, Bo's label is not, and one of two marked Köln."""
    table = Table(client, tmp_path, plain("one", TEXT))
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER", "Köln": "GPE"})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    return table


def rows(**marks: str) -> list[dict[str, object]]:
    return [mark(name, TEXT, name, label, "entity") for name, label in marks.items()]


def test_the_whole_round(table: Table, crew: Crew) -> None:
    """Disputes become a task with a list and proposals; the decision becomes gold with votes; it is over then."""
    found = table.adjudicate()
    assert (found.asked, found.disputes, found.decided, found.sync.tasks_new) == (1, 2, 0, 1)
    task = table.asked(found)
    assert task.data["text"] == TEXT
    assert task.data["asked"] == "ann-1:1 ann-2:1"
    assert [p.model_version for p in task.predictions][-1] == "proposal"
    assert {p.model_version for p in task.predictions} == {"proposal", "ann-1", "ann-2"}
    shown = task.data["disputes"]
    assert "To decide: 2." in shown
    assert (
        "<td>1</td><td>paragraph 1, 8–10</td><td>“Bo”</td><td>entity</td><td>no label has a majority</td>" in shown
    )
    assert "<td>PER</td><td>ORG</td>" in shown
    assert "<td>GPE</td><td>not marked</td>" in shown
    again = table.adjudicate()
    assert again.sync.is_quiet
    carla = crew("carla")
    annotate(carla, task.id, rows(Ada="PER", Bo="ORG"))
    done = table.adjudicate()
    assert (done.settled.gold, done.asked, done.decided, done.sync.new) == (["one"], 0, 1, 1)
    assert said(table.gold) == {"Ada": "PER", "Bo": "ORG"}
    gold = table.gold
    assert gold is not None
    (decision,) = table.decisions()
    assert decision.origin.note == "decides ann-1 (revision 1), ann-2 (revision 1)"
    assert gold.origin.note == (
        f"decided by {decision.annotator} (revision 1) on ann-1 (revision 1), ann-2 (revision 1); 2 disputed"
    )
    assert [entity.note for entity in gold.entities] == [
        f"2 of 2: ann-1, ann-2; confirmed by {decision.annotator}",
        f"1 of 2: ann-2; otherwise ann-1; decided by {decision.annotator}",
    ]
    files = {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")}
    over = table.adjudicate()
    assert over.sync.is_quiet
    assert (over.settled.gold, over.asked, over.decided) == ([], 0, 1)
    assert {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")} == files
