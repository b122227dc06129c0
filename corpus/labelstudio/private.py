"""Files and folders that only their owner may read, and that git never sees."""

from __future__ import annotations

import json
import os
import re
import secrets
from pathlib import Path

from corpus.annotation.locking import exclusive
from corpus.errors import ServerError

__all__ = ["private_folder", "read_private", "sweep", "write_private"]

_LEFT_OVER = re.compile(r"\..+\.jsonl?\.[0-9A-Za-z_]{8}")


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


def sweep(folder: Path) -> list[Path]:
    """Remove what killed writers left in a folder: new files that never took the old ones' place.

    Their content is written again by whoever goes on, so nothing is lost. The folder is locked as annotation
    files are; whoever writes others there must hold a lock of their own while they call this.
    """
    if not folder.is_dir():
        return []
    with exclusive(folder):
        found = sorted(path for path in folder.iterdir() if _LEFT_OVER.fullmatch(path.name) and path.is_file())
        for path in found:
            path.unlink(missing_ok=True)
    return found


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
