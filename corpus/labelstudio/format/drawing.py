"""What an annotator drew: result rows read one by one, each believed only as far as it checks.

A row that cannot be used becomes an orphan with the reason, and a finding with its place; the rest goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from corpus.labelstudio.format.config import DISPUTED
from corpus.labelstudio.format.regions import Row
from corpus.model.annotation import Orphan
from corpus.model.drawn import ENTITY_TAG, FLAGS_TAG, SPAN_TAG, TEXT_TAG, RelationNames, drawn_text
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.shortened import spelled_out, told_value
from corpus.model.span import Span

__all__ = ["ORPHAN_KEY", "Drawing", "Link", "Region", "orphan", "read_drawing"]

ORPHAN_KEY = "labelstudio"
"""The key of an orphan's item under which the row stands as it came."""

_MAX_ID = 200
_MAX_KEPT = 2_000
"""Characters that an orphan keeps of each text; a row is at most a few megabytes then, whatever came."""


@dataclass(frozen=True, slots=True)
class Region:
    """One region with its label; ``layer`` is "entities", "sources", "claims" or "cues"."""

    id: str
    layer: str
    label: str
    span: Span
    row: Row
    note: str | None = None
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A relation from a claim's region; ``layer`` says to what: "sources", "claims" or "cues"."""

    layer: str
    claim: str
    target: str


@dataclass(slots=True)
class Drawing:
    """Everything that checked, and what did not."""

    regions: dict[str, Region] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    orphans: list[Orphan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    row_ids: set[str] = field(default_factory=set)
    """Every region id that stands on the server, usable or not."""


class _RowError(Exception):
    """A row that cannot be used: a code and the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def read_drawing(rows: object, text: str, scheme: Scheme, place: str) -> Drawing:
    """Read the result rows of one annotation of ``text``; ``place`` is its part of the findings' places."""
    return _Reader(text, scheme, place).read(rows)


class _Reader:
    """One annotation's rows: first the regions, then what belongs to them."""

    def __init__(self, text: str, scheme: Scheme, place: str) -> None:
        self.text, self.scheme, self.place = text, scheme, place
        self.drawing = Drawing()
        self.links: set[Link] = set()
        self.labels: dict[str, dict[str, str]] = {
            ENTITY_TAG: dict.fromkeys(scheme.entity_labels, "entities"),
            SPAN_TAG: {str(span.label): str(span.layer) for span in scheme.spans},
        }
        names = RelationNames.of(scheme)
        layers = {names.to_source: "sources", names.to_claim: "claims", names.to_cue: "cues"}
        self.relations = {name: layer for name, layer in layers.items() if name is not None}

    def read(self, rows: object) -> Drawing:
        """Read all rows, regions before choices before relations."""
        waiting: list[Row] = []
        for row in self._rows(rows):
            if row.get("type") == "labels" and row.get("from_name") != DISPUTED:
                self._try(row, self._region)
            else:
                waiting.append(row)
        for row in (row for row in waiting if not _says_nothing(row)):
            kinds = {"choices": self._choices, "relation": self._relation, "labels": self._disputed}
            self._try(row, kinds.get(str(row.get("type")), _unknown_kind))
        return self.drawing

    def _rows(self, rows: object) -> Iterator[Row]:
        if not isinstance(rows, list):
            self._orphan(_plain(rows), _RowError("labelstudio-row", "the result is no list of rows"))
            return
        for row in rows:
            plain = _plain(row)
            if not isinstance(plain, dict) or plain != row:
                self._orphan(plain, _RowError("labelstudio-row", "it is no JSON object of well-formed text"))
                continue
            if isinstance(plain.get("id"), str):
                self.drawing.row_ids.add(plain["id"])
            yield plain

    def _try(self, row: Row, read: Callable[[Row], None]) -> None:
        try:
            read(row)
        except _RowError as fault:
            self._orphan(row, fault)

    def _orphan(self, row: object, fault: _RowError) -> None:
        name = row.get("id", "relation") if isinstance(row, dict) else "?"
        place = f"{self.place}/{str(name)[:_MAX_ID]}"
        self.drawing.findings.append(Finding(fault.code, place, f"Kept as an orphan: {fault.reason}."))
        self.drawing.orphans.append(orphan(fault.reason, row))

    def _region(self, row: Row) -> None:
        identity, tag, value = _identity(row), row.get("from_name"), row.get("value")
        if not isinstance(tag, str) or tag not in self.labels or row.get("to_name") != TEXT_TAG:
            known = " and ".join(self.labels)
            raise _RowError("labelstudio-row", f"its control {told_value(tag)} is none of {known}")
        if not isinstance(value, dict):
            raise _RowError("labelstudio-row", "it has no value")
        label = self._label(tag, value.get("labels"))
        span = self._span(value)
        if identity in self.drawing.regions:
            if self.drawing.regions[identity].row.get("from_name") == tag:
                raise _RowError("labelstudio-region-twice", f"the region id {identity!r} stands twice")
            identity = f"{identity}-{tag}"  # one region with a label of each bar is two items
        region = Region(identity, self.labels[tag][label], label, span, row, _note(row))
        self.drawing.regions[identity] = region

    def _disputed(self, row: Row) -> None:
        """Pass over the label that says that a region is disputed; a region with no other one is none."""
        if row.get("id") not in self.drawing.regions:
            raise _RowError("labelstudio-label", f"it has no label but {DISPUTED!r}")

    def _label(self, tag: str, labels: object) -> str:
        known = self.labels[tag]
        if not isinstance(labels, list) or len(labels) != 1:
            raise _RowError("labelstudio-label", f"it must have one label, got {spelled_out(labels)}")
        if not isinstance(labels[0], str) or labels[0] not in known:
            raise _RowError("labelstudio-label", f"its label {told_value(labels[0])} is none of {', '.join(known)}")
        return labels[0]

    def _span(self, value: Row) -> Span:
        start, end, said = value.get("start"), value.get("end"), value.get("text")
        if type(start) is not int or type(end) is not int:
            got = f"{told_value(start)} and {told_value(end)}"
            raise _RowError("labelstudio-offsets", f"its offsets must be integers, got {got}")
        span = Span(start, end)
        if not span.within(len(self.text)):
            raise _RowError(
                "labelstudio-offsets",
                f"[{told_value(start)}, {told_value(end)}) is not inside its text of {len(self.text)} characters",
            )
        if said is not None and said != drawn_text(span.slice(self.text)):
            raise _RowError(
                "labelstudio-text",
                f"[{start}, {end}) reads {told_value(span.slice(self.text))} in the text, not {told_value(said)}",
            )
        return span

    def _choices(self, row: Row) -> None:
        identity, name, value = _identity(row), row.get("from_name"), row.get("value")
        region = self._of(identity, "claims")
        if region is None:
            raise _RowError("labelstudio-choice", f"it belongs to {identity!r}, which is no claim that can be used")
        chosen = value.get("choices") if isinstance(value, dict) else None
        if not isinstance(chosen, list) or not all(isinstance(choice, str) for choice in chosen):
            raise _RowError("labelstudio-choice", "its choices are no list of names")
        allowed = self._allowed(name)
        wrong = [choice for choice in chosen if choice not in allowed]
        if wrong or name in region.choices or (name != FLAGS_TAG and len(chosen) != 1):
            got = ", ".join(chosen)
            raise _RowError(
                "labelstudio-choice", f"{name!r} takes one of {', '.join(allowed)} once, got {told_value(got)}"
            )
        region.choices[str(name)] = tuple(chosen)

    def _allowed(self, name: object) -> tuple[str, ...]:
        if name == FLAGS_TAG:
            return tuple(flag.name for flag in self.scheme.flags)
        attribute = self.scheme.attribute(name) if isinstance(name, str) else None
        if attribute is None:
            raise _RowError("labelstudio-choice", f"the scheme has no attribute {told_value(name)}")
        return attribute.value_names

    def _relation(self, row: Row) -> None:
        start, end = row.get("from_id"), row.get("to_id")
        if row.get("direction") == "left":
            start, end = end, start
        if not isinstance(start, str) or not isinstance(end, str) or start == end:
            raise _RowError("labelstudio-relation", "it must join two different regions")
        missing = [name for name in (start, end) if name not in self.drawing.regions]
        if missing:
            raise _RowError(
                "labelstudio-relation", f"its end {told_value(missing[0])} is no region that can be used"
            )
        link, remark = self._link(start, end, self._named(row.get("labels")))
        if link not in self.links:
            self.links.add(link)
            self.drawing.links.append(link)
            if remark:
                place = f"{self.place}/{start}"
                self.drawing.findings.append(Finding("labelstudio-relation", place, remark, Severity.WARNING))

    def _named(self, labels: object) -> str | None:
        """Return the layer that a relation's label says it leads to; None where it has no label."""
        if labels is None or labels == []:
            return None
        if not isinstance(labels, list) or len(labels) != 1 or str(labels[0]) not in self.relations:
            known = ", ".join(self.relations)
            raise _RowError("labelstudio-relation", f"its label must be one of {known}, got {spelled_out(labels)}")
        return self.relations[str(labels[0])]

    def _link(self, start: str, end: str, named: str | None) -> tuple[Link, str | None]:
        """Return the link that fits the two regions' kinds, and a remark where it had to be guessed."""
        for first, second, reversed_ in ((start, end, False), (end, start, True)):
            claim = self._of(first, "claims")
            for layer in (named,) if named else self.relations.values():
                target = self._of(second, layer)
                if claim is None or target is None or claim is target:
                    continue
                link = Link(layer, claim.id, target.id)
                if named is None:
                    return link, f"The relation to {end!r} has no name; its ends say that it leads to {layer}."
                return link, f"The relation to {end!r} is drawn backwards; it was turned." if reversed_ else None
        kinds = f"{self.drawing.regions[start].label} to {self.drawing.regions[end].label}"
        raise _RowError("labelstudio-relation", f"the scheme has no such relation from {kinds}")

    def _of(self, identity: str, layer: str) -> Region | None:
        """Return the region of that id and layer (a region with a label of each bar is found as either)."""
        for name in (identity, f"{identity}-{ENTITY_TAG}", f"{identity}-{SPAN_TAG}"):
            region = self.drawing.regions.get(name)
            if region is not None and region.layer == layer:
                return region
        return None


def orphan(reason: str, row: object) -> Orphan:
    """Keep a row that cannot be used; very long texts in it are cut."""
    return Orphan(reason=reason, item={ORPHAN_KEY: _cut(row)})


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > _MAX_KEPT:
        return f"{value[:_MAX_KEPT]}… ({len(value)} characters)"
    if isinstance(value, list):
        return [_cut(part) for part in value]
    if isinstance(value, dict):
        return {str(_cut(key)): _cut(part) for key, part in value.items()}
    return value


def _says_nothing(row: Row) -> bool:
    """Tell whether a row is a field or a list of choices that was left, or made, empty."""
    value, names = row.get("value"), {"choices": "choices", "textarea": "text"}
    name = names.get(str(row.get("type")))
    return name is not None and isinstance(value, dict) and value.get(name) == []


def _unknown_kind(row: Row) -> None:
    raise _RowError("labelstudio-row", f"rows of type {told_value(row.get('type'))} are not part of the scheme")


def _identity(row: Row) -> str:
    identity = row.get("id")
    if not isinstance(identity, str) or not 0 < len(identity) <= _MAX_ID:
        raise _RowError("labelstudio-row", f"its id must be a text of 1 to {_MAX_ID} characters")
    return identity


def _note(row: Row) -> str | None:
    """Return what the annotator wrote beside a region."""
    meta = row.get("meta")
    lines = meta.get("text") if isinstance(meta, dict) else None
    said = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    return "\n".join(said).strip() or None


def _plain(value: object) -> object:
    """Return a JSON value that can be written again: no lone surrogates, no endless numbers, not too deep."""
    try:
        return _plain_part(value)
    except RecursionError:
        return "(nested too deeply)"


def _plain_part(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_plain_part(part) for part in value]
    if isinstance(value, dict):
        return {str(_plain_part(str(key))): _plain_part(part) for key, part in value.items()}
    return value
