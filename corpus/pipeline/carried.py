"""Input columns that are carried into ``documents``: one name and one type for each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set

import pyarrow as pa

from corpus.model.tables import documents_table

__all__ = ["carried_columns"]

_TYPES: tuple[tuple[type, pa.DataType], ...] = (
    (bool, pa.bool_()),
    (int, pa.int64()),
    (float, pa.float64()),
    (str, pa.large_string()),
)
_OWN = frozenset(documents_table().schema.names)


def carried_columns(extras: Sequence[Mapping[str, object]]) -> dict[str, pa.Array]:
    """Return one Arrow array a carried column, each as long as ``extras`` (one mapping a document).

    A column whose values are all of one plain type keeps it (integers beyond 64 bits do not count, integers
    among floats become floats); anything else is canonical JSON in a string column. A name that ``documents``
    has itself becomes ``input_NAME``, so that nothing is lost and nothing is overwritten.
    """
    names = sorted({name for extra in extras for name in extra})
    taken = _OWN | set(names)
    columns: dict[str, pa.Array] = {}
    for name in names:
        values = [extra.get(name) for extra in extras]
        columns[_free_name(name, taken)] = _array(values)
    return columns


def _free_name(name: str, taken: Set[str]) -> str:
    if name and name not in _OWN:
        return name
    free = f"input_{name}"
    while free in taken:
        free = f"input_{free}"
    return free


def _array(values: Sequence[object]) -> pa.Array:
    present = [value for value in values if value is not None]
    kinds = {type(value) for value in present}
    if kinds == {int, float}:
        kinds = {float}
        values = [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
    for kind, arrow in _TYPES:
        if kinds == {kind} and (kind is not int or all(-(2**63) <= v < 2**63 for v in present)):  # type: ignore[operator]
            return pa.array(values, arrow)
    return pa.array([None if value is None else canonical_json(value) for value in values], pa.large_string())


def canonical_json(value: object) -> str:
    """Return one JSON text for equal values: sorted keys, no spaces, not escaped."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
