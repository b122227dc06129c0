"""What a caller names on this machine's disk: as a path, and there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import UsageError
from corpus.model.arguments import PATH, is_path
from corpus.model.shortened import told_value

__all__ = ["Place", "check_file", "check_folder", "listed_sources", "optional_path", "path_of"]

Place = str | os.PathLike[str]
"""A path."""


def path_of(place: Place, name: str) -> Path:
    """Return what a call names as a path; ``name`` is the argument's.

    Raises:
        UsageError: it is no path.
    """
    if not is_path(place):
        got = told_value(place) if isinstance(place, str) else type(place).__name__
        raise UsageError(f"{name} must be {PATH}, got {got}.")
    return Path(place)


def optional_path(place: Place | None, name: str) -> Path | None:
    """Return what a call may name as a path; None stays None.

    Raises:
        UsageError: it is no path.
    """
    return None if place is None else path_of(place, name)


def listed_sources(sources: Place | Iterable[Place]) -> list[Path | str]:
    """Return one or several sources as a list; addresses stay text.

    Raises:
        UsageError: they are no list, or one of them is neither a path nor an address.
    """
    if isinstance(sources, bytes) or not isinstance(sources, str | os.PathLike | Iterable):
        raise UsageError(f"sources must be a path (str or Path) or a list of them, got {type(sources).__name__}.")
    if isinstance(sources, str | os.PathLike):
        return [_source(sources, "sources")]
    if isinstance(sources, set | frozenset):
        raise UsageError("sources must be a path or a list of them in their order, got a set, which has none.")
    return [_source(each, f"sources[{number}]") for number, each in enumerate(sources)]


def _source(source: Place, name: str) -> Path | str:
    path = path_of(source, name)
    return source if isinstance(source, str) else path


def check_file(path: Path | None, name: str, way_out: str) -> None:
    """Make sure that a file which the user named can be read; None is no file, and a pipe is one.

    ``name`` is the option's or the argument's.

    Raises:
        UsageError: there is no such file, or it is a folder.
    """
    if path is None or (path.exists() and not path.is_dir()):
        return
    what = "is a folder, not a file" if path.is_dir() else "no such file"
    raise UsageError(f"{f'{name} {path}'.strip()}: {what}; {way_out}.")


def check_folder(path: Path, what: str) -> None:
    """Make sure that a folder which the user named, or which is looked for where he is, is there.

    Raises:
        UsageError: there is no such folder, or it is a file.
    """
    if not path.is_dir():
        told = "is no folder" if path.exists() else "no such folder"
        raise UsageError(f"{path}: {told}; name {what}.")
