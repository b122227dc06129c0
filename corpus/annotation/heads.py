"""Which versions an annotation folder holds, and where: a quick look at every line, checked whole only when loaded.

Ten thousand sets take about a second. Of each line only who, what and which version is taken, so damage deeper
inside a line shows when that version is loaded (:mod:`corpus.annotation.history`) or the folder is read whole
(:func:`corpus.annotation.store.read_folder`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.annotation.damage import Damage, Damaged, Key, Newest
from corpus.annotation.lines import MAX_LINE, LineError, says_same, set_of, told_again
from corpus.model.annotation import AnnotationSet
from corpus.model.finding import Finding

__all__ = [
    "ADJUDICATION",
    "CONFLICTS",
    "PREDICTIONS",
    "SUFFIX",
    "Heads",
    "Key",
    "Version",
    "annotation_files",
    "annotation_folders",
]

SUFFIX = ".jsonl"
ADJUDICATION = "adjudication"
"""The folder beside the annotation files in which the adjudicators' own sets lie."""
CONFLICTS = "conflicts"
"""The folder beside annotators' or adjudicators' files for the server's side of what changed on both sides."""
PREDICTIONS = "predictions"
"""The folder beside the annotation files for models' files: what is proposed to annotators, no annotation."""
Stamp = tuple[int, int, int]
"""A file's inode, time of change, and size."""

_NAMES = ("doc_id", "annotator", "annotation_id", "state")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a set; the line it stands in, unless it is not yet on disk."""

    doc_id: str
    annotator: str
    annotation_id: str
    revision: int
    state: str
    path: Path | None = None
    start: int = 0
    length: int = 0

    @property
    def key(self) -> Key:
        """Whose version of what it is."""
        return self.doc_id, self.annotator


@dataclass(slots=True)
class Heads:
    """The versions of a folder's files, each revision once; lines that are none are findings."""

    folder: Path
    versions: dict[Key, list[Version]] = field(default_factory=dict)
    numbered: dict[Key, dict[int, Version]] = field(default_factory=dict)
    """The same by their revisions."""
    of_document: dict[str, list[Key]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    repeated: list[Finding] = field(default_factory=list)
    """Lines whose revision stands in a line before them that says something else, and alone counts."""
    damage: Damage = field(default_factory=Damage)
    sizes: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Bytes and lines that were looked at, by file."""
    unended: set[Path] = field(default_factory=set)
    """Files whose last line had no line end."""
    stamps: dict[Path, Stamp | None] = field(default_factory=dict)
    """What told each file from a later one under its name."""

    def renew(self) -> None:
        """Look at what was added since; at everything where a file became shorter, went away or was edited."""
        there = {path: path.stat().st_size for path in annotation_files(self.folder)}
        if any(
            there.get(path, -1) < size or not _begins_line(path, size, ended=path not in self.unended)
            for path, (size, _) in self.sizes.items()
        ):
            self._forget()
        for path, size in there.items():
            if self.sizes.get(path, (0, 0))[0] < size:
                self._scan(path)

    def reread(self) -> None:
        """Look at everything anew: lines are not where they were. What is not yet written is kept."""
        unwritten = [version for listed in self.versions.values() for version in listed if version.path is None]
        self._forget()
        self.renew()
        for version in unwritten:
            self.add(version)

    def is_rewritten(self, path: Path) -> bool:
        """Tell whether a file is no longer the one that was looked at."""
        return self.stamps.get(path) != _stamp(path)

    def _forget(self) -> None:
        self.versions, self.numbered, self.of_document, self.sizes, self.stamps = {}, {}, {}, {}, {}
        self.findings, self.repeated, self.damage, self.unended = [], [], Damage(), set()

    def last(self, key: Key) -> Version | None:
        """Return the highest revision of a key, or None."""
        listed = self.versions.get(key)
        return max(listed, key=lambda version: version.revision) if listed else None

    def is_outdated(self, version: Version) -> bool:
        """Tell whether a damaged line may be a later version, so that this one does not count."""
        if version.path is None:
            return False
        return self.damage.may_outdate(Newest(*version.key, version.annotation_id, version.revision, version.start))

    def read(self, version: Version) -> AnnotationSet | LineError | None:
        """Read a version on disk, also where somebody rewrote its file meanwhile; None where it is not there now.

        Where what stands there is no such version, the error says why.
        """
        item = _read(version, version.path) if version.path is not None else None
        if isinstance(item, AnnotationSet) or version.path is None:
            return item
        if self.is_rewritten(version.path):
            self.reread()
        moved = self.numbered.get(version.key, {}).get(version.revision)
        return None if moved is None or moved.path is None else _read(moved, moved.path)

    def add(self, version: Version) -> None:
        """Add a version, unless its revision is there already."""
        if version.key not in self.versions:
            self.of_document.setdefault(version.doc_id, []).append(version.key)
        there = self.numbered.setdefault(version.key, {})
        if there.setdefault(version.revision, version) is version:
            self.versions.setdefault(version.key, []).append(version)

    def drop_unwritten(self, keys: Iterable[Key]) -> None:
        """Forget what was added of keys and is not on disk: it is to be read from there."""
        for key in keys:
            self.versions[key] = [version for version in self.versions[key] if version.path is not None]
            self.numbered[key] = {version.revision: version for version in self.versions[key]}

    def _scan(self, path: Path) -> None:
        self.stamps[path] = _stamp(path)
        begin, number = self.sizes.get(path, (0, 0))
        number -= path in self.unended  # its last line's end comes first now
        position = begin
        for start, line in _placed_lines(path, begin):
            number += 1
            position = start + len(line)
            (self.unended.discard if line.endswith(b"\n") else self.unended.add)(path)
            if line.strip():
                self._line(path, start, line.rstrip(b"\r\n"), number)
        self.sizes[path] = (position, number)

    def _line(self, path: Path, start: int, line: bytes, number: int) -> None:
        try:
            if len(line) > MAX_LINE:
                raise ValueError
            record = json.loads(line.decode("utf-8-sig"))
            doc_id, annotator, identity, state = (record[name] for name in _NAMES)
            texts = (doc_id, annotator, identity, state)
            if not all(isinstance(text, str) for text in texts) or type(record["revision"]) is not int:
                raise TypeError
            if annotator != path.stem:
                raise ValueError
        except (ValueError, RecursionError, KeyError, TypeError):
            place = f"{self.folder.resolve().name}/{path.name}:{number}"
            message = f"It is no annotation set of {path.stem!r}; repair the line."
            self.findings.append(Finding("annotation-schema", place, message))
            self.damage.add(Damaged.of(line if len(line) <= MAX_LINE else None, path.stem, start))
            return
        version = Version(doc_id, annotator, identity, record["revision"], state, path, start, len(line))
        first = self.numbered.get(version.key, {}).get(version.revision)
        again = _again(first, first.path, line) if first is not None and first.path is not None else None
        if again is not None:
            place = f"{self.folder.resolve().name}/{path.name}:{number}"
            self.repeated.append(Finding("annotation-duplicate-revision", place, again))
        self.add(version)


def _again(version: Version, path: Path, line: bytes) -> str | None:
    """Return what is wrong with a line that has the revision of one before it, None where it says the same."""
    first = _read(version, path)
    try:
        other: AnnotationSet | LineError = set_of(line)
    except LineError as error:
        other = error
    if isinstance(first, AnnotationSet) and isinstance(other, AnnotationSet):
        return None if says_same(first, other) else told_again(first, other)
    return f"Revision {version.revision} of {version.annotation_id!r} is there already; the first one counts."


def _read(version: Version, path: Path) -> AnnotationSet | LineError:
    """Return the version that stands in its line, or why another thing does."""
    try:
        with path.open("rb") as stream:
            stream.seek(version.start)
            item = set_of(stream.read(version.length))
    except FileNotFoundError:
        return LineError("annotation-unreadable", "The file is gone.")
    except LineError as error:
        return error
    if (item.doc_id, item.annotator, item.revision) == (*version.key, version.revision):
        return item
    return LineError("annotation-unreadable", "Another one stands in its place.")


def annotation_files(folder: Path) -> Iterable[Path]:
    """Return the annotation files of a folder in name order; none where there is no folder."""
    if not folder.is_dir():
        return []
    return [p for p in sorted(folder.glob(f"*{SUFFIX}")) if not p.name.startswith(".") and p.is_file()]


def annotation_folders(folder: Path) -> tuple[Path, ...]:
    """Return every folder there is with sets: this one, adjudicators', models', and each one's conflicts."""
    places = (folder, folder / ADJUDICATION, folder / PREDICTIONS)
    return tuple(place for own in places for place in (own, own / CONFLICTS) if place.is_dir())


def _stamp(path: Path) -> Stamp | None:
    try:
        there = path.stat()
    except FileNotFoundError:
        return None
    return there.st_ino, there.st_mtime_ns, there.st_size


def _begins_line(path: Path, position: int, *, ended: bool) -> bool:
    """Tell whether a line begins there still, or ends there where the last one had not ``ended``."""
    with path.open("rb") as stream:
        stream.seek(max(0, position - 1))
        around = stream.read(2)
    return position == 0 or (around[:1] == b"\n" if ended else around[1:] in (b"", b"\n"))


def _placed_lines(path: Path, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield where each line from a position on begins, and its bytes with the line end."""
    with path.open("rb") as stream:
        stream.seek(position)
        for line in stream:
            yield position, line
            position += len(line)
