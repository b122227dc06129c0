"""A command that the system tells to end leaves nothing behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typer

from corpus.cli.rim import run


def test_ctrl_c_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever Typer makes of it: versions of it raise, or only give the exit code."""
    app = typer.Typer()

    @app.command()
    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        assert run(app, []) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err.strip() == "corpus: interrupted; what was finished before is kept."


def test_sigterm_clears_up_and_gives_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Even where a second one comes while temporary files are removed; after that, the signal is what it was."""
    app = typer.Typer()
    before = signal.getsignal(signal.SIGTERM)

    @app.command()
    def work() -> None:
        with TemporaryDirectory(dir=tmp_path):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

    assert run(app, []) == 143
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before
    assert "told to end" in capsys.readouterr().err
