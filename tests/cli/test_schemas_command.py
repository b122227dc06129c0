"""``corpus schemas`` renews what a scheme generates, also the tables in a guideline that people wrote."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the schemas, a scheme of its own and a guideline of ours."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    scheme = (ROOT / "schemas" / "news-ec.toml").read_text("utf-8")
    (tmp_path / "own.toml").write_text(scheme.replace('guideline_version = "1.0.0"', 'guideline_version = "1.1.0"'))
    shutil.copy(ROOT / "annotations" / "guidelines.md", tmp_path / "guide.md")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_guideline_is_renewed_with_its_scheme(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its tables alone: what people wrote stays to the letter; then it is up to date."""
    before = (here / "guide.md").read_text("utf-8")
    assert run(app, ["schemas", "--check", "--guideline", "guide.md"]) == 0
    own = ["schemas", "--scheme", "own.toml", "--guideline", "guide.md"]
    assert run(app, [*own, "--check"]) == 1
    told = "guide.md is stale: run `corpus schemas --scheme own.toml --guideline guide.md`"
    assert told in capsys.readouterr().err
    assert (here / "guide.md").read_text("utf-8") == before
    assert run(app, own) == 0
    assert "guide.md" in capsys.readouterr().out
    assert (here / "guide.md").read_text("utf-8") == before.replace("guideline 1.0.0.", "guideline 1.1.0.")
    assert run(app, [*own, "--check"]) == 0


@pytest.mark.parametrize(
    "given",
    [
        ["schemas", "--out", "new"],
        ["schemas", "--scheme", "own.toml", "--out", "new"],
        ["schemas", "--scheme", "my own.toml", "--out", "a [b] c", "--guideline", "guide.md"],
    ],
    ids=" ".join,
)
def test_what_a_check_says_to_run_makes_it_whole(
    here: Path, capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    """Word for word: with the scheme, the folder and the guideline that were checked."""
    shutil.copy(here / "own.toml", here / "my own.toml")
    assert run(app, [*given, "--check"]) == 1
    said = {line.partition(": run ")[2] for line in capsys.readouterr().err.splitlines()}
    (call,) = said
    assert run(app, shlex.split(call.strip("`"))[1:]) == 0
    assert run(app, [*given, "--check"]) == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (None, 2, "no such file"),
        (b"\xff", 2, "is not UTF-8"),
        (b"[//]: # (scheme: version)\n", 3, "is not closed"),
    ],
)
def test_a_guideline_that_cannot_be_renewed_is_told_of(
    here: Path, capsys: pytest.CaptureFixture[str], words: bytes | None, code: int, told: str
) -> None:
    """Nothing is written then, though schemas are missing."""
    (here / "schemas" / "raw.schema.json").unlink()
    if words is not None:
        (here / "own.md").write_bytes(words)
    assert run(app, ["schemas", "--guideline", "own.md"]) == code
    assert told in capsys.readouterr().err
    assert not (here / "schemas" / "raw.schema.json").exists()
