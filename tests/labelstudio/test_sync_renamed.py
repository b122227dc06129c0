"""Documents renamed in the annotation files: the project's tasks follow, and no work on them is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain, with_blocks
from labelstudio_one import TEXT, by_hand, drawn, entity, region, start
from labelstudio_people import Person, annotate
from labelstudio_table import TEXT as DISPUTED
from labelstudio_table import Table, rows, said

from corpus.annotation.identifying import rename_documents
from corpus.annotation.renamed import Renames
from corpus.annotation.sametext import Former
from corpus.annotation.store import append
from corpus.errors import UsageError
from corpus.labelstudio.ledger import journal
from corpus.labelstudio.ledger.store import LEDGER
from corpus.labelstudio.team import assign, assignments
from corpus.labelstudio.wire.client import Client
from corpus.model.document import Document

pytestmark = pytest.mark.server
Join = Callable[[str], Person]
NEW = "2026/11/one"
OTHER = "Carla said nothing. Dan said no."


def rename(desk: Desk, *documents: Document) -> None:
    """Give the desk documents of other ids, and rename in its files what has their texts."""
    after = {document.doc_id: document.anchor_sha256 for document in documents}
    known = {d.doc_id: Former({d.anchor_sha256}, {d.anchor_sha256}) for d in desk.documents}
    rename_documents(desk.folder, after, known)
    desk.documents = documents


def told(report: Any) -> set[str]:
    return {finding.code for finding in report.findings}


def words(desk: Desk) -> dict[tuple[str, str], list[list[str]]]:
    return {
        key: [[span.exact for e in item.entities for span in e.spans] for item in desk.versions(key)]
        for key in desk.sets()
    }


def test_a_task_keeps_its_number_and_what_is_drawn_on_it(desk: Desk, client: Client, crew: Join) -> None:
    """Work that comes after the renaming is a new version under the new id; so is what changes here."""
    ada = crew("ada")
    append(desk.folder, [by_hand(desk)])
    project, made, key = start(desk, ada)
    number = desk.tasks(project)["one"].id
    rename(desk, plain(NEW, TEXT))
    client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = desk.sync()
    assert (report.tasks_new, report.new, report.changed, report.annotations_new) == (0, 0, 1, 0)
    assert told(report) == {"tasks-renamed"}
    assert {name: task.id for name, task in desk.tasks(project).items()} == {NEW: number}
    assert words(desk) == {(NEW, "hand-1"): [["Ada"]], (NEW, key[1]): [["Ada"], ["Bo"]]}
    report = desk.sync()
    assert report.is_quiet and report.findings == []
    desk.edit((NEW, "hand-1"), entities=entity(desk.documents[0], "said"))
    assert desk.sync().annotations_updated == 1
    assert sorted(drawn(desk, project)) == [["Bo"], ["said"]]


@pytest.mark.parametrize("how", ["imported", "sent alone", "drawn there"])
def test_without_a_ledger_nothing_is_doubled(desk: Desk, crew: Join, how: str) -> None:
    """Whose each annotation is, the task tells, however it came there."""
    if how == "imported":
        append(desk.folder, [by_hand(desk)])
    project = desk.sync().project
    if how == "sent alone":
        append(desk.folder, [by_hand(desk)])
    elif how == "drawn there":
        annotate(crew("ada"), desk.tasks(project)["one"].id, [region("Ada")])
    desk.sync()
    (who,) = {key[1] for key in desk.sets()}
    rename(desk, plain(NEW, TEXT))
    (desk.ledger_folder / LEDGER).unlink()
    report = desk.sync()
    assert (report.tasks_new, report.new, report.annotations_new) == (0, 0, 0)
    assert words(desk) == {(NEW, who): [["Ada"]]}
    assert list(desk.tasks(project)) == [NEW]
    assert drawn(desk, project) == [["Ada"]]
    assert desk.sync().is_quiet


def test_another_checkout_with_the_files_follows(desk: Desk, crew: Join, tmp_path: Path) -> None:
    """Its ledger knows the old ids, and the server has the new ones already; or the other way round."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    other = Desk(desk.client, tmp_path / "other", *desk.documents)
    other.name = desk.name
    other.sync()
    rename(desk, plain(NEW, TEXT))
    rename(other, plain(NEW, TEXT))
    desk.sync()
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = other.sync()
    assert (report.tasks_new, report.new, report.changed) == (0, 0, 1)
    assert words(other) == {(NEW, key[1]): [["Ada"], ["Bo"]]}
    desk.sync()
    assert words(desk) == words(other)
    assert list(desk.tasks(project)) == [NEW]


def test_who_synced_before_renaming_has_one_task_again(desk: Desk, crew: Join) -> None:
    """The new dataset had got tasks of its own by then, and somebody worked there; both people's work is on one."""
    project, _, key = start(desk, crew("ada"))
    new = plain(NEW, TEXT)
    old, desk.documents = desk.documents, (new,)
    assert "documents-gone" in told(desk.sync())
    annotate(crew("bo"), desk.tasks(project)[NEW].id, [region("Bo", "b")])
    assert desk.sync().new == 1
    desk.documents = old
    rename(desk, new)
    for _ in range(3):
        last = desk.sync()
    assert last.is_quiet
    (task,) = desk.listed(project)
    assert task.doc_id == NEW
    assert sorted(drawn(desk, project)) == [["Ada"], ["Bo"]]
    (bo,) = {own[1] for own in desk.sets()} - {key[1]}
    assert words(desk) == {(NEW, key[1]): [["Ada"]], (NEW, bo): [["Bo"]]}


def test_who_synced_before_renaming_and_with_another_cleaner_too(desk: Desk, crew: Join) -> None:
    """The same text is shown otherwise: the task that shows it so stays, and gets what was drawn on the other."""
    project, _, key = start(desk, crew("ada"))
    (whole,) = desk.documents[0].blocks
    new = with_blocks(
        NEW, desk.documents[0].raw_text, [replace(whole, end=len("Ada said yes."), text="Ada said yes.")]
    )
    old, desk.documents = desk.documents, (new,)
    assert desk.sync().tasks_new == 1
    desk.documents = old
    rename(desk, new)
    desk.sync()
    assert desk.sync().is_quiet
    present = [task for task in desk.listed(project) if not task.is_retired]
    assert [task.data["text"] for task in present] == ["Ada said yes."]
    assert [[row["value"]["text"] for row in own.result] for own in present[0].annotations] == [["Ada"]]
    assert words(desk) == {(NEW, key[1]): [["Ada"]]}


def test_two_documents_change_places(desk: Desk, crew: Join) -> None:
    """Each text keeps its task, its annotation and its annotator; a third gets an id that was another's."""
    desk.documents = (plain("one", TEXT), plain("two", OTHER))
    ada = crew("ada")
    project, made, key = start(desk, ada)
    numbers = {name: task.id for name, task in desk.tasks(project).items()}
    rename(desk, plain("two", TEXT), plain("one", OTHER))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    assert desk.sync().changed == 1
    assert {name: task.id for name, task in desk.tasks(project).items()} == {
        "two": numbers["one"],
        "one": numbers["two"],
    }
    assert words(desk) == {("two", key[1]): [["Ada"], ["Bo"]]}
    rename(desk, plain("three", TEXT), plain("one", OTHER), plain("two", "Eve said so."))
    assert desk.sync().tasks_new == 1
    assert desk.sync().is_quiet
    annotate(ada, desk.tasks(project)["two"].id, [{**region("Ada"), **_marked("Eve said so.", "Eve")}])
    assert desk.sync().new == 1
    assert words(desk) == {("three", key[1]): [["Ada"], ["Bo"]], ("two", key[1]): [["Eve"]]}


def _marked(text: str, word: str) -> dict[str, Any]:
    start = text.index(word)
    return {"value": {"start": start, "end": start + len(word), "text": word, "labels": ["PER"]}}


def test_a_dry_run_and_a_pull_alone_change_no_task(desk: Desk, crew: Join) -> None:
    ada = crew("ada")
    project, made, key = start(desk, ada)
    rename(desk, plain(NEW, TEXT))
    report = desk.sync(dry_run=True)
    assert "1 task would get the ids" in report.findings[0].message
    assert (list(desk.tasks(project)), report.tasks_new, report.new) == (["one"], 0, 0)
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = desk.pull()
    assert (report.changed, told(report), list(desk.tasks(project))) == (1, set(), ["one"])
    assert words(desk) == {(NEW, key[1]): [["Ada"], ["Bo"]]}
    assert told(desk.sync()) == {"tasks-renamed"}
    assert list(desk.tasks(project)) == [NEW]


def test_people_s_lists_follow(desk: Desk, client: Client, crew: Join) -> None:
    desk.documents = (plain("one", TEXT), plain("two", OTHER))
    ada = crew("ada")
    project = desk.sync().project
    assign(client, project, {ada.email: ["one", "two"]})
    desk.folder.mkdir(exist_ok=True)
    rename(desk, plain(NEW, TEXT), plain("two", OTHER))
    desk.sync()
    assert assignments(client, project) == {ada.email.casefold(): (NEW, "two")}
    assert desk.sync().is_quiet


def test_a_line_that_was_edited_by_hand_is_told_all_the_same(desk: Desk) -> None:
    """Also one that was edited before its document was renamed."""
    append(desk.folder, [by_hand(desk)])
    desk.sync()
    path = desk.folder / "hand-1.jsonl"
    path.write_text(path.read_text().replace('"label":"PER"', '"label":"ORG"'))
    rename(desk, plain(NEW, TEXT))
    assert "annotation-rewritten" in told(desk.sync())
    path.write_text(path.read_text().replace('"label":"ORG"', '"label":"PER"'))
    report = desk.sync()
    assert report.is_quiet or report.annotations_updated == 0


def test_a_sync_waits_for_a_renaming_that_was_interrupted(desk: Desk) -> None:
    append(desk.folder, [by_hand(desk)])
    desk.sync()
    rename(desk, plain(NEW, TEXT))
    replace(Renames.read(desk.folder), unfinished=True).write(desk.folder)
    with pytest.raises(UsageError, match="corpus annotations rename finishes it"):
        desk.sync()
    rename(desk, plain(NEW, TEXT))
    assert desk.sync().tasks_new == 0


def test_interrupted_at_every_step_it_ends_the_same(
    desk: Desk, crew: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(desk.folder, [by_hand(desk)])
    project, _, key = start(desk, crew("ada"))
    names = ["one", NEW] * 20
    for stop, name in enumerate(names[1:]):
        rename(desk, plain(name, TEXT))
        steps = 0

        def dying(_: str, limit: int = stop) -> None:
            nonlocal steps
            steps += 1
            if steps > limit:
                raise KeyboardInterrupt

        monkeypatch.setattr(journal, "on_step", dying)
        try:
            desk.sync()
            died = False
        except KeyboardInterrupt:
            died = True
        monkeypatch.setattr(journal, "on_step", None)
        desk.sync()
        assert list(desk.tasks(project)) == [name]
        assert words(desk) == {(name, "hand-1"): [["Ada"]], (name, key[1]): [["Ada"]]}
        assert drawn(desk, project) == [["Ada"], ["Ada"]]
        assert desk.sync().is_quiet
        if not died:
            break
    assert stop > 4
    assert not died


@pytest.mark.parametrize("decided", [False, True])
def test_what_is_disputed_stays_so_and_what_was_decided_too(
    client: Client, crew: Join, tmp_path: Path, decided: bool
) -> None:
    """The project for adjudication follows as well: nothing is asked again, and a decision comes to gold once."""
    table = Table(client, tmp_path, plain("one", DISPUTED))
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER"})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    task = table.asked(table.adjudicate())
    answer = rows(Ada="PER", Bo="ORG")
    if decided:
        annotate(crew("carla"), task.id, answer)
        assert table.adjudicate().settled.gold == ["one"]
    rename(table, plain(NEW, DISPUTED))
    found = table.adjudicate()
    assert (found.asked, found.sync.tasks_new, found.settled.gold) == (0 if decided else 1, 0, [])
    assert [(there.id, there.doc_id) for there in table.all(found)] == [(task.id, NEW)]
    if not decided:
        annotate(crew("carla"), task.id, answer)
        assert table.adjudicate().settled.gold == [NEW]
    assert table.adjudicate().sync.is_quiet
    assert said(table.sets()[NEW, "gold"]) == {"Ada": "PER", "Bo": "ORG"}
    assert {item.doc_id for item in table.decisions()} == {NEW}
    assert {doc_id for doc_id, _ in table.sets()} == {NEW}
