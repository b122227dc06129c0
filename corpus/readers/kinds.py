"""What a file holds, as its name or a web server tells it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "KINDS",
    "ONE_DOCUMENT",
    "RECORDS",
    "FileName",
    "Kind",
    "is_archive",
    "is_packed",
    "named_by_type",
    "read_name",
]

Kind = Literal["text", "html", "markdown", "jsonl", "parquet", "csv", "json", "xml", "warc"]

KINDS: dict[str, Kind] = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".xml": "xml",
    ".nitf": "xml",
    ".warc": "warc",
}
"""The kind of file by its ending; all but .parquet may be followed by .gz."""

_MEDIA_TYPES: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/warc": "warc",
}
"""The kind by what a web server says, where the address has no ending that we know."""

ONE_DOCUMENT: frozenset[Kind] = frozenset({"text", "html", "markdown"})
"""Kinds of files that are one document each, by the name of which it goes."""

RECORDS: frozenset[Kind] = frozenset({"jsonl", "csv", "parquet"})
"""Kinds of files that hold records, whose text field may hold pages or Markdown."""

_READ = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz")
_ARCHIVES = (".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".7z", ".rar", ".wacz")
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".br", ".z")


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a file tells that can be read."""

    kind: Kind
    gzipped: bool
    stem: str
    """The name without its ending."""
    ending: str
    """The ending in lower case, without .gz: ".tsv"."""


def read_name(name: str) -> FileName | None:
    """Return what a file's name tells, None for a kind that is not read.

    >>> read_name("a.b.TXT.gz"), read_name("picture.jpg")
    (FileName(kind='text', gzipped=True, stem='a.b', ending='.txt'), None)
    """
    gzipped = name.lower().endswith(".gz")
    stem, ending = os.path.splitext(name[:-3] if gzipped else name)  # noqa: PTH122
    kind = KINDS.get(ending.lower())
    if kind is None or (gzipped and kind == "parquet"):
        return None
    return FileName(kind, gzipped, stem, ending.lower())


def is_archive(name: str) -> bool:
    """Tell whether a file is an archive that is read as a folder is.

    >>> is_archive("pages.tar.gz"), is_archive("pages.TGZ"), is_archive("pages.tar.zst")
    (True, True, False)
    """
    return name.lower().endswith(_READ)


def is_packed(name: str) -> bool:
    """Tell whether a file is an archive of any kind, or a packed file of a kind that is read unpacked.

    >>> is_packed("pages.tar.zst"), is_packed("feed.jsonl.zst"), is_packed("fonts.bin.xz")
    (True, True, False)
    """
    lower = name.lower()
    inner, ending = os.path.splitext(lower)  # noqa: PTH122
    return lower.endswith(_ARCHIVES) or (
        ending in _PACKED and (inner.endswith(_ARCHIVES) or read_name(inner) is not None)
    )


def named_by_type(name: str, media_type: str | None) -> FileName | None:
    """Return what a web server's media type tells of a file whose name tells nothing."""
    kind = _MEDIA_TYPES.get(media_type or "")
    return None if kind is None else FileName(kind, False, name, "")
