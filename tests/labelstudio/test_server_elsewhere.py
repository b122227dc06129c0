"""One server on one database: also where another machine or container started it, and where two start at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import ServerError
from corpus.labelstudio.local.claims import claimed, is_claimed
from corpus.labelstudio.local.process import start_mark
from corpus.labelstudio.local.server import LocalServer

HOLDER = "import sys, time; print(flush=True); time.sleep(60)"


def shell(verb: str, data: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "corpus.cli", "labelstudio", "server", verb, "--data", str(data), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def change_record(data: Path, **values: object) -> None:
    path = data / "server.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has inherited the claim on the data, as a server does."""
    with claimed(tmp_path / "server.lock") as handle:
        made = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, pass_fds=(handle,))
    assert made.stdout is not None
    made.stdout.readline()
    yield made
    made.kill()
    made.wait()
    made.stdout.close()


def test_a_claim_lives_as_long_as_who_inherited_it(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    lock = tmp_path / "server.lock"
    assert is_claimed(lock)
    with pytest.raises(ServerError, match="locked: end it first"), claimed(lock):
        pass
    holder.kill()
    holder.wait()
    assert not is_claimed(lock)
    with claimed(lock):
        assert is_claimed(lock)
    assert not is_claimed(tmp_path / "none")


@pytest.mark.parametrize(
    ("host", "told"), [("desk-7", "started on desk-7"), (None, "nothing tells who started it")]
)
def test_a_server_of_another_machine_is_left_alone(
    tmp_path: Path, holder: subprocess.Popen[bytes], host: str | None, told: str
) -> None:
    """Neither ended nor doubled, and its record stays for those who can end it; once it is gone, all is as ever."""
    record = {"pid": holder.pid, "mark": "another boot 1", "port": 8080} | ({"host": host} if host else {})
    (tmp_path / "server.json").write_text(json.dumps(record), "utf-8")
    server = LocalServer(tmp_path)
    status = server.status()
    assert (status.running, told in str(status.as_record()["elsewhere"])) == (False, True)
    for verb in (server.start, server.stop):
        with pytest.raises(ServerError, match=told):
            verb()
    assert json.loads((tmp_path / "server.json").read_text("utf-8")) == record
    assert holder.poll() is None
    holder.kill()
    holder.wait()
    assert not server.stop()
    assert server.status().as_record().keys() == {"running", "url", "pid", "data_dir"}


def record_of(process: subprocess.Popen[bytes]) -> str:
    return json.dumps({"pid": process.pid, "mark": start_mark(process.pid), "port": 8080, "host": "here"})


def test_a_server_that_has_claimed_its_data_and_is_not_yet_told_is_no_stranger(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    """Its process can be told a moment after the claim only: who looks in between waits for that."""
    told = threading.Timer(0.3, (tmp_path / "server.json").write_text, [record_of(holder), "utf-8"])
    told.start()
    try:
        status = LocalServer(tmp_path).status()
    finally:
        told.join()
    assert (status.running, status.pid, status.elsewhere) == (True, holder.pid, None)


LEAVING = """
import pathlib, signal, sys, time
def leave(*_):
    pathlib.Path(sys.argv[1]).write_text(sys.argv[2], "utf-8")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
print(flush=True)
time.sleep(60)
"""


def test_the_record_of_a_server_that_was_started_meanwhile_stays(
    tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    """What is ended is the one before it; forgotten, the new one could be neither ended nor doubled."""
    path, later = tmp_path / "server.json", record_of(holder)
    command = [sys.executable, "-c", LEAVING, str(path), later]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as before:
        assert before.stdout is not None
        before.stdout.readline()
        path.write_text(record_of(before), "utf-8")
        assert LocalServer(tmp_path).stop()
    assert path.read_text("utf-8") == later
    assert LocalServer(tmp_path).status().pid == holder.pid


@pytest.mark.server
def test_two_starts_at_once_are_one_server(tmp_path: Path) -> None:
    """The second shell waits and gets the first one's; seen from another boot it is neither doubled nor lost."""
    data = tmp_path / "data"
    server = LocalServer(data)
    shells = [shell("start", data, "--json") for _ in range(2)]
    try:
        told = [json.loads(one.communicate()[0]) for one in shells]
        assert [one.returncode for one in shells] == [0, 0]
        assert told[0] == told[1]
        mark = json.loads((data / "server.json").read_text("utf-8"))["mark"]
        change_record(data, mark="another boot 1")
        for verb in ("stop", "start"):
            again = shell(verb, data)
            assert "end it where it runs" in " ".join(again.communicate()[1].split())
            assert again.returncode == 3
        change_record(data, mark=mark)
        assert server.status().pid == told[0]["pid"]
    finally:
        assert server.stop()
    assert not is_claimed(data / "server.lock")


@pytest.mark.server
def test_a_start_that_is_stopped_from_another_shell_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    starting = shell("start", data)
    server = LocalServer(data)
    try:
        while not server.status().running:
            assert starting.poll() is None
            time.sleep(0.05)
        stopping = shell("stop", data)
        assert "was ended" in stopping.communicate()[0]
        assert "was ended from outside while it started" in " ".join(starting.communicate()[1].split())
        assert (starting.returncode, server.status().running) == (3, False)
    finally:
        server.stop()
