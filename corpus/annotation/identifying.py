"""Rename documents in annotation files: where the text is the same, all or nothing, finished if interrupted.

Every line of a document is rewritten, in the annotators' files, in what adjudicators decided and in conflicts; a
line of another document stays byte for byte. What was renamed is written down first (renamed.json, marked as
unfinished), then each file is replaced whole; a second call finishes what a killed one began, and no sync begins
before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from corpus.annotation.damage import refuse_damage
from corpus.annotation.heads import CONFLICTS, annotation_files, annotation_folders
from corpus.annotation.lines import LineError, file_lines, line_of, set_of
from corpus.annotation.locking import exclusive
from corpus.annotation.renamed import Renamed, Renames
from corpus.annotation.sametext import Former, SameTexts, colliding, same_texts
from corpus.annotation.store import COMPACTED, compacted, current, read_folder
from corpus.errors import DataError
from corpus.files import atomic_write, clear_leftovers
from corpus.model.annotation import AnnotationSet
from corpus.model.finding import Finding, Severity
from corpus.model.shortened import some_of

__all__ = ["Renaming", "rename_documents", "renamed", "with_id"]


@dataclass(frozen=True, slots=True)
class Renaming:
    """What was renamed (or would be), and what could not be."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """The ids after by those before, of documents that bear annotations and of others."""
    annotated: int = 0
    """How many of them bear annotations."""
    versions: int = 0
    files: tuple[str, ...] = ()
    """The files that changed, by their names below the folder."""
    findings: tuple[Finding, ...] = ()
    finished: bool = False
    """Whether something was finished that an earlier call began."""


def rename_documents(
    folder: Path, after: Mapping[str, str], known: Mapping[str, Former], *, dry_run: bool = False
) -> Renaming:
    """Give each document in the annotation files of ``folder`` the id that its text has now.

    Args:
        folder: the annotation files, with those of adjudicators and of conflicts below it.
        after: the hash of the anchor text of every document of today, by its id.
        known: documents of which it is known besides what text they had, annotated or not.
        dry_run: tell what would be renamed, and change nothing.

    Raises:
        SourceError: there is no such folder.
        DataError: a line, or the record of renamings, is damaged: nothing is renamed.
        UsageError: another writer holds the folder.
        OSError: a file cannot be written; the next call goes on from there.
    """
    places = annotation_folders(folder)
    with ExitStack() as stack:
        for place in places:
            stack.enter_context(exclusive(place))
        renames = Renames.read(folder)
        finished = renames.unfinished
        if finished and not dry_run:
            _apply(folder, renames, places)
            renames = Renames(renames.groups)
        stored = _stored(folder, places)
        before = _formers(stored, known, renames)
        found = same_texts(before, after)
        group, collisions = _without_collisions(found, before, stored)
        named = {(item.doc_id, item.anchor_sha256) for sets in stored.values() for item in sets}
        files = _files_of(group, places, folder)
        if group and not dry_run:
            renames = renames.with_group(group)
            renames.write(folder)
            _apply(folder, renames, places)
    renamed = {own.before: own.after for own in group}
    annotated = sum(any((own.before, anchor) in named for anchor in own.anchors) for own in group)
    bearing = {item.doc_id for sets in stored.values() for item in sets}
    findings = (*collisions, *_told(found, bearing))
    return Renaming(renamed, annotated, sum(files.values()), tuple(files), findings, finished)


def _stored(folder: Path, places: Sequence[Path]) -> dict[Path, tuple[AnnotationSet, ...]]:
    """Read every line there is, by folder; conflicts are no histories, and read as they are."""
    found: dict[Path, tuple[AnnotationSet, ...]] = {}
    for place in places:
        if place.name == CONFLICTS and place != folder:
            found[place] = tuple(item for path in annotation_files(place) for _, item in _sets(path))
            continue
        stored = read_folder(place)
        refuse_damage(stored.findings, "renamed")
        found[place] = stored.sets
    return found


def _sets(path: Path) -> Iterator[tuple[bytes, AnnotationSet]]:
    """Yield the lines of a file with what they say."""
    for number, line in file_lines(path):
        try:
            if line is None:
                raise LineError("annotation-line-too-long", "The line is too long to be read.")
            yield line, set_of(line)
        except LineError as error:
            where = f"{path.parent.name}/{path.name}:{number}"
            raise DataError(f"Nothing was renamed, since {where} must be repaired first: {error.message}") from None


def _formers(
    stored: Mapping[Path, Sequence[AnnotationSet]], known: Mapping[str, Former], renames: Renames
) -> dict[str, Former]:
    """Gather what texts the documents had, under the ids that they have in the files by now."""
    found: dict[str, Former] = {}
    for sets in stored.values():
        for item in current(sets):
            found.setdefault(item.doc_id, Former()).newest.add(item.anchor_sha256)
        for item in sets:
            found[item.doc_id].every.add(item.anchor_sha256)
    for doc_id, former in known.items():
        today = next((new for anchor in former.newest if (new := renames.today(doc_id, anchor)) != doc_id), doc_id)
        own = found.setdefault(today, Former())
        own.newest |= former.newest
        own.every |= former.every
    return found


def _without_collisions(
    found: SameTexts, before: Mapping[str, Former], stored: Mapping[Path, Sequence[AnnotationSet]]
) -> tuple[list[Renamed], list[Finding]]:
    """Return the renamings after which nobody has two annotations of a document, and findings on the others."""
    renamed, findings = dict(found.renamed), []
    folders = [sets for place, sets in stored.items() if place.name != CONFLICTS]
    while True:
        hits = [hit for sets in folders for hit in colliding(renamed, {(s.doc_id, s.annotator) for s in sets})]
        hits = [hit for hit in hits if hit[0] in renamed or hit[1] in renamed]
        if not hits:
            break
        for doc_id, other, annotator in hits:
            for own, beside in ((doc_id, other), (other, doc_id)):
                if own in renamed:
                    findings.append(_collision(own, renamed.pop(own), beside, annotator))
    ids = ((own, renamed[own]) for own in sorted(renamed))
    return [Renamed(old, new, frozenset(before[old].newest | before[old].every)) for old, new in ids], findings


def _collision(doc_id: str, after: str, other: str, annotator: str) -> Finding:
    message = (
        f"Its text is that of {after!r} now, and {annotator!r} has annotated that as {other!r}, too; it keeps its "
        "id. Take the lines of the one that does not count out of the file, and rename again."
    )
    return Finding("rename-collides", doc_id, message)


def _told(found: SameTexts, bearing: set[str]) -> Iterator[Finding]:
    for doc_id, others in found.ambiguous.items():
        if doc_id in bearing:
            listed = some_of([*map(repr, others)], 3)
            message = (
                f"{len(others)} documents have its text now: {listed}; it keeps its id. Leave one of them in the "
                "dataset, and rename again."
            )
            yield Finding("rename-ambiguous", doc_id, message)
    for doc_id in found.gone:
        if doc_id in bearing:
            message = "No document has its text now, and none its id: it keeps its id, and its annotations wait."
            yield Finding("rename-not-found", doc_id, message, Severity.WARNING)


def _files_of(group: Sequence[Renamed], places: Sequence[Path], folder: Path) -> dict[str, int]:
    """Return the files that hold lines to rename, with how many."""
    renames = {own.before: own for own in group}
    found: dict[str, int] = {}
    for path in (path for place in places if group for path in annotation_files(place)):
        number = sum(_after(item, renames) is not None for _, item in _sets(path))
        if number:
            found[str(path.relative_to(folder))] = number
    return found


def _apply(folder: Path, renames: Renames, places: Sequence[Path]) -> None:
    """Rewrite every file in which a line has an id from before the last group, then mark the group as done."""
    group = {own.before: own for own in renames.groups[-1]}
    for place in places:
        _rename_compacted(place, group)
        clear_leftovers(place)
        for path in annotation_files(place):
            lines = [(line, item, _after(item, group)) for line, item in _sets(path)]
            if any(after is not None for *_, after in lines):
                with atomic_write(path, swept=place) as stream:
                    for line, item, after in lines:
                        stream.write(line + b"\n" if after is None else line_of(renamed(item, after)))
    Renames(renames.groups).write(folder)


def _after(item: AnnotationSet, group: Mapping[str, Renamed]) -> str | None:
    """Return the id that a set's document has now; a text that never bore the old one is another document's."""
    own = group.get(item.doc_id)
    return own.after if own is not None and item.anchor_sha256 in own.anchors else None


def renamed(item: AnnotationSet, after: str) -> AnnotationSet:
    """Return a set as one of a document of that id."""
    return item.model_copy(
        update={"doc_id": after, "annotation_id": with_id(item.annotation_id, item.doc_id, after)}
    )


def with_id(annotation_id: str, before: str, after: str) -> str:
    """Return an annotation_id that begins with its document's id with the other one, any other id as it is.

    Else the next annotation of another document that gets the old id would have the same.
    """
    rest = annotation_id.removeprefix(f"{before}.")
    return f"{after}.{rest}" if rest != annotation_id else annotation_id


def _rename_compacted(place: Path, group: Mapping[str, Renamed]) -> None:
    """Say of the annotations under their new ids, too, which revisions were taken out."""
    known = compacted(place)
    more = {name: list(listed) for name, listed in known.items()}
    for name, listed in known.items():
        before = next((old for old in group if name.startswith(f"{old}.")), None)
        if before is not None:
            new = with_id(name, before, group[before].after)
            more[new] = sorted({*more.get(new, []), *listed})
    if more != known:
        with atomic_write(place / COMPACTED) as stream:
            stream.write(json.dumps(more, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
