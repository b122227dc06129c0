"""A key is in no file, no output, no log, no traceback and no process list, whatever happens."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_people import personal_token
from labelstudio_proxy import FAULTS, Fate, proxied

from corpus.errors import CorpusError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, connect

pytestmark = pytest.mark.server


def run(folder: Path, built: Path, url: str, key: str) -> tuple[int, bytes]:
    """Run ``corpus labelstudio sync``; return its exit code, and all it said and what ``ps`` could see of it."""
    command = [sys.executable, "-m", "corpus.cli", "labelstudio", "sync", "--from", str(built), "--url", url]
    environment = {**os.environ, "LABEL_STUDIO_API_KEY": key, "NO_COLOR": "1"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    seen = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(process.pid)], capture_output=True, check=True)
    said, _ = process.communicate(timeout=120)
    assert b"labelstudio" in seen.stdout
    return process.returncode, said + seen.stdout


@pytest.mark.parametrize("kind", ["legacy", "personal"])
def test_a_whole_run(label_studio: LocalServer, client: Client, built: Path, tmp_path: Path, kind: str) -> None:
    """A sync that works and one that the server refuses leave the key, and what it was exchanged for, nowhere."""
    key = label_studio.credentials().token if kind == "legacy" else personal_token(client)
    folder = tmp_path / "project"
    folder.mkdir()
    code, said = run(folder, built, client.url, key)
    assert (code, b"tasks" in said) == (0, True), said
    code, refused = run(folder, built, client.url, key[:-3] + "abc")
    assert (code, b"does not accept" in refused) == (3, True), refused
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 1
    for text in (said, refused, *files):
        assert key.encode() not in text
        assert key[:-3].encode() not in text
        assert b"eyJhbGciOi" not in text  # how each JSON web token begins


@pytest.mark.parametrize("fate", FAULTS)
def test_a_failing_run(fate: Fate, caplog: pytest.LogCaptureFixture) -> None:
    """Every fault's error, its causes and the libraries' most talkative logs do not tell the key."""
    caplog.set_level(logging.DEBUG)
    body = b'{"detail": "your header was Token %s"}' % KEY.encode()
    with answering(lambda _: (401, "application/json", body)) as (target, _), proxied(target) as proxy:
        proxy.plan = lambda _method, _path: fate
        with connect(proxy.url, KEY, patience=QUICK) as client:
            try:
                client.whoami()
            except CorpusError as error:
                caught = error
    told = "".join(traceback.format_exception(caught)) + repr(caught.__dict__) + caplog.text
    assert KEY not in told
    assert caught.__cause__ is None


def test_the_pushers_of_a_crash(caplog: pytest.LogCaptureFixture) -> None:
    """Even an error that nobody thought of shows no key, in its notes, its frames' source or the client."""
    with connect("http://127.0.0.1:9", KEY, patience=QUICK) as client:
        with pytest.raises(TypeError) as caught:
            client.send("POST", "/api/x", {1, 2})
        told = "".join(traceback.format_exception(caught.value)) + repr(client) + repr(vars(client))
    assert KEY not in told + caplog.text
