"""Editions of a dataset: which columns one may leave empty, and where each belongs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pyarrow as pa

from corpus.files import package_text
from corpus.model.tables import LAYERS, Table

__all__ = [
    "OWN",
    "OWN_EVIDENCE",
    "RECORD_QUOTES",
    "WHOLE",
    "edition_table",
    "part_of_column",
    "reference_columns",
    "withheld_columns",
]

WHOLE, OWN = "whole", "own"
"""A column shown where the whole document is; one whose rows are shown where their own part is."""
RECORD_QUOTES = ("statement", "known", "known_from")
"""What a rights record quotes."""
OWN_EVIDENCE = ("text span", "derived")
"""The kinds of evidence whose source is a rule of the toolkit, never words of an input."""


def edition_table(table: Table, edition: str) -> Table:
    """Return a config's table as an edition has it: columns that may be withheld may be null."""
    if edition == "full":
        return table
    empty = set(withheld_columns(table))
    fields = [field.with_nullable(True) if field.name in empty else field for field in table.schema]
    return replace(table, schema=pa.schema(fields))


def withheld_columns(table: Table) -> dict[str, str]:
    """Return the columns that may be withheld, each with the part whose rights decide (or "own" or "whole")."""
    return {field.name: part for field in table.schema if (part := part_of_column(table, field)) is not None}


def reference_columns(table: Table) -> tuple[str, ...]:
    """Return the columns that are kept, but where a value repeats a withheld text (a title: where it is long)."""
    return tuple(name for name in _rules(table.name).get("reference", ()) if name in table.schema.names)


def part_of_column(table: Table, field: pa.Field) -> str | None:
    """Return whose rights decide over a column; None where it is never withheld."""
    rules = _rules(table.name)
    kept = (*rules.get("kept", ()), *rules.get("reference", ()))
    if field.name in kept or field.name in table.labels or _is_number(field.type):
        return None
    return next((part for part, names in rules.items() if field.name in names), WHOLE)


def _is_number(kind: pa.DataType) -> bool:
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return bool(plain or pa.types.is_temporal(kind))


@cache
def _rules(config: str) -> Mapping[str, list[str]]:
    table = tomllib.loads(package_text("corpus.export", "editions.toml"))
    found: Mapping[str, list[str]] = table.get(config) or (
        table["annotation"] if config in LAYERS else {"kept": ["doc_id"]}
    )
    return found
