"""Files of other tools, opened with care: not too large, not led out of their folder, and UTF-8."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import SourceError
from corpus.readers.opening import open_regular, visible

__all__ = ["LARGEST", "read_limited", "read_utf8", "shown"]

LARGEST = 256 * 2**20
"""Bytes that one file may have which is read as a whole."""


def read_utf8(path: Path, within: Path | None = None) -> str:
    """Return a file's text as it stands there: line ends untouched, a byte order mark in front left in.

    Raises:
        SourceError: as :func:`read_limited`, or it is not UTF-8; the sentence has the place.
    """
    data = read_limited(path, within)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{shown(path)}:{line} is not UTF-8 (byte {data[error.start]:#04x} at offset {error.start}); save it "
            "as UTF-8 without changing its characters."
        ) from None


def read_limited(path: Path, within: Path | None = None, most: int | None = None) -> bytes:
    """Return a regular file's bytes, no more than ``most`` (:data:`LARGEST`); what a link leads to lies ``within``.

    Raises:
        SourceError: it is none, cannot be read, is too large, or a link leads elsewhere.
    """
    limit = LARGEST if most is None else most
    try:
        if within is not None and not path.resolve().is_relative_to(within.resolve()):
            raise SourceError(f"This is a link out of {shown(within)}, which is not followed; copy the file.")
        with open_regular(path) as stream:
            data = stream.read(limit + 1)
    except RuntimeError as error:  # links that lead to one another
        raise SourceError(f"{shown(path)}: {error}.") from None
    except SourceError as error:
        raise SourceError(f"{shown(path)}: {error}") from None
    if len(data) > limit:
        raise SourceError(f"{shown(path)} has more than the limit of {limit} bytes; split it.")
    return data


def shown(path: Path) -> str:
    """Return a path that can be printed."""
    return visible(str(path))
