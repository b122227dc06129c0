"""From the annotations of a CAS to spans and relations: layers, features, slots, and claims in pieces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from corpus.exchange.cas.layers import (
    END,
    IDENTIFIER,
    ITEM,
    LABELS,
    METADATA,
    NOTE,
    PASSED_OVER,
    START,
    label_of_layer,
)
from corpus.exchange.cas.layers import kb_id as known_kb_id
from corpus.exchange.cas.parsing import Parsed
from corpus.exchange.free_names import FreeNames
from corpus.exchange.standoff import StandoffRelation, StandoffSpan
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity
from corpus.model.shortened import told_value
from corpus.model.span import Span, merge_spans

__all__ = ["Content", "content_of"]

_HIDDEN = frozenset({"sofa", "begin", "end"})
_CONTINUES = "continues"


@dataclass(slots=True)
class Content:
    """What one document holds."""

    spans: list[StandoffSpan] = field(default_factory=list)
    relations: list[StandoffRelation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    title: str | None = None
    id: str | None = None
    """What its metadata call the document, which is the annotator in INCEpTION's exports."""


def content_of(parsed: Parsed, place: str) -> Content:
    """Read what was parsed; ``place`` is that of the findings."""
    return _Reader(parsed, place).read()


@dataclass(slots=True)
class _Reader:
    parsed: Parsed
    place: str
    content: Content = field(default_factory=Content)
    spans: dict[int, StandoffSpan] = field(default_factory=dict)
    """Spans by their xmi:id, before pieces are joined."""
    links: list[tuple[str, int, int]] = field(default_factory=list)
    """Relations: label, and the ids of their ends."""
    unheld: dict[str, str] = field(default_factory=dict)
    """Features of relations that have no place here, with the first relation that has each."""
    placeless: Counter[str] = field(default_factory=Counter)
    """What marks no piece of the text, by layer: an INCEpTION document's own labels, chains."""

    def read(self) -> Content:
        for structure in self.parsed.structures:
            name = structure.type.name
            if name == METADATA:
                self.content.title = _string(structure, "documentTitle")
                self.content.id = _string(structure, "documentId")
            elif name.startswith(PASSED_OVER):
                continue
            elif _has(structure, START) and _has(structure, END):
                self._relation(structure)
            elif _has(structure, "begin"):
                self._span(structure)
            elif not _has(structure, "target"):  # the links of slots are read with what they lead from
                self.placeless[_short(name)] += 1
        self._put_together()
        self._tell()
        return self.content

    def _finding(self, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.content.findings.append(Finding(code, self.place, message, severity))

    def _tell(self) -> None:
        for name in (name for name in self.parsed.unknown if not name.startswith(PASSED_OVER)):
            message = (
                f"The layer {told_value(name)} is left out: no TypeSystem.xml beside it or above says what it is."
            )
            self._finding("import-layer", message, Severity.WARNING)
        for name, number in self.placeless.items():
            message = f"{number} {told_value(name)} marks no piece of the text; only annotations that do are read."
            self._finding("import-whole", message, Severity.WARNING)
        if self.parsed.views:
            message = f"{count(self.parsed.views, 'further view')}: only the first one with a text is read."
            self._finding("import-view", message, Severity.WARNING)
        for code, message in self.parsed.faults:
            self._finding(code, message)
        for name in self.parsed.twice[:3]:
            message = f"The xmi:id {told_value(name)} stands twice; the last one counts."
            self._finding("import-duplicate-id", message)
        for name, first in self.unheld.items():
            message = f"The feature {told_value(name)} of relations is not read ({first} has it first)."
            self._finding("import-attribute", message, Severity.WARNING)
        if self.parsed.controls:
            message = f"{count(self.parsed.controls, 'control character')} of XML 1.1 became U+FFFD."
            self._finding("import-text", message, Severity.WARNING)

    def _span(self, structure: Any) -> None:
        where = self.parsed.span(structure)
        if where is None:
            what = f"The {_short(structure.type.name)} {structure.xmiID} is left out"
            units = "[{}, {})".format(*self.parsed.offsets(structure))
            rest = f"its offsets {units} are no stretch of the text, which has {len(self.parsed.text)} characters"
            self._finding("import-region", f"{what}: {rest}.")
            return
        label, attributes = label_of_layer(structure.type.name), dict[str, tuple[str, ...]]()
        kb_id = note = None
        name = str(structure.xmiID)
        for feature, value in _features(structure):
            values = _values(value)
            if feature in LABELS and values:
                label = values[0]
            elif feature == IDENTIFIER and values:
                kb_id = known_kb_id(values[0])
            elif feature == NOTE and values:
                note = values[0]
            elif feature == ITEM and values:
                name = values[0]
            elif value is True or values:
                attributes[feature] = values  # none for what is set
            elif value is not False:
                self._slots(structure.xmiID, feature, value)
        self.spans[structure.xmiID] = StandoffSpan(name, label, (where,), attributes, kb_id, note)

    def _slots(self, owner: int, feature: str, value: Any) -> None:
        """Read a feature that leads to other annotations: straight, or by links with a role."""
        listed = getattr(value, "elements", None)
        for one in listed if isinstance(listed, list) else [value]:
            if _has(one, "target"):
                target = one.target
                role = _string(one, "role") or feature
            else:
                target, role = one, feature
            if _has(target, "begin"):
                self.links.append((role, owner, target.xmiID))

    def _relation(self, structure: Any) -> None:
        ends = [structure[START], structure[END]]
        if not all(_has(end, "begin") for end in ends):
            self._finding(
                "import-relation", f"The relation {structure.xmiID} is left out: one of its ends is missing."
            )
            return
        told = dict(_features(structure))
        for name in (n for n, value in told.items() if n not in (*LABELS, START, END) and _values(value)):
            self.unheld.setdefault(name, str(structure.xmiID))
        named = next((told[name] for name in LABELS if isinstance(told.get(name), str) and told[name]), None)
        label = named or label_of_layer(structure.type.name)
        self.links.append((label, ends[0].xmiID, ends[1].xmiID))

    def _put_together(self) -> None:
        """Join the pieces that ``continues`` links, and name each whole by its first piece."""
        owner = self._owners()
        pieces: dict[int, list[StandoffSpan]] = {}
        for number, span in self.spans.items():
            pieces.setdefault(owner[number], []).append(span)
        names: dict[int, str] = {}
        relations: dict[StandoffRelation, None] = {}
        free = FreeNames()
        for leader, parts in pieces.items():
            parts.sort(key=lambda part: part.spans[0])
            names[leader] = free.give(self.spans[leader].id if len(parts) == 1 else _named(parts))
            self.content.spans.append(_whole(names[leader], parts))
        for label, start, end in self.links:
            if start not in owner or end not in owner:
                message = f"The relation {told_value(label)} is left out: it leads to what was not read as a span."
                self._finding("import-relation", message, Severity.WARNING)
            elif owner[start] != owner[end] or label.casefold() != _CONTINUES:
                relations[StandoffRelation(label, names[owner[start]], names[owner[end]])] = None
        self.content.relations += relations

    def _owners(self) -> dict[int, int]:
        """Return for each piece the one that stands for its whole."""
        leader = {number: number for number in self.spans}

        def lead(number: int) -> int:
            while leader[number] != number:
                leader[number] = leader[leader[number]]
                number = leader[number]
            return number

        for label, start, end in self.links:
            both = start in leader and end in leader
            if both and label.casefold() == _CONTINUES and self.spans[start].label == self.spans[end].label:
                leader[lead(end)] = lead(start)
        return {number: lead(number) for number in self.spans}


def _whole(name: str, parts: list[StandoffSpan]) -> StandoffSpan:
    spans: tuple[Span, ...] = tuple(part.spans[0] for part in parts)
    if any(after.start < before.end for before, after in pairwise(spans)):
        spans = merge_spans(spans)
    attributes = {key: value for part in reversed(parts) for key, value in part.attributes.items()}
    notes = list(dict.fromkeys(part.note for part in parts if part.note))
    identifier = next((part.kb_id for part in parts if part.kb_id), None)
    return StandoffSpan(name, parts[0].label, spans, attributes, identifier, "\n".join(notes) or None)


def _named(parts: list[StandoffSpan]) -> str:
    """Return the id that the whole has in the dataset, else that of its first piece."""
    return next((part.id for part in parts if not part.id.isdecimal()), parts[0].id)


def _features(structure: Any) -> Iterator[tuple[str, Any]]:
    for feature in structure.type.all_features:
        if feature.name not in _HIDDEN:
            yield (
                feature.name.removesuffix("_") if feature._has_reserved_name else feature.name,
                structure[feature.name],
            )


def _values(value: Any) -> tuple[str, ...]:
    """Return a string, a number, or an array of them as strings; none for anything else."""
    listed = getattr(value, "elements", None)
    if isinstance(listed, list):
        return tuple(str(one) for one in listed if isinstance(one, str | int | float) and one != "")
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return ()
    return (str(value),)


def _short(type_name: str) -> str:
    return type_name.rpartition(".")[2]


def _has(structure: Any, name: str) -> bool:
    kind = getattr(structure, "type", None)
    return kind is not None and hasattr(kind, "get_feature") and kind.get_feature(name) is not None


def _string(structure: Any, name: str) -> str | None:
    value = structure[name] if _has(structure, name) else None
    return value if isinstance(value, str) and value.strip() else None
