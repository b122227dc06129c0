"""Output that cannot be written is told with its place; a reader that goes away is no fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
# Linux has it wherever the suite runs; macOS has nothing of the kind, so there nothing could be tried.
needs_full = pytest.mark.skipif(not FULL.exists(), reason="the system has no device that is always full")
COMMAND = (sys.executable, "-m", "corpus.cli")
TEXT = "The port of Ahlen reopened on Monday, its operator said.\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "port.txt"
    path.write_text(TEXT, "utf-8")
    return path


@needs_full
@pytest.mark.parametrize("environment", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["held back", "at once"])
@pytest.mark.parametrize("arguments", [("clean", "port.txt"), ("--version",)], ids=["text", "version"])
def test_standard_output_on_a_full_disk_is_one_sentence(
    article: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    """Whether Python writes at once or holds back until the end."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=article.parent,
            env={"PYTHONPATH": ":".join(sys.path), **environment},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == (
        "corpus: standard output: No space left on device (the operating system refused; what is there is not "
        "whole); make room there, or name another place.\n"
    )


@needs_full
def test_the_exit_code_is_right_where_no_sentence_can_be_shown() -> None:
    with FULL.open("w") as full:
        done = subprocess.run([*COMMAND, "clean", "nothing-there.txt"], stderr=full, check=False)
    assert done.returncode == 2


def test_a_reader_that_has_gone_is_no_fault(article: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "clean", str(article)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, "")
