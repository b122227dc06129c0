"""Files and folders that only their owner may read, and that git never sees."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.errors import ServerError
from corpus.files import atomic_write

__all__ = ["private_folder", "read_private", "write_private"]


def private_folder(folder: Path) -> Path:
    """Make the folder if it is missing, close it to everybody but its owner, and keep it out of git."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def write_private(path: Path, record: object) -> None:
    """Write a JSON file of mode 0600 that takes the old one's place whole."""
    with atomic_write(path, private=True) as stream:
        stream.write(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8") + b"\n")


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
