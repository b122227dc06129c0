"""What a server says is shown and never obeyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from labelstudio_answering import KEY, answering

from corpus.cli.app import app
from corpus.cli.rim import run


def test_an_address_of_the_server_drives_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither by its characters nor as markup."""
    link = "https://desk.example/[red]join[/red]\x1b[2J\nall well"
    body = json.dumps({"invite_url": link, "version": "1", "release": "1"}).encode()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    with answering(lambda _: (200, "application/json", body)) as (url, _):
        assert run(app, ["labelstudio", "team", "invite", "--url", url]) == 0
    assert capsys.readouterr().out.splitlines() == ["https://desk.example/[red]join[/red]\\x1b[2J\\nall well"]
