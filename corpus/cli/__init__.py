"""The command line: the only room that prints, draws progress, or turns an error into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the ``corpus`` command and exit with its code (see :mod:`corpus.cli.rim`)."""
    if os.environ.get("COLUMNS", "").strip() == "0":  # some job runners have no terminal and say so
        del os.environ["COLUMNS"]  # Rich would write lines of no length: nothing at all
    from corpus.cli.app import app
    from corpus.cli.rim import run
    from corpus.cli.streams import let_go, open_streams

    open_streams()
    code = run(app, arguments)
    let_go()
    sys.exit(code)
