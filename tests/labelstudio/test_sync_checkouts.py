"""Checkouts that know less than others: two on one project, one without its ledger, a fresh one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from labelstudio_checkouts import merge, says
from labelstudio_desk import Desk
from labelstudio_material import news, news_set, plain
from labelstudio_one import by_hand, drawn, entity, region, start
from labelstudio_people import Person, annotate

from corpus.annotation.store import append, read_folder
from corpus.labelstudio.ledger.store import LEDGER
from corpus.labelstudio.wire.client import Client
from corpus.model.annotation import Origin

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def test_two_checkouts_on_one_project(desk: Desk, crew: Join, tmp_path: Path) -> None:
    """Each sees what the other one pushed; what both changed is a conflict for the second one."""
    project, _, key = start(desk, crew("ada"))
    other = Desk(desk.client, tmp_path / "other", *desk.documents)
    other.name = desk.name
    report = other.sync()
    assert "other-checkout" in {f.code for f in report.findings}
    assert other.sets()[key].entities == desk.sets()[key].entities
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    other.edit(key, entities=entity(desk.documents[0], "said"))
    assert desk.sync().annotations_updated == 1
    report = other.sync()
    assert [c.kind for c in report.conflicts] == ["both-changed"]
    assert drawn(desk, project) == [["Bo"]]
    other.sync(prefer="server")
    assert other.sets()[key].entities == desk.sets()[key].entities


def test_a_lost_ledger_pushes_what_is_newer_here(desk: Desk, crew: Join) -> None:
    """Without a ledger the server's version is recognised in the history, and what follows it is pushed."""
    project, _, key = start(desk, crew("ada"))
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    (desk.ledger_folder / LEDGER).unlink()
    report = desk.sync()
    assert (report.tasks_new, report.annotations_new, report.annotations_updated) == (0, 0, 1)
    assert drawn(desk, project) == [["Bo"]]
    assert len(desk.versions(key)) == 2
    assert desk.sync().is_quiet


def test_a_lost_ledger_knows_whose_a_corrected_annotation_is(desk: Desk, crew: Join) -> None:
    """What was pulled and then written anew by another tool is still its author's, and stands once."""
    project, _, key = start(desk, crew("ada"))
    desk.edit(key, entities=entity(desk.documents[0], "Bo"), origin=Origin(kind="import"))
    desk.sync()
    (desk.ledger_folder / LEDGER).unlink()
    assert desk.sync().is_quiet
    assert (list(desk.sets()), drawn(desk, project)) == ([key], [["Bo"]])


def test_a_lost_ledger_knows_what_was_replaced_with_its_text(desk: Desk) -> None:
    """An older version on the old text is no change there beside the one here: neither before, nor when retired."""
    append(desk.folder, [by_hand(desk)])
    project = desk.sync().project
    doc = plain("one", f"{desk.documents[0].text} All of them went home.")
    desk.documents = (doc,)
    desk.edit(("one", "hand-1"), anchor_sha256=doc.anchor_sha256, entities=entity(doc, "Bo"))
    report = desk.sync()
    assert (report.conflicts, report.tasks_retired) == ([], 1)
    (desk.ledger_folder / LEDGER).unlink()
    report = desk.sync()
    assert (report.conflicts, report.is_quiet) == ([], True)
    assert drawn(desk, project) == [["Ada"], ["Bo"]]


def test_without_a_ledger_what_was_made_here_does_not_give_way(desk: Desk, crew: Join) -> None:
    """Nothing tells whether a version made by hand was sent before the server's changed: the user is asked."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("said")]})
    (desk.ledger_folder / LEDGER).unlink()
    report = desk.sync()
    assert ([c.kind for c in report.conflicts], report.changed) == (["both-changed"], 0)
    assert desk.sets()[key].entities[0].spans[0].exact == "Bo"
    assert desk.sync(prefer="local").annotations_updated == 1
    assert drawn(desk, project) == [["Bo"]]
    assert [v.entities[0].spans[0].exact for v in desk.versions(key)] == ["Ada", "Bo", "said", "Bo"]
    assert desk.sync().is_quiet


def test_without_a_ledger_what_was_pulled_gives_way(desk: Desk, crew: Join) -> None:
    """It was on the server, which has moved on since; the newest of several versions, too."""
    ada = crew("ada")
    _, made, key = start(desk, ada)
    for word in ("Bo", "said"):
        ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region(word)]})
        (desk.ledger_folder / LEDGER).unlink()
        report = desk.sync()
        assert (report.conflicts, report.changed) == ([], 1)
    assert desk.sets()[key].entities[0].spans[0].exact == "said"


def test_a_pushed_annotation_that_was_changed_there_comes_back(desk: Desk, client: Client) -> None:
    """What was imported with its task is recognised by its number, and an edit of it is a new version."""
    doc = news()
    desk.documents = (doc,)
    append(desk.folder, [news_set(doc)])
    project = desk.sync().project
    (there,) = desk.tasks(project)["news-1"].annotations
    kept = [row for row in there.result if row.get("id") != "e1"]
    client.send("PATCH", f"/api/annotations/{there.id}/", {"result": kept})
    report = desk.sync()
    assert (report.changed, report.conflicts) == (1, [])
    assert [e.id for e in desk.sets()["news-1", "hand-1"].entities] == ["e:2", "e3"]
    assert desk.sync().is_quiet


def test_a_fresh_checkout_knows_what_was_pushed(client: Client, tmp_path: Path) -> None:
    """Without a ledger, an edit of what was imported is no conflict: the task says what was sent."""
    doc = news()
    desk = Desk(client, tmp_path, doc)
    append(desk.folder, [news_set(doc)])
    project = desk.sync().project
    assert desk.sync().annotations == 1
    (there,) = desk.tasks(project)["news-1"].annotations
    kept = [row for row in there.result if row.get("id") != "e1"]
    client.send("PATCH", f"/api/annotations/{there.id}/", {"result": kept})
    fresh = Desk(client, tmp_path / "fresh", doc)
    fresh.name = desk.name
    append(fresh.folder, [news_set(doc)])
    report = fresh.sync()
    assert (report.conflicts, report.changed) == ([], 1)
    assert [e.id for e in fresh.sets()["news-1", "hand-1"].entities] == ["e:2", "e3"]


@pytest.mark.parametrize("theirs_first", [False, True])
@pytest.mark.parametrize("has_ledger", [True, False])
def test_two_checkouts_whose_files_are_merged(
    desk: Desk, crew: Join, tmp_path: Path, has_ledger: bool, theirs_first: bool
) -> None:
    """What one sent and both pulled is one annotation of its author's, whoever's line comes first."""
    project, _, key = start(desk, crew("ada"))
    other = Desk(desk.client, tmp_path / "other", *desk.documents)
    other.name = desk.name
    copytree(desk.folder, other.folder)
    if has_ledger:
        copytree(desk.ledger_folder, other.ledger_folder)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    append(desk.folder, [by_hand(desk)])
    annotate(crew("bo"), desk.tasks(project)["one"].id, [region("said")])
    desk.sync()
    other.sync()
    assert says(other) == says(desk)
    merged = [merge(one.folder, two.folder) for one, two in ((desk, other), (other, desk))]
    for checkout, lines in zip((desk, other), merged[:: -1 if theirs_first else 1], strict=True):
        for path, held in lines.items():
            (checkout.folder / path).write_bytes(held)
        report = checkout.sync(take_over=True)
        assert report.is_quiet
        assert {f.code for f in report.findings} <= {"other-checkout"}
        assert read_folder(checkout.folder).findings == ()
    assert says(other) == says(desk)
    assert sorted(drawn(desk, project)) == [["Ada"], ["Bo"], ["said"]]
