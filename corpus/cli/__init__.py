"""The command line: the only room that prints, draws progress, or turns an error into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the ``corpus`` command and exit with its code (see :mod:`corpus.cli.rim`)."""
    from corpus.cli.app import app
    from corpus.cli.rim import run

    _open_streams()
    sys.exit(run(app, arguments))


def _open_streams() -> None:
    """Let everything be written: UTF-8 to files and pipes in any locale, what a terminal lacks as an escape.

    A stream that the caller closed swallows what is written to it.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 (open to the end)
        elif isinstance(stream, TextIOWrapper) and stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
