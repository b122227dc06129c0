"""Tell what a record's other columns are: values that we know by name, and values that are carried."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from corpus.files import package_text
from corpus.model.document import KnownValue, Repair
from corpus.readers.encoding.decoding import clean_string
from corpus.readers.values import host_of, in_form

__all__ = ["OMITTED", "Carried", "Columns", "json_ready", "known_columns", "sort_columns"]

OMITTED = "omitted-column"
"""The code of the note on a column or a field that is not carried."""
DEPTH = 64
"""How deep carried lists and mappings may be nested."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A record's columns: what is known by them, what is carried, and what could not be carried."""

    known: tuple[KnownValue, ...]
    extra: Mapping[str, object]
    omitted: tuple[str, ...]
    replaced: int
    """How many surrogates and NULs in carried values became U+FFFD."""

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The same as the document's repair, if there were any."""
        told = "surrogates and NULs in carried fields became U+FFFD"
        return (Repair("carried", self.replaced, told),) if self.replaced else ()


@dataclass(slots=True)
class Carried:
    """Counts what had to be replaced or left out on the way to JSON-ready values."""

    replaced: int = 0
    binary: bool = False


@cache
def known_columns() -> Mapping[str, tuple[tuple[str, ...], str]]:
    """Return our column names with the names in records (lower case) and the kind of value."""
    table = tomllib.loads(package_text("corpus.readers", "columns.toml"))
    return {column: (tuple(row["names"]), row["kind"]) for column, row in table.items()}


def sort_columns(record: Mapping[str, object], used: frozenset[str], place: str) -> Columns:
    """Sort a record's columns, apart from ``used`` (its text and its id).

    A value that has not the form of its column is carried under its own name instead; so nothing is lost.
    ``place`` is the file, for the evidence ("FILE:field NAME").
    """
    known: list[KnownValue] = []
    taken: set[str] = set(used)
    names = {name.lower(): name for name in reversed(list(record)) if name not in used}
    for column, (candidates, kind) in known_columns().items():
        for name in (names[c] for c in candidates if c in names):
            value = in_form(kind, record[name])
            if value is not None:
                known.append(KnownValue(column, value, "input record", f"{place}:field {name}"))
                taken.add(name)
                break
    known += _site_of(known)
    return _carried(record, taken, tuple(known))


def _site_of(known: list[KnownValue]) -> list[KnownValue]:
    """Return the site that the address names, where the record names none itself."""
    by_column = {value.column: value for value in known}
    url = by_column.get("url")
    host = host_of(url.value) if url and isinstance(url.value, str) and "site" not in by_column else None
    return [KnownValue("site", host, url.kind, f"{url.known_from} (its host)")] if url and host else []


def _carried(record: Mapping[str, object], taken: set[str], known: tuple[KnownValue, ...]) -> Columns:
    carried, extra, omitted = Carried(), {}, []
    for name, value in record.items():
        if name in taken or value is None:
            continue
        carried.binary = False
        ready = json_ready(value, carried)
        if carried.binary or not _usable(name):
            omitted.append(clean_string(name)[0])
        else:
            extra[name] = ready
    return Columns(known, extra, tuple(omitted), carried.replaced)


def _usable(name: str) -> bool:
    return bool(name.strip()) and len(name) <= 256 and name.isprintable()


def json_ready(value: object, carried: Carried, depth: int = 0) -> object:
    """Return the value as JSON can hold it: times as ISO 8601, decimals and very large integers as text.

    Numbers that are none (NaN, infinities) become None. Binary values, and what is nested too deep, are
    marked in ``carried`` and become None.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text, count = clean_string(value)
        carried.replaced += count
        return text
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping | list | tuple) and depth < DEPTH:
        return _nested(value, carried, depth + 1)
    return _other(value, carried)


def _nested(
    value: Mapping[object, object] | list[object] | tuple[object, ...], carried: Carried, depth: int
) -> object:
    if isinstance(value, Mapping):
        return {str(json_ready(str(k), carried)): json_ready(v, carried, depth) for k, v in value.items()}
    return [json_ready(item, carried, depth) for item in value]


def _other(value: object, carried: Carried) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    carried.binary = True
    return None
