"""The result rows of one foreign annotation: regions, what is said of each, and how they are joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from corpus.exchange.free_names import FreeNames
from corpus.exchange.labelstudio.texts import Shown, Unplaced, shown_on
from corpus.exchange.standoff import StandoffRelation, StandoffSpan
from corpus.model.drawn import FLAGS_TAG, piece_id
from corpus.model.finding import Finding, Severity
from corpus.model.span import Span, merge_spans

__all__ = ["OWN_KEY", "Drawn", "read_rows"]

Row = Mapping[str, Any]
_Link = tuple[str, str, str]
"""A relation as it is drawn: the ids of its ends, and its label or ""."""

OWN_KEY = "newscorpus"
"""Holds, in a region's ``meta``, what the screen has no control for: an edit on the screen keeps that alone."""
_REGIONS = ("labels", "hypertextlabels", "paragraphlabels")
_SAID = ("choices", "taxonomy", "number", "rating", "datetime", "textarea")
"""The rows that say something of a region, or of the whole document."""
_MAX_ID = 200
_UNNAMED = "relation"
"""What a relation is called that the annotator gave no name."""


@dataclass(slots=True)
class _Region:
    """A region with one label, before its pieces are joined."""

    id: str
    region: str
    """The id it was drawn under, which it shares with the region's other labels."""
    bar: str
    label: str
    span: Span
    shown: Shown
    own: Mapping[str, Any]


@dataclass(slots=True)
class Drawn:
    """What an annotation holds, by the field it lies on; what was wrong; and what has no place here, counted."""

    spans: dict[Shown, list[StandoffSpan]] = field(default_factory=dict)
    relations: dict[Shown, dict[StandoffRelation, None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    apart: Counter[str] = field(default_factory=Counter)
    """Rows that mark no text ("other"), rows on whole documents ("whole"), or on texts not there ("textless");
    and regions that lie inside of others ("inside")."""


def read_rows(rows: object, shown: list[Shown], place: str) -> Drawn:
    """Read an annotation's ``result``; ``shown`` is what the task's data could show."""
    return _Reader(shown, place).read(rows)


class _Reader:
    def __init__(self, shown: list[Shown], place: str) -> None:
        self.shown, self.place = shown, place
        self.drawn = Drawn()
        self.regions: dict[str, _Region] = {}
        self.names = FreeNames()
        self.seen: set[str] = set()
        """The ids of all regions on texts, usable or not."""
        self.read_of: set[tuple[str, str]] = set()
        """The ids of those that were used, with their bars."""
        self.attributes: dict[str, dict[str, tuple[str, ...]]] = {}
        self.notes: dict[str, list[str]] = {}

    def read(self, rows: object) -> Drawn:
        """Read regions first, then what is said of them, then what joins them."""
        sound = self._sound(rows)
        drawn: dict[str, list[Row]] = {}
        for row in sound:
            if _kind(row) in _REGIONS:
                drawn.setdefault(_text(row.get("to_name")), []).append(row)
        for name, rows_there in drawn.items():
            self._on_one(name, rows_there)
        for row in sound:
            kind = _kind(row)
            if kind in _SAID:
                self._said(row, kind)
            elif kind != "relation" and kind not in _REGIONS:
                self.drawn.apart["other"] += 1
        owners = self._spans()
        links = [row for row in sound if _kind(row) == "relation"]
        left = Counter(map(_link, links))
        renamed = self._renamed()
        for row in links:
            last = renamed.get(_link(row), [])[-left[_link(row)] :]
            left[_link(row)] -= 1
            self._relation(row, owners, last[0] if len(last) > left[_link(row)] else None)
        return self.drawn

    def _sound(self, rows: object) -> list[Row]:
        if not isinstance(rows, list):
            self._finding("import-row", "The result must be a list of rows.")
            return []
        sound: list[Row] = [row for row in rows if isinstance(row, dict)]
        if len(sound) < len(rows):
            self._finding("import-row", f"{len(rows) - len(sound)} of its rows are no JSON objects.")
        return sound

    def _finding(self, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.drawn.findings.append(Finding(code, self.place, message, severity))

    def _on_one(self, name: str, rows: list[Row]) -> None:
        """Read the regions that lie on one object of the screen."""
        texts = [row for row in rows if not _is_media(row)]
        self.drawn.apart["other"] += len(rows) - len(texts)
        if not self.shown:
            self.drawn.apart["textless"] += len(texts)
            return
        values = [row["value"] for row in texts if isinstance(row.get("value"), dict)]
        shown = shown_on(self.shown, values, name) or self.shown[0]
        for row in texts:
            identity = _identity(row, len(self.seen))
            self.seen.add(identity)
            try:
                self._region(row, identity, shown)
            except Unplaced as fault:
                self._finding("import-region", f"The region {identity[:_MAX_ID]!r} is left out: {fault}.")

    def _region(self, row: Row, identity: str, shown: Shown) -> None:
        value, bar, kind = row.get("value"), _text(row.get("from_name")), _kind(row)
        if not isinstance(value, dict):
            raise Unplaced("it has no value")
        labels = value.get(kind)
        if not isinstance(labels, list) or not labels or not all(isinstance(one, str) and one for one in labels):
            raise Unplaced("it has no label")
        if (identity, bar) in self.read_of:
            raise Unplaced("its id stands twice")
        span, _ = shown.place(value)
        self.read_of.add((identity, bar))
        self.drawn.apart["inside"] += bool(row.get("parentID"))
        own = _own(row.get("meta"))
        for label in dict.fromkeys(labels):
            name = self.names.give(identity)
            self.regions[name] = _Region(name, identity, bar, label, span, shown, own)
        self.notes.setdefault(identity, []).extend(_lines(_member(row.get("meta"), "text")))

    def _said(self, row: Row, kind: str) -> None:
        """Keep what is said of a region: what was typed as its note, all else as an attribute."""
        identity, value, name = _identity(row, -1), row.get("value"), _text(row.get("from_name"))
        if identity not in self.seen:
            placed = isinstance(value, dict) and ("start" in value or "globalOffsets" in value)
            if placed:
                self._finding("import-region", f"{name!r} is said of {identity[:_MAX_ID]!r}, which has no label.")
            else:
                self.drawn.apart["whole"] += 1
            return
        told = _member(value, "text" if kind == "textarea" else kind)
        if kind == "textarea":
            self.notes.setdefault(identity, []).extend(_lines(told))
            return
        values = _values(told)
        if values is None:
            message = f"What {name!r} says of the region {identity[:_MAX_ID]!r} is none of a {kind}'s values."
            self._finding("import-attribute", message)
        held = self.attributes.setdefault(identity, {})
        if name == FLAGS_TAG and kind == "choices":
            held |= dict.fromkeys(values or (), ())
        elif values:
            held[name] = tuple(dict.fromkeys((*held.get(name, ()), *values)))

    def _spans(self) -> dict[str, tuple[Shown, str]]:
        """Make the spans, pieces joined; return the field and name of the span that each region belongs to."""
        owners: dict[str, tuple[Shown, str]] = {}
        names = FreeNames()
        for leader, pieces in self._joined().items():
            first = self.regions[leader]
            name = names.give(_text(first.own.get("id")) or leader)
            for piece in pieces:
                owners.setdefault(piece.region, (first.shown, name))
            spans = sorted(piece.span for piece in pieces)
            if any(after.start < before.end for before, after in pairwise(spans)):
                spans = list(merge_spans(spans))
            said = [line for piece in pieces for line in self.notes.get(piece.region, ())]
            attributes = {k: v for piece in pieces for k, v in self.attributes.get(piece.region, {}).items()}
            made = StandoffSpan(
                id=name,
                label=first.label,
                spans=tuple(spans),
                attributes={**attributes, **_own_attributes(first.own)},
                kb_id=_text(first.own.get("kb_id")) or None,
                note="\n".join(dict.fromkeys(said)) or None,
            )
            self.drawn.spans.setdefault(first.shown, []).append(made)
        return owners

    def _joined(self) -> dict[str, list[_Region]]:
        """Gather the pieces of each item: those whose ids say so, as the sync and this format write them."""
        groups: dict[str, list[_Region]] = {}
        for name, region in self.regions.items():
            leader = self.regions.get(piece_id(name)[0])
            if leader is None or _kept_together(leader) != _kept_together(region):
                leader = region
            groups.setdefault(leader.id, []).append(region)
        return groups

    def _renamed(self) -> dict[_Link, list[str]]:
        """Return what the last ones of the relations of the same ends and label were before they were drawn."""
        renamed: dict[_Link, list[str]] = {}
        for region in self.regions.values():
            held = region.own.get("relations")
            for one in held if isinstance(held, list) and region.id == region.region else ():
                if isinstance(one, list) and len(one) == 3 and all(isinstance(part, str) for part in one):
                    renamed.setdefault((region.id, one[0], one[1]), []).append(one[2])
        return renamed

    def _relation(self, row: Row, owners: Mapping[str, tuple[Shown, str]], before: str | None) -> None:
        """Read a relation; ``before`` is its name where the screen has none for it."""
        ends = [_text(row.get("from_id")), _text(row.get("to_id"))]
        missing = [end for end in ends if end not in owners]
        if missing:
            message = f"A relation is left out: its end {missing[0][:_MAX_ID]!r} is no region that was read."
            self._finding("import-relation", message)
            return
        (shown, source), (other, target) = owners[ends[0]], owners[ends[1]]
        if shown != other:
            message = f"A relation from {source!r} to {target!r} is left out: it joins regions of two texts."
            self._finding("import-relation", message, Severity.WARNING)
            return
        if source == target:
            return  # it joined the pieces of one span
        pairs = {"left": [(target, source)], "bi": [(source, target), (target, source)]}
        for start, end in pairs.get(_text(row.get("direction")), [(source, target)]):
            for name in [before] if before else _names(row) or [_UNNAMED]:
                self.drawn.relations.setdefault(shown, {})[StandoffRelation(name, start, end)] = None


def _names(row: Row) -> list[str]:
    labels = row.get("labels")
    return [one for one in labels if isinstance(one, str) and one] if isinstance(labels, list) else []


def _link(row: Row) -> _Link:
    return _text(row.get("from_id")), _text(row.get("to_id")), "".join(_names(row)[:1])


def _kept_together(region: _Region) -> tuple[str, str, Shown]:
    return region.bar, region.label, region.shown


def _kind(row: Row) -> str:
    """Return a row's type; of the oldest exports, which have none, what its value holds."""
    told = row.get("type")
    if isinstance(told, str):
        return told.lower()
    value = row.get("value")
    return next((kind for kind in (*_REGIONS, *_SAID) if isinstance(value, dict) and kind in value), "")


def _is_media(row: Row) -> bool:
    """Tell a stretch of a sound or a film, counted in seconds, from one of a text."""
    value = row.get("value")
    return isinstance(value, dict) and ("channel" in value or "original_length" in row or "ranges" in value)


def _identity(row: Row, number: int) -> str:
    told = row.get("id")
    if isinstance(told, str) and told:
        return told
    return str(told) if type(told) is int else f"region-{number + 1}"


def _values(told: object) -> tuple[str, ...] | None:
    """Return the values that a control gave; None where they are none. A path of a taxonomy is one value."""
    if isinstance(told, list):
        parts = [" > ".join(map(str, one)) if isinstance(one, list) else one for one in told]
        return tuple(parts) if all(isinstance(one, str) for one in parts) else None
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return None
    return (str(told),)


def _lines(told: object) -> list[str]:
    lines = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    return [line for line in lines if isinstance(line, str) and line.strip()]


def _own(meta: object) -> Mapping[str, Any]:
    held = _member(meta, OWN_KEY)
    return held if isinstance(held, dict) else {}


def _own_attributes(own: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    held = own.get("attributes")
    pairs = held.items() if isinstance(held, dict) else ()
    return {
        name: tuple(v for v in values if isinstance(v, str)) for name, values in pairs if isinstance(values, list)
    }


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
