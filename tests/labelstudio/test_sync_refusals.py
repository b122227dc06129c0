"""One thing that the server does not take, or takes away just then, gets its name, and the rest goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from labelstudio_answering import QUICK
from labelstudio_desk import Desk
from labelstudio_material import SCHEME, plain, spans
from labelstudio_one import TEXT
from labelstudio_people import Person, annotate, mark
from labelstudio_proxy import Fate, Proxy, proxied

from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.format.tasks import task_data
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, RefusedError, connect
from corpus.model.annotation import Entity
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


@pytest.fixture
def proxy(client: Client) -> Iterator[Proxy]:
    with proxied(client.url) as proxy:
        yield proxy


@pytest.fixture
def desk(proxy: Proxy, label_studio: LocalServer, tmp_path: Path) -> Iterator[Desk]:
    with connect(proxy.url, label_studio.credentials().token, patience=QUICK) as through:
        yield Desk(through, tmp_path, *(plain(f"doc-{n}", f"{n}. {TEXT}") for n in range(7)))


@pytest.mark.parametrize("status", ["400 Bad Request", "413 Content Too Large"])
def test_a_refused_document_has_a_name(desk: Desk, proxy: Proxy, status: str) -> None:
    """Of a batch with two documents that the server refuses all others become tasks; the next sync tries again."""
    proxy.refuse = lambda body: status if b"2. Ada" in body or b"5. Ada" in body else None
    report = desk.sync()
    refused = [(f.place.partition("/")[2], status[:3] in f.message) for f in report.findings]
    assert refused == [("doc-2", True), ("doc-5", True)]
    assert {f.code for f in report.findings} == {"document-refused"}
    assert report.tasks_new == 5
    assert sorted(map(str, desk.tasks(report.project))) == ["doc-0", "doc-1", "doc-3", "doc-4", "doc-6"]
    assert (desk.sync().tasks_new, proxy.refused > 2) == (0, True)
    proxy.refuse = None
    assert desk.sync().tasks_new == 2
    assert len(desk.listed(report.project)) == 7
    assert desk.sync().is_quiet


def test_what_is_refused_for_good_costs_only_itself(
    desk: Desk, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the documents are the same, no other one is looked at again, and it is told every time."""
    proxy.refuse = lambda body: "400 Bad Request" if b"2. Ada" in body else None
    desk.sync()
    monkeypatch.delattr(ListedDocuments, "__iter__")
    for _ in range(2):
        assert [f.code for f in desk.sync().findings] == ["document-refused"]
    proxy.refuse = None
    assert desk.sync().tasks_new == 1
    assert desk.sync().is_quiet
    monkeypatch.undo()
    desk.documents = (*desk.documents, plain("doc-7", TEXT))
    assert desk.sync().tasks_new == 1


def test_a_project_that_takes_nothing_is_not_asked_for_each(desk: Desk, proxy: Proxy) -> None:
    """A hundred refusals and no task at all end the push with the server's reason; mended, all go through."""
    desk.documents = tuple(plain(f"doc-{n:03}", f"{n}. {TEXT}") for n in range(140))
    proxy.refuse = lambda body: "400 Bad Request" if b"doc_id" in body else None
    with pytest.raises(RefusedError, match="400"):
        desk.sync()
    assert 100 < proxy.refused < 220
    proxy.refuse = None
    assert desk.sync().tasks_new == 140
    assert desk.sync().is_quiet


def test_a_refusal_amid_lost_answers(desk: Desk, proxy: Proxy) -> None:
    """Halves whose answers are lost are looked for; nothing is made twice."""
    proxy.refuse = lambda body: "400 Bad Request" if b"3. Ada" in body else None
    imports = [0]

    def plan(method: str, path: str) -> Fate:
        imports[0] += method == "POST" and "/import" in path
        return Fate.CUT_AFTER if method == "POST" and "/import" in path and imports[0] % 2 == 0 else Fate.PASS

    proxy.plan = plan
    report = desk.sync()
    assert [f.code for f in report.findings] == ["document-refused"]
    assert sorted(map(str, desk.tasks(report.project))) == [f"doc-{n}" for n in range(7) if n != 3]
    assert len(desk.listed(report.project)) == 6


def test_a_refused_annotation_has_a_name(desk: Desk, proxy: Proxy, crew: Join) -> None:
    """An annotation that the server refuses does not keep the others from being sent."""
    ada = crew("ada")
    project = desk.sync().project
    for name, task in desk.tasks(project).items():
        if name in ("doc-1", "doc-2", "doc-3"):
            annotate(ada, task.id, [mark("a", task.data["text"], "Ada", "PER", "entity")])
    desk.sync()
    for key in desk.sets():
        doc = next(d for d in desk.documents if d.doc_id == key[0])
        words = "said no" if key[0] == "doc-2" else "said yes"
        desk.edit(key, entities=(Entity(id="a", spans=spans(doc, words), label="ORG"),))
    proxy.refuse = lambda body: "400 Bad Request" if b"PATCH" not in body and b"said no" in body else None
    report = desk.sync()
    assert report.annotations_updated == 2
    (finding,) = report.findings
    assert (finding.code, "'doc-2'" in finding.message) == ("content-refused", True)
    proxy.refuse = None
    assert desk.sync().annotations_updated == 1
    assert desk.sync().is_quiet


def test_a_task_that_goes_before_its_annotation_comes(desk: Desk, proxy: Proxy, crew: Join) -> None:
    """It is told, and the next sync makes the task anew with the annotation."""
    ada = crew("ada")
    project = desk.sync().project
    task = desk.tasks(project)["doc-4"]
    annotate(ada, task.id, [mark("a", task.data["text"], "Ada", "PER", "entity")])
    desk.sync()
    ((key, _),) = desk.sets().items()
    desk.edit(key, state="deleted", entities=())
    desk.sync()
    desk.edit(key, state="submitted", entities=(Entity(id="a", spans=spans(desk.documents[4], "Bo"), label="PER"),))

    def plan(method: str, path: str) -> Fate:
        if method == "POST" and path == f"/api/tasks/{task.id}/annotations/":
            ada.client.send("DELETE", f"/api/tasks/{task.id}/")
        return Fate.PASS

    proxy.plan = plan
    assert "task-moved-on" in {f.code for f in desk.sync().findings}
    assert desk.sync().tasks_new == 1
    (there,) = desk.tasks(project)["doc-4"].annotations
    assert there.result[0]["value"]["text"] == "Bo"
    assert desk.sync().is_quiet


def test_what_is_overwritten_in_the_last_moment_is_told(desk: Desk, proxy: Proxy, crew: Join) -> None:
    """An edit between our reading and our writing cannot be had back, but nobody is left in the dark."""
    ada = crew("ada")
    project = desk.sync().project
    task = desk.tasks(project)["doc-0"]
    made = annotate(ada, task.id, [mark("a", task.data["text"], "Ada", "PER", "entity")])
    desk.sync()
    ((key, _),) = desk.sets().items()
    desk.edit(key, entities=(Entity(id="a", spans=spans(desk.documents[0], "Bo"), label="PER"),))
    late = {"result": [mark("a", task.data["text"], "said yes", "CLAIM")], "lead_time": 7.5}

    def plan(method: str, path: str) -> Fate:
        if method == "PATCH" and path == f"/api/annotations/{made}/":
            ada.client.send("PATCH", path, late)
        return Fate.PASS

    proxy.plan = plan
    assert [f.code for f in desk.sync().findings] == ["annotation-overwritten"]
    proxy.plan = lambda _method, _path: Fate.PASS
    assert desk.sync().is_quiet


def test_a_task_deleted_beside_one_that_was_made(desk: Desk, client: Client) -> None:
    """Their number is the same as before; right after an import, and later, the deletion is seen all the same."""
    project = desk.sync().project
    for _ in range(2):
        client.send("DELETE", f"/api/tasks/{desk.tasks(project)['doc-6'].id}/")
        client.send("POST", f"/api/projects/{project}/import", [{"data": {"text": "Not ours."}}])
        report = desk.sync()
        assert {"task-deleted", "task-foreign"} <= {f.code for f in report.findings}
        assert (report.tasks_restored, report.tasks_new) == (1, 1)
        assert desk.sync().is_quiet


def test_a_refused_prediction_does_not_end_the_push(desk: Desk, proxy: Proxy) -> None:
    """The finding names the document, and the next push tries again."""
    desk.documents = tuple(plain(f"doc-{n}", f"“We know the {n}th,” said Bo.") for n in range(3))
    desk.sync()
    desk.preannotator = QuotationRules()
    proxy.refuse = lambda body: "400 Bad Request" if b"the 1th" in body else None
    report = desk.sync()
    assert [(f.code, "'doc-1'" in f.message) for f in report.findings] == [("content-refused", True)]
    assert report.predictions_new == 2
    proxy.refuse = None
    assert desk.sync().predictions_new == 1


def test_a_new_task_that_was_changed_before_it_was_noted(desk: Desk, client: Client) -> None:
    """Tasks of an import whose answer was lost are found again, and what they say of their text is not believed."""
    desk.documents, all_of_them = desk.documents[:0], desk.documents
    project = desk.sync().project
    desk.documents = all_of_them
    with Ledger.open(desk.ledger_folder) as ledger:
        mark = str(client.get(f"/api/projects/{project}/")["description"]).split(":")[3].split()[0]
        bodies = [{"data": task_data(document, SCHEME)} for document in desk.documents]
        for body in bodies:
            body["data"].pop("anchor_sha256")
        bodies[3]["data"]["text"] += " Another text."
        client.send("POST", f"/api/projects/{project}/import", bodies)
        texts = [(str(body["data"]["doc_id"]), str(body["data"]["text_sha256"])) for body in bodies]
        ledger.open_batch(mark, time.time(), texts)
        desk.sync()
        assert len(list(ledger.tasks(mark))) == len(texts)
        assert all(ledger.text(sha256) is None for _, sha256 in texts)
