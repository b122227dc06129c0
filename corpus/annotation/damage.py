"""Lines that hold no usable annotation set: whose they seem to be, and what counts in spite of them.

A version replaces the one before it. Where the newest cannot be read, the one before it says what its annotator no
longer says (it may have been corrected, or withdrawn), so nothing of that annotation counts until the line is
repaired.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.errors import DataError
from corpus.model.annotation import PSEUDONYM
from corpus.model.finding import Finding, Severity

__all__ = ["Damage", "Damaged", "Newest", "refuse_damage"]

Key = tuple[str, str]
"""A document's id and an annotator's pseudonym."""

_STRING = rb'"%s"\s*:\s*("(?:[^"\\]|\\.)*")'
_NUMBER = re.compile(rb'"revision"\s*:\s*(\d{1,9})(?!\d)')
_TEXTS = {name: re.compile(_STRING % name.encode()) for name in ("doc_id", "annotator", "annotation_id")}


class Newest(NamedTuple):
    """The newest version of an annotation that can be read, and where it stands in its file, in lines or bytes."""

    doc_id: str
    annotator: str
    annotation_id: str
    revision: int
    at: int


@dataclass(frozen=True, slots=True)
class Damaged:
    """One such line: where it stands, and as much as can be told of whose it is."""

    file: str
    """The file's stem, which is its annotator's pseudonym."""
    at: int
    """Where in the file, in what :class:`Newest` counts."""
    doc_id: str | None = None
    annotator: str | None = None
    annotation_id: str | None = None
    revision: int | None = None

    @classmethod
    def of(cls, line: bytes | None, file: str, at: int) -> Damaged:
        """Read what a line says of itself, whole JSON or not; nothing is known of one that could not be loaded."""
        names, revision = _said(line) if line is not None else ({}, None)
        who = names.get("annotator", "")
        annotator = who if PSEUDONYM.fullmatch(who) else None  # an address is not repeated
        return cls(file, at, names.get("doc_id"), annotator, names.get("annotation_id"), revision)

    @property
    def key(self) -> Key | None:
        """Whose version of what it seems to be, where its document can be told."""
        return None if self.doc_id is None else (self.doc_id, self.annotator or self.file)

    def outdates(self, newest: Newest) -> bool:
        """Tell whether it seems to be a later version; by its place, where it has no readable revision."""
        if self.revision is not None:
            return self.revision > newest.revision
        return self.file != newest.annotator or self.at > newest.at

    def told(self, newest: Newest | None) -> str:
        """Return what counts in spite of it, ``newest`` being the newest readable version of its annotation."""
        if self.key is None and newest is None:
            return (
                "Which annotation it is of cannot be told; where it was the newest version of one, the version "
                "before it counts."
            )
        doc_id, annotator = (newest.doc_id, newest.annotator) if newest is not None else self.key or ("", "")
        what = f"the annotation of {doc_id!r} by {annotator!r}"
        if newest is None:
            return f"So nothing of {what} counts until that is put right."
        if self.outdates(newest):
            return (
                f"It comes after revision {newest.revision} of {what}, which it replaced: so nothing of that "
                "annotation counts until this is put right."
            )
        return f"Revision {newest.revision} of {what} counts all the same."


@dataclass(slots=True)
class Damage:
    """All such lines of a folder's files."""

    known: dict[Key | str, list[Damaged]] = field(default_factory=dict)
    """Those whose annotation can be told, by its key or its annotation_id."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Where the last of the others stands, by file."""
    files: set[str] = field(default_factory=set)
    """Those with a line that tells its annotation_id, and not its document."""

    def add(self, damaged: Damaged) -> None:
        """Remember a line."""
        name = damaged.key or damaged.annotation_id
        if name is None:
            self.unknown[damaged.file] = max(damaged.at, self.unknown.get(damaged.file, -1))
        else:
            self.known.setdefault(name, []).append(damaged)
            self.files |= {damaged.file} if isinstance(name, str) else set()

    def outdates(self, newest: Newest) -> bool:
        """Tell whether a later version of an annotation is among them, so that nothing of it counts."""
        names: tuple[Key | str, ...] = ((newest.doc_id, newest.annotator), newest.annotation_id)
        return any(damaged.outdates(newest) for name in names for damaged in self.known.get(name, ()))

    @property
    def keys(self) -> list[Key]:
        """Whose versions of what are among them, as far as it can be told."""
        return [name for name in self.known if isinstance(name, tuple)]

    def may_hold(self, key: Key) -> bool:
        """Tell whether one of them may be a version of an annotation of which no line can be read."""
        return key in self.known or key[1] in self.unknown or key[1] in self.files

    def may_outdate(self, newest: Newest) -> bool:
        """Tell the same, or that a line of which nothing can be told may be a later version."""
        return self.unknown.get(newest.annotator, -1) > newest.at or self.outdates(newest)


def refuse_damage(findings: Iterable[Finding], done: str) -> None:
    """Make sure that annotation files are whole; ``done`` is what cannot be done otherwise ("renamed").

    Raises:
        DataError: one of the findings is an error.
    """
    damaged = next((finding for finding in findings if finding.severity is Severity.ERROR), None)
    if damaged is not None:
        raise DataError(f"Nothing was {done}, since {damaged.place} must be repaired first: {damaged.message}")


def _said(line: bytes) -> tuple[dict[str, str], int | None]:
    """Return the names in a line and its revision; of one that is no JSON what stands in it once."""
    try:
        said = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _salvaged(line)
    said = said if isinstance(said, dict) else {}
    names = {name: said[name] for name in _TEXTS if isinstance(said.get(name), str)}
    return names, said["revision"] if type(said.get("revision")) is int else None


def _salvaged(line: bytes) -> tuple[dict[str, str], int | None]:
    literals = {name: set(pattern.findall(line)) for name, pattern in _TEXTS.items()}
    texts = {name: _text(min(found)) for name, found in literals.items() if len(found) == 1}
    numbers = set(_NUMBER.findall(line))
    return (
        {name: text for name, text in texts.items() if text is not None},
        int(min(numbers)) if len(numbers) == 1 else None,
    )


def _text(literal: bytes) -> str | None:
    try:
        return str(json.loads(literal))
    except ValueError:
        return None
