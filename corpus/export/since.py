"""What a dataset of an older version of the toolkit lacks rightly: columns, read as null, and descriptions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa

from corpus.files import package_text
from corpus.model.tables import Table

__all__ = ["filled", "later_columns", "later_descriptions", "written_table"]

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?!\d)")


def later_columns(config: str, tool: Mapping[str, str]) -> frozenset[str]:
    """Return the columns of a config that a later version brought than the one that ``tool`` names.

    Args:
        config: the config's name.
        tool: a manifest's; where it names no version of newscorpus, today's is meant.
    """
    return _later(_table()["columns"].get(config, {}), tool)


def later_descriptions(tool: Mapping[str, str]) -> frozenset[str]:
    """Return the descriptions of a release that a later version brought than the one that ``tool`` names."""
    return _later(_table()["descriptions"], tool)


def written_table(table: Table, schema: pa.Schema, tool: Mapping[str, str]) -> Table:
    """Return a config's table without the columns that a file lacks rightly, as an older version wrote it."""
    lacking = later_columns(table.name, tool) - set(schema.names)
    fields = [field for field in table.schema if field.name not in lacking]
    labels = {name: names for name, names in table.labels.items() if name not in lacking}
    return replace(table, schema=pa.schema(fields), labels=labels)


def filled(data: pa.Table, fields: Iterable[pa.Field]) -> pa.Table:
    """Return the rows with these columns, null where they have none; metadata stay."""
    wanted = list(fields)
    # pa.nulls makes structs whose own columns are null, too; where these must not be, nobody can cast them
    columns = [
        data.column(field.name) if field.name in data.schema.names else pa.array([None] * data.num_rows, field.type)
        for field in wanted
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(wanted, metadata=data.schema.metadata))


def _later(since: Mapping[str, str], tool: Mapping[str, str]) -> frozenset[str]:
    made = _parts(tool.get("newscorpus", ""))
    return frozenset(name for name, version in since.items() if made and made < _parts(version))


def _parts(version: str) -> tuple[int, ...]:
    match = _VERSION.match(version)
    return tuple(map(int, match.groups())) if match else ()


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(package_text("corpus.export", "since.toml"))
