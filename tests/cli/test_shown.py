"""What is printed cannot be forged by the name of a file, an id or a text, in words or as JSON."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run

ODD = os.fsdecode(b"one\xff\x85two")
NAMES = [
    "one\nall as promised",
    "one\r\x1b[2Jall as promised",
    "one\t\x9b31m\u202etwo\u2028three",
    "one[red]two[bold]",
    ODD,
]
TEXT = "Quay reopens\n\nThe quay reopened on Monday, the port said.\n"
Command = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Run a command in a folder with one sound text; return its exit code, and its lines on both outputs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sound.txt").write_text(TEXT, "utf-8")

    def called(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = run(app, arguments)
        said, told = (text.decode("utf-8") for text in capsysbinary.readouterr())
        for text in (said, told):
            assert not [c for c in text if unicodedata.category(c)[0] in "CZ" and c not in " \n"], ascii(text)
        return code, said.splitlines(), [line for line in told.splitlines() if not line.endswith(" …")]

    return called


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_stays_on_its_line(command: Command, name: str) -> None:
    """Of a source that is not there, of one with a finding, and of a folder."""
    code, said, told = command("build", name, "--out", "out")
    assert (code, len(said), len(told)) == (2, 0, 1)
    Path(f"{name}.json").write_text("{", "utf-8")
    code, _, told = command("build", f"{name}.json", "--out", "out")
    assert (code, len(told)) == (3, 2)
    code, said, told = command("verify", name)
    assert (code, len(said), len(told)) in ((1, 0, 1), (1, 0, 2), (2, 0, 1), (3, 0, 1))
    code, said, told = command("build", "sound.txt", "--out", name)
    if name == ODD:
        assert (code, len(said), len(told)) == (2, 0, 1)
        assert "one\\udcff\\udc85two" in told[0]
        assert not [left for left in Path().iterdir() if ".new-" in left.name]
        return
    assert (code, len(said), len(told)) == (0, 1, 0)
    code, said, told = command("verify", name)
    assert (code, len(said), len(told)) == (0, 1, 0)
    assert said[0].startswith("one")
    assert said[0].endswith(": all as promised")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_json_means_the_name_and_shows_no_more(command: Command, name: str) -> None:
    Path(f"{name}.txt").write_text(TEXT, "utf-8")
    code, said, _ = command(
        "takedown", "sound", "--reason", "asked", "--raw", ".", "--purge", "--dry-run", "--json"
    )
    assert code == 0
    assert f"{name}.txt" in [item["place"] for item in json.loads("\n".join(said))["erased"]]
