"""Files and folders that only their owner may read, and that git never sees."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from corpus.errors import ServerError

__all__ = ["WORK_FOLDER", "private_folder", "read_private", "work_folder", "write_private"]

WORK_FOLDER = ".corpus"
"""The project's working folder: the local server's data and the ledgers, outside git and releases."""


def work_folder(project: Path) -> Path:
    """Return ``project``'s working folder, made with a .gitignore that keeps all of it out of git."""
    folder = project / WORK_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def private_folder(folder: Path) -> Path:
    """Make the folder if it is missing, and close it to everybody but its owner."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(path: Path, record: object) -> None:
    """Write a JSON file of mode 0600 that takes the old one's place whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(record, stream, ensure_ascii=False, indent=1, sort_keys=True)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_private(path: Path) -> dict[str, object] | None:
    """Return the JSON object of a file that :func:`write_private` wrote, or None where there is none.

    Raises:
        ServerError: the file is there and is no JSON object.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ServerError(f"{path} cannot be read ({error}); remove it to begin anew.") from None
    if not isinstance(record, dict):
        raise ServerError(f"{path} must hold a JSON object; remove it to begin anew.")
    return record
