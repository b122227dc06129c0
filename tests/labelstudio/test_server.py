"""The local server: started once, found again, ended alone; its secrets stay in its folder."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from labelstudio_postgres import place_of

from corpus.errors import ServerError
from corpus.labelstudio.connection import local_server
from corpus.labelstudio.local.install import DATABASE, ensure_installed, quiet_environment
from corpus.labelstudio.local.process import end_group, start_mark
from corpus.labelstudio.local.server import LocalServer

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.mark.server
def test_one_life(tmp_path: Path) -> None:
    """Start, start again, log in, stop, start with the same token on the same port, stop twice."""
    server = LocalServer(tmp_path / "data dir")
    try:
        first = server.start()
        assert server.start() == first == server.status()
        assert first.url is not None
        assert first.url.startswith("http://127.0.0.1:")
        token = server.credentials().token
        headers = {"Authorization": f"Token {token}"}
        me = httpx.get(f"{first.url}/api/current-user/whoami", headers=headers, trust_env=False)
        assert me.json()["email"] == server.credentials().username
        with pytest.raises(ServerError, match="stop it first"):
            server.start(port=int(first.url.rpartition(":")[2]) ^ 1)
        assert server.stop()
        assert not server.status().running
        again = server.start()
        assert (again.url, server.credentials().token) == (first.url, token)
    finally:
        assert server.stop()
        assert not server.stop()


@pytest.mark.server
def test_secrets_stay_at_home(label_studio: LocalServer) -> None:
    """No secret stands on the command line, and only the owner can read the folder and its files."""
    secrets = label_studio.credentials()
    pid = label_studio.status().pid
    line = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    log = label_studio.log.read_text("utf-8")
    for secret in (secrets.password, secrets.token, secrets.secret_key):
        assert secret not in line + log + repr(secrets)
    assert stat.S_IMODE(label_studio.data_dir.stat().st_mode) == 0o700
    data = DATABASE if place_of(label_studio) is None else "database.json"
    for name in ("credentials.json", "server.json", data):
        assert stat.S_IMODE((label_studio.data_dir / name).stat().st_mode) == 0o600


@pytest.mark.server
def test_it_listens_on_the_loopback_alone(label_studio: LocalServer) -> None:
    """Another address of this machine does not reach it."""
    port = int(str(label_studio.status().url).rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.server
def test_nobody_signs_up_without_the_link(label_studio: LocalServer) -> None:
    """The sign-up form works with the organisation's invite link only."""
    with httpx.Client(base_url=str(label_studio.status().url), trust_env=False) as browser:
        browser.get("/user/login/")
        form = {
            "email": "x@example.org",
            "password": "long enough",
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/user/signup/", data=form).status_code == 403


@pytest.mark.server
def test_a_busy_port_is_refused(label_studio: LocalServer, tmp_path: Path) -> None:
    """A port that another program has is named in the error, and nothing is started."""
    port = int(str(label_studio.status().url).rpartition(":")[2])
    other = LocalServer(tmp_path)
    with pytest.raises(ServerError, match=f"Port {port} of 127.0.0.1 is in use"):
        other.start(port=port)
    assert not other.status().running


@pytest.mark.server
def test_a_server_that_dies_says_why(tmp_path: Path) -> None:
    """A database that is none gives one sentence with the log's last words, and leaves no process."""
    (tmp_path / "label_studio.sqlite3").write_bytes(b"this is no database" * 100)
    server = LocalServer(tmp_path)
    with pytest.raises(ServerError, match=r"ended while it started .*database.*whole log is"):
        server.start()
    assert not server.status().running


@pytest.mark.server
def test_the_installation_is_made_once() -> None:
    """A second call finds the first one's folder and changes nothing in it."""
    first = ensure_installed()
    before = first.marker.stat().st_mtime_ns
    assert ensure_installed() == first
    assert first.marker.stat().st_mtime_ns == before


def test_a_stale_process_file_counts_as_stopped(tmp_path: Path) -> None:
    """A process id that went to somebody else is neither taken for the server nor ended."""
    sleeper = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        record = {"pid": sleeper.pid, "mark": "another boot 1", "port": 8080}
        (tmp_path / "server.json").write_text(json.dumps(record), "utf-8")
        server = LocalServer(tmp_path)
        assert not server.status().running
        assert not server.stop()
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.mark.parametrize("deaf", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN); "])
def test_a_group_is_ended_with_its_children(deaf: str) -> None:
    """The children of the process are gone with it, deaf ones too, and the mark tells it from another."""
    sleeper = f"import signal, sys, time; {deaf}print(flush=True); time.sleep(60)"
    program = f"import subprocess, sys, time\nchild = [sys.executable, '-c', {sleeper!r}]\n"
    program += "started = subprocess.Popen(child, stdout=subprocess.PIPE)\nstarted.stdout.readline()\n"
    program += "print(started.pid, flush=True)\ntime.sleep(60)"
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.stdout.close()
    mark = start_mark(parent.pid)
    assert mark is not None
    assert not end_group(parent.pid, "another")
    assert end_group(parent.pid, mark, patience=2.0)
    parent.wait()
    assert start_mark(parent.pid) is None
    assert start_mark(child) is None


def test_asking_makes_nothing(tmp_path: Path) -> None:
    """Status and stop of a server that never was leave no folder behind; a private one is out of git."""
    server = local_server(tmp_path)
    assert not server.status().running
    assert not server.stop()
    assert list(tmp_path.iterdir()) == []
    server.credentials()
    assert (server.data_dir / ".gitignore").read_text("utf-8") == "*\n"


def test_credentials_that_cannot_be_read(tmp_path: Path) -> None:
    """Damaged credentials are an error that names the file, never new ones in silence."""
    (tmp_path / "credentials.json").write_text("{}", "utf-8")
    with pytest.raises(ServerError, match=r"credentials\.json must hold username"):
        LocalServer(tmp_path).credentials()


def test_the_servers_environment_is_its_own(tmp_path: Path) -> None:
    """Keys and proxies of the caller's environment stay out; telemetry is off."""
    asked = {"PATH": "/bin", "LABEL_STUDIO_API_KEY": "k", "https_proxy": "http://p", "HEARTEX_TOKEN": "t"}
    made = quiet_environment(tmp_path, asked)
    assert made["PATH"] == "/bin"
    assert not {"LABEL_STUDIO_API_KEY", "https_proxy", "HEARTEX_TOKEN"} & set(made)
    assert (made["COLLECT_ANALYTICS"], made["SENTRY_DSN"], made["HOME"]) == ("false", "", str(tmp_path))
    assert os.environ.get("SENTRY_DSN") is None or made["SENTRY_DSN"] == ""
