"""Annotation sets on disk: one append-only JSON Lines file per annotator.

``annotations/ANNOTATOR.jsonl`` holds every version that annotator's sets ever had, oldest first; nothing
is edited in place. The current state is derived (:func:`current`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.annotation.damage import Damage, Damaged, Newest
from corpus.annotation.heads import ADJUDICATION, CONFLICTS, PREDICTIONS, SUFFIX, Heads, Key
from corpus.annotation.lines import (
    MAX_LINE,
    LineError,
    file_lines,
    form_fault,
    line_of,
    says_same,
    set_of,
    told_again,
)
from corpus.annotation.locking import exclusive
from corpus.annotation.renamed import RENAMED
from corpus.errors import DataError, SourceError
from corpus.files import atomic_write, clear_leftovers
from corpus.model.annotation import AnnotationSet
from corpus.model.finding import Finding, Severity

__all__ = ["COMPACTED", "StoredAnnotations", "append", "compacted", "current", "read_folder"]

_OF_THE_FORM = frozenset({"annotation-json", "annotation-encoding"})
"""Faults of lines that need no telling one by one where the whole file has another form."""
_OTHER_FORMS = (".json", ".ndjson", SUFFIX, ".jsonl.gz", ".csv", ".tsv", ".xml", ".xmi", ".conll", ".ann")
"""Endings, in any case, of files in which annotations may lie that nobody would miss in silence."""
_NOT_READ = (
    f"It is not read, for annotations are read of files named ANNOTATOR{SUFFIX} in the folder itself; "
    "bring them into such a file, or move it elsewhere."
)
COMPACTED = "compacted.json"
"""The file beside the annotation files that says which revisions were taken out."""
_OURS = frozenset({COMPACTED, RENAMED})


@dataclass(frozen=True, slots=True)
class StoredAnnotations:
    """Every readable version, files in name order and lines in theirs, and what is wrong with the rest."""

    sets: tuple[AnnotationSet, ...]
    findings: tuple[Finding, ...]
    outdated: frozenset[Key] = frozenset()
    """Documents and annotators of whose newest version only a damaged line is there: nothing of those counts."""

    def counting(self) -> list[AnnotationSet]:
        """Return the current sets (see :func:`current`), but for those whose newest version is damaged."""
        return [item for item in current(self.sets) if (item.doc_id, item.annotator) not in self.outdated]


def read_folder(folder: Path) -> StoredAnnotations:
    """Read every ``*.jsonl`` of the folder; what cannot be used is a finding, and the rest goes on.

    A finding's place is ``FOLDER/FILE:LINE`` with the folder's own name, so it is the same on every
    machine. Left out: lines that are no annotation set, a revision that is there already, a set that
    belongs to another annotator's file, and a second annotation of the same document by the same
    annotator; the findings tell what counts without them. A gap in the revisions is a warning, and so is what may
    hold annotations in another form or a folder further down, which is not read.

    Raises:
        SourceError: there is no such folder.
    """
    if not folder.is_dir():
        raise SourceError(f"The annotation folder {folder} is not there; name a folder of *.jsonl files.")
    history = _History(compacted=compacted(folder))
    for path in sorted(folder.iterdir()):
        place = f"{folder.resolve().name}/{path.name}"
        if path.name.startswith(".") or path.name in _OURS:
            continue
        if path.suffix == SUFFIX:
            _read_file(path, place, history)
        elif _may_hold_sets(path):
            history.findings.append(Finding("annotation-not-read", place, _NOT_READ, Severity.WARNING))
    return history.stored()


def current(sets: Iterable[AnnotationSet]) -> list[AnnotationSet]:
    """Return the highest revision for each (doc_id, annotator), in order of first appearance; deleted ones too."""
    latest: dict[tuple[str, str], AnnotationSet] = {}
    for item in sets:
        key = (item.doc_id, item.annotator)
        if key not in latest or latest[key].revision < item.revision:
            latest[key] = item
    return list(latest.values())


def compacted(folder: Path) -> dict[str, list[int]]:
    """Return the revisions that were taken out of the files, by annotation_id; none where nobody did."""
    path = folder / COMPACTED
    try:
        known = json.loads(path.read_bytes()) if path.is_file() else {}
    except ValueError:
        known = {}  # then the gaps are reported
    usable = known.items() if isinstance(known, dict) else ()
    return {str(name): [n for n in listed if type(n) is int] for name, listed in usable if isinstance(listed, list)}


def append(folder: Path, sets: Sequence[AnnotationSet], heads: Heads | None = None) -> list[Path]:
    """Add versions to the annotators' files, and return the files that changed, in name order.

    Every set's revision must follow the highest one stored (the first is 1), under the same
    annotation_id. Each file is replaced whole and atomically; all are checked before the first is written.
    An exclusive lock keeps a second writer out. ``heads`` is what is known of the folder already; it is
    brought up to date before and after.

    Raises:
        DataError: a revision does not follow, an id belongs to another set, a set cannot be written as
            JSON, or a file that would grow has lines that are no annotation sets, or the newest version that
            one would follow cannot be read.
        UsageError: another writer holds the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored = heads if heads is not None else Heads(folder)
    with exclusive(folder):
        stored.renew()
        annotators = sorted({item.annotator for item in sets})
        _refuse_damage(stored.findings, {f"{folder.resolve().name}/{name}{SUFFIX}" for name in annotators})
        _refuse_unreadable(stored, sets)
        _check_follows(stored, sets)
        added: dict[str, list[bytes]] = {name: [] for name in annotators}
        for item in sets:
            added[item.annotator].append(line_of(item))
        clear_leftovers(folder)
        grown = [_grow(folder / f"{name}{SUFFIX}", b"".join(lines)) for name, lines in added.items()]
        if heads is not None:
            heads.renew()
    return grown


@dataclass(slots=True)
class _History:
    """What was read so far, by (doc_id, annotator) and by annotation_id."""

    sets: list[AnnotationSet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    revisions: dict[tuple[str, str], dict[int, AnnotationSet]] = field(default_factory=dict)
    id_of: dict[tuple[str, str], str] = field(default_factory=dict)
    owner_of: dict[str, tuple[str, str]] = field(default_factory=dict)
    newest: dict[Key, Newest] = field(default_factory=dict)
    damage: Damage = field(default_factory=Damage)
    dropped: dict[int, Damaged] = field(default_factory=dict)
    """The lines that cannot be used, by the number of their finding."""
    compacted: dict[str, list[int]] = field(default_factory=dict)
    """The revisions that were taken out on purpose, by annotation_id."""

    def add(self, item: AnnotationSet, file_stem: str, place: str, number: int) -> None:
        key = (item.doc_id, item.annotator)
        first = self.revisions.get(key, {}).get(item.revision)
        if first is not None and item.annotator == file_stem and says_same(first, item):
            return  # two people's files were merged, and both have it
        fault = self.fault(item, file_stem)
        if fault is not None:
            finding = Finding(fault[0], place, fault[1])
            if finding.code == "annotation-wrong-file":
                self.drop(Damaged(file_stem, number, *key, item.annotation_id, item.revision), finding)
            else:
                self.findings.append(finding)
            return
        seen = self.revisions.setdefault(key, {})
        expected = max(seen, default=0) + 1
        gone = self.compacted.get(item.annotation_id, ())
        while expected in gone and expected < item.revision:
            expected += 1
        if item.revision != expected:
            message = (
                f"Revision {item.revision} of {item.annotation_id!r} follows {expected - 1}, where "
                f"{expected} is expected; a line is missing or out of order."
            )
            self.findings.append(Finding("annotation-revision-gap", place, message, Severity.WARNING))
        seen[item.revision] = item
        self.id_of[key] = item.annotation_id
        self.owner_of[item.annotation_id] = key
        if key not in self.newest or self.newest[key].revision < item.revision:
            self.newest[key] = Newest(*key, item.annotation_id, item.revision, number)
        self.sets.append(item)

    def drop(self, damaged: Damaged, finding: Finding) -> None:
        """Remember a line that cannot be used, and why."""
        self.damage.add(damaged)
        self.dropped[len(self.findings)] = damaged
        self.findings.append(finding)

    def stored(self) -> StoredAnnotations:
        """Return what was read, now that it is known what counts in spite of the damage."""
        for number, damaged in self.dropped.items():
            finding = self.findings[number]
            key = damaged.key or self.owner_of.get(damaged.annotation_id or "")
            message = f"{finding.message} {damaged.told(self.newest.get(key) if key is not None else None)}"
            self.findings[number] = replace(finding, message=message)
        outdated = (key for key, newest in self.newest.items() if self.damage.outdates(newest))
        return StoredAnnotations(tuple(self.sets), tuple(self.findings), frozenset(outdated))

    def fault(self, item: AnnotationSet, file_stem: str) -> tuple[str, str] | None:
        key = (item.doc_id, item.annotator)
        if item.annotator != file_stem:
            return "annotation-wrong-file", (
                f"It is by {item.annotator!r}, whose file is {item.annotator}{SUFFIX}; move the line there."
            )
        if self.id_of.get(key, item.annotation_id) != item.annotation_id:
            return "annotation-two-ids", (
                f"{item.annotator!r} has two annotations of {item.doc_id!r}: {self.id_of[key]!r} and "
                f"{item.annotation_id!r}; an annotator has one, in revisions, and the first counts."
            )
        if self.owner_of.get(item.annotation_id, key) != key:
            other = self.owner_of[item.annotation_id]
            return "annotation-id-reused", (
                f"The annotation_id {item.annotation_id!r} belongs to {other[0]!r} by {other[1]!r} already."
            )
        if item.revision in self.revisions.get(key, ()):
            return "annotation-duplicate-revision", told_again(self.revisions[key][item.revision], item)
        return None


def _may_hold_sets(path: Path) -> bool:
    """Tell whether somebody may take what lies there for annotations, which only ``*.jsonl`` files are."""
    if path.is_dir():
        return path.name not in (ADJUDICATION, CONFLICTS, PREDICTIONS) and any(path.glob(f"*{SUFFIX}"))
    return path.name.lower().endswith(_OTHER_FORMS)


def _read_file(path: Path, name: str, history: _History) -> None:
    if not path.is_file():
        history.findings.append(Finding("annotation-unreadable", name, "It is not a regular file."))
        return
    form: str | None = None
    try:
        for count, (number, line) in enumerate(file_lines(path)):
            error = _read_line(line, path.stem, f"{name}:{number}", number, history)
            if error is None:
                continue
            form = form_fault(line) if count == 0 and line is not None else form
            damaged = Damaged.of(line, path.stem, number)
            if form is None or (line is not None and line.startswith(b'{"') and error.code not in _OF_THE_FORM):
                history.drop(damaged, Finding(error.code, f"{name}:{number}", error.message))
                continue
            history.damage.add(damaged)
            if count == 0:
                history.findings.append(Finding(error.code, name, form))
    except OSError as error:
        message = f"It cannot be read: {error.strerror or type(error).__name__}."
        history.findings.append(Finding("annotation-unreadable", name, message))


def _read_line(line: bytes | None, stem: str, place: str, number: int, history: _History) -> LineError | None:
    """Add the line's set to the history, or return why it is none."""
    try:
        if line is None:
            raise LineError("annotation-line-too-long", f"The line has more than {MAX_LINE} bytes.")
        history.add(set_of(line), stem, place, number)
    except LineError as error:
        return error
    return None


def _refuse_damage(findings: Iterable[Finding], files: set[str]) -> None:
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.place.rsplit(":", 1)[0] in files:
            raise DataError(f"Nothing was written, since {finding.place} must be repaired first: {finding.message}")


def _refuse_unreadable(stored: Heads, added: Iterable[AnnotationSet]) -> None:
    """Refuse to follow a version that the quick look took for one and that cannot be read."""
    for key in sorted({(item.doc_id, item.annotator) for item in added}):
        last = stored.last(key)
        item = stored.read(last) if last is not None else None
        if last is not None and isinstance(item, LineError):
            raise DataError(
                f"Nothing was written, since revision {last.revision} of {key[0]!r} in "
                f"{stored.folder.resolve().name}/{key[1]}{SUFFIX} must be repaired first: {item.message}"
            )


def _check_follows(stored: Heads, added: Iterable[AnnotationSet]) -> None:
    """Refuse what would break the history that is stored, or the one within ``added``."""
    latest = {key: last for key in {(s.doc_id, s.annotator) for s in added} if (last := stored.last(key))}
    known = {key: (last.revision, last.annotation_id) for key, last in latest.items()}
    wanted = {item.annotation_id for item in added}
    owners = {
        version.annotation_id: key
        for key, versions in stored.versions.items()
        for version in versions[-1:]
        if version.annotation_id in wanted
    }
    for item in added:
        key = (item.doc_id, item.annotator)
        revision, identity = known.get(key, (0, item.annotation_id))
        if item.revision != revision + 1:
            raise DataError(
                f"The next revision of {item.doc_id!r} by {item.annotator!r} is {revision + 1}, got "
                f"{item.revision}; read the folder again and number from there."
            )
        if identity != item.annotation_id:
            raise DataError(
                f"The annotation of {item.doc_id!r} by {item.annotator!r} has the id "
                f"{identity!r}, got {item.annotation_id!r}; a new version keeps the id."
            )
        if owners.get(item.annotation_id, key) != key:
            raise DataError(f"The annotation_id {item.annotation_id!r} belongs to another set already.")
        known[key], owners[item.annotation_id] = (item.revision, item.annotation_id), key


def _grow(path: Path, lines: bytes) -> Path:
    with atomic_write(path, swept=path.parent) as stream:
        if path.exists():
            with path.open("rb") as before:
                shutil.copyfileobj(before, stream, 1 << 20)
                if before.tell():
                    before.seek(-1, os.SEEK_END)
                    stream.write(b"" if before.read(1) == b"\n" else b"\n")
        stream.write(lines)
    return path
