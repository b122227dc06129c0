"""Watching: hints are heard, polls come anyway, and a server that goes and comes back is no end."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_people import mark
from labelstudio_versions import own_server

from corpus.errors import CorpusError, DataError, ServerError, UsageError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.watching import Doorbell, hang_up, rounds
from corpus.labelstudio.wire.client import connect

ARTICLE = "Port reopens\n\nMayor Ada Lovelace told Grace Hopper on Monday that the port would reopen in March."


def test_only_who_knows_the_secret_rings() -> None:
    with Doorbell() as bell:
        assert httpx.post(bell.url, trust_env=False).status_code == 403
        assert httpx.post(bell.url, headers={"X-Newscorpus-Hint": "é".encode()}, trust_env=False).status_code == 403
        assert not bell.rung.is_set()
        assert httpx.post(bell.url, headers={"X-Newscorpus-Hint": bell.secret}, trust_env=False).status_code == 204
        assert bell.rung.is_set()
    with pytest.raises(httpx.ConnectError):
        httpx.post(bell.url, trust_env=False)


def test_a_hint_that_comes_during_a_sync_is_followed_by_one_more() -> None:
    hint = threading.Event()
    reports = iter(rounds(lambda: (hint.set(), SyncReport())[1], hint, 3600))
    begin = time.monotonic()
    for _ in range(3):
        next(reports)
    assert time.monotonic() - begin < 60


def played(*outcomes: Exception | None) -> Iterator[SyncReport | CorpusError | OSError]:
    """Return the rounds of a sync that ends so, one outcome after the other."""
    left = list(outcomes)

    def sync() -> SyncReport:
        outcome = left.pop(0)
        if outcome is not None:
            raise outcome
        return SyncReport(project=7)

    return rounds(sync, threading.Event(), 0.01)


def test_trouble_that_passes_is_told_and_waited_for() -> None:
    """A server that is away, a full disk; once a sync has worked, damaged files and other writers too."""
    full = OSError(errno.ENOSPC, "No space left on device")
    troubles = [ServerError("away"), full, None, DataError("damaged"), UsageError("another writer"), full, None]
    told = played(*troubles)
    for trouble in troubles:
        outcome = next(told)
        assert outcome is trouble or (trouble is None and isinstance(outcome, SyncReport))


@pytest.mark.parametrize("error", [DataError("x"), UsageError("x"), PermissionError(errno.EACCES, "x")])
def test_what_needs_a_person_ends_it_at_the_first_sync(error: Exception) -> None:
    with pytest.raises(type(error)):
        next(played(error))


def test_a_defect_ends_it() -> None:
    told = played(None, ZeroDivisionError())
    next(told)
    with pytest.raises(ZeroDivisionError):
        next(told)


@pytest.mark.parametrize(
    "headers", [None, [], "x", {"X-Newscorpus-Ledger": "other"}, {"X-Newscorpus-Ledger": "me"}]
)
def test_webhooks_of_others_stay(headers: object) -> None:
    """Whatever headers they have, only our own webhook is removed."""
    hook = json.dumps([{"id": 3, "headers": headers}, {"headers": {"X-Newscorpus-Ledger": "me"}}, None]).encode()
    with (
        answering(lambda _: (200, "application/json", hook)) as (url, asked),
        connect(url, KEY, patience=QUICK) as c,
    ):
        hang_up(c, 1, "me")
    mine = headers == {"X-Newscorpus-Ledger": "me"}
    assert [one for one in asked if one.startswith("DELETE")] == ["DELETE /api/webhooks/3/"] * mine


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Path, LocalServer]]:
    """A checkout with one article and a server of its own that may call this machine."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "port.txt").write_text(ARTICLE, "utf-8")
    corpus(tmp_path, "build", "raw", "--out", "build/dataset")
    with own_server(tmp_path / ".corpus" / "label-studio", webhooks=True) as server:
        yield tmp_path, server


def corpus(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "corpus.cli", *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def annotate(server: LocalServer, words: str) -> None:
    """Annotate the one article as the screen would."""
    with connect(str(server.status().url), server.credentials().token) as client:
        [project] = client.projects()
        [task] = client.tasks(project["id"], "id,data")
        body = {"result": [mark("a", task["data"]["text"], words, "PER", "entity")], "lead_time": 1.0}
        client.send("POST", f"/api/tasks/{task['id']}/annotations/", body)


def pulled(folder: Path) -> int:
    """How many entities all versions of the annotation hold together."""
    lines = [
        line for path in (folder / "annotations").glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    return sum(len(json.loads(line)["entities"]) for line in lines)


@pytest.mark.server
def test_a_real_webhook_brings_an_annotation_at_once_and_a_restart_is_survived(
    desk: tuple[Path, LocalServer],
) -> None:
    """With an hour between polls only the hint can have brought it; after a restart polls bring the next one."""
    folder, server = desk
    command = [sys.executable, "-m", "corpus.cli", "labelstudio", "watch", "--no-predictions", "--interval"]
    with subprocess.Popen([*command, "3600"], cwd=folder, stderr=subprocess.DEVNULL) as watching:
        try:
            assert eventually(lambda: hooks(server) == 1)
            annotate(server, "Ada Lovelace")
            assert eventually(lambda: pulled(folder) == 1)
        finally:
            watching.send_signal(signal.SIGTERM)
        assert watching.wait(60) == 130
    assert hooks(server) == 0
    with subprocess.Popen([*command, "1"], cwd=folder, stderr=subprocess.PIPE) as watching:
        try:
            assert watching.stderr is not None
            assert eventually(lambda: hooks(server) == 1)
            server.stop()
            os.set_blocking(watching.stderr.fileno(), False)
            told = bytearray()
            assert eventually(lambda: b"Trying again" in (told.extend(watching.stderr.read() or b"") or told))
            server.start(webhooks=True)
            annotate(server, "Grace Hopper")
            assert eventually(lambda: pulled(folder) == 2)
            assert watching.poll() is None
        finally:
            watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 130


def hooks(server: LocalServer) -> int:
    with connect(str(server.status().url), server.credentials().token) as client:
        return len(client.get("/api/webhooks/"))
