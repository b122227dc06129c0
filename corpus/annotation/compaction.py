"""Taking old versions out of the annotation files, by command and never by itself.

What stays is the newest version of each set, the newest on each text it was ever made on (late work is read against
it), and every revision that the caller names (those in step with a server). Revision numbers stay as they are;
``compacted.json`` says which of them were taken out, so that their absence is no sign of damage.

Safe at any interruption: the archive is written first, then ``compacted.json``, then one file after the other, each
replaced whole; a file that was not reached keeps all its versions.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from corpus.annotation.damage import refuse_damage
from corpus.annotation.heads import Key, annotation_files
from corpus.annotation.lines import line_of
from corpus.annotation.locking import exclusive
from corpus.annotation.store import COMPACTED, StoredAnnotations, compacted, read_folder
from corpus.errors import UsageError
from corpus.files import atomic_write, clear_leftovers
from corpus.model.annotation import AnnotationSet

__all__ = ["Compaction", "compact"]


@dataclass(frozen=True, slots=True)
class Compaction:
    """How many versions stayed and went, and the files that became shorter."""

    kept: int
    dropped: int
    files: tuple[str, ...]


def compact(
    folder: Path,
    in_use: Collection[tuple[Key, int]] = (),
    archive: Path | None = None,
    *,
    dry_run: bool = False,
) -> Compaction:
    """Take out the versions that nothing needs any more.

    ``in_use`` are revisions to keep, by document, annotator and number; ``archive`` a new file (gzip, JSON Lines)
    for what is taken out.

    Raises:
        SourceError: there is no such folder.
        DataError: a line is damaged: nothing is taken out of files that cannot be read.
        UsageError: the archive is there already, or another writer holds the folder.
    """
    if archive is not None and archive.exists():
        raise UsageError(f"{archive} is there already; name a new file for what is taken out.")
    with exclusive(folder) if folder.is_dir() else nullcontext():
        stored = read_folder(folder)
        refuse_damage(stored.findings, "taken out")
        stay = _needed(stored, in_use)
        dropped = [item for item in stored.sets if _place(item) not in stay]
        if dropped and not dry_run:
            _write(folder, stored, dropped, stay, archive)
    names = sorted({f"{item.annotator}.jsonl" for item in dropped})
    return Compaction(len(stored.sets) - len(dropped), len(dropped), tuple(names))


Place = tuple[Key, int]


def _place(item: AnnotationSet) -> Place:
    return (item.doc_id, item.annotator), item.revision


def _needed(stored: StoredAnnotations, in_use: Collection[Place]) -> set[Place]:
    newest: dict[Key, int] = {}
    on_text: dict[tuple[Key, str], int] = {}
    for item in stored.sets:
        key, revision = _place(item)
        newest[key] = max(revision, newest.get(key, 0))
        if item.state != "deleted":
            text = (key, item.anchor_sha256)
            on_text[text] = max(revision, on_text.get(text, 0))
    return {*in_use, *newest.items(), *((key, revision) for (key, _), revision in on_text.items())}


def _write(
    folder: Path,
    stored: StoredAnnotations,
    dropped: list[AnnotationSet],
    stay: set[Place],
    archive: Path | None,
) -> None:
    if archive is not None:
        with atomic_write(archive) as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as stream:
            for item in dropped:
                stream.write(line_of(item))
    gone = {name: set(revisions) for name, revisions in compacted(folder).items()}
    for item in dropped:
        gone.setdefault(item.annotation_id, set()).add(item.revision)
    known = {name: sorted(revisions) for name, revisions in gone.items()}
    with atomic_write(folder / COMPACTED) as stream:
        stream.write(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
    staying: dict[str, list[AnnotationSet]] = {item.annotator: [] for item in dropped}
    for item in stored.sets:
        if item.annotator in staying and _place(item) in stay:
            staying[item.annotator].append(item)
    clear_leftovers(folder)
    for path in annotation_files(folder):
        if path.stem in staying:
            with atomic_write(path, swept=folder) as stream:
                stream.writelines(map(line_of, staying[path.stem]))
