"""The guide to releases is true: its commands run in their order and print what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.release import make_release

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


def make_seeds_releases(folder: Path) -> None:
    """Make the two releases of the seeds in ``folder``, as ``make releases`` does."""
    first = folder / "first"
    (first / "annotations").mkdir(parents=True)
    lines = (ROOT / "annotations" / "hand-1.jsonl").read_bytes().splitlines(keepends=True)
    (first / "annotations" / "hand-1.jsonl").write_bytes(b"".join(lines[:5]))
    name = "newscorpus-seeds"
    build([ROOT / "seeds"], first / "dataset", BuildOptions(name=name, annotations=first / "annotations"))
    build([ROOT / "seeds"], folder / "second", BuildOptions(name=name, annotations=ROOT / "annotations"))
    releases = folder / "releases"
    before = make_release(first / "dataset", releases, "0.1.0", "2026-11-22")
    make_release(folder / "second", releases, "0.2.0", "2026-11-22", previous=before)


def test_the_guide_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every line it shows is printed, an ellipsis standing for anything."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "harbour.txt").write_text(ARTICLE, "utf-8")
    make_seeds_releases(tmp_path / "build")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert len(steps()) >= 7
    for command, lines in steps():
        code = run(app, shlex.split(command))
        shown = capsys.readouterr().out
        assert code == (1 if command.startswith("diff") else 0), command
        for line in lines:
            pattern = ".*".join(map(re.escape, line.split("…")))
            assert re.search(rf"^{pattern} *$", shown, re.MULTILINE), (line, shown)
    page = tmp_path / "seeds.html"
    releases = [f"build/releases/newscorpus-seeds-{version}" for version in ("0.1.0", "0.2.0")]
    assert run(app, ["diff", *releases, "--html", str(page)]) == 1
    assert page.read_bytes() == (ROOT / "docs" / "seeds-0.1.0-0.2.0.html").read_bytes()
