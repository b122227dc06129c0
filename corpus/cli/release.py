"""``corpus release``: a built dataset to a versioned, reproducible release."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.rim import escape, out, visible_path
from corpus.errors import UsageError
from corpus.releases.release import make_release

__all__ = ["command"]


def command(
    version: Annotated[str, typer.Argument(help="MAJOR.MINOR.PATCH")],
    build: Annotated[Path, typer.Option("--from", help="The built dataset.")],
    target: Annotated[Path, typer.Option("--out", help="The folder that gets NAME-VERSION/.")],
    date: Annotated[
        str | None, typer.Option(help="The release's date, YYYY-MM-DD (default: SOURCE_DATE_EPOCH, else none).")
    ] = None,
) -> None:
    """Write NAME-VERSION/ with data, card, manifest and checksums; the same input gives the same bytes."""
    path = make_release(build, target, version, date or _source_date())
    out.print(f"release {version}: {escape(visible_path(path))}")


def _source_date() -> str | None:
    """Return the day that SOURCE_DATE_EPOCH names, the convention of reproducible-builds.org."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH must be seconds since 1970, got {epoch!r}.") from None
