"""A saved project can be built anew, on a server that never saw it, with everything that was drawn."""

from __future__ import annotations

import gzip
import json
import stat
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_desk import Desk
from labelstudio_material import ODD_TEXTS, news, news_set, plain
from labelstudio_people import Person, annotate, mark
from labelstudio_postgres import HALVES, needs_sqlite

from corpus.annotation.store import append
from corpus.errors import DataError, UsageError
from corpus.labelstudio.backup import Counts, open_backup, save_backup
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.project import find_project
from corpus.labelstudio.restore import restore
from corpus.labelstudio.team import assign, assignments
from corpus.labelstudio.wire.client import Client, connect
from corpus.model.finding import Finding, Severity
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


@pytest.fixture
def desk(client: Client, sign_up: Join, tmp_path: Path) -> Desk:
    """A project with odd texts, a pushed annotation, one of another person, a skipped one, a draft and a tab."""
    documents = [news(), *(plain(name, text) for name, text in ODD_TEXTS.items())]
    desk = Desk(client, tmp_path, *documents)
    desk.preannotator = QuotationRules()
    append(desk.folder, [news_set(documents[0])])
    project = desk.push().project
    ada, tasks = sign_up("ada"), desk.tasks(project)
    annotate(ada, tasks["emoji"].id, [mark("a", ODD_TEXTS["emoji"], "👨‍👩‍👧‍👦", "MISC", "entity")])
    annotate(ada, tasks["marks"].id, [], was_cancelled=True)
    ada.client.send("POST", f"/api/tasks/{tasks['arabic'].id}/drafts", {"result": [], "lead_time": 1.0})
    assign(client, project, {ada.email: ["emoji", "marks"]})
    return desk


def pseudonym(email: str, _: int) -> str:
    return f"of-{email.split('-')[0].split('@')[0]}"


def state(client: Client, project: int) -> list[Any]:
    """All that matters of a project's tasks, without numbers that differ from server to server."""
    fields = "id,data,annotations,predictions,result,was_cancelled,ground_truth,lead_time,score,model_version"
    tasks = []
    for record in client.tasks(project, f"{fields},completed_by"):
        data = {name: value for name, value in record["data"].items() if name != "authors"}
        drawn = [
            (a["completed_by"], a["was_cancelled"], a["ground_truth"], a["lead_time"], a["result"])
            for a in sorted(record["annotations"], key=lambda a: a["id"])
        ]
        guessed = [(p["model_version"], p["score"], p["result"]) for p in record["predictions"]]
        tasks.append((data, drawn, guessed))
    return sorted(tasks, key=lambda task: str(task[0]["doc_id"]))


def saved(desk: Desk, path: Path) -> int:
    project = find_project(desk.client, desk.name)
    assert project is not None
    save_backup(desk.client, project, path, pseudonym, [])
    return project.id


def test_a_project_comes_back_whole(desk: Desk, client: Client, tmp_path: Path) -> None:
    """Under a new name on the same server: the same tasks, annotations, authors, predictions and tabs."""
    path = tmp_path / "backup.jsonl.gz"
    old = saved(desk, path)
    backup = open_backup(path)
    name = f"{desk.name} again"
    report = restore(client, backup, name)
    made = asdict(backup.counts)
    assert asdict(report.made) == {**made, "drafts": 0}
    assert (made["annotations"], made["drafts"], report.there) == (3, 1, 0)
    assert made["predictions"] >= 1
    assert state(client, report.project) == state(client, old)
    assert assignments(client, report.project) == assignments(client, old)
    assert [finding.code for finding in report.findings] == ["drafts-left"]


def test_restoring_twice_makes_nothing_twice(desk: Desk, client: Client, tmp_path: Path) -> None:
    """After a part of it was lost, the second run makes that part and no more."""
    path = tmp_path / "backup.jsonl.gz"
    old = saved(desk, path)
    name = f"{desk.name} again"
    first = restore(client, open_backup(path), name)
    lost = next(client.tasks(first.project, "id"))["id"]
    client.send("DELETE", f"/api/tasks/{lost}/")
    second = restore(client, open_backup(path), name)
    assert (second.project, second.made.tasks) == (first.project, 1)
    assert state(client, second.project) == state(client, old)
    third = restore(client, open_backup(path), name)
    assert (third.made.tasks, third.there) == (0, first.made.tasks)


def test_an_import_that_takes_longer_than_its_answer_is_not_sent_again(tmp_path: Path) -> None:
    """The gateway gives up, the server goes on: its tasks come a moment later, once."""
    data, sent = {"doc_id": "one", "text": "Ada said yes."}, list[float]()
    task = {"id": 1, "data": data, "overlap": 1, "annotations": [], "predictions": [], "drafts": []}
    counts = Counts(tasks=1)
    path = tmp_path / "backup.jsonl.gz"
    head = {"kind": "newscorpus-labelstudio-backup", "format": 1, "project": {}, "tabs": []}
    lines = (head, {"task": task}, {"end": asdict(counts)})
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))

    def answer(asked: str) -> tuple[int, str, bytes]:
        if asked.startswith("/api/projects/7/import"):
            sent.append(time.monotonic())
            return 504, "text/html", b"<h1>Gateway Time-out</h1>"
        come = bool(sent) and time.monotonic() > sent[0] + 0.3
        answers = {
            "/api/projects/": {"id": 7, "results": []},
            "/api/current-user/whoami": {"id": 1, "email": "lead@example.org"},
            "/api/tasks/": {"tasks": [{"id": 1, "data": data}] if come else []},
        }
        return 200, "application/json", json.dumps(answers.get(asked.partition("?")[0], [])).encode()

    with answering(answer) as (url, _), connect(url, KEY, patience=QUICK) as client:
        report = restore(client, open_backup(path), "late")
    assert (len(sent), report.made.tasks) == (1, 1)


def test_what_the_server_cannot_read_is_named(label_studio: LocalServer, client: Client, tmp_path: Path) -> None:
    """A task with half a character is left out of the backup with a finding; the rest can be restored."""
    needs_sqlite(label_studio, HALVES)
    path = tmp_path / "backup.jsonl.gz"
    with connect(client.url, label_studio.credentials().token, patience=QUICK) as quick:
        desk = Desk(quick, tmp_path, plain("one", "Ada said yes."))
        number = desk.push().project
        quick.send("POST", f"/api/projects/{number}/import", [{"data": {"text": "half \ud83d", "doc_id": "two"}}])
        project = find_project(quick, desk.name)
        assert project is not None
        findings: list[Finding] = []
        assert save_backup(quick, project, path, pseudonym, findings).tasks == 1
        assert [(f.code, f.severity) for f in findings] == [("backup-unreadable", Severity.ERROR)]
        assert restore(quick, open_backup(path), f"{desk.name} again").made.tasks == 1


def test_what_was_pulled_before_is_known_after_restoring(desk: Desk, client: Client, tmp_path: Path) -> None:
    """The work goes on in the restored project: nothing is pulled or pushed a second time."""
    desk.pull()
    before = {key: item.state for key, item in desk.sets().items()}
    assert len(before) == 3
    path, project = tmp_path / "backup.jsonl.gz", find_project(client, desk.name)
    assert project is not None
    with Ledger.open(desk.ledger_folder) as ledger:
        save_backup(client, project, path, partial(ledger.pseudonym, taken=()), [])
    client.send("DELETE", f"/api/projects/{project.id}/")
    restore(client, open_backup(path), desk.name)
    desk.pull()
    assert {key: item.state for key, item in desk.sets().items()} == before
    pushed = desk.push()
    assert (pushed.tasks_new, pushed.annotations_new) == (0, 0)


def test_the_file_is_private_and_the_same_for_the_same_state(desk: Desk, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl.gz", tmp_path / "two.jsonl.gz"
    saved(desk, one)
    saved(desk, two)
    assert one.read_bytes() == two.read_bytes()
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="is there already"):
        saved(desk, one)


@pytest.mark.parametrize("harm", ["cut", "a line less", "other bytes", "another file"])
def test_a_damaged_file_restores_nothing(desk: Desk, client: Client, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "backup.jsonl.gz"
    saved(desk, path)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    damaged = {
        "cut": path.read_bytes()[:-200],
        "a line less": gzip.compress(b"".join(lines[:2] + lines[3:])),
        "other bytes": b"\x1f\x8b" + bytes(100),
        "another file": gzip.compress(b'{"kind": "something"}\n'),
    }
    path.write_bytes(damaged[harm])
    with pytest.raises(DataError, match=str(path)):
        restore(client, open_backup(path), f"{desk.name} again")
    assert find_project(client, f"{desk.name} again") is None


def test_a_retired_task_comes_back_retired(desk: Desk, client: Client, tmp_path: Path) -> None:
    """What nobody was offered before the backup is offered to nobody after it."""
    project = find_project(client, desk.name)
    assert project is not None
    task = desk.tasks(project.id)["marks"].id
    client.send("PATCH", f"/api/tasks/{task}/", {"overlap": 0, "is_labeled": True})
    path = tmp_path / "backup.jsonl.gz"
    saved(desk, path)
    report = restore(client, open_backup(path), f"{desk.name} again")
    states = {
        r["data"]["doc_id"]: (r["overlap"], r["is_labeled"])
        for r in client.tasks(report.project, "id,data,overlap,is_labeled")
    }
    assert states["marks"] == (0, True)
    assert states["spaces"] == (1, False)


def test_another_project_of_the_name_is_left_alone(desk: Desk, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "backup.jsonl.gz"
    saved(desk, path)
    with pytest.raises(UsageError, match="already has a project of the name"):
        restore(client, open_backup(path), desk.name)


def test_an_author_without_an_account_is_told(desk: Desk, client: Client, tmp_path: Path) -> None:
    """Their annotations come under the key's owner, and the task still says whose they are."""
    path = tmp_path / "backup.jsonl.gz"
    saved(desk, path)
    text = gzip.decompress(path.read_bytes()).decode()
    ada = next(part for part in text.split('"') if part.startswith("ada-"))
    path.write_bytes(
        gzip.compress(text.replace(f'"completed_by":"{ada}"', '"completed_by":"gone@example.org"').encode())
    )
    report = restore(client, open_backup(path), f"{desk.name} again")
    told = [finding for finding in report.findings if finding.code == "author-unknown"]
    assert len(told) == 1
    assert "2 annotations by gone@example.org" in told[0].message
    data = [record["data"] for record in client.tasks(report.project, "id,data")]
    authors = [name for own in data for _, name in own["authors"].values()]
    assert authors.count("of-ada") == 2


def test_every_tab_comes_back_once(client: Client, tmp_path: Path) -> None:
    """Tabs without a title, and several of one title, are tabs of their own; a second run adds none."""
    desk = Desk(client, tmp_path, plain("one", "Ada said yes."))
    project = desk.push().project
    for data in ({}, {"title": "mine"}, {}, {"title": "mine"}, {"type": "list"}):
        client.send("POST", "/api/dm/views/", {"project": project, "data": data})
    found = find_project(client, desk.name)
    assert found is not None
    save_backup(client, found, tmp_path / "b.gz", pseudonym, [])
    backup = open_backup(tmp_path / "b.gz")
    assert len(backup.tabs) == 5
    for _ in range(2):
        made = restore(client, backup, f"{desk.name} again").project
        tabs = client.get("/api/dm/views/", project=made)
        assert [tab["data"].get("title") for tab in tabs] == [tab.get("title") for tab in backup.tabs]


def test_what_a_killed_backup_left_is_removed_by_the_next(client: Client, tmp_path: Path) -> None:
    """Its part tells of people; parts of other files stay."""
    desk = Desk(client, tmp_path, plain("one", "Ada said yes."))
    desk.push()
    part, other = ".b.gz.new-0123456789abcdef", ".c.gz.new-0123456789abcdef"
    for name in (part, other, ".b.gz.notes"):
        (tmp_path / name).write_bytes(b"half")
    found = find_project(client, desk.name)
    assert found is not None
    save_backup(client, found, tmp_path / "b.gz", pseudonym, [])
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [".b.gz.notes", other, "b.gz"]
