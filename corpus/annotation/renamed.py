"""Which documents have other ids since they were annotated: kept beside the files, for who meets an old one.

``renamed.json`` holds the renamings in their order, each with the hashes of the anchor texts that bore the old id:
by then another document may bear it. Label Studio's tasks, other checkouts' ledgers and old backups are read by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.errors import DataError
from corpus.files import atomic_write

__all__ = ["RENAMED", "Renamed", "Renames"]

RENAMED = "renamed.json"
"""The file beside the annotation files."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """One document's id before and after, and the hashes of the texts that bore the one before."""

    before: str
    after: str
    anchors: frozenset[str]


@dataclass(frozen=True)
class Renames:
    """All renamings in their order; those of one group were made at once."""

    groups: tuple[tuple[Renamed, ...], ...] = ()
    unfinished: bool = False
    """Whether the last group was begun and not ended: some files may still say the ids before it."""

    @classmethod
    def read(cls, folder: Path) -> Renames:
        """Read the file of a folder of annotations; none where nothing was renamed.

        Raises:
            DataError: it is damaged.
        """
        path = folder / RENAMED
        if not path.is_file():
            return cls()
        try:
            told = json.loads(path.read_bytes())
            groups = tuple(tuple(map(_renamed, group)) for group in told["renamed"])
            return cls(groups, told.get("unfinished") is True)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise DataError(
                f"{path} is damaged: it tells which documents were renamed; restore it from a copy."
            ) from None

    def write(self, folder: Path) -> None:
        """Replace the file.

        Raises:
            OSError: it cannot be written.
        """
        groups = [
            [{"from": own.before, "to": own.after, "anchors": sorted(own.anchors)} for own in group]
            for group in self.groups
        ]
        told = {"renamed": groups, **({"unfinished": True} if self.unfinished else {})}
        with atomic_write(folder / RENAMED) as stream:
            stream.write(json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")

    @cached_property
    def digest(self) -> str:
        """A hash of all renamings, "" where there is none."""
        told = [[(own.before, own.after, sorted(own.anchors)) for own in group] for group in self.groups]
        return hashlib.sha256(json.dumps(told).encode("ascii")).hexdigest() if told else ""

    def today(self, doc_id: str, anchor: str | None = None) -> str:
        """Return what the document of an id is called today; with ``anchor``, that of this text alone.

        >>> renames = Renames(((Renamed("a", "x/a", frozenset({"1"})),), (Renamed("x/a", "y", frozenset({"1"})),)))
        >>> renames.today("a", "1"), renames.today("a", "2"), renames.today("a")
        ('y', 'a', 'y')
        """
        for group in self._by_former_id:
            own = group.get(doc_id)
            if own is not None and (anchor is None or anchor in own.anchors):
                doc_id = own.after
        return doc_id

    @cached_property
    def former_ids(self) -> frozenset[str]:
        """Every id that some document bore once."""
        return frozenset().union(*self._by_former_id)

    @cached_property
    def _by_former_id(self) -> tuple[dict[str, Renamed], ...]:
        return tuple({own.before: own for own in group} for group in self.groups)

    def with_group(self, group: Sequence[Renamed]) -> Renames:
        """Return these with one more group, which is begun."""
        return Renames((*self.groups, tuple(group)), unfinished=True)


def _renamed(record: dict[str, Any]) -> Renamed:
    before, after, anchors = record["from"], record["to"], record["anchors"]
    if not all(isinstance(text, str) for text in (before, after, *anchors)):
        raise TypeError
    return Renamed(before, after, frozenset(anchors))
