"""Three-way sync on the real server: what changed where is told apart, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from labelstudio_desk import Desk
from labelstudio_material import news, news_set, plain
from labelstudio_one import TEXT, drawn, entity, region, start
from labelstudio_people import Person, annotate

from corpus.annotation.store import append
from corpus.labelstudio.ledger import journal
from corpus.labelstudio.ledger.store import LEDGER
from corpus.model.annotation import Origin

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def test_an_edit_here_goes_there(desk: Desk, crew: Join) -> None:
    """A newer version here changes the server's annotation, in its author's name, once."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    assert desk.push().annotations_updated == 1
    assert drawn(desk, project) == [["Bo"]]
    (there,) = desk.tasks(project)["one"].annotations
    assert (there.id, there.person) == (made, ada.id)
    again = desk.sync()
    assert (again.is_quiet, again.findings) == (True, [])
    assert len(desk.versions(key)) == 2


def test_documents_that_the_dataset_lacks_are_told(desk: Desk, crew: Join) -> None:
    """Their tasks stay, what is done on them is pulled, and an edit here waits until they are back."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    whole, desk.documents = desk.documents, (plain("two", "Cy left."),)
    assert [f.code for f in desk.sync().findings] == ["documents-gone"]
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = desk.sync()
    assert (report.changed, report.findings) == (1, [])
    desk.edit(key, entities=entity(whole[0], "said"))
    for _ in range(2):
        assert [f.code for f in desk.sync().findings] == ["annotation-waits"]
    desk.documents = (*whole, *desk.documents)
    report = desk.sync()
    assert (report.annotations_updated, report.findings) == (1, [])
    assert drawn(desk, project) == [["said"]]


def test_a_deletion_here_goes_there(desk: Desk, crew: Join) -> None:
    """A set that is marked as deleted here is deleted on the server, and stays deleted."""
    project, _, key = start(desk, crew("ada"))
    desk.edit(key, state="deleted", entities=())
    assert desk.sync().annotations_deleted == 1
    assert drawn(desk, project) == []
    assert desk.sync().is_quiet
    assert desk.sets()[key].state == "deleted"


@pytest.mark.parametrize("prefer", ["local", "server"])
def test_changed_on_both_sides(desk: Desk, crew: Join, prefer: str) -> None:
    """Nobody wins in silence: both versions are kept and listed until one is preferred, then both are history."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("said")]})
    for _ in range(2):
        report = desk.sync()
        assert [(c.doc_id, c.kind) for c in report.conflicts] == [("one", "both-changed")]
        assert "annotation-both-changed" in {f.code for f in report.findings}
        assert drawn(desk, project) == [["said"]]
        assert desk.sets()[key].entities[0].spans[0].exact == "Bo"
        (kept,) = (desk.folder / "conflicts").iterdir()
        assert kept.read_text("utf-8").count("\n") == 1
    report = desk.sync(prefer=prefer)
    assert report.conflicts == []
    wins = {"local": "Bo", "server": "said"}[prefer]
    assert drawn(desk, project) == [[wins]]
    assert desk.sets()[key].entities[0].spans[0].exact == wins
    assert {v.entities[0].spans[0].exact for v in desk.versions(key)} == {"Ada", "Bo", "said"}
    assert desk.sync().is_quiet


@pytest.mark.parametrize("prefer", ["local", "server"])
def test_a_conflict_outlives_the_ledger(desk: Desk, crew: Join, prefer: str) -> None:
    """What the server's side said lies beside the files, so nobody wins because the ledger was lost."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("said")]})
    assert len(desk.sync().conflicts) == 1
    (desk.ledger_folder / LEDGER).unlink()
    report = desk.sync()
    assert [c.kind for c in report.conflicts] == ["both-changed"]
    assert (drawn(desk, project), desk.sets()[key].entities[0].spans[0].exact) == ([["said"]], "Bo")
    assert desk.sync(prefer=prefer).conflicts == []
    assert drawn(desk, project) == [[{"local": "Bo", "server": "said"}[prefer]]]
    (desk.ledger_folder / LEDGER).unlink()
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("yes")]})
    report = desk.sync()
    assert (report.conflicts, report.changed) == ([], 1)
    assert desk.sync().is_quiet


@pytest.mark.parametrize("prefer", ["local", "server"])
def test_deleted_there_and_changed_here(desk: Desk, crew: Join, prefer: str) -> None:
    """A deletion does not win over a newer version, nor the other way round, until it is said which counts."""
    project, made, key = start(desk, crew("ada"))
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    desk.client.send("DELETE", f"/api/annotations/{made}/")
    report = desk.sync()
    assert [c.kind for c in report.conflicts] == ["deleted-there"]
    assert drawn(desk, project) == []
    report = desk.sync(prefer=prefer)
    assert report.conflicts == []
    assert drawn(desk, project) == ([["Bo"]] if prefer == "local" else [])
    assert desk.sets()[key].state == ("submitted" if prefer == "local" else "deleted")
    assert desk.sync().is_quiet


def test_the_same_change_on_both_sides_is_none(desk: Desk, crew: Join) -> None:
    """Where both sides say the same there is nothing to decide."""
    ada = crew("ada")
    _, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = desk.sync()
    assert (report.conflicts, report.is_quiet) == ([], True)
    assert len(desk.versions(key)) == 2


def test_all_annotations_of_a_person_are_kept(desk: Desk, crew: Join) -> None:
    """Two annotations of one task by one person are versions of one history; the last change counts."""
    ada = crew("ada")
    project, first, key = start(desk, ada)
    second = annotate(ada, desk.tasks(project)["one"].id, [region("Bo")])
    report = desk.sync()
    assert "annotation-second" in {f.code for f in report.findings}
    words = [v.entities[0].spans[0].exact for v in desk.versions(key)]
    assert words == ["Ada", "Bo"]
    ada.client.send("PATCH", f"/api/annotations/{first}/", {"result": [region("said")]})
    desk.sync()
    assert desk.sets()[key].entities[0].spans[0].exact == "said"
    ada.client.send("DELETE", f"/api/annotations/{first}/")
    desk.sync()
    assert desk.sets()[key].entities[0].spans[0].exact == "Bo"
    assert desk.sync().is_quiet
    ada.client.send("DELETE", f"/api/annotations/{second}/")
    assert desk.sync().deleted == 1


def test_a_dry_run_changes_nothing(desk: Desk, crew: Join) -> None:
    """It says what a run would do, with the same counts, and leaves both sides and the ledger as they were."""
    rehearsed = desk.sync(dry_run=True)
    assert (rehearsed.is_new, rehearsed.tasks_new) == (True, 1)
    assert all(desk.name not in record["description"] for record in desk.client.projects())
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.documents = (*desk.documents, news())
    append(desk.folder, [news_set(desk.documents[1])])
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    before = {p.name: p.read_bytes() for p in (*desk.folder.iterdir(), desk.ledger_folder / LEDGER)}
    rehearsed = desk.sync(dry_run=True)
    assert {p.name: p.read_bytes() for p in (*desk.folder.iterdir(), desk.ledger_folder / LEDGER)} == before
    assert [task.doc_id for task in desk.listed(project)] == ["one"]
    real = desk.sync()
    for name in ("tasks_new", "annotations_new", "changed", "new", "deleted"):
        assert getattr(rehearsed, name) == getattr(real, name), name
    assert (real.tasks_new, real.annotations_new, real.changed) == (1, 1, 1)
    assert desk.sets()[key].entities[0].spans[0].exact == "Bo"
    assert desk.sync(dry_run=True).is_quiet


def test_a_deleted_task_is_put_back(desk: Desk, crew: Join) -> None:
    """With its annotations, in their authors' names."""
    ada = crew("ada")
    project, _, key = start(desk, ada)
    before = desk.sets()
    desk.client.send("DELETE", f"/api/tasks/{desk.tasks(project)['one'].id}/")
    report = desk.sync()
    assert (report.tasks_restored, report.deleted) == (1, 0)
    (there,) = desk.tasks(project)["one"].annotations
    assert there.person == ada.id
    assert drawn(desk, project) == [["Ada"]]
    assert desk.sets() == before
    assert desk.sync().is_quiet
    assert key in desk.sets()


def test_a_deleted_task_is_left_out_where_the_user_says_so(desk: Desk, crew: Join) -> None:
    """The decision is remembered, can be undone, and costs no annotation here."""
    project, _, key = start(desk, crew("ada"))
    desk.client.send("DELETE", f"/api/tasks/{desk.tasks(project)['one'].id}/")
    assert desk.sync(leave_deleted_tasks=True).tasks_restored == 0
    assert desk.sync().is_quiet
    assert desk.tasks(project) == {}
    assert desk.sets()[key].state == "submitted"
    assert desk.sync(leave_deleted_tasks=False).tasks_new == 1
    assert drawn(desk, project) == [["Ada"]]
    assert desk.sync().is_quiet


@pytest.mark.parametrize("moment", ["pulled begins", "annotation-update begins"])
def test_an_edit_here_during_a_sync_goes_there(
    desk: Desk, crew: Join, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """What is added to the files while a sync runs is sent by it or by the next one."""
    project, _, key = start(desk, crew("ada"))
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))

    def edit(name: str) -> None:
        if name == moment:
            monkeypatch.setattr(journal, "on_step", None)
            desk.edit(key, entities=entity(desk.documents[0], "yes"))

    monkeypatch.setattr(journal, "on_step", edit)
    desk.sync()
    assert journal.on_step is None
    desk.sync()
    assert drawn(desk, project) == [["yes"]]


def test_a_twin_stays_while_it_holds_what_was_not_pulled(desk: Desk, crew: Join) -> None:
    """A second task of the same text goes once all on it is known, edits of known annotations too."""
    ada = crew("ada")
    project = desk.sync().project
    data = desk.tasks(project)["one"].data
    desk.client.send("POST", f"/api/projects/{project}/import", [{"data": data}])
    twin = desk.listed(project)[-1].id
    made = annotate(ada, twin, [region("Ada")])
    assert (desk.pull().new, len(desk.listed(project))) == (1, 2)
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = desk.push()
    assert (report.twins_removed, [t.id for t in desk.listed(project)][-1]) == (0, twin)
    report = desk.sync()
    assert (report.changed, report.twins_removed, drawn(desk, project)) == (1, 1, [["Bo"]])


class KilledError(BaseException):
    """The program ends here."""


def test_what_was_said_of_the_origin_stays(desk: Desk, crew: Join) -> None:
    """A later edit does not make a reader forget how the annotation came about; the editor is named once."""
    append(
        desk.folder,
        [news_set(news(), "hand-1").model_copy(update={"origin": Origin(kind="import", note="one pass")})],
    )
    desk.documents = (news(),)
    project, ada = desk.sync().project, crew("ada")
    [drawn] = desk.tasks(project)["news-1"].annotations
    for kept in (3, 2):
        body = {"result": [row for row in drawn.result if row["type"] == "labels"][:kept]}
        ada.client.send("PATCH", f"/api/annotations/{drawn.id}/", body)
        desk.sync()
        assert desk.sets()["news-1", "hand-1"].origin == Origin(
            kind="labelstudio", note=f"one pass; edited by {ada.pseudonym}"
        )


def test_stopped_at_every_step(desk: Desk, crew: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync that is ended at its first durable step, then at its second, and so on, ends as one that was not."""
    ada, bo = crew("ada"), crew("bo")
    project, made, key = start(desk, ada)
    annotate(bo, desk.tasks(project)["one"].id, [region("Bo")])
    desk.edit(key, entities=entity(desk.documents[0], "said"))
    desk.documents = (plain("one", f"Monday. {TEXT}"), news(), plain("three", "Ada left."))
    append(desk.folder, [news_set(desk.documents[1])])
    steps: list[str] = []

    def stop(name: str) -> None:
        steps.append(name)
        if len(steps) == limit:
            raise KilledError

    monkeypatch.setattr(journal, "on_step", stop)
    limit, ended = 0, False
    while not ended:
        limit += 1
        steps.clear()
        try:
            desk.sync()
            ended = True
        except KilledError:
            pass
    monkeypatch.setattr(journal, "on_step", None)
    assert limit > 5
    assert desk.sync().is_quiet
    tasks = desk.listed(project)
    assert [t.doc_id for t in tasks if not t.is_retired] == ["one", "news-1", "three"]
    assert [t.doc_id for t in tasks if t.is_retired] == ["one"]
    present = next(t for t in tasks if t.doc_id == "one" and not t.is_retired)
    words = {a.person: [row["value"]["text"] for row in a.result] for a in present.annotations}
    assert words == {ada.id: ["said"], bo.id: ["Bo"]}
    assert made in {a.id for t in tasks if t.is_retired for a in t.annotations}
    assert [len(t.annotations) for t in tasks if t.doc_id != "one"] == [1, 0]
    assert len(desk.sets()) == 3
