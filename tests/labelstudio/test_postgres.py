"""Label Studio on PostgreSQL: a local server's database is named once, never mixed up; rows come in any order."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_postgres import CHOSEN, running_cluster

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.backup import open_backup, save_backup
from corpus.labelstudio.local.install import DATABASE
from corpus.labelstudio.local.postgres import Postgres, asked_postgres, chosen_postgres, keep_postgres
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.project import Project
from corpus.labelstudio.wire.client import connect
from corpus.labelstudio.wire.listing import list_tasks

NAMED = {"DJANGO_DB": "default", "POSTGRE_NAME": "desk", "POSTGRE_USER": "ada", "POSTGRE_PASSWORD": "hush"}
PLACE = Postgres("localhost", 5432, "desk", "ada", "hush")
ASKED: list[tuple[dict[str, str], Postgres | None]] = [
    ({}, None),
    ({"DJANGO_DB": "sqlite", "POSTGRE_NAME": "desk"}, None),
    ({"POSTGRE_HOST": "db", "POSTGRE_NAME": "desk"}, None),
    (NAMED, PLACE),
    ({**NAMED, "DJANGO_DB": "postgresql", "POSTGRE_HOST": "", "POSTGRE_PORT": ""}, PLACE),
    ({**NAMED, "POSTGRE_HOST": "db", "POSTGRE_PORT": "5433"}, Postgres("db", 5433, "desk", "ada", "hush")),
]
WRONG = [
    ({**NAMED, "DJANGO_DB": "mysql"}, "DJANGO_DB is default .* got 'mysql'"),
    ({"DJANGO_DB": "default", "POSTGRE_USER": "ada"}, "POSTGRE_NAME, POSTGRE_PASSWORD must be set"),
    *(({**NAMED, "POSTGRE_PORT": port}, "POSTGRE_PORT is a number") for port in ("0", "65536", "x", "\u0665")),
]


@pytest.mark.parametrize(("environ", "expected"), ASKED)
def test_it_is_named_as_label_studio_reads_it(environ: dict[str, str], expected: Postgres | None) -> None:
    """What it is named by is what the server is told."""
    assert asked_postgres(environ) == expected
    if expected is not None:
        assert asked_postgres(expected.environment()) == expected


@pytest.mark.parametrize(("environ", "words"), WRONG)
def test_what_is_named_wrongly_is_told(environ: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        asked_postgres(environ)


def test_it_is_remembered_without_its_password(tmp_path: Path) -> None:
    assert chosen_postgres(tmp_path, None, NAMED) == (None, True)
    assert chosen_postgres(tmp_path, PLACE, {}) == (PLACE, False)
    keep_postgres(tmp_path, PLACE)
    assert "hush" not in repr(PLACE) + str(PLACE) + (tmp_path / "database.json").read_text("utf-8")
    assert stat.S_IMODE((tmp_path / "database.json").stat().st_mode) == 0o600
    assert chosen_postgres(tmp_path, None, {"POSTGRE_PASSWORD": "hush"}) == (PLACE, True)
    renewed = Postgres(PLACE.host, PLACE.port, PLACE.name, PLACE.user, "new")
    assert chosen_postgres(tmp_path, renewed, {}) == (renewed, True)


@pytest.mark.server
def test_a_start_without_its_password_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTGRE_PASSWORD", raising=False)
    keep_postgres(tmp_path, PLACE)
    with pytest.raises(ServerError, match=r"data in desk on localhost:5432: set POSTGRE_PASSWORD to .* of ada"):
        LocalServer(tmp_path).start()


def test_another_database_is_refused(tmp_path: Path) -> None:
    """Else the work of the first one would seem deleted."""
    (tmp_path / DATABASE).touch()
    with pytest.raises(ServerError, match=r"SQLite file, and desk on localhost:5432 is asked for: name another"):
        chosen_postgres(tmp_path, PLACE)
    keep_postgres(tmp_path, PLACE)
    with pytest.raises(ServerError, match=r"in desk on localhost:5432, and other on .*database\.json"):
        chosen_postgres(tmp_path, Postgres(PLACE.host, PLACE.port, "other", "ada", "hush"))


def test_a_damaged_note_is_no_other_database(tmp_path: Path) -> None:
    (tmp_path / "database.json").write_text(json.dumps({**asdict(PLACE), "port": "5432"}), "utf-8")
    with pytest.raises(ServerError, match=r"database\.json must hold host, port"):
        chosen_postgres(tmp_path, None)


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    """What stands on a task is listed by id, and saved as the same bytes."""
    annotations = [{"id": number, "import_id": None, "result": [], "completed_by": 1} for number in (5, 7, 6)]
    predictions = [{"id": number, "result": [], "model_version": f"rules {number}"} for number in (3, 2, 4)]
    drafts = [{"id": number, "result": [], "user": "ada"} for number in (9, 8)]
    project, saved = Project(7, "one", "0" * 32, ""), []
    for step in (1, -1):
        task = {"id": 1, "data": {}, "annotations": annotations[::step], "predictions": predictions[::step]}
        told = {"/api/tasks/": {"tasks": [task]}, "/api/tasks/1/drafts": drafts[::step], "/api/users/": []}

        def answer(path: str, told: dict[str, Any] = told) -> tuple[int, str, bytes]:
            return 200, "application/json", json.dumps(told.get(path.partition("?")[0], {})).encode()

        with answering(answer) as (url, _), connect(url, KEY, patience=QUICK) as client:
            (listed,) = list_tasks(client, 7, whole=True)
            save_backup(client, project, tmp_path / f"saved{step}", lambda email, _: email, [])
        assert [annotation.id for annotation in listed.annotations] == [5, 6, 7]
        assert [prediction.id for prediction in listed.predictions] == [2, 3, 4]
        saved.append((tmp_path / f"saved{step}").read_bytes())
    assert saved[0] == saved[1]
    assert len(next(open_backup(tmp_path / "saved1").tasks())["drafts"]) == 2


@pytest.mark.server
def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    """One sentence names it, without the password, and nothing of it is remembered."""
    nobody = Postgres("127.0.0.1", 9, "desk", "ada", "hush-hush")
    with pytest.raises(ServerError, match=r"tables in desk on 127\.0\.0\.1:9 .*accepting TCP") as caught:
        LocalServer(tmp_path).start(database=nobody)
    assert "hush-hush" not in str(caught.value)
    assert chosen_postgres(tmp_path, None) == (None, True)


@pytest.mark.server
@pytest.mark.skipif(not os.environ.get(CHOSEN), reason=f"needs a PostgreSQL and ${CHOSEN} (make test-postgres)")
def test_one_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database gets its tables, the work is still there at the next start, and no other folder has it."""
    server, other = LocalServer(tmp_path / "one"), LocalServer(tmp_path / "other")
    with running_cluster() as cluster:
        place = cluster.empty()
        try:
            for database in (place, None):
                status = server.start(database=database)
                with connect(str(status.url), server.credentials().token) as client:
                    if database is not None:
                        client.send("POST", "/api/projects/", {"title": "kept"})
                    assert [project["title"] for project in client.projects()] == ["kept"]
                command = ["ps", "-o", "args=", "-p", str(status.pid)]
                line = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                assert place.password not in line + server.log.read_text("utf-8")
                assert server.stop()
            monkeypatch.setattr("corpus.labelstudio.local.server._GRACE", 2.0)
            with pytest.raises(ServerError, match=r"does not know the user of .*another folder"):
                other.start(database=place)
        finally:
            for one in (server, other):
                one.stop()
    assert not (server.data_dir / DATABASE).exists()
