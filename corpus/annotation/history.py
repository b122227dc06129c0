"""The history of every annotation: versions that are loaded when they are asked for, and added to at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.annotation.heads import Heads, Key, Version, annotation_files
from corpus.annotation.lines import LineError
from corpus.annotation.store import append
from corpus.model.annotation import AnnotationSet
from corpus.model.finding import Finding

__all__ = ["History", "folder_digest"]


@dataclass(slots=True)
class History:
    """All versions of a folder; with ``kept`` off, what is added is remembered and never written."""

    heads: Heads
    kept: bool = True
    view: Callable[[AnnotationSet], AnnotationSet] | None = None
    """How a version is read, where names have changed since it was written."""
    findings: list[Finding] = field(default_factory=list)
    unwritten: dict[tuple[str, str, int], AnnotationSet] = field(default_factory=dict)

    @classmethod
    def open(
        cls, folder: Path, *, kept: bool = True, view: Callable[[AnnotationSet], AnnotationSet] | None = None
    ) -> History:
        """Look at a folder; one that is not there has no versions. Lines that are none are findings."""
        heads = Heads(folder)
        heads.renew()
        return cls(heads, kept, view, list(heads.findings))

    @property
    def is_empty(self) -> bool:
        """Whether there is no version at all."""
        return not self.heads.versions

    def keys(self, doc_id: str) -> list[Key]:
        """Return the keys of a document, in order of first appearance."""
        return list(self.heads.of_document.get(doc_id, []))

    def all_keys(self) -> list[Key]:
        """Return every key, in order of first appearance."""
        return list(self.heads.versions)

    def annotators(self) -> set[str]:
        """Return every pseudonym in use."""
        return {key[1] for key in self.heads.versions}

    def last(self, key: Key) -> Version | None:
        """Return the highest revision's place, without reading it."""
        return self.heads.last(key)

    def last_lines(self) -> Iterator[tuple[Version, bytes]]:
        """Yield each highest revision on disk with its line as it stands; not of files rewritten meanwhile."""
        of_file: dict[Path, list[Version]] = {}
        for key in self.heads.versions:
            last = self.last(key)
            if last is not None and last.path is not None:
                of_file.setdefault(last.path, []).append(last)
        for path, versions in of_file.items():
            if self.heads.is_rewritten(path):
                continue
            with path.open("rb") as stream:
                for version in versions:
                    stream.seek(version.start)
                    yield version, stream.read(version.length)

    def newest(self, key: Key) -> int:
        """Return the highest revision number, 0 where there is no version."""
        last = self.last(key)
        return last.revision if last else 0

    def counting(self, key: Key) -> AnnotationSet | None:
        """Return the newest version, which alone counts; None where a damaged line is, or may be, it."""
        last = self.last(key)
        return None if last is None or self.heads.is_outdated(last) else self.load(last)

    def may_be_damaged(self, key: Key) -> bool:
        """Tell whether nothing counts for a key since its newest version, or all it has, is or may be damaged."""
        if self.last(key) is None:
            return self.heads.damage.may_hold(key)
        return self.counting(key) is None

    def latest(self, key: Key) -> AnnotationSet | None:
        """Return the highest revision that can be read, also where it does not count (see :meth:`counting`)."""
        return next(self.newest_first(key), None)

    def revision(self, key: Key, number: int | None) -> AnnotationSet | None:
        """Return one revision, or None where it is not there or cannot be read."""
        found = None if number is None else self.heads.numbered.get(key, {}).get(number)
        return None if found is None else self.load(found)

    def newest_first(self, key: Key) -> Iterator[AnnotationSet]:
        """Yield the readable versions of a key, the highest revision first."""
        for version in sorted(self.heads.versions.get(key, []), key=lambda version: -version.revision):
            item = self.load(version)
            if item is not None:
                yield item

    def as_written(self, key: Key) -> AnnotationSet | None:
        """Return the highest revision in the names it was written with."""
        last = self.last(key)
        return self._load(last) if last is not None else None

    def load(self, version: Version) -> AnnotationSet | None:
        """Read one version in today's names; one that is damaged is None, and a finding."""
        item = self._load(version)
        return self.view(item) if item is not None and self.view is not None else item

    def _load(self, version: Version) -> AnnotationSet | None:
        if version.path is None:
            return self.unwritten[version.doc_id, version.annotator, version.revision]
        item = self.heads.read(version)
        if not isinstance(item, LineError):
            return item
        place = f"{self.heads.folder.resolve().name}/{version.path.name}"
        finding = Finding(item.code, place, f"Revision {version.revision} of {version.doc_id!r}: {item.message}")
        if finding not in self.findings:
            self.findings.append(finding)
        return None

    def add(self, item: AnnotationSet) -> None:
        """Remember a new version; it is seen at once, and written by :meth:`flush`."""
        self.unwritten[item.doc_id, item.annotator, item.revision] = item
        head = Version(item.doc_id, item.annotator, item.annotation_id, item.revision, item.state)
        self.heads.add(head)

    def catch_up(self) -> None:
        """Look at what others have added to the files since; with versions not yet written, nothing is done."""
        if not self.unwritten:
            self.heads.renew()

    def flush(self) -> list[Path]:
        """Write what was added (see :func:`corpus.annotation.store.append`); return the files that grew."""
        if not self.kept or not self.unwritten:
            return []
        added, self.unwritten = list(self.unwritten.values()), {}
        self.heads.drop_unwritten({(item.doc_id, item.annotator) for item in added})
        return append(self.heads.folder, added, self.heads)


def folder_digest(folder: Path) -> str:
    """Return a hash of the annotation files' bytes; the same files give the same, in any place."""
    digest = hashlib.sha256()
    for path in annotation_files(folder):
        digest.update(path.name.encode("utf-8", "surrogatepass") + b"\0")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
