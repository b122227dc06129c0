"""What the server itself fails to write breaks nothing else: the rest of the project is pulled."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from labelstudio_answering import QUICK
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_people import annotate, mark
from labelstudio_postgres import HALVES, needs_sqlite

from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, UnreachableError, connect
from corpus.labelstudio.wire.salvage import salvaged
from corpus.labelstudio.wire.versions import release_of

pytestmark = pytest.mark.server
TEXT = "Ada said yes."
HALF = "half of a pair \ud83d"
"""A lone surrogate: the server takes it and answers 500 to whoever asks for it."""


@pytest.fixture
def quick(label_studio: LocalServer, client: Client) -> Any:
    needs_sqlite(label_studio, HALVES)
    with connect(client.url, label_studio.credentials().token, patience=QUICK) as made:
        yield made


def test_a_broken_task(quick: Client, tmp_path: Path) -> None:
    """One task with a lone surrogate: its project is pulled all the same, and it is named."""
    desk = Desk(quick, tmp_path, *(plain(f"doc-{n}", TEXT) for n in range(12)))
    project = desk.push().project
    tasks = desk.tasks(project)
    annotate(quick, tasks["doc-3"].id, [mark("a", TEXT, "Ada", "PER", "entity")])
    quick.send("POST", f"/api/projects/{project}/import", [{"data": {"text": HALF, "doc_id": "broken"}}])
    report = desk.sync()
    assert (report.new, [f.code for f in report.findings]) == (1, ["task-unreadable"])
    broken = next(task.id for task in desk.listed(project) if not task.readable)
    assert report.findings[0].place == f"project {project}/task {broken}"
    assert len(desk.listed(project)) == 13
    assert desk.sync().new == 0


def test_a_broken_annotation_is_not_taken_for_a_deleted_one(quick: Client, tmp_path: Path) -> None:
    """An annotation that the server can no longer write keeps its last version here."""
    desk = Desk(quick, tmp_path, plain("one", TEXT))
    project = desk.push().project
    task = desk.tasks(project)["one"].id
    rows = [mark("a", TEXT, "Ada", "PER", "entity")]
    first = annotate(quick, task, rows)
    assert desk.sync().new == 1
    before = desk.sets()
    note = {"id": "a", "from_name": "entity", "to_name": "text", "type": "labels", "meta": {"text": [HALF]}}
    with contextlib.suppress(UnreachableError):
        quick.send("PATCH", f"/api/annotations/{first}/", {"result": [{**rows[0], **note}]})
    says_which = (release_of(quick) or "").startswith("1.23")  # older ones cannot list a task without its rows
    for codes in (["annotation-unreadable"], []) if says_which else (["task-unreadable"], ["task-unreadable"]):
        report = desk.sync()
        assert [finding.code for finding in report.findings] == codes
        assert (report.new, report.changed, report.deleted, desk.sets()) == (0, 0, 0, before)
    quick.send("PATCH", f"/api/annotations/{first}/", {"result": [mark("b", TEXT, "yes", "CLAIM")]})
    assert desk.sync().changed == 1
    (now,) = desk.sets().values()
    assert [claim.spans[0].exact for claim in now.claims] == ["yes"]


def test_a_page_whose_tasks_went_meanwhile() -> None:
    """The page failed, and then none of its tasks is there any more: it is empty, and nothing else."""
    assert list(salvaged(lambda _number, _size, _include: [], lambda _: None, 3, 1, "id,data")) == []
