"""A server that is put back to an earlier state, or whose clock is set back, costs no work and gives none away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from labelstudio_database import age, put_back, saved
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, by_hand, drawn, entity, region
from labelstudio_people import Person, annotate

from corpus.annotation.store import append
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client

pytestmark = pytest.mark.server
Join = Callable[[str], Person]
NAMES = ("one", "two", "three", "four")


@pytest.fixture
def desk(client: Client, tmp_path: Path) -> Desk:
    return Desk(client, tmp_path, *(plain(name, f"{TEXT} {name}.") for name in NAMES))


def an_hour_later(desk: Desk, ada: Person, server: LocalServer, path: Path) -> tuple[int, Path]:
    """Sync what Ada drew an hour ago; return the project, and the server as saved then."""
    project = desk.sync().project
    annotate(ada, desk.tasks(project)["one"].id, [region("Ada")])
    age(server, project, 60)
    desk.sync()
    return project, saved(server, path / "copy")


def words(desk: Desk) -> dict[tuple[str, str], str]:
    """What counts here, with its state where it does not count any more."""
    return {
        key: " ".join(span.exact for one in item.entities for span in one.spans) or item.state
        for key, item in desk.sets().items()
    }


def test_a_server_that_is_put_back(desk: Desk, crew: Join, label_studio: LocalServer, tmp_path: Path) -> None:
    """What is missing there is sent again, what is older is brought up, what nobody saw is a conflict."""
    ada, bo, cy = crew("ada"), crew("bo"), crew("cy")
    project = desk.sync().project
    tasks = {name: task.id for name, task in desk.tasks(project).items()}
    first = {name: annotate(ada, tasks[name], [region("Ada")]) for name in NAMES[:3]}
    age(label_studio, project, 60)
    desk.sync()
    ada.client.send("PATCH", f"/api/annotations/{first['three']}/", {"result": [region("yes")]})
    age(label_studio, project, 30)
    copy = saved(label_studio, tmp_path / "copy")

    for name, word in (("one", "Bo"), ("three", "no")):
        ada.client.send("PATCH", f"/api/annotations/{first[name]}/", {"result": [region(word)]})
    number = annotate(ada, tasks["four"], [region("Ada")])
    annotate(bo, tasks["one"], [region("said")])
    desk.documents = (*desk.documents, plain("five", TEXT))
    desk.sync()
    desk.edit(("two", ada.pseudonym), entities=entity(desk.documents[1], "said"))
    desk.sync()
    before = words(desk)
    assert sorted(before.values()) == ["Ada", "Bo", "no", "said", "said"]

    put_back(label_studio, copy)
    assert annotate(cy, tasks["four"], [region("Ada")]) == number  # the id of what Ada drew there
    report = desk.sync()
    codes = sorted(finding.code for finding in report.findings)
    assert codes == ["annotation-both-changed", "server-put-back", "task-deleted"]
    assert (report.new, report.deleted, report.tasks_restored) == (1, 0, 1)
    assert words(desk) == before | {("four", cy.pseudonym): "Ada"}
    for _ in range(2):
        assert [(c.doc_id, c.annotator) for c in desk.sync().conflicts] == [("three", ada.pseudonym)]
    assert desk.sync(prefer="local").annotations_updated == 1
    assert sorted(drawn(desk, project)) == [["Ada"], ["Ada"], ["Bo"], ["no"], ["said"], ["said"]]
    assert words(desk) == before | {("four", cy.pseudonym): "Ada"}
    assert desk.sync().is_quiet


def test_a_retired_task_that_is_offered_again(
    desk: Desk, crew: Join, label_studio: LocalServer, tmp_path: Path
) -> None:
    """What a newer task had replaced before the server was put back is replaced again."""
    ada = crew("ada")
    project, copy = an_hour_later(desk, ada, label_studio, tmp_path)
    desk.documents = (plain("one", f"Newer. {TEXT}"), *desk.documents[1:])
    assert desk.sync().tasks_retired == 1
    desk.sync()
    put_back(label_studio, copy)
    for _ in range(2):
        desk.sync()
    texts = {task.data["text"]: task.is_retired for task in desk.listed(project) if task.doc_id == "one"}
    assert texts == {f"{TEXT} one.": True, f"Newer. {TEXT}": False}
    assert words(desk) == {("one", ada.pseudonym): "Ada"}
    assert desk.sync().is_quiet


@pytest.mark.parametrize(
    ("cursor", "clock"),
    [(timedelta(hours=1), None), (timedelta(hours=1), "3600"), (timedelta(seconds=4), "3600")],
    ids=["its time lies ahead", "soon after", "long after"],
)
def test_a_clock_that_is_set_back(desk: Desk, crew: Join, cursor: timedelta, clock: str | None) -> None:
    """What is done at a time that lies behind what was seen is not overlooked: an edit as little as a deletion."""
    ada = crew("ada")
    project = desk.sync().project
    tasks = {name: task.id for name, task in desk.tasks(project).items()}
    made = {name: annotate(ada, tasks[name], [region("Ada")]) for name in NAMES[:3]}
    desk.sync()
    ada.client.send("PATCH", f"/api/annotations/{made['one']}/", {"result": [region("Bo")]})
    ada.client.send("DELETE", f"/api/annotations/{made['two']}/")
    annotate(ada, tasks["four"], [region("said")])
    with desk.known() as (ledger, mark):  # as if the server's clock had been an hour ahead until now
        ledger.set_fact(mark, "cursor", (datetime.now(UTC) + cursor).isoformat())
        ledger.set_fact(mark, "clock", clock)
    desk.sync()
    assert sorted(words(desk).values()) == ["Ada", "Bo", "deleted", "said"]
    ada.client.send("PATCH", f"/api/annotations/{made['one']}/", {"result": [region("no")]})
    if cursor > timedelta(minutes=1):
        desk.sync()
        assert sorted(words(desk).values()) == ["Ada", "deleted", "no", "said"]


def test_what_only_came_from_here_before_it_was_put_back(
    desk: Desk, crew: Join, label_studio: LocalServer, tmp_path: Path
) -> None:
    """Nobody else did anything there since: what was sent last is sent again all the same."""
    ada = crew("ada")
    project, copy = an_hour_later(desk, ada, label_studio, tmp_path)
    desk.edit(("one", ada.pseudonym), entities=entity(desk.documents[0], "Bo"))
    append(desk.folder, [by_hand(desk)])
    desk.sync()
    put_back(label_studio, copy)
    report = desk.sync()
    assert (report.annotations_updated, report.annotations_new) == (1, 1)
    assert drawn(desk, project) == [["Bo"], ["Ada"]]
    assert desk.sync().is_quiet


def test_what_is_older_on_a_replaced_text_replaces_nothing(
    desk: Desk, crew: Join, label_studio: LocalServer, tmp_path: Path
) -> None:
    """What stood on a retired task and was never pulled is kept as a version, and the newer one still counts."""
    ada = crew("ada")
    project = desk.sync().project
    made = annotate(ada, desk.tasks(project)["one"].id, [region("Ada")])
    age(label_studio, project, 60)
    desk.sync()
    desk.documents = (plain("one", f"Newer. {TEXT}"), *desk.documents[1:])
    desk.sync()
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("yes")]})
    age(label_studio, project, 30)
    copy = saved(label_studio, tmp_path / "copy")
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    desk.sync()
    assert words(desk) == {("one", ada.pseudonym): "Bo"}
    put_back(label_studio, copy)
    for _ in range(2):
        desk.sync()
    assert words(desk) == {("one", ada.pseudonym): "Bo"}
    assert any(e.spans[0].exact == "yes" for v in desk.versions(("one", ada.pseudonym)) for e in v.entities)
    assert [
        task.annotations[0].result[0]["value"]["text"] for task in desk.listed(project) if task.annotations
    ] == [
        "yes",
        "Bo",
    ]
    assert desk.sync().is_quiet
