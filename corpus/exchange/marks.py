"""Marks on one text as a record of JSON has them: each checked, and told where it cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from corpus.exchange.counting import other_words
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.exchange.tally import Tally
from corpus.model.finding import Severity
from corpus.model.shortened import told_value
from corpus.model.span import Span

__all__ = ["Marks", "Place", "as_given", "whole"]

Place = Callable[[Span], Span]
"""From offsets as the tool counts them to code points."""


def as_given(span: Span) -> Span:
    """Return the span: the tool counts code points."""
    return span


def whole(value: object) -> int | None:
    """Return an offset or number, None for anything else; tables write whole numbers with a point sometimes.

    >>> whole(3), whole(3.0), whole(True), whole("3"), whole(float("nan"))
    (3, 3, None, None, None)
    """
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None


class Marks:
    """Collects the spans and relations of one record."""

    def __init__(self, text: str, place: str, tally: Tally) -> None:
        self.text, self.place, self.tally = text, place, tally
        self._spans: dict[str, StandoffSpan] = {}
        self._at: dict[tuple[int, int], list[str]] = {}
        """By their edges, the ids of the spans that have, or had before pieces were joined."""
        self._relations: dict[StandoffRelation, None] = {}
        self._kept: set[str] = set()
        """The ids that marks have of their own, also those that follow."""
        self._number = 0
        """That of the last id that was given here."""

    def keep(self, keys: Iterable[object]) -> None:
        """Give these ids to no mark that has none, since marks that follow bring them."""
        self._kept.update(name for key in keys if (name := _name(key)) is not None)

    def tell(self, code: str, sentence: str, severity: Severity = Severity.ERROR) -> None:
        """Tell what is wrong in the record."""
        self.tally.add(code, self.place, sentence, severity)

    def add(
        self,
        start: object,
        end: object,
        label: object,
        *,
        key: object = None,
        joined: bool = False,
        count: Place = as_given,
        more: Mapping[str, Any] | None = None,
        words: object = None,
    ) -> str | None:
        """Take a mark in and return its id, or None where it cannot be used, which is told.

        ``key`` is its own id, or None; with ``joined`` marks of one id and label are pieces of one. ``more`` holds
        its attributes, ``kb_id`` and ``note``; ``words`` is what it covers as the record says, or None.
        """
        at = self._span(start, end, count)
        if at is None or not self._reads(at, words):
            return None
        name = _name(label)
        if name is None:
            self.tell("import-span", f"The span [{at.start}, {at.end}) has no label but {told_value(label)}.")
            return None
        held, own = more or {}, _name(key)
        note = held.get("note")
        told = _attributes(held.get("attributes"))
        made = StandoffSpan(
            "", name, (at,), told, _name(held.get("kb_id")), note if isinstance(note, str) and note else None
        )
        if own is not None and own in self._spans:
            if joined and self._join(own, made):
                return own
            self.tell("import-duplicate", f"The id {own!r} stands twice; the second one has another now.")
            own = None
        own = own or self._free()
        self._spans[own] = replace(made, id=own)
        self._at.setdefault(at, []).append(own)
        return own

    def relate(self, label: object, source: str | None, target: str | None, told: str) -> None:
        """Take a relation in; ``told`` names it where an end is missing."""
        name = _name(label)
        if source not in self._spans or target not in self._spans:
            self.tell("import-relation", f"The relation {told} leads to no span that was read; it is left out.")
        elif name is None:
            self.tell(
                "import-relation", f"The relation {told} has no label but {told_value(label)}; it is left out."
            )
        else:
            self._relations[StandoffRelation(name, source or "", target or "")] = None

    def find(self, start: object, end: object, label: object) -> str | None:
        """Return the id of the first span of that label that is there; of any label where None is given."""
        first, last = whole(start), whole(end)
        for name in self._at.get((first, last), ()) if first is not None and last is not None else ():
            span = self._spans[name]
            if (span.spans[0].start, span.spans[-1].end) == (first, last) and label in (None, span.label):
                return name
        return None

    def covering(self, at: Span) -> str | None:
        """Return the id of the shortest span that covers those characters."""
        held = [s for s in self._spans.values() if s.spans[0].start <= at.start and at.end <= s.spans[-1].end]
        return min(held, key=lambda s: (s.spans[-1].end - s.spans[0].start, s.spans[0].start)).id if held else None

    def standoff(self, name: str | None, annotator: str | None) -> Standoff:
        """Return what was taken in."""
        spans, relations = tuple(self._spans.values()), tuple(self._relations)
        return Standoff(name, self.text, spans, relations, annotator=annotator, place=self.place)

    def _span(self, start: object, end: object, count: Place) -> Span | None:
        first, last = whole(start), whole(end)
        if first is None or last is None:
            told = f"A span's offsets must be whole numbers, got {told_value(start)} and {told_value(end)}"
            self.tell("import-offsets", f"{told}; it is left out.")
            return None
        given = Span(first, last)
        at = count(given) if 0 <= first < last else given
        if not at.within(len(self.text)):
            told = f"The span [{told_value(first)}, {told_value(last)}) is not inside the text"
            self.tell("import-offsets", f"{told} of {len(self.text)} characters, or is empty; it is left out.")
            return None
        return at

    def _reads(self, at: Span, words: object) -> bool:
        """Tell whether the words that are told, if any, stand there."""
        others = other_words(self.text, [at], words if isinstance(words, str) else None)
        if others is not None:
            told = f"The span [{at.start}, {at.end}) reads {told_value(others)}, not {told_value(words)}"
            self.tell("import-words", f"{told}; it is left out.")
        return others is None

    def _join(self, own: str, made: StandoffSpan) -> bool:
        """Make it a piece of the span of that id, with what is said of either; tell whether it can be one."""
        held, at = self._spans[own], made.spans[0]
        if held.label != made.label or any(at.overlaps(piece) for piece in held.spans):
            return False
        pieces = tuple(sorted([*held.spans, at]))
        attributes = {**made.attributes, **held.attributes}
        notes = dict.fromkeys(note for note in (held.note, made.note) if note)
        kb_id, note = held.kb_id or made.kb_id, "\n".join(notes) or None
        self._spans[own] = StandoffSpan(own, held.label, pieces, attributes, kb_id, note)
        self._at.setdefault((pieces[0].start, pieces[-1].end), []).append(own)
        return True

    def _free(self) -> str:
        self._number = max(self._number, len(self._spans)) + 1
        while f"T{self._number}" in self._spans or f"T{self._number}" in self._kept:
            self._number += 1
        return f"T{self._number}"


def _attributes(value: object) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, held in value.items() if isinstance(value, dict) else ():
        if isinstance(held, bool | None):
            found |= {name: ()} if held else {}
        elif isinstance(held, list):
            found[name] = tuple(str(one) for one in held if isinstance(one, str | int | float))
        elif isinstance(held, str | int | float):
            found[name] = (str(held),)
    return found


def _name(value: object) -> str | None:
    """Return a name or number as a string, None for what is neither or empty."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if type(value) is int else None
