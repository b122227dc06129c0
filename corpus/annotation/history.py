"""The annotation files as an index: which versions there are and where, each read only when it is asked for.

A folder of ten thousand sets is scanned in about a second: of each line only who, what and which version is
taken; a version is checked whole when it is loaded. Files only ever grow, by whole lines, each growth one
atomic replacement (:func:`corpus.annotation.store.append`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.annotation.lines import MAX_LINE, LineError, set_of
from corpus.annotation.store import SUFFIX, append
from corpus.model.annotation import AnnotationSet
from corpus.model.finding import Finding

__all__ = ["History", "Version", "folder_digest"]

Key = tuple[str, str]
"""A document's id and an annotator's pseudonym."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a set, and the line it stands in (or the set itself, where it is not yet on disk)."""

    doc_id: str
    annotator: str
    annotation_id: str
    revision: int
    state: str
    path: Path | None
    start: int = 0
    length: int = 0


@dataclass(slots=True)
class History:
    """All versions of a folder; with ``kept`` off, what is added is remembered and never written."""

    folder: Path
    kept: bool = True
    versions: dict[Key, list[Version]] = field(default_factory=dict)
    of_document: dict[str, list[Key]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unwritten: dict[tuple[str, str, int], AnnotationSet] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, *, kept: bool = True) -> History:
        """Scan a folder; one that is not there has no versions. Lines that are none are findings."""
        history = cls(folder, kept)
        for path in _files(folder):
            history._scan(path)
        return history

    def keys(self, doc_id: str) -> list[Key]:
        """Return the keys of a document, in order of first appearance."""
        return list(self.of_document.get(doc_id, []))

    def all_keys(self) -> list[Key]:
        """Return every key, in order of first appearance."""
        return list(self.versions)

    def annotators(self) -> set[str]:
        """Return every pseudonym in use."""
        return {key[1] for key in self.versions}

    def last(self, key: Key) -> Version | None:
        """Return the highest revision's place, without reading it."""
        listed = self.versions.get(key)
        return max(listed, key=lambda version: version.revision) if listed else None

    def newest(self, key: Key) -> int:
        """Return the highest revision number, 0 where there is no version."""
        last = self.last(key)
        return last.revision if last else 0

    def latest(self, key: Key) -> AnnotationSet | None:
        """Return the highest revision that can be read."""
        return next(self.newest_first(key), None)

    def revision(self, key: Key, number: int | None) -> AnnotationSet | None:
        """Return one revision, or None where it is not there or cannot be read."""
        found = (version for version in self.versions.get(key, []) if version.revision == number)
        return next((item for version in found if (item := self.load(version)) is not None), None)

    def newest_first(self, key: Key) -> Iterator[AnnotationSet]:
        """Yield the readable versions of a key, the highest revision first."""
        for version in sorted(self.versions.get(key, []), key=lambda version: -version.revision):
            item = self.load(version)
            if item is not None:
                yield item

    def load(self, version: Version) -> AnnotationSet | None:
        """Read one version; one that is damaged is None, and a finding."""
        if version.path is None:
            return self.unwritten[version.doc_id, version.annotator, version.revision]
        with version.path.open("rb") as stream:
            stream.seek(version.start)
            line = stream.read(version.length)
        try:
            return set_of(line)
        except LineError as error:
            place = f"{self.folder.resolve().name}/{version.path.name}"
            finding = Finding(
                error.code, place, f"Revision {version.revision} of {version.doc_id!r}: {error.message}"
            )
            if finding not in self.findings:
                self.findings.append(finding)
            return None

    def add(self, item: AnnotationSet) -> None:
        """Remember a new version; it is seen at once, and written by :meth:`flush`."""
        self.unwritten[item.doc_id, item.annotator, item.revision] = item
        self._add(_version(item.model_dump(include=_HEAD), None, 0, 0))

    def flush(self) -> list[Path]:
        """Write what was added (see :func:`corpus.annotation.store.append`); return the files that grew."""
        if not self.kept or not self.unwritten:
            return []
        added, self.unwritten = list(self.unwritten.values()), {}
        sizes = {path: path.stat().st_size for path in _files(self.folder)}
        for item in added:
            listed = self.versions[item.doc_id, item.annotator]
            listed[:] = [version for version in listed if version.path is not None]
        grown = append(self.folder, added)
        for path in grown:
            self._scan(path, sizes.get(path, 0))
        return grown

    def _scan(self, path: Path, begin: int = 0) -> None:
        for start, line in _placed_lines(path, begin):
            try:
                record = json.loads(line)
                if record["annotator"] == path.stem:
                    self._add(_version(record, path, start, len(line)))
            except (ValueError, RecursionError, KeyError, TypeError):
                place = f"{self.folder.resolve().name}/{path.name}"
                message = f"The line at byte {start} is no annotation set; repair it."
                self.findings.append(Finding("annotation-schema", place, message))

    def _add(self, version: Version) -> None:
        key = (version.doc_id, version.annotator)
        if key not in self.versions:
            self.of_document.setdefault(version.doc_id, []).append(key)
        listed = self.versions.setdefault(key, [])
        if all(other.revision != version.revision for other in listed):
            listed.append(version)


_HEAD = {"doc_id", "annotator", "annotation_id", "revision", "state"}


def folder_digest(folder: Path) -> str:
    """Return a hash of the annotation files' bytes; the same files give the same, in any place."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.name.encode("utf-8", "surrogatepass") + b"\0")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return []
    return [p for p in sorted(folder.glob(f"*{SUFFIX}")) if not p.name.startswith(".") and p.is_file()]


def _placed_lines(path: Path, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield where each line from a position on begins, and its bytes."""
    with path.open("rb") as stream:
        stream.seek(position)
        for line in stream:
            if line.strip() and len(line) <= MAX_LINE:
                yield position, line.rstrip(b"\r\n")
            position += len(line)


def _version(record: Any, path: Path | None, start: int, length: int) -> Version:
    names = (record["doc_id"], record["annotator"], record["annotation_id"])
    if not all(isinstance(name, str) for name in names) or type(record["revision"]) is not int:
        raise TypeError
    return Version(*names, record["revision"], str(record["state"]), path, start, length)
