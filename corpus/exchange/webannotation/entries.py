"""The annotations of a file, out of whatever holds them: pages, collections, graphs, lists, lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import SourceError
from corpus.exchange.json_items import read_items
from corpus.exchange.opening import shown
from corpus.exchange.webannotation.bodies import identity, kinds_of
from corpus.model.finding import Finding, Severity
from corpus.model.shortened import told_value

__all__ = ["Entry", "read_entries"]

_HOLDERS = ("items", "first", "@graph", "rows", "annotations")
"""Members that hold annotations: of pages, collections, graphs, and the lists of services."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One annotation, its id (its place in the file where it has none), and where it stands."""

    id: str
    told: Mapping[str, Any]
    place: str


def read_entries(path: Path, findings: list[Finding]) -> list[Entry]:
    """Return all annotations of a file; what is none, or stands elsewhere, goes to ``findings``.

    Raises:
        SourceError: it cannot be read as JSON, or there is no annotation in it.
    """
    entries: dict[str, Entry] = {}
    for number, (place, value) in enumerate(_flat(path, findings), 1):
        entry = Entry(identity(value) or f"annotation-{number}", value, place)
        if entry.id in entries:
            message = f"The id {told_value(entry.id)} is that of {entries[entry.id].place}; give it another."
            findings.append(Finding("import-duplicate-id", place, message))
        entries.setdefault(entry.id, entry)
    if not entries:
        raise SourceError(
            f"{shown(path)} holds no Web Annotation: expected objects with a body and a target, in a list, a page "
            "or lines."
        )
    return list(entries.values())


def _flat(path: Path, findings: list[Finding]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    number = 0
    for item in read_items(path, ()):
        if isinstance(item, Finding):
            findings.append(item)
            continue
        waiting: list[tuple[str, object]] = [(item.place, item.value)]
        while waiting:
            place, value = waiting.pop()
            if not isinstance(value, dict):
                findings.append(_not_here(place, value))
            elif _is_annotation(value):
                yield place, value
            else:
                held = list(_held(value))
                if isinstance(value.get("next"), str):
                    findings.append(_not_here(place, value["next"]))
                if not held:
                    message = "This is no Web Annotation: expected a target and mostly a body; it is passed over."
                    findings.append(Finding("import-annotation", place, message))
                numbered = [(f"{shown(path)}[{number + count}]", one) for count, one in enumerate(held, 1)]
                number += len(held) if len(held) > 1 else 0
                waiting += numbered[::-1] if len(held) > 1 else [(place, one) for one in held]


def _held(value: Mapping[str, Any]) -> Iterator[object]:
    for name in _HOLDERS:
        told = value.get(name)
        if told is not None:
            yield from told if isinstance(told, list) else [told]


def _is_annotation(value: Mapping[str, Any]) -> bool:
    return "target" in value or "Annotation" in kinds_of(value)


def _not_here(place: str, value: object) -> Finding:
    if isinstance(value, str):
        message = f"What is at {told_value(value, 200)} is not in this file, so it is not read; import it, too."
        return Finding("import-elsewhere", place, message, Severity.WARNING)
    message = f"This is no Web Annotation: expected an object, got {told_value(value)}; it is passed over."
    return Finding("import-annotation", place, message)
