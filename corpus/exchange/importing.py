"""Annotations of other tools as annotation sets: what is written of each document, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.annotation.checks import check_set
from corpus.annotation.history import History
from corpus.annotation.store import append
from corpus.errors import DataError
from corpus.exchange.belonging import Match, Waiting
from corpus.exchange.itemising import Items, Loss, itemised
from corpus.exchange.naming import Naming
from corpus.exchange.standoff import Standoff
from corpus.model.annotation import AnnotationSet, Origin
from corpus.model.counted import count
from corpus.model.document import Document, sha256_text
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme

__all__ = ["ImportOptions", "Imported", "import_standoffs"]

_CONTENT = ("state", "entities", "sources", "claims", "cues", "orphans", "linked_entities")
_LISTED = 12
"""Orphans of a document that are told one by one."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says of an import."""

    naming: Naming
    annotators: Mapping[str | None, str]
    """The pseudonym of each annotator as the tool calls them; of None, whom no other entry names."""
    now: str
    """UTC, ISO 8601."""
    source: str
    """What is told of where the sets came from: "brat, pages"."""
    empty: bool = False
    """Whether a document without any mark was annotated, with nothing in it."""
    replace: bool = False
    """Whether a new revision follows what an annotator has said of a document already."""
    dry_run: bool = False


@dataclass(slots=True)
class Imported:
    """What became of the documents and items."""

    written: list[AnnotationSet] = field(default_factory=list)
    """The new versions: first ones, and those that follow another."""
    unchanged: int = 0
    """Sets that say what is there already."""
    unmatched: list[Standoff] = field(default_factory=list)
    """What belongs to no document of the dataset."""
    empty: int = 0
    """Documents without any mark, which were passed over."""
    moved: int = 0
    """Documents whose text is another one than the tool's, in which words were looked for."""
    losses: Counter[Loss] = field(default_factory=Counter)
    first_lost: dict[Loss, str] = field(default_factory=dict)
    """Where each of them was met first."""
    findings: list[Finding] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many items were written, by label or layer."""
        found: Counter[str] = Counter()
        for item in self.written:
            found.update(entity.label for entity in item.entities)
            found.update({name: len(getattr(item, name)) for name in ("claims", "sources", "cues")})
        return {name: number for name, number in found.items() if number}


def import_standoffs(
    standoffs: Iterable[Standoff],
    documents: Iterable[Document],
    scheme: Scheme,
    folder: Path,
    options: ImportOptions,
) -> Imported:
    """Write what other tools say of a dataset's documents to the annotation files of a folder.

    A set that says the same as the newest one of its annotator is not written again, so a second import changes
    nothing. Where an annotator has another one of the document already, it is a finding, and with
    ``options.replace`` a new revision.

    Raises:
        DataError: a file of annotations is damaged; nothing was written.
        UsageError: another writer holds the folder.
    """
    done = Imported()
    listed = list(standoffs)
    waiting = Waiting.of(one for one in listed if one.spans or options.empty)
    done.empty = len(listed) - len(waiting.standoffs)
    for document in documents:
        waiting.offer(document)
    by_key: dict[tuple[str, str], list[Match]] = {}
    for number, standoff in enumerate(waiting.standoffs):
        match = waiting.match_of(number)
        if isinstance(match, Finding):
            done.unmatched.append(standoff)
            done.findings.append(match)
            continue
        who = _annotator(standoff, options, done)
        if who is not None:
            by_key.setdefault((match.doc_id, who), []).append(match)
    history = History.open(folder)
    _refuse_damage(history.findings)
    for key, matches in sorted(by_key.items()):
        _import_one(key, matches, scheme, history, options, done)
    _tell_losses(done, scheme)
    if done.written and not options.dry_run:
        append(folder, done.written)
    return done


def _annotator(standoff: Standoff, options: ImportOptions, done: Imported) -> str | None:
    named = options.annotators.get(standoff.annotator, options.annotators.get(None))
    if named is None:
        who = "nobody" if standoff.annotator is None else repr(standoff.annotator)
        message = f"It says {who} annotated it; say who that is here with --annotator."
        done.findings.append(Finding("import-annotator", standoff.place, message))
    return named


def _refuse_damage(findings: Iterable[Finding]) -> None:
    damaged = next((finding for finding in findings if finding.severity is Severity.ERROR), None)
    if damaged is not None:
        raise DataError(f"Nothing was imported, since {damaged.place} must be repaired first: {damaged.message}")


def _import_one(
    key: tuple[str, str],
    matches: Sequence[Match],
    scheme: Scheme,
    history: History,
    options: ImportOptions,
    done: Imported,
) -> None:
    """Make the set of one annotator's word on one document, and tell what becomes of it."""
    made = _put_together(matches, scheme, options, done)
    place = f"{key[0]} by {key[1]}"
    if made.orphans and not list(made.all()):
        done.unmatched += [match.standoff for match in matches]
        message = (
            f"It is called {key[0]!r}, but none of its words stand in the text that has this id; name it otherwise."
        )
        done.findings.append(Finding("import-other-text", matches[0].standoff.place, message))
        return
    _tell_moved(matches, made, place, done)
    before = history.latest(key)
    anchor = matches[0].fit.raw
    item = _set_of(key, made, anchor, scheme, before, options)
    if before is not None and _says_the_same(before, item):
        done.unchanged += 1
        return
    if before is not None and not options.replace:
        message = (
            f"{key[1]} has another annotation of it (revision {before.revision}), which was left as it is; a new "
            "revision follows with --replace, or name another annotator."
        )
        done.findings.append(Finding("import-exists", place, message))
        return
    faults = [fault for fault in check_set(item, scheme, anchor, place) if fault.severity is Severity.ERROR]
    done.findings += faults
    if not faults:
        done.written.append(item)


def _put_together(matches: Sequence[Match], scheme: Scheme, options: ImportOptions, done: Imported) -> Items:
    """Return the items of all that one annotator said of one document; what is said twice stands once."""
    whole = Items()
    for match in matches:
        part = itemised(
            match.standoff,
            match.fit,
            options.naming,
            scheme,
            taken=[item.id for item in whole.all()],
        )
        whole.add(part)
        for loss in part.losses:
            done.first_lost.setdefault(loss, match.standoff.place)
    done.losses.update(whole.losses)
    return whole


def _set_of(
    key: tuple[str, str],
    made: Items,
    anchor: str,
    scheme: Scheme,
    before: AnnotationSet | None,
    options: ImportOptions,
) -> AnnotationSet:
    values: dict[str, Any] = {
        "annotation_id": before.annotation_id if before else f"{key[0]}.{key[1]}",
        "revision": before.revision + 1 if before else 1,
        "state": "submitted",
        "doc_id": key[0],
        "annotator": key[1],
        "anchor_sha256": sha256_text(anchor),
        "scheme": scheme.name,
        "scheme_version": scheme.version,
        "created_at": before.created_at if before else options.now,
        "updated_at": options.now,
        "origin": Origin(kind="import", note=options.source),
    }
    return AnnotationSet.model_validate(values | made.content())


def _says_the_same(one: AnnotationSet, other: AnnotationSet) -> bool:
    same = all(getattr(one, name) == getattr(other, name) for name in _CONTENT)
    return same and (one.anchor_sha256, one.scheme) == (other.anchor_sha256, other.scheme)


def _tell_moved(matches: Sequence[Match], made: Items, place: str, done: Imported) -> None:
    if any(match.fit.likeness == "unlike" for match in matches):
        done.moved += 1
        total = len(list(made.all())) + len(made.orphans)
        message = (
            "Its text there is another one than here, so its words were looked for by their context: "
            f"{total - len(made.orphans)} of {count(total, 'item')} found."
        )
        done.findings.append(Finding("import-moved", place, message, Severity.NOTE))
    for orphan in made.orphans[:_LISTED]:
        message = f"{orphan.item['id']!r} was kept without a place: {orphan.reason}."
        done.findings.append(Finding("import-orphan", place, message, Severity.WARNING))
    if len(made.orphans) > _LISTED:
        message = f"{len(made.orphans) - _LISTED} more of its items were kept without a place."
        done.findings.append(Finding("import-orphan", place, message, Severity.WARNING))


_WHAT = {
    "label": "The label {name!r} is none of {scheme}'s ({known}); {number} left out. --names FILE maps it.",
    "relation": "The relation {name!r} links nothing that {scheme} links so; {number} left out.",
    "attribute": "The attribute {name!r} has no place in {scheme}; it was left out {times}.",
    "kb_id": "{name!r} is no identifier of Wikidata (Q42); it was left out {times}.",
}


def _tell_losses(done: Imported, scheme: Scheme) -> None:
    known = ", ".join((*scheme.entity_labels, *scheme.span_labels))
    for loss, number in sorted(done.losses.items(), key=lambda pair: (pair[0].kind, -pair[1], pair[0].name)):
        spans = f"{count(number, 'span' if loss.kind == 'label' else 'link')} {'was' if number == 1 else 'were'}"
        times = "once" if number == 1 else f"{number} times"
        told = {"name": loss.name, "scheme": scheme.name, "known": known, "number": spans, "times": times}
        code = f"import-{loss.kind.replace('_', '-')}"
        message = _WHAT[loss.kind].format(**told)
        done.findings.append(Finding(code, done.first_lost[loss], message, Severity.WARNING))
