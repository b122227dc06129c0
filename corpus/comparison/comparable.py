"""Bring columns of two datasets to a form in which equal values are equal, whatever their Arrow form.

Equal means here what it means to the content hash of a config: labels by name, numbers that are written alike,
lists and structs by their members.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus.comparison.shards import ConfigShards
from corpus.errors import DataError

__all__ = ["Comparable", "plain_values"]

Numbering = Mapping[str, int]
"""Label name to the number that stands for it on both sides."""


class Comparable:
    """Turns rows of either side into frames that can be compared with one another."""

    def __init__(self, old: ConfigShards, new: ConfigShards) -> None:
        self._numberings: dict[str, Numbering] = {
            name: {label: number for number, label in enumerate(dict.fromkeys((*old.labels[name], *labels)))}
            for name, labels in new.labels.items()
            if name in old.labels
        }

    def frame(self, data: pa.Table, shards: ConfigShards) -> pl.DataFrame:
        """Return the rows, read from ``shards``, in their comparable form.

        Raises:
            DataError: a label is out of range.
        """
        columns = {
            name: self._column(data.column(name).combine_chunks(), name, shards) for name in data.schema.names
        }
        frame = pl.from_arrow(pa.table(columns))
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - for the type checker: a table gives a frame
        return frame

    def _column(self, column: pa.Array, name: str, shards: ConfigShards) -> pa.Array:
        if name in self._numberings:
            place = f"{shards.config} column {name}"
            return _renumbered(column, shards.labels[name], self._numberings[name], place)
        if name in shards.key and pa.types.is_integer(column.type):
            return column.cast(pa.int64())
        if pa.types.is_floating(column.type):
            return _bits(column)
        if pa.types.is_nested(column.type):
            return pa.array(
                [None if v is None else _ENCODER.encode(v) for v in column.to_pylist()], pa.large_string()
            )
        return column


def plain_values(data: pa.Table, labels: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return rows as plain, JSON-ready values, class labels by name, times in ISO 8601, NaN as a word."""
    rows: list[dict[str, Any]] = json.loads(_ENCODER.encode(data.to_pylist()), parse_constant=str)
    for row in rows:
        for name in row.keys() & labels.keys():
            number = row[name]
            row[name] = labels[name][number] if number is not None and 0 <= number < len(labels[name]) else number
    return rows


def _renumbered(column: pa.Array, labels: Sequence[str], numbering: Numbering, place: str) -> pa.Array:
    numbers = pa.array([numbering[label] for label in labels], pa.int64())
    try:
        return pc.take(numbers, column)
    except pa.ArrowIndexError:
        raise DataError(f"{place} holds a label that is out of range; verify the dataset.") from None


def _bits(column: pa.Array) -> pa.Array:
    """Return floating-point numbers as the integers of their bits: 0.0 is not -0.0, NaN is NaN."""
    kinds = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
    nan = pa.scalar(float("nan"), pa.float64()).cast(column.type)
    return pc.if_else(pc.is_nan(column), nan, column).view(kinds[column.type.bit_width])


def _iso(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)
