"""Servers of other versions: too old ones are refused in one sentence, before anything is made on them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT
from labelstudio_versions import CHOSEN

from corpus.errors import ServerError
from corpus.labelstudio.backup import Backup, Counts, save_backup
from corpus.labelstudio.local.install import pinned_version
from corpus.labelstudio.project import Project
from corpus.labelstudio.restore import restore
from corpus.labelstudio.wire.client import Client, connect
from corpus.labelstudio.wire.listing import list_tasks, task_pages
from corpus.labelstudio.wire.versions import refuse_old, release_of
from corpus.model.finding import Finding

OLD = [{"release": release} for release in ("1.8.1", "1.7.3", "1.4.1.post1", "0.9", "1.0.0rc1")]
OTHERS = [
    *({"release": release} for release in ("1.8.2", "1.10.0", "1.23.2", "1.24.0.dev3", "2.31.0-1", "3.0")),
    *(
        {"release": release}
        for release in (None, 1.4, "", "nightly", "1.4\u0661", "1.4 of\x1b[31m", "1." + "4" * 99)
    ),
    {},
    [],
    None,
]


def answered(said: object) -> Any:
    return lambda path: (200, "application/json", json.dumps(said if path == "/api/version" else {}).encode())


@pytest.mark.parametrize("said", OLD)
@pytest.mark.parametrize("phase", ["push", "pull", "sync"])
def test_an_old_server_is_refused_and_nothing_is_made_on_it(said: Any, phase: str, tmp_path: Path) -> None:
    """The sentence names the server, its version, the oldest that will do, and ways out."""
    with answering(answered(said)) as (url, asked), connect(url, KEY, patience=QUICK) as client:
        with pytest.raises(ServerError) as caught:
            getattr(Desk(client, tmp_path, plain("one", TEXT)), phase)()
        assert asked == ["GET /api/version"]
    for words in (url, f"Label Studio {said['release']},", "expected 1.8.2 or newer", "update it", "server start"):
        assert words in str(caught.value)


def test_nothing_is_restored_there_either(tmp_path: Path) -> None:
    backup = Backup(tmp_path / "none", {"title": "one"}, [], Counts())
    with answering(answered(OLD[0])) as (url, asked), connect(url, KEY, patience=QUICK) as client:
        with pytest.raises(ServerError, match=r"1\.8\.1"):
            restore(client, backup, "one")
        assert asked == ["GET /api/version"]


@pytest.mark.parametrize("said", OTHERS)
def test_another_server_is_not(said: Any) -> None:
    """Nor is one that does not say its version, or says something else: what it lacks shows in what it answers."""
    with answering(answered(said)) as (url, asked), connect(url, KEY, patience=QUICK) as client:
        refuse_old(client)
        assert asked == ["GET /api/version"]


def test_a_server_that_keeps_its_version_to_itself_is_not_refused() -> None:
    with answering(lambda _: (404, "application/json", b"{}")) as (url, _), connect(url, KEY) as client:
        assert release_of(client) is None
        refuse_old(client)


@pytest.mark.parametrize("lacking", ["result", "import_id"])
def test_an_annotation_without_what_was_asked_for_is_not_taken_for_an_empty_one(lacking: str) -> None:
    """It would be pulled as one without rows, or as a stranger's beside a deleted one of ours."""
    whole = {"id": 5, "import_id": None, "result": None, "completed_by": 1}
    tasks = [{"id": 3, "data": {}, "annotations": [{name: whole[name] for name in whole if name != lacking}]}]
    body = json.dumps({"tasks": tasks}).encode()
    with answering(lambda _: (200, "application/json", body)) as (url, _), connect(url, KEY) as client:
        (task,) = list_tasks(client, 1, whole=True)
        (same,) = next(task_pages(client, 1))
    assert (task.readable, same.readable) == (False, False)


def test_a_backup_without_what_was_drawn_is_not_made(tmp_path: Path) -> None:
    tasks = [{"id": 3, "data": {}, "annotations": [{"id": 5}]}]

    def answer(path: str) -> tuple[int, str, bytes]:
        said = {"tasks": tasks} if path.startswith("/api/tasks/") and "draft_exists" not in path else {"tasks": []}
        return 200, "application/json", json.dumps(said).encode()

    project, path, findings = Project(7, "one", "0" * 32, ""), tmp_path / "backup.jsonl.gz", list[Finding]()
    refused = pytest.raises(ServerError, match="annotation 5 of task 3 without its result")
    with answering(answer) as (url, _), connect(url, KEY, patience=QUICK) as client, refused:
        save_backup(client, project, path, lambda email, _: email, findings)
    assert list(tmp_path.iterdir()) == []


def test_null_is_told_enough() -> None:
    tasks = [{"id": 3, "data": {}, "annotations": [{"id": 5, "import_id": None, "result": None}]}]
    body = json.dumps({"tasks": tasks}).encode()
    with answering(lambda _: (200, "application/json", body)) as (url, _), connect(url, KEY) as client:
        (task,) = list_tasks(client, 1, whole=True)
    assert ([annotation.id for annotation in task.annotations], task.readable) == ([5], True)


@pytest.mark.server
def test_the_real_one_tells_its_version(client: Client) -> None:
    assert release_of(client) == (os.environ.get(CHOSEN) or pinned_version())
