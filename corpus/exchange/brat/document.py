"""One document of brat's: its lines as spans and relations of the neutral form."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from corpus.exchange.brat.groups import united
from corpus.exchange.brat.line_ends import joined
from corpus.exchange.brat.lines import Lines, Normalization, read_lines
from corpus.exchange.counting import Mark, best_counting
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.model.finding import Finding, Severity
from corpus.model.span import Span

__all__ = ["SAME_ENTITY", "read_document"]

SAME_ENTITY = "entity_id"
"""The attribute that mentions of one entity share."""
_WIKIDATA = frozenset({"wikidata", "wd"})
_ITEM = re.compile(r"(?:\S*/)?([QP]\d+)", re.ASCII)
_NUMBERED = re.compile(r"(.*\D)\d+", re.ASCII)


@dataclass(slots=True)
class _Item:
    """A span while it is put together."""

    label: str
    spans: tuple[Span, ...]
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kb_id: str | None = None
    notes: list[str] = field(default_factory=list)


def read_document(
    text: str, files: Iterable[tuple[str, str]], *, name: str, annotator: str | None, place: str
) -> Iterator[Standoff | Finding]:
    """Yield a finding for each line that cannot be used, then the document of the others.

    ``text`` is as its file has it, ``files`` are the names and texts of its annotation files.
    """
    lines = Lines()
    yield from read_lines(files, lines)
    counting = best_counting(text, lines.marks)
    if counting.how:
        message = (
            f"The offsets fit the words when counted otherwise than brat does ({', '.join(counting.how)}): they "
            "were counted so."
        )
        yield Finding("import-counting", place, message, Severity.NOTE)
    items = _Items(lines)
    for mark in lines.marks:
        spans = counting.place(mark)
        if isinstance(spans, str):
            message = f"{mark.id} ({mark.label}) cannot be placed: {spans}; correct its offsets."
            yield Finding("import-offset", mark.place, message)
        else:
            items.add(mark, tuple(joined(counting.text, spans)))
    yield from items.complete()
    yield Standoff(name, counting.text, tuple(items.spans()), tuple(items.relations), annotator, place=place)


class _Items:
    """Puts the spans and relations of one document together."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._items: dict[str, _Item] = {}
        self._events: dict[str, str] = {}
        """Which span an event is: its trigger, or one of its own where another event has that already."""
        self.relations: list[StandoffRelation] = []

    def add(self, mark: Mark, spans: tuple[Span, ...]) -> None:
        """Take a mark whose pieces are known."""
        self._items[mark.id] = _Item(mark.label, spans)

    def complete(self) -> Iterator[Finding]:
        """Give the spans all that other lines say of them; yield what does not fit."""
        yield from self._take_events()
        yield from self._take_relations()
        yield from self._take_attributes()
        yield from self._take_groups()
        yield from self._take_normalizations()
        yield from self._take_notes()

    def spans(self) -> Iterator[StandoffSpan]:
        """Yield the spans, in the order of their lines."""
        for name, item in self._items.items():
            note = "\n".join(item.notes) or None
            yield StandoffSpan(name, item.label, item.spans, item.attributes, item.kb_id, note)

    def _take_events(self) -> Iterator[Finding]:
        taken: set[str] = set()
        for event in self._lines.events:
            trigger = self._items.get(event.trigger)
            if trigger is None:
                yield _dangling(f"The event {event.id}", event.trigger, event.place)
                continue
            name = event.id if event.trigger in taken else event.trigger
            taken.add(event.trigger)
            self._items[name] = _Item(event.label, trigger.spans)
            self._events[event.id] = name

    def _take_relations(self) -> Iterator[Finding]:
        for relation in self._lines.relations:
            ends = [relation.source, relation.target]
            yield from self._relate(f"The relation {relation.id}", relation.label, ends, relation.place)
        for event in self._lines.events:
            roles = {role for role, _ in event.arguments}
            for role, other in event.arguments if event.id in self._events else ():
                numbered = _NUMBERED.fullmatch(role)
                label = numbered[1] if numbered and numbered[1] in roles else role
                yield from self._relate(f"The event {event.id}", label, [event.id, other], event.place)

    def _relate(self, what: str, label: str, ends: list[str], place: str) -> Iterator[Finding]:
        found = [self._name(end) for end in ends]
        if found[0] is not None and found[1] is not None:
            self.relations.append(StandoffRelation(label, found[0], found[1]))
        else:
            yield _dangling(what, next(end for end in ends if self._name(end) is None), place)

    def _take_attributes(self) -> Iterator[Finding]:
        for line in self._lines.attributes:
            item = yield from self._item(line.target, f"The attribute {line.name}", line.place)
            if item is not None:
                values = item.attributes.get(line.name, ())
                new = (line.value,) if line.value is not None and line.value not in values else ()
                item.attributes[line.name] = (*values, *new)

    def _take_groups(self) -> Iterator[Finding]:
        """Give the members of a group a value in common of the attribute that names what they share."""
        groups: list[tuple[str, list[str]]] = []
        for line in self._lines.groups:
            members = []
            for told in line.members:
                item = yield from self._item(told, f"The group {line.label}", line.place)
                members += [name] if item is not None and (name := self._name(told)) is not None else []
            groups.append((SAME_ENTITY if line.label == "Equiv" else line.label, members))
        values = {value for item in self._items.values() for held in item.attributes.values() for value in held}
        new = (value for number in count(1) if (value := f"e{number}") not in values)
        for label, members in united(groups):
            items = [self._items[name] for name in members]
            shared = next((held for item in items if (held := item.attributes.get(label))), None) or (next(new),)
            for name, item in zip(members, items, strict=True):
                if item.attributes.setdefault(label, shared) != shared:
                    told = f"{name} is of a group with another {label} than {shared[0]!r}, and keeps its own."
                    yield Finding("import-group", self._lines.groups[0].place, told, Severity.WARNING)

    def _take_normalizations(self) -> Iterator[Finding]:
        for line in self._lines.normalizations:
            item = yield from self._item(line.target, "The normalization", line.place)
            if item is not None and item.kb_id not in (None, _kb_id(line)):
                message = (
                    f"{line.target} is {item.kb_id} by a line above, and {_kb_id(line)} here; the first counts."
                )
                yield Finding("import-normalization", line.place, message, Severity.WARNING)
            elif item is not None:
                item.kb_id = _kb_id(line)

    def _take_notes(self) -> Iterator[Finding]:
        for line in self._lines.notes:
            item = yield from self._item(line.target, f"The note {line.kind}", line.place)
            if item is not None and line.words:
                item.notes.append(line.words if line.kind == "AnnotatorNotes" else f"{line.kind}: {line.words}")

    def _name(self, told: str) -> str | None:
        """Return the span that an id names, also by an event's."""
        name = self._events.get(told, told)
        return name if name in self._items else None

    def _item(self, told: str, what: str, place: str) -> Generator[Finding, None, _Item | None]:
        name = self._name(told)
        if name is not None:
            return self._items[name]
        if told in self._lines.others:
            message = f"{what} is of {told}, which is no span; only spans can have it, so it is left out."
            yield Finding("import-no-span", place, message, Severity.WARNING)
        else:
            yield _dangling(what, told, place)
        return None


def _kb_id(line: Normalization) -> str:
    """Return the entry's id, with the name of its knowledge base where that is not Wikidata."""
    item = _ITEM.fullmatch(line.entry)
    if line.base.casefold() not in _WIKIDATA:
        return f"{line.base}:{line.entry}"
    return item[1] if item else line.entry


def _dangling(what: str, told: str, place: str) -> Finding:
    message = f"{what} names {told}, which is not there or cannot be used; mend the one or the other."
    return Finding("import-dangling", place, message)
