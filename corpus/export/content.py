"""A hash of a config's rows that depends on the rows alone: not on Parquet, shards, chunks or versions.

The definition, so that anybody can compute it: take the rows of all splits in the order of the config's key
(strings by code point). Write each row as one JSON object with its keys sorted by code point, no white space
outside strings, class labels by name, text as it is (only ``"``, ``\\`` and characters below U+0020 escaped, in
the shortest form), whole numbers in decimal, other numbers as Python's ``repr`` writes them (``NaN``,
``Infinity`` and ``-Infinity`` where JSON has no number), dates and times in ISO 8601, and a line feed after
it. The hash is the SHA-256 of the UTF-8 bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring
from typing import Any

import pyarrow as pa

from corpus.model.tables import Table

__all__ = ["ContentHash", "canonical_lines", "dataset_sha256"]

BATCH = 4096
"""Rows that are turned into text at once."""


class ContentHash:
    """The content hash of rows that come in parts, all in all in key order."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._digest = hashlib.sha256()

    def update(self, data: pa.Table) -> None:
        """Take the next rows, fitted to the table."""
        for lines in canonical_lines(data, self._table):
            self._digest.update("".join(lines).encode("utf-8"))

    def hexdigest(self) -> str:
        """Return the hash of the rows so far, in lower-case hex."""
        return self._digest.hexdigest()


def dataset_sha256(configs: Iterable[tuple[str, str]]) -> str:
    """Return one hash for a dataset: of lines ``HASH  CONFIG`` in the order of the configs' names."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(configs))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def canonical_lines(data: pa.Table, table: Table) -> Iterator[list[str]]:
    """Yield the rows of a fitted table as lines of canonical JSON with their line feeds, many at a time."""
    names = sorted(data.schema.names)
    template = "{" + ",".join(f"{_escaped(name)}:%s" for name in names) + "}\n"
    for batch in data.select(names).to_batches(max_chunksize=BATCH):
        columns = [_fragments(batch.column(index), table.labels.get(name)) for index, name in enumerate(names)]
        yield [template % row for row in zip(*columns, strict=True)]


def _escaped(name: str) -> str:
    return encode_basestring(name).replace("%", "%%")


def _fragments(column: pa.Array, labels: tuple[str, ...] | None = None) -> list[str]:
    """Return the JSON text of each value of a column."""
    values = column.to_pylist()
    if labels is not None:
        quoted = [encode_basestring(label) for label in labels]
        if pa.types.is_list(column.type):
            return [f"[{','.join(quoted[own] for own in value)}]" for value in values]
        return ["null" if value is None else quoted[value] for value in values]
    write = _writer(column.type)
    return ["null" if value is None else write(value) for value in values]


def _writer(kind: pa.DataType) -> Callable[[Any], str]:
    if pa.types.is_large_string(kind):
        return encode_basestring
    if pa.types.is_boolean(kind):
        return lambda value: "true" if value else "false"
    if pa.types.is_integer(kind):
        return int.__repr__
    if pa.types.is_floating(kind):
        return lambda value: float.__repr__(value) if math.isfinite(value) else _ENCODER.encode(value)
    return _ENCODER.encode


def _iso(value: Any) -> str:
    return str(value.isoformat())


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)
