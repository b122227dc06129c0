"""What runs the command may set strange things: each gives a sentence or changes nothing, and hides nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def corpus(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "corpus.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_a_width_of_nothing_hides_nothing(tmp_path: Path) -> None:
    """Job runners without a terminal set COLUMNS to 0."""
    done = corpus("verify", tmp_path, COLUMNS="0")
    assert done.returncode == 2
    assert "is no dataset built here" in done.stderr


def test_no_threads_is_a_sentence() -> None:
    done = corpus("clean", "seeds/003_3d0e764f794c4c26.txt", POLARS_MAX_THREADS="0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "POLARS_MAX_THREADS must be 1 or more, got 0: unset it" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("call", [("build", "LOOP", "--out", "OUT"), ("build", "seeds", "--out", "LOOP")])
def test_a_link_to_itself_is_a_sentence(tmp_path: Path, call: tuple[str, ...]) -> None:
    """As source and as target; nothing is written."""
    (tmp_path / "loop").symlink_to("loop")
    named = {"LOOP": str(tmp_path / "loop"), "OUT": str(tmp_path / "out")}
    done = corpus(*(named.get(word, word) for word in call))
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr
    assert "loop" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]
