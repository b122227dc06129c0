"""Drafts on annotations: the server throws them away with every change, so changes wait for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import spans
from labelstudio_one import TEXT
from labelstudio_people import Person, annotate, mark

from corpus.files import schema_text
from corpus.model.annotation import Entity
from corpus.model.scheme import Scheme

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def region(words: str, label: str = "PER") -> dict[str, object]:
    return mark("a", TEXT, words, label, "entity")


def start(desk: Desk, person: Person, label: str = "PER") -> tuple[int, int, int]:
    """Let a person submit "Ada", change it to "Bo" and leave; return the project, the task, the annotation."""
    project = desk.sync().project
    task = desk.tasks(project)["one"].id
    made = annotate(person, task, [region("Ada", label)])
    assert desk.sync().new == 1
    draft = {"result": [region("Bo", label)], "lead_time": 2}
    person.client.send("POST", f"/api/tasks/{task}/annotations/{made}/drafts", draft)
    return project, task, made


def drafts(desk: Desk, task: int) -> list[Any]:
    return [draft["result"][0]["value"]["text"] for draft in desk.client.get(f"/api/tasks/{task}/drafts")]


def words(desk: Desk, project: int) -> list[list[str]]:
    (task,) = desk.listed(project)
    return [[row["value"]["text"] for row in annotation.result] for annotation in task.annotations]


def test_an_edit_here_waits_for_a_draft_there(desk: Desk, crew: Join) -> None:
    """It goes when the draft is discarded; a draft that is submitted instead is the other side of a conflict."""
    ada = crew("ada")
    project, task, made = start(desk, ada)
    (key,) = desk.sets()
    desk.edit(key, entities=(Entity(id="a", spans=spans(desk.documents[0], "said"), label="PER"),))
    for is_dry in (False, True):
        report = desk.sync(dry_run=is_dry)
        assert (report.annotations_updated, [f.code for f in report.findings]) == (0, ["draft-holds-annotation"])
        assert (words(desk, project), drafts(desk, task)) == ([["Ada"]], ["Bo"])
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    assert [c.kind for c in desk.sync().conflicts] == ["both-changed"]
    assert desk.sync(prefer="local").conflicts == []
    assert words(desk, project) == [["said"]]
    assert desk.sync().is_quiet


def test_a_draft_gives_way_where_the_user_says_so(desk: Desk, crew: Join) -> None:
    project, task, _ = start(desk, crew("ada"))
    (key,) = desk.sets()
    desk.edit(key, entities=())
    report = desk.sync(retire_drafts=True)
    assert (report.annotations_updated, report.findings) == (1, [])
    assert (words(desk, project), drafts(desk, task)) == ([[]], [])


def test_a_deletion_here_waits_for_a_draft_there(desk: Desk, crew: Join) -> None:
    ada = crew("ada")
    project, task, _ = start(desk, ada)
    (key,) = desk.sets()
    desk.edit(key, state="deleted", entities=())
    report = desk.sync()
    assert (report.annotations_deleted, [f.code for f in report.findings]) == (0, ["draft-holds-annotation"])
    assert (words(desk, project), drafts(desk, task)) == ([["Ada"]], ["Bo"])
    (draft,) = desk.client.get(f"/api/tasks/{task}/drafts")
    ada.client.send("DELETE", f"/api/drafts/{draft['id']}/")
    assert desk.sync().annotations_deleted == 1
    assert words(desk, project) == []
    assert desk.sync().is_quiet


def test_renamed_labels_wait_for_a_draft(desk: Desk, crew: Join) -> None:
    """The screen keeps the old name for it; what is submitted with it has the new one after the next sync."""
    ada = crew("ada")
    project, task, made = start(desk, ada, "MISC")
    text = schema_text("news-ec.toml").replace('version = "1.0.0"', 'version = "1.1.0"', 1)
    entry = (
        '\n[[history]]\nversion = "1.1.0"\ndate = "2026-12-01"\nchange = "A test."\nrenamed = {MISC = "OTHER"}\n'
    )
    desk.scheme = Scheme.from_toml(text.replace('"MISC"', '"OTHER"') + entry)
    for _ in range(2):
        codes = {finding.code for finding in desk.sync().findings}
        assert codes >= {"draft-holds-annotation", "config-waits"}
        assert (words(desk, project), drafts(desk, task)) == ([["Ada"]], ["Bo"])
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo", "MISC")]})
    assert desk.sync().conflicts == []
    (item,) = desk.sets().values()
    assert [(e.label, e.spans[0].exact) for e in item.entities] == [("OTHER", "Bo")]
    assert desk.listed(project)[0].annotations[0].result[0]["value"]["labels"] == ["OTHER"]
    assert '"MISC"' not in str(desk.client.get(f"/api/projects/{project}/")["label_config"])
    assert (desk.sync().is_quiet, desk.sync().findings) == (True, [])
