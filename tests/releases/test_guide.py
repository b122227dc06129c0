"""The guide to releases is true: its commands run in their order and print what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "releases.md").read_text("utf-8")
ARTICLE = """Harbour to reopen in May

PORTO — The harbour will open again on May 3, Mayor Lena Voss said on Monday.

The works may cost two million euros, and the owners of the cafés hope that it will be worth it.
"""


def steps() -> list[tuple[str, list[str]]]:
    """Return each command of the guide with the lines that it says come out."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ corpus "), []))
            else:
                found[-1][1].append(line)
    return found


def test_the_guide_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every line it shows is printed, an ellipsis standing for anything."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "harbour.txt").write_text(ARTICLE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert len(steps()) >= 7
    for command, lines in steps():
        code = run(app, shlex.split(command))
        shown = capsys.readouterr().out
        assert code == (1 if command.startswith("diff") else 0), command
        for line in lines:
            pattern = ".*".join(map(re.escape, line.split("…")))
            assert re.search(f"^{pattern}$", shown, re.MULTILINE), (line, shown)
