"""Input columns that are carried into ``documents``: one name and one type for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import cast

import pyarrow as pa

from corpus.model.tables import documents_table

__all__ = ["Carried", "canonical_json"]

_TYPES: tuple[tuple[type, pa.DataType], ...] = (
    (bool, pa.bool_()),
    (int, pa.int64()),
    (float, pa.float64()),
    (str, pa.large_string()),
)
_OWN = frozenset(documents_table().schema.names)


class Carried:
    """Learns batch by batch which columns are carried and of which type; then makes them.

    A column whose values are all of one plain type keeps it (integers beyond 64 bits do not count, integers
    among floats become floats); anything else is canonical JSON in a string column. A name that ``documents``
    has itself becomes ``input_NAME``, so that nothing is lost and nothing is overwritten.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, set[type]] = {}
        self._wide: set[str] = set()
        """The columns with an integer beyond 64 bits."""

    def learn(self, extras: Iterable[Mapping[str, object]]) -> None:
        """Take in what further documents carry, one mapping each."""
        for extra in extras:
            for name, value in extra.items():
                kinds = self._kinds.setdefault(name, set())
                if value is not None:
                    kinds.add(type(value))
                    if type(value) is int and not -(2**63) <= value < 2**63:
                        self._wide.add(name)

    def types(self) -> dict[str, pa.DataType]:
        """Return the type of each column by the name that it gets, in the order of the input's names."""
        free = self._free_names()
        return {free[name]: self._type(name) for name in sorted(self._kinds)}

    def columns(self, extras: Sequence[Mapping[str, object]]) -> dict[str, pa.Array]:
        """Return one Arrow array a column, each as long as ``extras`` (one mapping a document)."""
        free = self._free_names()
        return {
            free[name]: _array([extra.get(name) for extra in extras], self._type(name), self._plain(name))
            for name in sorted(self._kinds)
        }

    def _free_names(self) -> dict[str, str]:
        taken = _OWN | set(self._kinds)
        return {name: _free_name(name, taken) for name in self._kinds}

    def _plain(self, name: str) -> bool:
        kinds = self._kinds[name]
        one = len(kinds) == 1 and any(kind in kinds for kind, _ in _TYPES)
        return (one or kinds == {int, float}) and (kinds != {int} or name not in self._wide)

    def _type(self, name: str) -> pa.DataType:
        if not self._plain(name):
            return pa.large_string()
        kinds = self._kinds[name] if self._kinds[name] != {int, float} else {float}
        return next(arrow for kind, arrow in _TYPES if kind in kinds)


def _free_name(name: str, taken: Set[str]) -> str:
    if name and name not in _OWN:
        return name
    free = f"input_{name}"
    while free in taken:
        free = f"input_{free}"
    return free


def _array(values: Sequence[object], kind: pa.DataType, plain: bool) -> pa.Array:
    if not plain:
        return pa.array([None if value is None else canonical_json(value) for value in values], kind)
    if pa.types.is_floating(kind):
        numbers = cast("Sequence[float | None]", values)  # Arrow takes no whole ones beyond 2**53 as such
        return pa.array([None if number is None else float(number) for number in numbers], kind)
    return pa.array(values, kind)


def canonical_json(value: object) -> str:
    """Return one JSON text for equal values: sorted keys, no spaces, not escaped."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
