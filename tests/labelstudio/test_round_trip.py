"""Push, annotate as people do, pull: on the real server nothing is lost and nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import ODD_TEXTS, news, news_set, plain
from labelstudio_people import Person, annotate, mark

from corpus.annotation.store import append, read_folder
from corpus.labelstudio.ledger.store import LEDGER
from corpus.labelstudio.wire.client import Client, UnreachableError
from corpus.labelstudio.wire.listing import list_tasks
from corpus.model.document import Document
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def test_two_people_on_odd_texts(client: Client, sign_up: Join, tmp_path: Path) -> None:
    """What two users mark on emoji, marks, right-to-left text and odd blanks comes back exactly."""
    desk = Desk(client, tmp_path, *(plain(name, text) for name, text in ODD_TEXTS.items()))
    report = desk.push()
    assert (report.tasks_new, report.findings) == (len(ODD_TEXTS), [])
    tasks = desk.tasks(report.project)
    words = {
        "emoji": ["👨‍👩‍👧‍👦", "“We agree 👍🏽,”"],
        "marks": ["Cafe\u0301", "Z\u0351\u036b said"],
        "arabic": ["وزير الخارجية", "״אנחנו מוכנים״.\nThen"],
        "spaces": ["b\tc\n\n\n  indented\u00a0text", "after a separator\u2029end"],
        "controls": ["\u202bembedded\u202c", "zero\u200d"],
    }
    people = [sign_up("ada"), sign_up("bo")]
    for number, person in enumerate(people):
        for name, (entity, claim) in words.items():
            rows = [
                mark("a", ODD_TEXTS[name], entity, "MISC", "entity"),
                mark("b", ODD_TEXTS[name], claim, "CLAIM"),
            ]
            annotate(person, tasks[name].id, rows[number:] if number else rows)
    report_back = desk.pull()
    assert (report_back.new, report_back.findings) == (2 * len(words), [])
    for (name, annotator), item in desk.sets().items():
        entity, claim = words[name]
        assert [c.spans[0].exact for c in item.claims] == [claim]
        assert [e.spans[0].exact for e in item.entities] in ([entity], [])
        for found in (*item.claims, *item.entities):
            assert ODD_TEXTS[name][found.spans[0].start : found.spans[0].end] == found.spans[0].exact
        assert annotator in {person.pseudonym for person in people}
    ledger = (tmp_path / "ledger" / LEDGER).read_bytes()
    for person in people:
        assert person.email.encode() in ledger
        assert all(person.email not in path.read_text("utf-8") for path in desk.folder.iterdir())


def test_twice_changes_nothing(client: Client, tmp_path: Path) -> None:
    """A second push makes no task, annotation or prediction; a second pull writes nothing."""
    doc = news()
    desk = Desk(client, tmp_path, doc, plain("second", "“Yes,” said Ada Lovelace on Monday in Turin."))
    desk.preannotator = QuotationRules()
    append(desk.folder, [news_set(doc)])
    first = desk.push()
    assert (first.tasks_new, first.annotations_new) == (2, 1)
    assert first.predictions_new >= 1
    before = (desk.folder / "hand-1.jsonl").read_bytes()
    again = desk.push()
    assert (again.project, again.is_new) == (first.project, False)
    assert (again.tasks_new, again.annotations_new, again.predictions_new) == (0, 0, 0)
    assert [f.code for f in again.findings] == []
    tasks = desk.tasks(first.project)
    assert len(tasks) == 2
    assert len(tasks["news-1"].annotations) == 1
    for _ in range(2):
        back = desk.pull()
        assert (back.annotations, back.new, back.changed, back.deleted, back.files) == (1, 0, 0, 0, [])
    assert (desk.folder / "hand-1.jsonl").read_bytes() == before


def test_pushed_annotations_come_back_whole(client: Client, tmp_path: Path) -> None:
    """Pieces, relations, outer sources, attributes and notes survive; what the screen cannot show is kept."""
    doc = news()
    desk = Desk(client, tmp_path, doc)
    original = news_set(doc)
    append(desk.folder, [original])
    task = desk.tasks(desk.push().project)["news-1"]
    drawn = task.annotations[0]
    moved = [row for row in drawn.result if row.get("id") != "e1"]
    moved.append(mark("fresh", task.data["text"], "Kovalenko", "PER", "entity"))
    client.send("PATCH", f"/api/annotations/{drawn.id}/", {"result": moved})
    report = desk.pull()
    assert (report.changed, report.findings) == (1, [])
    pulled = desk.sets()["news-1", "hand-1"]
    assert pulled.revision == 2
    assert (pulled.claims, pulled.sources, pulled.cues) == (original.claims, original.sources, original.cues)
    assert pulled.linked_entities == original.linked_entities
    assert [entity.id for entity in pulled.entities] == ["e:2", "e3", "fresh"]
    assert pulled.entities[:2] == original.entities[1:]
    assert pulled.entities[2].spans[0].exact == "Kovalenko"


def test_a_fresh_checkout_gets_the_same(client: Client, tmp_path: Path) -> None:
    """Without ledger and annotation files the spans, relations and the author's pseudonym still come back."""
    doc = news()
    desk = Desk(client, tmp_path, doc)
    original = news_set(doc)
    append(desk.folder, [original])
    desk.push()
    fresh = Desk(client, tmp_path / "fresh", doc)
    fresh.name = desk.name
    report = fresh.pull()
    assert (report.new, report.findings) == (1, [])
    pulled = fresh.sets()["news-1", "hand-1"]
    assert [c.spans for c in pulled.claims] == [
        c.spans for c in sorted(original.claims, key=lambda c: c.id != "c3")
    ]
    assert {c.id: c.source_ids + c.outer_source_ids for c in pulled.claims} == {
        "c1": ("s1",),
        "c2": ("s3", "s2"),
        "c3": (),
    }


def test_changed_skipped_deleted(client: Client, sign_up: Join, tmp_path: Path) -> None:
    """An edit is a new version, a skip a state, a deletion a tombstone; nothing old is rewritten."""
    doc = plain("one", "Ada said yes. Bo said no.")
    desk = Desk(client, tmp_path, doc)
    task = desk.tasks(desk.push().project)["one"]
    ada, bo = sign_up("ada"), sign_up("bo")
    first = annotate(ada, task.id, [mark("a", doc.text, "Ada", "PER", "entity")])
    annotate(bo, task.id, [], was_cancelled=True)
    assert desk.pull().new == 2
    states = {key[1]: item.state for key, item in desk.sets().items()}
    assert sorted(states.values()) == ["skipped", "submitted"]
    author = next(name for name, state in states.items() if state == "submitted")
    body = {"result": [mark("a", doc.text, "Ada", "PER", "entity"), mark("b", doc.text, "Bo", "PER", "entity")]}
    ada.client.send("PATCH", f"/api/annotations/{first}/", body)
    assert (desk.pull().changed, desk.pull().changed) == (1, 0)
    assert [e.spans[0].exact for e in desk.sets()["one", author].entities] == ["Ada", "Bo"]
    client.send("DELETE", f"/api/annotations/{first}/")
    assert (desk.pull().deleted, desk.pull().deleted) == (1, 0)
    versions = [s for s in read_folder(desk.folder).sets if s.annotator == author]
    assert [(s.revision, s.state) for s in versions] == [(1, "submitted"), (2, "submitted"), (3, "deleted")]
    assert desk.push().annotations_new == 0


def test_a_lost_ledger_doubles_nobody(client: Client, sign_up: Join, tmp_path: Path) -> None:
    """Pseudonyms and identities are found again from the annotation files."""
    doc = plain("one", "Ada said yes. Bo said no.")
    desk = Desk(client, tmp_path, doc)
    task = desk.tasks(desk.push().project)["one"]
    annotate(sign_up("ada"), task.id, [mark("a", doc.text, "Ada", "PER", "entity")])
    annotate(sign_up("bo"), task.id, [mark("a", doc.text, "Bo", "PER", "entity")])
    desk.pull()
    before = desk.sets()
    (tmp_path / "ledger" / LEDGER).unlink()
    assert (desk.push().annotations_new, desk.pull().files) == (0, [])
    assert desk.sets() == before


def test_documents_that_cannot_be_tasks(client: Client, tmp_path: Path) -> None:
    """Nothing to read, and what would break the project, is reported and not sent; the rest is."""
    from labelstudio_material import document

    broken, empty = plain("broken", "a \x00 b"), document("empty", ("boilerplate", "Menu", ""))
    report = Desk(client, tmp_path, broken, empty, plain("fine", "Fine.")).push()
    assert report.tasks_new == 1
    assert [(f.code, f.place) for f in report.findings] == [("not-sendable", "broken"), ("not-sendable", "empty")]


@dataclass(frozen=True)
class Renamed:
    """The rules under another name and version."""

    name: str
    version: str
    labels: tuple[str, ...] = ()

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        made = QuotationRules().annotate(documents)
        return [replace(prediction, model_version=f"{self.name} {self.version}") for prediction in made]


def test_predictions_are_replaced_not_doubled(client: Client, tmp_path: Path) -> None:
    """A newer version of a pre-annotator takes the older one's place; another's stays."""
    doc = plain("one", "“Yes, of course,” said Ada Lovelace on Monday.")
    desk = Desk(client, tmp_path, doc)
    versions = []
    for name, version in (("rules", "1"), ("other", "1"), ("rules", "2"), ("rules", "2")):
        desk.preannotator = Renamed(name, version)
        report = desk.push()
        versions.append([p.model_version for p in desk.tasks(report.project)["one"].predictions])
    assert [sorted(v) for v in versions] == [
        ["rules 1"],
        ["other 1", "rules 1"],
        ["other 1", "rules 2"],
        ["other 1", "rules 2"],
    ]


def test_hostile_results_become_orphans(client: Client, tmp_path: Path) -> None:
    """Bad offsets, texts, labels and relations are kept as orphans with their place; the rest is pulled."""
    doc = plain("one", "Ada said yes. Bo said no.")
    desk = Desk(client, tmp_path, doc)
    report = desk.push()
    task = desk.tasks(report.project)["one"]
    good = mark("good", doc.text, "Ada", "PER", "entity")
    far = mark("far", doc.text, "Bo", "PER", "entity")
    far["value"] = {**far["value"], "start": 20, "end": 999}  # type: ignore[dict-item]
    wrong = mark("wrong", doc.text, "Bo", "PER", "entity")
    wrong["value"] = {**wrong["value"], "text": "Ada"}  # type: ignore[dict-item]
    unknown = mark("unknown", doc.text, "Bo", "NONSENSE", "entity")
    relation: dict[str, object] = {"type": "relation", "from_id": "good", "to_id": "nowhere", "labels": ["said_by"]}
    made = annotate(client, task.id, [good, far, wrong, unknown, relation])
    back = desk.pull()
    place = f"project {report.project}/task {task.id}/annotation {made}"
    assert {(f.code, f.place) for f in back.findings} == {
        ("labelstudio-offsets", f"{place}/far"),
        ("labelstudio-text", f"{place}/wrong"),
        ("labelstudio-label", f"{place}/unknown"),
        ("labelstudio-relation", f"{place}/relation"),
    }
    (item,) = desk.sets().values()
    assert [e.id for e in item.entities] == ["good"]
    assert len(item.orphans) == 4
    assert desk.pull().files == []


class Forgetful(Client):
    """A connection that loses the answers of its first imports: the server did or did not do its work."""

    def __init__(self, real: Client, lost: list[str]) -> None:
        super().__init__(real._transport)
        self.real, self.lost = real, lost

    def get(self, path: str, **query: object) -> Any:
        return self.real.get(path, **query)

    def send(self, method: str, path: str, body: Any = None, **query: object) -> Any:
        fate = self.lost.pop(0) if path.endswith("/import") and self.lost else "done"
        answer = None if fate == "never arrived" else self.real.send(method, path, body, **query)
        if fate != "done":
            raise UnreachableError(fate)
        return answer


def test_a_lost_answer_doubles_nothing(client: Client, tmp_path: Path) -> None:
    """After an import whose fate is unknown the server is asked what it has, and only the rest is sent."""
    for fates in (["answer lost"], ["never arrived"], ["never arrived", "answer lost"]):
        desk = Desk(client, tmp_path / "-".join(fates), plain("one", "Ada said yes."), news("two"))
        append(desk.folder, [news_set(desk.documents[1])])
        desk.client = Forgetful(client, list(fates))
        report = desk.push()
        tasks = list(list_tasks(client, report.project, whole=False))
        assert sorted(str(task.doc_id) for task in tasks) == ["one", "two"]
        assert sum(len(task.annotations) for task in tasks) == 1
    desk = Desk(client, tmp_path / "down", plain("one", "Ada said yes."))
    desk.client = Forgetful(client, ["never arrived"] * 3)
    with pytest.raises(UnreachableError):
        desk.push()
    desk.client = client
    assert desk.push().tasks_new == 1
