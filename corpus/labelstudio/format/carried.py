"""What a region says of its item and the screen does not show: it travels in the row's ``meta``.

So a checkout that has an annotation from the server alone has it, too: the item's own id where that can be no
region's, the entities it names and their identifiers in Wikidata, the group of a claim, and how many of its sources
are outer ones. The screen leaves ``meta`` as it is. What comes back is believed only as far as it checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.labelstudio.format.regions import CARRIED, Item, Row
from corpus.model.annotation import Claim, Entity, LinkedEntity, Source
from corpus.model.drawn import piece_id, region_id

__all__ = ["Carried", "carried", "read_carried", "without_carried"]

_MAX_NAME = 200
_QID = re.compile(r"Q[1-9]\d{0,18}")


@dataclass(frozen=True, slots=True)
class Carried:
    """What came along with a region."""

    id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    """What it says of the item's fields."""
    sources: tuple[int, int] | None = None
    """How many inner and how many outer sources the claim had."""
    linked: tuple[LinkedEntity, ...] = ()


def carried(item: Item, linked: Iterable[LinkedEntity]) -> Row:
    """Return what goes along with an item; empty where the screen shows all of it."""
    found: Row = {"id": item.id} if region_id(item.id) != item.id else {}
    for name in ("entity_id", "group_id"):
        if getattr(item, name, None):
            found[name] = getattr(item, name)
    if isinstance(item, Source | Claim) and item.entity_ids:
        found["entity_ids"] = list(item.entity_ids)
    if isinstance(item, Claim) and len(item.source_ids) != 1 and item.source_ids + item.outer_source_ids:
        found["sources"] = [len(item.source_ids), len(item.outer_source_ids)]
    qids = {one.entity_id: one.qid for one in linked if one.qid is not None and one.entity_id in _named(item)}
    return {**found, "linked": qids} if qids else found


def read_carried(row: Row, layer: str) -> Carried:
    """Return what came along with the region of a row."""
    meta = row.get("meta")
    found = meta.get(CARRIED) if isinstance(meta, dict) else None
    if not isinstance(found, dict):
        return Carried()
    values: dict[str, Any] = {}
    for name in {"entities": ("entity_id",), "claims": ("group_id",)}.get(layer, ()):
        if _is_name(found.get(name)):
            values[name] = found[name]
    names = found.get("entity_ids")
    if layer in ("sources", "claims") and isinstance(names, list) and names and all(map(_is_name, names)):
        values["entity_ids"] = tuple(dict.fromkeys(names))
    own = found.get("id")
    region = str(row.get("id"))
    fits = isinstance(own, str) and _is_name(own) and region_id(own) in (region, piece_id(region)[0])
    linked = found.get("linked")
    return Carried(
        own if fits else None,
        values,
        _counts(found.get("sources")),
        tuple(_linked(linked)) if isinstance(linked, dict) else (),
    )


def without_carried(rows: Iterable[Row]) -> list[Row]:
    """Return rows as they were sent before anything was carried."""
    return [_bare(row) if CARRIED in row.get("meta", {}) else row for row in rows]


def _bare(row: Row) -> Row:
    meta = {name: value for name, value in row["meta"].items() if name != CARRIED}
    return {name: value for name, value in {**row, "meta": meta}.items() if name != "meta" or meta}


def _named(item: Item) -> set[str]:
    if isinstance(item, Entity):
        return {item.entity_id} if item.entity_id is not None else set()
    return set(item.entity_ids) if isinstance(item, Source | Claim) else set()


def _linked(found: Mapping[Any, Any]) -> Iterable[LinkedEntity]:
    for name, qid in found.items():
        if _is_name(name) and isinstance(qid, str) and _QID.fullmatch(qid):
            yield LinkedEntity(entity_id=name, qid=qid)


def _counts(value: object) -> tuple[int, int] | None:
    if not isinstance(value, list) or len(value) != 2 or not all(type(n) is int and n >= 0 for n in value):
        return None
    return value[0], value[1]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_NAME
