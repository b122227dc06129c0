"""Annotations of other tools as annotation sets: what is written of each document, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from corpus.annotation.checks import check_set
from corpus.annotation.history import History
from corpus.annotation.renaming import reworded
from corpus.annotation.store import append
from corpus.exchange.attributes import Loss
from corpus.exchange.belonging import Waiting
from corpus.exchange.fitting import fit, is_version
from corpus.exchange.itemising import Items, itemised
from corpus.exchange.naming import Naming
from corpus.exchange.spared import Spared
from corpus.exchange.standoff import Standoff
from corpus.model.annotation import AnnotationSet, Origin
from corpus.model.counted import count
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.shortened import told_value

__all__ = ["ImportOptions", "Imported", "Written", "import_standoffs"]

_CONTENT = ("state", "entities", "sources", "claims", "cues", "orphans", "linked_entities")
_AT_ONCE = 500
"""Sets that are written together, at the least."""
_LISTED = 12
"""Orphans of a document that are told one by one."""
_MOST_NAMES = 20
"""Names of a kind that have no place here and are told one by one, the most frequent first."""


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


class Written(NamedTuple):
    """A version that was written."""

    doc_id: str
    annotator: str
    revision: int


@dataclass(slots=True)
class Imported:
    """What became of the documents and items."""

    written: list[Written] = field(default_factory=list)
    """The new versions: first ones, and those that follow another."""
    items: Counter[str] = field(default_factory=Counter)
    """How many items are in them, by label or layer."""
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

    def count(self, made: AnnotationSet) -> None:
        """Take a version into the report."""
        self.written.append(Written(made.doc_id, made.annotator, made.revision))
        self.items.update(entity.label for entity in made.entities)
        self.items.update({name: len(getattr(made, name)) for name in ("claims", "sources", "cues")})


def import_standoffs(
    standoffs: Iterable[Standoff],
    documents: Callable[[], Iterable[Document]],
    scheme: Scheme,
    folder: Path,
    options: ImportOptions,
) -> Imported:
    """Write what other tools say of a dataset's documents to the annotation files of a folder.

    ``documents`` is called to find those that are meant, again where texts may be parts of some, and to place the
    marks in them; each time one is held at once. A set that says the same as the newest one of its annotator is not
    written again, so a second import changes nothing. Where an annotator has another one of the document already,
    it is a finding, and with ``options.replace`` a new revision. What would follow damaged lines is left out
    (:class:`Spared`).

    Raises:
        DataError: a file of annotations was damaged meanwhile.
        UsageError: another writer holds the folder.
    """
    listed = list(standoffs)
    marked = [one for one in listed if one.spans or options.empty]
    done = Imported(empty=len(listed) - len(marked))
    wanted = _wanted(marked, documents, options, done)
    history = History.open(folder)
    writing = _Writing(scheme, folder, history, options, done, Spared(history))
    for document in documents() if wanted else ():
        for annotator, own in sorted(wanted.pop(document.doc_id, {}).items()):
            writing.add(annotator, own, document)
    writing.write()
    done.findings += writing.spared.findings()
    _tell_losses(done, scheme)
    return done


def _wanted(
    marked: Sequence[Standoff], documents: Callable[[], Iterable[Document]], options: ImportOptions, done: Imported
) -> dict[str, dict[str, list[Standoff]]]:
    """Return what each annotator says, by document; what belongs to none is put aside."""
    waiting = Waiting.of(marked)
    for document in documents() if marked else ():
        waiting.offer(document)
    for document in documents() if waiting.looks_for_parts() else ():
        waiting.offer_parts(document)
    wanted: dict[str, dict[str, list[Standoff]]] = {}
    of_none: dict[Finding, None] = {}  # several annotators have one text at one place
    for number, standoff in enumerate(marked):
        doc_id = waiting.document_of(number)
        if isinstance(doc_id, Finding):
            done.unmatched.append(standoff)
            of_none[doc_id] = None
            continue
        who = _annotator(standoff, options, done)
        if who is not None:
            wanted.setdefault(doc_id, {}).setdefault(who, []).append(standoff)
    done.findings += of_none
    return wanted


def _annotator(standoff: Standoff, options: ImportOptions, done: Imported) -> str | None:
    named = options.annotators.get(standoff.annotator, options.annotators.get(None))
    if named is None:
        who = "nobody" if standoff.annotator is None else told_value(standoff.annotator)
        message = f"It says {who} annotated it; say who that is here with `annotator=`."
        done.findings.append(Finding("import-annotator", standoff.place, message))
    return named


@dataclass(slots=True)
class _Writing:
    """Makes sets, tells what becomes of each, and writes them some at a time."""

    scheme: Scheme
    folder: Path
    history: History
    options: ImportOptions
    done: Imported
    spared: Spared
    made: list[AnnotationSet] = field(default_factory=list)
    enough: int = 0
    """So many are written together, at the least: as many as there are files, for each writing looks at all of
    them, and an eighth of the versions that there are, for it copies the files that grow."""

    def add(self, annotator: str, standoffs: Sequence[Standoff], document: Document) -> None:
        """Make the set of one annotator's word on one document."""
        key = document.doc_id, annotator
        if self.spared.keeps(key):
            return
        place = f"{key[0]} by {key[1]}"
        items = self._put_together(standoffs, document, place)
        if items is None:
            return
        before = self.history.latest(key)
        item = _set_of(key, items, document, self.scheme, before, self.options)
        if before is not None and _says_the_same(reworded(before, self.scheme), item):
            self.done.unchanged += 1
            return
        if before is not None and not self.options.replace:
            message = (
                f"{annotator} has another annotation of it (revision {before.revision}), which was left as it is; "
                "a new revision follows with `replace=True`, or name another annotator."
            )
            self.done.findings.append(Finding("import-exists", place, message))
            return
        faults = check_set(item, self.scheme, document.raw_text, place)
        wrong = [fault for fault in faults if fault.severity is Severity.ERROR]
        self.done.findings += wrong
        if not wrong:
            self.made.append(item)
        if len(self.made) >= max(_AT_ONCE, self.enough):
            self.write()

    def write(self) -> None:
        """Write what was made since the last time, but for what another writer has written of meanwhile."""
        made, self.made = self.made, []
        if made and not self.options.dry_run:
            self.history.heads.renew()
            late = [self.history.newest((item.doc_id, item.annotator)) >= item.revision for item in made]
            self.done.findings += (_overtaken(item) for item, is_late in zip(made, late, strict=True) if is_late)
            made = [item for item, is_late in zip(made, late, strict=True) if not is_late]
            append(self.folder, made, self.history.heads)
            heads = self.history.heads
            self.enough = max(len(heads.sizes), sum(map(len, heads.versions.values())) // 8)
        for item in made:
            self.done.count(item)

    def _put_together(self, standoffs: Sequence[Standoff], document: Document, place: str) -> Items | None:
        """Return the items of all that one annotator said of one document; what is said twice stands once."""
        whole = Items()
        read = unlike = False
        for standoff in standoffs:
            fits = fit(standoff.text, document)
            if fits.likeness == "unlike" and not is_version(standoff.text, document):
                self._tell_other([standoff], document, "hardly any of its text stands in the one")
                continue
            read, unlike = True, unlike or fits.likeness == "unlike"
            taken = [item.id for item in whole.all()]
            part = itemised(standoff, fits, self.options.naming, self.scheme, taken=taken)
            whole.add(part)
            for loss in whole.losses:
                self.done.first_lost.setdefault(loss, standoff.place)
        self.done.losses.update(whole.losses)
        if unlike and whole.orphans and not list(whole.all()):
            why = f"none of its marks can be found ({whole.orphans[0].reason}) in the text"
            self._tell_other(standoffs, document, why)
            return None
        _tell_moved(whole, place, self.done, unlike=unlike)
        return whole if read else None

    def _tell_other(self, standoffs: Sequence[Standoff], document: Document, why: str) -> None:
        self.done.unmatched += standoffs
        message = f"It is called {told_value(document.doc_id)}, but {why} that has this id; name it otherwise."
        self.done.findings.append(Finding("import-other-text", standoffs[0].place, message))


def _set_of(
    key: tuple[str, str],
    made: Items,
    document: Document,
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
        "anchor_sha256": document.anchor_sha256,
        "scheme": scheme.name,
        "scheme_version": scheme.version,
        "created_at": before.created_at if before else options.now,
        "updated_at": options.now,
        "origin": Origin(kind="import", note=options.source),
    }
    return AnnotationSet.model_validate(values | made.content())


def _overtaken(item: AnnotationSet) -> Finding:
    message = (
        "Somebody else (another import, a sync) has written this annotation meanwhile; import again to compare."
    )
    return Finding("import-overtaken", f"{item.doc_id} by {item.annotator}", message)


def _says_the_same(one: AnnotationSet, other: AnnotationSet) -> bool:
    same = all(getattr(one, name) == getattr(other, name) for name in _CONTENT)
    return same and (one.anchor_sha256, one.scheme) == (other.anchor_sha256, other.scheme)


def _tell_moved(made: Items, place: str, done: Imported, *, unlike: bool) -> None:
    if unlike:
        done.moved += 1
        total = len(list(made.all())) + len(made.orphans)
        message = (
            "Its text there is another one than here, or a short part of it, so its words were looked for by their "
            "context: "
            f"{total - len(made.orphans)} of {count(total, 'item')} found."
        )
        done.findings.append(Finding("import-moved", place, message, Severity.NOTE))
    for orphan in made.orphans[:_LISTED]:
        message = f"{told_value(str(orphan.item['id']))} was kept without a place: {orphan.reason}."
        done.findings.append(Finding("import-orphan", place, message, Severity.WARNING))
    if len(made.orphans) > _LISTED:
        message = f"{len(made.orphans) - _LISTED} more of its items were kept without a place."
        done.findings.append(Finding("import-orphan", place, message, Severity.WARNING))


_WHAT = {
    "label": "The label {name} is none of {scheme}'s ({known}); {number} left out. `names='FILE'` maps it.",
    "relation": "The relation {name} links nothing that {scheme} links so; {number} left out.",
    "unplaced": "The relation {name} leads from or to what was kept without a place; {number} left out.",
    "attribute": "The attribute {name} has no place in {scheme}; it was left out {times}.",
    "kb_id": "Identifiers of {name} are none of Wikidata's (Q42); they were left out {times}.",
    "second": "An item has one {name}; a further one was left out {times}.",
    "unlinked": "An identifier of {name}, which is no entity, has no place in {scheme}; it was left out {times}.",
    "relinked": "The entity {name} has another identifier of Wikidata already, which counts; left out {times}.",
}

_CALLED = {
    "label": "label",
    "relation": "relation",
    "unplaced": "relation",
    "attribute": "attribute",
    "kb_id": "knowledge base",
    "second": "attribute",
    "unlinked": "label",
    "relinked": "entity",
}
_CODES = {"unplaced": "relation", "second": "attribute", "unlinked": "kb-id", "relinked": "kb-id"}
"""Of kinds that have none of their own."""


def _tell_losses(done: Imported, scheme: Scheme) -> None:
    known = ", ".join((*scheme.entity_labels, *scheme.span_labels))
    told_of: Counter[str] = Counter()
    for loss, number in sorted(done.losses.items(), key=lambda pair: (pair[0].kind, -pair[1], pair[0].name)):
        told_of[loss.kind] += 1
        if told_of[loss.kind] > _MOST_NAMES:
            continue
        spans = f"{count(number, 'span' if loss.kind == 'label' else 'link')} {'was' if number == 1 else 'were'}"
        times = "once" if number == 1 else f"{number} times"
        name = told_value(loss.name)
        told = {"name": name, "scheme": scheme.name, "known": known, "number": spans, "times": times}
        message = _WHAT[loss.kind].format(**told)
        done.findings.append(Finding(_code(loss.kind), done.first_lost[loss], message, Severity.WARNING))
    for kind, number in told_of.items():
        if number > _MOST_NAMES:
            last = next(done.first_lost[loss] for loss in done.losses if loss.kind == kind)
            more = count(number - _MOST_NAMES, f"more {_CALLED[kind]}")
            message = f"{more} had no place here; the report counts each, under losses."
            done.findings.append(Finding(_code(kind), last, message, Severity.WARNING))


def _code(kind: str) -> str:
    return f"import-{_CODES.get(kind, kind.replace('_', '-'))}"
