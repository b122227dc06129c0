"""Which server is meant: the one that was named, or this project's local one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, connect

__all__ = ["WORK_FOLDER", "connection", "ledger_folder", "local_server"]

WORK_FOLDER = ".corpus"
"""The project's working folder: the local server's data and the ledger, outside git and releases."""


def local_server(project: Path, data: Path | None = None) -> LocalServer:
    """Return the local server of a project folder, or of the data directory that is named."""
    return LocalServer(data if data is not None else project / WORK_FOLDER / "label-studio")


def ledger_folder(project: Path) -> Path:
    """Return where the ledger of a project folder lies."""
    return project / WORK_FOLDER / "labelstudio"


def connection(
    local: LocalServer,
    url: str | None = None,
    environ: Mapping[str, str] = os.environ,
    ca: Path | None = None,
) -> Client:
    """Connect to ``url``, else to $LABEL_STUDIO_URL, else to the local server that runs.

    The key of a named server is $LABEL_STUDIO_API_KEY; the local one's is in its data directory. ``ca``, else
    $LABEL_STUDIO_CA, is a file with the authority that vouches for a named server's certificate.

    Raises:
        UsageError: a server is named and no key, or ``ca`` cannot be read.
        ServerError: none is named and the local one does not run.
    """
    status = local.status()
    named = url or environ.get("LABEL_STUDIO_URL") or None
    if named is None and status.url is None:
        raise ServerError(
            "No Label Studio runs here: start one with `corpus labelstudio server start`, or name another with "
            "`url=` and its key in LABEL_STUDIO_API_KEY."
        )
    if status.url is not None and (named is None or named.rstrip("/") == status.url):
        return connect(status.url, local.credentials().token)
    key = environ.get("LABEL_STUDIO_API_KEY")
    if not key:
        raise UsageError(f"The key for {named} is missing: set LABEL_STUDIO_API_KEY in the environment.")
    authority = ca or (Path(environ["LABEL_STUDIO_CA"]) if environ.get("LABEL_STUDIO_CA") else None)
    return connect(str(named), key, authority)
