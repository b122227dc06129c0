"""Renamed labels, choices and relations in what stands on a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.annotation.renaming import new_name, renames
from corpus.model.drawn import ENTITY_TAG, FLAGS_TAG, SPAN_TAG
from corpus.model.scheme import Scheme

__all__ = ["controls", "renamed_control", "renamed_rows", "used_names"]

RELATIONS = "Relations"


def controls(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """Return what can be chosen on a scheme's screen, by control."""
    found: dict[str, tuple[str, ...]] = {ENTITY_TAG: scheme.entity_labels, SPAN_TAG: scheme.span_labels}
    found |= {attribute.name: attribute.value_names for attribute in scheme.attributes}
    found[FLAGS_TAG] = tuple(flag.name for flag in scheme.flags)
    found[RELATIONS] = tuple(relation.name for relation in scheme.relations)
    return found


def renamed_control(control: str, name: str, scheme: Scheme) -> tuple[str, str]:
    """Return what a name of a control is called today."""
    mapping, known = renames(scheme), controls(scheme)
    present = new_name(control, known, mapping)
    return present, new_name(name, known.get(present, ()), mapping)


def renamed_rows(rows: object, scheme: Scheme) -> object:
    """Return result rows in the present scheme's names; anything that is no list of rows comes back as it is."""
    mapping = renames(scheme)
    if not mapping or not isinstance(rows, list):
        return rows
    known = controls(scheme)
    return [_row(row, known, mapping) if isinstance(row, dict) else row for row in rows]


def used_names(rows: object) -> Iterator[tuple[str, str]]:
    """Yield the control and the name of everything that was chosen."""
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        value = row.get("value")
        if row.get("type") == "relation":
            yield from ((RELATIONS, name) for name in _names(row.get("labels")))
        elif isinstance(value, dict) and isinstance(row.get("from_name"), str):
            for kind in ("labels", "choices"):
                yield from ((row["from_name"], name) for name in _names(value.get(kind)))


def _row(row: dict[str, Any], known: Mapping[str, tuple[str, ...]], mapping: Mapping[str, str]) -> dict[str, Any]:
    if row.get("type") == "relation" and "labels" in row:
        return {**row, "labels": _renamed(row["labels"], known[RELATIONS], mapping)}
    control, value = row.get("from_name"), row.get("value")
    if not isinstance(control, str) or not isinstance(value, dict):
        return row
    present = new_name(control, known, mapping)
    kinds = {k: _renamed(value[k], known.get(present, ()), mapping) for k in ("labels", "choices") if k in value}
    return {**row, "from_name": present, "value": {**value, **kinds}}


def _renamed(names: object, known: tuple[str, ...], mapping: Mapping[str, str]) -> object:
    if not isinstance(names, list):
        return names
    return [new_name(name, known, mapping) if isinstance(name, str) else name for name in names]


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
