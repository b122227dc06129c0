"""What people do to a project behind our back: nothing is lost or doubled, and it is told in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from labelstudio_answering import QUICK
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, drawn, region
from labelstudio_people import Crew, annotate, mark, sign_up_person
from labelstudio_proxy import Fate, Proxy, proxied
from labelstudio_versions import where_offered

from corpus.errors import SchemeError, UsageError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, RefusedError, connect

pytestmark = pytest.mark.server


@pytest.fixture
def proxy(client: Client) -> Iterator[Proxy]:
    with proxied(client.url) as proxy:
        yield proxy


@pytest.fixture
def other(proxy: Proxy, label_studio: LocalServer, desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """Another checkout of the same dataset, behind a proxy at which something can come in between."""
    with connect(proxy.url, label_studio.credentials().token, patience=QUICK) as through:
        second = Desk(through, tmp_path / "other", *desk.documents)
        second.name = desk.name
        yield second


def once(proxy: Proxy, method: str, end: str, act: Callable[[], Any]) -> None:
    """Do something right before the first request of that kind goes on."""
    left = [act]

    def plan(asked: str, path: str) -> Fate:
        if left and asked == method and path.partition("?")[0].endswith(end):
            left.pop()()
        return Fate.PASS

    proxy.plan = plan


def described(client: Client, project: int, description: str) -> None:
    client.send("PATCH", f"/api/projects/{project}/", {"description": description})


def test_a_deleted_project_is_made_anew_and_told(desk: Desk, crew: Crew, client: Client) -> None:
    """What was pulled is on the new one; that the rest is gone is said once."""
    project = desk.sync().project
    annotate(crew("ada"), desk.tasks(project)["one"].id, [region("Ada")])
    desk.sync()
    client.send("DELETE", f"/api/projects/{project}/")
    with pytest.raises(UsageError, match="no project that was pushed"):
        desk.pull()
    report = desk.sync()
    assert [(f.code, f"Project {project}," in f.message) for f in report.findings] == [("project-gone", True)]
    assert drawn(desk, report.project) == [["Ada"]]
    assert desk.sync().is_quiet
    assert [item.state for item in desk.sets().values()] == ["submitted"]


def test_a_project_deleted_in_the_middle(other: Desk, proxy: Proxy, client: Client, crew: Crew) -> None:
    """The request that found nothing is named as gone, not as another server; the next sync makes all anew."""
    project = other.sync().project
    annotate(crew("ada"), other.tasks(project)["one"].id, [region("Ada")])
    other.documents = (*other.documents, plain("two", TEXT))
    once(proxy, "POST", "/import", lambda: client.send("DELETE", f"/api/projects/{project}/"))
    with pytest.raises(RefusedError, match=r"/import is not there \(404\)"):
        other.sync()
    report = other.sync()
    assert (report.tasks_new, drawn(other, report.project)) == (2, [["Ada"]])
    assert other.sync().is_quiet


def test_a_description_that_lost_its_line(desk: Desk, crew: Crew, client: Client) -> None:
    """No second project is made beside the one with everybody's work; with the line put back it goes on."""
    project = desk.sync().project
    annotate(crew("ada"), desk.tasks(project)["one"].id, [region("Ada")])
    described(client, project, "Our project")
    said = []
    for phase in (desk.pull, desk.push, desk.sync):
        with pytest.raises(UsageError, match=f"Project {project} .*no second one is made") as caught:
            phase()
        said.append(str(caught.value))
    described(client, project, f"Our project. {said[0].partition('description: ')[2]}")
    assert (desk.sync().project, desk.sync().is_quiet) == (project, True)
    assert len(desk.sets()) == 1


def test_another_project_at_the_number_of_a_deleted_one(desk: Desk, client: Client) -> None:
    """Somebody else's project without a mark is none that has lost it."""
    project = desk.sync().project
    client.send("DELETE", f"/api/projects/{project}/")
    config = '<View><Text name="text" value="$text"/></View>'
    theirs = client.send("POST", "/api/projects/", {"title": "theirs", "label_config": config})
    client.send("POST", f"/api/projects/{theirs['id']}/import", [{"text": "x", "doc_id": "one"}])
    assert desk.sync().project not in (project, theirs["id"])


def test_somebody_who_was_removed_makes_no_project(client: Client, tmp_path: Path) -> None:
    """The server would take a project of nobody's, and then no task; it is refused before."""
    eve = sign_up_person(client, "eve")
    with eve.client:
        desk = Desk(eve.client, tmp_path, plain("one", TEXT))
        with where_offered("removal of members"):
            client.send("DELETE", f"/api/organizations/1/memberships/{eve.id}/")
        with pytest.raises(UsageError, match="belongs to no organisation"):
            desk.push()
    assert desk.name not in {project["title"] for project in client.projects()}


def test_two_first_pushes_at_once(desk: Desk, other: Desk, proxy: Proxy, client: Client) -> None:
    """Both checkouts end in the project that was made first, and each document has one task."""
    once(proxy, "POST", "/api/projects/", desk.push)
    found = other.push()
    assert found.project == desk.sync().project
    assert [project["title"] for project in client.projects()].count(desk.name) == 1
    in_step(desk, other)


def test_two_pushes_of_the_same_documents_at_once(desk: Desk, other: Desk, proxy: Proxy, crew: Crew) -> None:
    """Of two tasks one stays, with what people drew on either; neither checkout takes the other's away again."""
    project = desk.sync().project
    other.sync()
    desk.documents = other.documents = (*desk.documents, *(plain(f"new-{n}", f"{n} {TEXT}") for n in range(3)))
    once(proxy, "POST", "/import", desk.push)
    other.push()
    twins = [task for task in desk.listed(project) if task.doc_id == "new-1"]
    assert len(twins) == 2
    for name, words, task in zip(("ada", "bo"), ("Ada", "Bo"), twins, strict=True):
        annotate(crew(name), task.id, [mark("a", f"1 {TEXT}", words, "PER", "entity")])
    told = in_step(desk, other)
    assert "task-deleted" not in told
    assert sorted(drawn(desk, project)) == [["Ada"], ["Bo"]]
    assert [len(d.sets()) for d in (desk, other)] == [2, 2]


def in_step(*desks: Desk) -> Counter[str]:
    """Sync all by turns until all is quiet; return what was told, and find each document's one task."""
    told: Counter[str] = Counter()
    for _ in range(4):
        reports = [desk.sync() for desk in desks]
        told.update(finding.code for report in reports for finding in report.findings)
    assert all(report.is_quiet for report in reports)
    of = Counter(task.doc_id for task in desks[0].listed(reports[0].project))
    assert of == Counter(document.doc_id for document in desks[0].documents)
    return told


def config_of(client: Client, project: int) -> str:
    return str(client.get(f"/api/projects/{project}/")["label_config"])


def test_a_label_that_was_added_by_hand(desk: Desk, crew: Crew, client: Client) -> None:
    """A label of 2,000 characters that annotations use stays, with a short sentence that says what to do."""
    project, name = desk.sync().project, "🐶א" * 1000
    config = config_of(client, project).replace(
        '<Label value="PER"', f'<Label value="{name}"/><Label value="PER"', 1
    )
    client.send("PATCH", f"/api/projects/{project}/", {"label_config": config})
    annotate(crew("ada"), desk.tasks(project)["one"].id, [region("Ada"), _labelled(name)])
    with pytest.raises(SchemeError, match="add it to the scheme") as caught:
        desk.sync()
    assert len(str(caught.value)) < 600
    assert name in config_of(client, project)
    assert len(drawn(desk, project)[0]) == 2


def _labelled(name: str) -> dict[str, object]:
    row = mark("b", TEXT, "Bo", "PER", "entity")
    value = row["value"]
    assert isinstance(value, dict)
    return {**row, "value": {**value, "labels": [name]}}


def test_a_screen_that_was_built_anew_by_hand(desk: Desk, crew: Crew, client: Client) -> None:
    """Where annotations keep the server from taking the screen back, they can be fetched, and it is said so."""
    project = desk.sync().project
    config = config_of(client, project)
    renamed = config.replace('name="text"', 'name="txt"').replace('toName="text"', 'toName="txt"')
    client.send("PATCH", f"/api/projects/{project}/", {"label_config": renamed})
    made = annotate(crew("ada"), desk.tasks(project)["one"].id, [region("Ada") | {"to_name": "txt"}])
    with pytest.raises(SchemeError, match="fetch them with corpus labelstudio pull"):
        desk.sync()
    assert desk.pull().new == 1
    (kept,) = desk.sets().values()
    assert "Ada" in str(kept.orphans)
    client.send("DELETE", f"/api/annotations/{made}/")
    desk.sync()
    assert 'name="text"' in config_of(client, project)
    assert desk.sync().is_quiet
