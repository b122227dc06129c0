"""Texts that change under annotations: a new task, the old one retired, late work moved, drafts respected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labelstudio_desk import Desk
from labelstudio_material import document, news, news_set, plain, spans
from labelstudio_one import TEXT as OLD
from labelstudio_people import Person, annotate, mark

from corpus.annotation.store import append
from corpus.labelstudio.ledger.store import LEDGER
from corpus.labelstudio.wire.client import Client, RefusedError
from corpus.model.annotation import Entity
from corpus.model.finding import Severity

pytestmark = pytest.mark.server
Join = Callable[[str], Person]

NEW = "Kyiv, Monday. Ada said yes. Bo said no. The end."


def offered(person: Person, project: int) -> int | None:
    """Return the task that the label stream offers to a person."""
    try:
        return int(person.client.get(f"/api/projects/{project}/next")["id"])
    except RefusedError:
        return None


def test_a_new_text_is_a_new_task(desk: Desk, crew: Join) -> None:
    """The new task is whole, in the authors' names; the old one keeps its text and is offered to nobody."""
    ada, bo = crew("ada"), crew("bo")
    project = desk.sync().project
    desk.client.send("PATCH", f"/api/projects/{project}/", {"maximum_annotations": 2})
    old = desk.tasks(project)["one"]
    annotate(ada, old.id, [mark("a", OLD, "Bo", "PER", "entity"), mark("c", OLD, "said no", "CLAIM")])
    desk.sync()
    desk.documents = (plain("one", NEW),)
    report = desk.sync()
    assert (report.tasks_new, report.tasks_retired, report.moved) == (1, 1, 0)
    first, second = desk.listed(project)
    assert (first.id, first.data["text"], first.is_retired) == (old.id, OLD, True)
    assert second.data["text"] == NEW
    (moved,) = second.annotations
    assert moved.person == ada.id
    for row in moved.result:
        value = row["value"]
        assert NEW[value["start"] : value["end"]] == value["text"]
    assert (offered(bo, project), offered(ada, project)) == (second.id, None)
    (item,) = desk.sets().values()
    assert (item.anchor_sha256, item.claims[0].spans[0].exact) == (desk.documents[0].anchor_sha256, "said no")
    again = desk.sync()
    assert (again.is_quiet, again.findings) == (True, [])


def test_a_dry_run_foretells_a_new_text(desk: Desk, crew: Join) -> None:
    """It counts the task that would be retired, and has nothing wait for the one that would be made."""
    ada = crew("ada")
    project = desk.sync().project
    annotate(ada, desk.tasks(project)["one"].id, [mark("a", OLD, "Bo", "PER", "entity")])
    assert desk.sync().new == 1
    desk.documents = (plain("one", NEW), plain("two", "Cy left."))
    rehearsed, real = desk.sync(dry_run=True), desk.sync()
    for name in ("tasks_new", "tasks_there", "tasks_retired", "annotations_new", "annotations_updated", "changed"):
        assert getattr(rehearsed, name) == getattr(real, name), name
    assert rehearsed.findings == real.findings
    assert (real.tasks_new, real.tasks_there, real.tasks_retired, real.annotations) == (2, 0, 1, 2)
    assert desk.sync().annotations == 2


def test_an_id_may_be_a_path(desk: Desk, crew: Join) -> None:
    """Folders, blanks and signs in it are nobody's separators: there and back, and to a newer text."""
    ada, name = crew("ada"), "2026/11/22/quay & pier/ü 北/index"
    desk.documents = (plain(name, OLD), plain("index", "Cy left."))
    project = desk.sync().project
    annotate(ada, desk.tasks(project)[name].id, [mark("a", OLD, "Bo", "PER", "entity")])
    assert desk.sync().new == 1
    ((key, item),) = desk.sets().items()
    assert (key[0], item.entities[0].spans[0].exact) == (name, "Bo")
    desk.edit(key, entities=(Entity(id="a", label="PER", spans=spans(desk.documents[0], "Ada")),))
    assert desk.push().annotations_updated == 1
    desk.documents = (plain(name, NEW), desk.documents[1])
    assert (desk.sync().tasks_new, list(desk.sets())) == (1, [key])
    again = desk.sync()
    assert (again.is_quiet, again.findings) == (True, [])


def test_a_late_submission_is_moved(desk: Desk, crew: Join) -> None:
    """What is submitted from a tab that still shows the old text lands on the new one, in the same history."""
    ada, bo = crew("ada"), crew("bo")
    project = desk.sync().project
    old = desk.tasks(project)["one"]
    first = annotate(ada, old.id, [mark("a", OLD, "Ada", "PER", "entity")])
    desk.sync()
    desk.documents = (plain("one", NEW),)
    desk.sync()
    ada.client.send("PATCH", f"/api/annotations/{first}/", {"result": [mark("b", OLD, "Bo", "PER", "entity")]})
    annotate(bo, old.id, [mark("c", OLD, "Bo said no", "CLAIM")])
    report = desk.sync()
    assert (report.moved, report.annotations_updated, report.annotations_new) == (2, 1, 1)
    assert report.conflicts == []
    new = desk.listed(project)[-1]
    words = {a.person: [NEW[r["value"]["start"] : r["value"]["end"]] for r in a.result] for a in new.annotations}
    assert words == {ada.id: ["Bo"], bo.id: ["Bo said no"]}
    assert {item.anchor_sha256 for item in desk.sets().values()} == {desk.documents[0].anchor_sha256}
    assert desk.sync().is_quiet


def test_late_work_in_the_place_of_newer_work_is_told(desk: Desk, crew: Join) -> None:
    """Both stay in the files; the warning says which revision stands no longer on the screen."""
    ada = crew("ada")
    project = desk.sync().project
    old = desk.tasks(project)["one"]
    desk.documents = (plain("one", NEW),)
    desk.sync()
    annotate(ada, desk.listed(project)[-1].id, [mark("k", NEW, "Kyiv", "LOC", "entity")])
    desk.sync()
    (key,) = desk.sets()
    annotate(ada, old.id, [mark("a", OLD, "Ada", "PER", "entity")])
    report = desk.sync()
    (finding,) = report.findings
    assert (report.moved, finding.code, finding.severity) == (1, "annotation-late", Severity.WARNING)
    assert "in the place of revision 1" in finding.message
    assert [v.entities[0].spans[0].exact for v in desk.versions(key)] == ["Kyiv", "Ada"]
    assert desk.sync().is_quiet


def test_late_work_and_an_edit_here_conflict(desk: Desk, crew: Join) -> None:
    """A late submission does not silently undo what was edited here since."""
    ada = crew("ada")
    project = desk.sync().project
    old = desk.tasks(project)["one"]
    first = annotate(ada, old.id, [mark("a", OLD, "Ada", "PER", "entity")])
    desk.sync()
    desk.documents = (plain("one", NEW),)
    desk.sync()
    key = next(iter(desk.sets()))
    desk.edit(key, entities=())
    ada.client.send("PATCH", f"/api/annotations/{first}/", {"result": [mark("b", OLD, "Bo", "PER", "entity")]})
    assert [c.kind for c in desk.sync().conflicts] == ["both-changed"]
    assert desk.sync(prefer="server").conflicts == []
    assert desk.sets()[key].entities[0].spans[0].exact == "Bo"
    assert [r["value"]["text"] for r in desk.listed(project)[-1].annotations[0].result] == ["Bo"]
    assert desk.sync().is_quiet


def test_only_the_cleaner_changed_its_mind(client: Client, tmp_path: Path) -> None:
    """The anchor text is the same: nothing on disk changes, and the spans stand at their new offsets."""
    desk = Desk(client, tmp_path, news())
    append(desk.folder, [news_set(desk.documents[0])])
    project = desk.sync().project
    before = {p.name: p.read_bytes() for p in desk.folder.iterdir()}
    parts = (
        ("boilerplate", "Menu | Sign in", "\n"),
        ("title", "Ministry: “We are ready 🙂”", "\n"),
        ("body", "KYIV — “We are ready,” said Olena Kovalenko, “to talk, and to listen.”", "\n\n"),
        ("body", "Kovalenko in Kyiv", "\n"),
        ("body", "According to the ministry, she had said the talks may fail.", "\n\n"),
    )
    desk.documents = (document("news-1", *parts),)
    report = desk.sync()
    assert (report.tasks_new, report.tasks_retired, report.changed) == (1, 1, 0)
    assert {p.name: p.read_bytes() for p in desk.folder.iterdir()} == before
    task = desk.listed(project)[-1]
    for row in task.annotations[0].result:
        if "value" in row:
            value = row["value"]
            assert task.data["text"][value["start"] : value["end"]].replace("\n", "\\n") == value["text"]
    assert "Kovalenko in Kyiv" in {r["value"]["text"] for r in task.annotations[0].result if "value" in r}
    assert desk.sync().is_quiet


def test_a_draft_holds_its_task(desk: Desk, crew: Join) -> None:
    """Unsubmitted work is not left behind: its task waits, until it is submitted or the user decides."""
    ada = crew("ada")
    project = desk.sync().project
    old = desk.tasks(project)["one"]
    path = f"/api/tasks/{old.id}/drafts"
    draft = ada.client.send("POST", path, {"result": [mark("a", OLD, "Ada", "PER", "entity")], "lead_time": 1})
    desk.documents = (plain("one", NEW),)
    for _ in range(2):
        report = desk.sync()
        assert (report.tasks_new, [f.code for f in report.findings]) == (0, ["draft-holds-task"])
    ada.client.send("DELETE", f"/api/drafts/{draft['id']}/")
    annotate(ada, old.id, [mark("a", OLD, "Ada", "PER", "entity")])
    report = desk.sync()
    assert (report.tasks_new, report.tasks_retired) == (1, 1)
    assert len(desk.listed(project)[-1].annotations) == 1
    ada.client.send("POST", f"/api/tasks/{desk.listed(project)[-1].id}/drafts", {"result": [], "lead_time": 1})
    desk.documents = (plain("one", OLD),)
    assert desk.sync().tasks_new == 0
    assert desk.sync(retire_drafts=True).tasks_new == 1
    assert desk.sync().is_quiet


def test_what_cannot_be_placed_is_an_orphan(desk: Desk, crew: Join) -> None:
    """It stays with its reason, in the history and through further syncs."""
    ada = crew("ada")
    project = desk.sync().project
    annotate(ada, desk.tasks(project)["one"].id, [mark("a", OLD, "Bo said no", "CLAIM")])
    desk.sync()
    desk.documents = (plain("one", "Ada said yes. Everybody left."),)
    report = desk.sync()
    assert "annotation-orphan" in {f.code for f in report.findings}
    (item,) = desk.sets().values()
    assert (item.claims, len(item.orphans)) == ((), 1)
    assert "no longer in the text" in item.orphans[0].reason
    assert desk.listed(project)[-1].annotations[0].result == []
    assert desk.sync().is_quiet


def test_retired_tasks_stay_retired(desk: Desk, crew: Join) -> None:
    """Changing the project's number of annotators would put them back into the stream; the sync prevents it."""
    bo = crew("bo")
    project = desk.sync().project
    desk.documents = (plain("one", NEW),)
    desk.sync()
    first, second = desk.listed(project)
    desk.client.send("PATCH", f"/api/projects/{project}/", {"maximum_annotations": 3})
    desk.sync()
    annotate(bo, second.id, [])
    assert offered(bo, project) is None
    assert first.is_retired


def test_a_lost_ledger_knows_retired_tasks(desk: Desk, crew: Join) -> None:
    """Which of two tasks is the present one is found again, late submissions included."""
    ada = crew("ada")
    project = desk.sync().project
    old = desk.tasks(project)["one"]
    first = annotate(ada, old.id, [mark("a", OLD, "Ada", "PER", "entity")])
    desk.sync()
    desk.documents = (plain("one", NEW),)
    desk.sync()
    before = desk.sets()
    (desk.ledger_folder / LEDGER).unlink()
    report = desk.sync()
    assert (report.is_quiet, report.conflicts) == (True, [])
    assert desk.sets() == before
    (desk.ledger_folder / LEDGER).unlink()
    ada.client.send("PATCH", f"/api/annotations/{first}/", {"result": [mark("b", OLD, "Bo", "PER", "entity")]})
    report = desk.sync()
    assert (report.moved, report.tasks_new, report.conflicts) == (1, 0, [])
    assert [r["value"]["text"] for r in desk.listed(project)[-1].annotations[0].result] == ["Bo"]


@pytest.mark.parametrize("prefer", ["local", "server"])
def test_a_conflict_holds_the_task(desk: Desk, crew: Join, prefer: str) -> None:
    """An annotation that changed on both sides is decided before its text is replaced, not by the replacement."""
    ada = crew("ada")
    project = desk.sync().project
    made = annotate(ada, desk.tasks(project)["one"].id, [mark("a", OLD, "Ada", "PER", "entity")])
    desk.sync()
    (key,) = desk.sets()
    desk.edit(key, entities=(Entity(id="a", spans=spans(desk.documents[0], "Bo"), label="PER"),))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [mark("a", OLD, "said no", "CLAIM")]})
    desk.documents = (plain("one", NEW),)
    assert "conflict-holds-task" in {finding.code for finding in desk.push().findings}
    for _ in range(2):
        report = desk.sync()
        assert (len(report.conflicts), report.tasks_new) == (1, 0)
        assert "conflict-holds-task" in {finding.code for finding in report.findings}
    report = desk.sync(prefer=prefer)
    assert (report.conflicts, report.tasks_new, report.tasks_retired) == ([], 1, 1)
    (there,) = desk.listed(project)[1].annotations
    assert there.result[0]["value"]["text"] == {"local": "Bo", "server": "said no"}[prefer]
    assert desk.sync().is_quiet
