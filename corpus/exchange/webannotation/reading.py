"""Web annotations read: gathered by the text they are of and who made them."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from corpus.errors import SourceError
from corpus.exchange.counting import Counting, apart, best_counting
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.exchange.tally import at_most
from corpus.exchange.webannotation.bodies import Said, all_of, identity, motivation_of, said_in
from corpus.exchange.webannotation.creators import Creators
from corpus.exchange.webannotation.entries import Entry, read_entries
from corpus.exchange.webannotation.selectors import Piece, SelectorError, piece_of, placed
from corpus.exchange.webannotation.sources import excerpts, name_of, text_beside
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity
from corpus.model.span import Span

__all__ = ["read_webannotation"]

_OWN_ID = re.compile(r"#[0-9]+/(.+)", re.DOTALL)
"""An id that was made of a span's."""
_BOOKMARK = "bookmarking"
"""What an annotation is for that says no more than that somebody was there."""

Key = tuple[str | None, str | None]
"""The source that annotations are of, and who made them."""


@dataclass(slots=True)
class _Marked:
    """A span before its text is known."""

    id: str
    pieces: tuple[Piece, ...]
    said: Said
    motivation: str
    place: str


@dataclass(slots=True)
class _Gathered:
    """What one annotator says of one text."""

    place: str
    marks: dict[str, _Marked] = field(default_factory=dict)
    """By the ids of the annotations, which may be longer than the names of the spans."""
    names: set[str] = field(default_factory=set)
    relations: list[tuple[StandoffRelation, str]] = field(default_factory=list)
    """With their places."""


def read_webannotation(path: Path) -> Iterator[Standoff | Finding]:
    """Yield a document for each text and annotator of a JSON or JSON Lines file.

    The text is the ``value`` of a target (as the writer embeds it), or a file beside this one that the source
    names; else it is no more than what the annotations quote (:attr:`Standoff.excerpts`).

    Raises:
        SourceError: the file cannot be read, or has no annotation.
    """
    yield from at_most(_read(path), path)


def _read(path: Path) -> Iterator[Standoff | Finding]:
    findings: list[Finding] = []
    entries = read_entries(path, findings)
    yield from findings
    yield from _File(path, entries).read()


class _File:
    """One file while it is read."""

    def __init__(self, path: Path, entries: Sequence[Entry]) -> None:
        self._path, self._entries = path, entries
        self._known = {entry.id for entry in entries}
        self._gathered: dict[Key, _Gathered] = {}
        self._texts: dict[str | None, str | None] = {}
        self._owners: dict[str, list[Key]] = {}
        """In which documents an annotation marks something."""
        self._pending: list[tuple[Entry, str, str, str]] = []
        """Relations from one annotation to another, with what says so and their labels."""
        self._creators = Creators()

    def read(self) -> Iterator[Standoff | Finding]:
        """Yield what cannot be used, and the documents."""
        links: list[tuple[Entry, Said, list[str]]] = []
        for entry in self._entries:
            targets = list(all_of(entry.told.get("target", entry.told.get("uri"))))
            named = [_whole(target) for target in targets]
            ids = [name for name in named if name in self._known and name != entry.id]
            said = said_in(entry.told, self._known)
            if said.unread:
                message = f"{count(said.unread, 'body')} of it cannot be read: expected a value or an IRI."
                yield Finding("import-body", entry.place, message, Severity.WARNING)
            if ids and len(ids) == len(targets):
                links.append((entry, said, ids))
            else:
                yield from self._mark(entry, said, targets)
        for entry, said, ids in links:
            yield from self._link(entry, said, ids)
        for entry, label, one, other in self._pending:
            yield from self._relate(entry, label, one, other)
        yield from self._creators.findings(str(self._path))
        for key, gathered in self._gathered.items():
            yield from self._document(key, gathered)

    def _mark(self, entry: Entry, said: Said, targets: Sequence[str | Mapping[str, Any]]) -> Iterator[Finding]:
        """Take an annotation of pieces of texts; those of one text are one span."""
        annotator = self._creators.name(entry.told.get("creator", entry.told.get("user")))
        motivation = motivation_of(entry.told)
        found: dict[str | None, list[Piece]] = {}
        if not targets:
            yield Finding("import-annotation", entry.place, "It has no target: expected the text that it is of.")
        for target in targets:
            source, fragment, selector = _parts(target)
            gathered = self._gathered.setdefault((source, annotator), _Gathered(entry.place))
            text = target.get("value") if isinstance(target, dict) else None
            held = target.get("source") if isinstance(target, dict) else None
            inside = held.get("value") if isinstance(held, dict) else None
            if isinstance(inside, str) and self._texts.setdefault(source, inside) != inside:
                yield Finding("import-text", entry.place, _other_text(source))
            if isinstance(text, str) and selector is None:
                if self._texts.setdefault(source, text) != text:
                    yield Finding("import-text", entry.place, _other_text(source))
            elif selector is None and not fragment.startswith("char="):
                if motivation != _BOOKMARK:
                    message = "It is of a whole document; only annotations of a piece of one are read."
                    yield Finding("import-no-span", entry.place, message, Severity.WARNING)
            else:
                try:
                    piece = piece_of(selector, fragment)
                    found[source] = [*found.get(source, ()), piece]
                except SelectorError as error:
                    yield Finding("import-selector", entry.place, f"A target cannot be used: {error}.")
        for source, pieces in found.items():
            gathered = self._gathered[source, annotator]
            own = _OWN_ID.fullmatch(entry.id)
            told = unquote(own[1]) if own else entry.id
            name = told if told not in gathered.names else entry.id
            gathered.names.add(name)
            gathered.marks[entry.id] = _Marked(name, tuple(pieces), said, motivation, entry.place)
            self._owners.setdefault(entry.id, []).append((source, annotator))
        self._pending += [(entry, "linking", entry.id, other) for other in said.links]

    def _link(self, entry: Entry, said: Said, ids: Sequence[str]) -> Iterator[Finding]:
        """Take an annotation of annotations: relations, or more that is said of one."""
        label = said.label("linking" if len(ids) > 1 or said.links else motivation_of(entry.told))
        if said.links:
            pairs = [(one, other) for one in ids for other in said.links]
        else:
            pairs = [(ids[0], other) for other in ids[1:]]
        self._pending += [(entry, label, one, other) for one, other in pairs]
        if not pairs:
            for key in self._owners.get(ids[0], ()):
                self._gathered[key].marks[ids[0]].said.add(said)
            if ids[0] not in self._owners:
                yield _dangling(entry, ids[0])

    def _relate(self, entry: Entry, label: str, one: str, other: str) -> Iterator[Finding]:
        keys = [self._owners.get(name, []) for name in (one, other)]
        shared = next((key for key in keys[0] if key in keys[1]), None)
        if not all(keys):
            yield _dangling(entry, other if keys[0] else one)
        elif shared is None:
            message = (
                f"It joins {one!r:.80} and {other!r:.80}, which are of two texts or annotators; it is left out."
            )
            yield Finding("import-relation", entry.place, message, Severity.WARNING)
        else:
            gathered = self._gathered[shared]
            relation = StandoffRelation(label, gathered.marks[one].id, gathered.marks[other].id)
            gathered.relations.append((relation, entry.place))

    def _document(self, key: Key, gathered: _Gathered) -> Iterator[Standoff | Finding]:
        source, annotator = key
        text = yield from self._text(source, gathered.place)
        marks = list(gathered.marks.values())
        if text is not None:
            counting = best_counting(text, [mark for one in marks for piece in one.pieces if (mark := piece.mark)])
            if counting.how:
                message = f"Offsets fit the words when counted otherwise ({', '.join(counting.how)}); they were."
                yield Finding("import-counting", gathered.place, message, Severity.NOTE)
            shown, places = counting.text, [_placed(one, counting) for one in marks]
        elif marks:
            message = "The text is neither in the file nor beside it: the spans are looked for by their words."
            yield Finding("import-excerpts", gathered.place, message, Severity.NOTE)
            shown, places = _excerpts(marks)
        else:
            return
        spans: dict[str, StandoffSpan] = {}
        for one, place in zip(marks, places, strict=True):
            if isinstance(place, str):
                message = f"{one.id!r:.80} cannot be placed: {place}; correct it, or give the text that it is of."
                yield Finding("import-offset", one.place, message)
            else:
                spans[one.id] = _span(one, place)
                more = list(dict.fromkeys(one.said.entries))[1:]
                if more:
                    message = f"{one.id!r:.80} names more than one entry; left out: {', '.join(more)[:80]}."
                    yield Finding("import-kb-id", one.place, message, Severity.WARNING)
        relations = []
        for relation, where in gathered.relations:
            if relation.source in spans and relation.target in spans:
                relations.append(relation)
            else:
                yield Finding("import-dangling", where, "It joins an annotation that cannot be placed; left out.")
        name = name_of(source) if source is not None else self._path.stem
        yield Standoff(
            name,
            shown,
            tuple(spans.values()),
            tuple(relations),
            annotator,
            place=gathered.place,
            excerpts=text is None,
        )

    def _text(self, source: str | None, place: str) -> Generator[Finding, None, str | None]:
        if source not in self._texts:
            try:
                self._texts[source] = text_beside(self._path, source)
            except SourceError as error:
                self._texts[source] = None
                yield Finding("import-unreadable", place, str(error))
        return self._texts[source]


def _placed(marked: _Marked, counting: Counting) -> tuple[Span, ...] | str:
    try:
        return apart(sorted(placed(piece, counting) for piece in marked.pieces))
    except SelectorError as error:
        return str(error)


def _excerpts(marks: Sequence[_Marked]) -> tuple[str, list[tuple[Span, ...] | str]]:
    """Return a text of what the spans quote, and where they lie in it, or why one does not."""
    quoting = [one for one in marks if all(piece.exact for piece in one.pieces)]
    text, places = excerpts(one.pieces for one in quoting)
    known = dict(zip((one.place for one in quoting), places, strict=True))
    why = "it tells its position alone, and the text is not there"
    return text, [known.get(one.place, why) for one in marks]


def _span(one: _Marked, place: tuple[Span, ...]) -> StandoffSpan:
    label = one.said.label(one.motivation)
    return StandoffSpan(
        id=one.id,
        label=label,
        spans=place,
        attributes=one.said.attributes(label),
        kb_id=next(iter(one.said.entries), None),
        note="\n".join(one.said.notes) or None,
    )


def _whole(target: str | Mapping[str, Any]) -> str | None:
    """Return the IRI of what a target is, None where it is a piece of something."""
    if isinstance(target, dict) and target.get("selector") is not None:
        return None
    source = target.get("source") if isinstance(target, dict) else None
    return identity(source) or identity(target)


def _parts(target: str | Mapping[str, Any]) -> tuple[str | None, str, object]:
    """Return a target's source, without and with its fragment apart, and its selectors."""
    if isinstance(target, dict) and ("source" in target or "selector" in target):
        iri, selector = identity(target.get("source")) or identity(target.get("scope")), target.get("selector")
    else:
        iri, selector = identity(target), None
    source, _, fragment = (iri or "").partition("#")
    if fragment and not fragment.startswith("char="):  # names a part of its own, or is all of the name
        return iri, "", selector
    return (source or None if iri else None), fragment, selector


def _other_text(source: str | None) -> str:
    return (
        f"Its text of {source or 'no name'!r:.80} is another one than that above, which counts; name one otherwise."
    )


def _dangling(entry: Entry, name: str) -> Finding:
    message = f"It names the annotation {name!r:.80}, which marks no text that is read; mend the one or the other."
    return Finding("import-dangling", entry.place, message)
