"""Remove parts of a raw file: cut them out where others stay, or else remove the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.readers.erasing.archives import is_zipped
from corpus.readers.erasing.cutting import without_stretches
from corpus.readers.erasing.tables import without_rows
from corpus.readers.kinds import Kind

__all__ = ["remove_parts"]


def remove_parts(
    path: Path,
    kind: Kind,
    gone: Sequence[tuple[int, int]],
    *,
    gzipped: bool,
    check: Callable[[], None] | None = None,
) -> None:
    """Write a file anew without some of its parts, which ascend; all or nothing.

    ``check`` is called before the old file goes, which stays where it raises an error.

    Raises:
        SourceError: it is damaged where it would be cut.
        OSError: it cannot be written.
    """
    if kind == "parquet":
        without_rows(path, [row for begin, end in gone for row in range(begin, end)], check)
        return
    if kind == "warc":
        with path.open("rb") as stream:
            gzipped = is_zipped(stream, gzipped)
    without_stretches(path, gone, gzipped=gzipped, check=check)
