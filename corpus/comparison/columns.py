"""How the columns and labels of a config differ between two datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from corpus.comparison.shards import ConfigShards
from corpus.comparison.steps import Step

__all__ = ["ColumnChange", "ColumnChangeKind", "comparable_columns", "compare_columns", "order_kept"]


class ColumnChangeKind(StrEnum):
    """What became of a column."""

    ADDED = "added, may be null"
    ADDED_REQUIRED = "added, never null"
    """It says something new of every old row too."""
    REMOVED = "removed"
    RETYPED = "has another type"
    MAY_BE_NULL = "may be null now"
    NEVER_NULL = "is never null now"
    LABELS_APPENDED = "has further labels"
    LABELS_CHANGED = "has other labels"
    """Labels were removed, put in another order, or put in before the last: old numbers mean something else."""

    @property
    def step(self) -> Step:
        """The version step that it asks for."""
        return Step.MINOR if self in _ADDITIONS else Step.MAJOR


_ADDITIONS = frozenset(
    {
        ColumnChangeKind.ADDED,
        ColumnChangeKind.MAY_BE_NULL,
        ColumnChangeKind.NEVER_NULL,
        ColumnChangeKind.LABELS_APPENDED,
    }
)


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One change of one column; ``before`` and ``after`` tell its type or labels, None where it is not there."""

    column: str
    kind: ColumnChangeKind
    before: str | None
    after: str | None


def compare_columns(old: ConfigShards, new: ConfigShards) -> tuple[ColumnChange, ...]:
    """Return what changed of each column, in the order of the new columns, removed ones last.

    The order of columns is no difference: they are read by name.
    """
    names = [*new.schema.names, *(name for name in old.schema.names if name not in new.schema.names)]
    return tuple(change for name in names for change in _of_column(old, new, name))


def comparable_columns(old: ConfigShards, new: ConfigShards) -> list[str]:
    """Return the columns whose values can be compared: on both sides, of one type; the key's always."""
    shared = [name for name in old.schema.names if name in new.schema.names]
    return [name for name in shared if name in new.key or _same_type(old, new, name)]


def order_kept(old: Sequence[str], new: Sequence[str]) -> bool:
    """Tell whether names were at most appended."""
    return list(new[: len(old)]) == list(old)


def _of_column(old: ConfigShards, new: ConfigShards, name: str) -> Iterator[ColumnChange]:
    before, after = _told(old, name), _told(new, name)
    if name not in old.schema.names:
        nullable = new.schema.field(name).nullable
        yield ColumnChange(
            name, ColumnChangeKind.ADDED if nullable else ColumnChangeKind.ADDED_REQUIRED, None, after
        )
        return
    if name not in new.schema.names:
        yield ColumnChange(name, ColumnChangeKind.REMOVED, before, None)
        return
    if not _same_type(old, new, name):
        yield ColumnChange(name, ColumnChangeKind.RETYPED, before, after)
    elif name in old.labels and old.labels[name] != new.labels[name]:
        appended = order_kept(old.labels[name], new.labels[name])
        kind = ColumnChangeKind.LABELS_APPENDED if appended else ColumnChangeKind.LABELS_CHANGED
        yield ColumnChange(name, kind, before, after)
    nullable = (old.schema.field(name).nullable, new.schema.field(name).nullable)
    if nullable[0] != nullable[1]:
        kind = ColumnChangeKind.MAY_BE_NULL if nullable[1] else ColumnChangeKind.NEVER_NULL
        yield ColumnChange(name, kind, before, after)


def _same_type(old: ConfigShards, new: ConfigShards, name: str) -> bool:
    """Tell whether a column that both have holds values of one type: both labels, or one Arrow type."""
    labels = (name in old.labels, name in new.labels)
    types: tuple[pa.DataType, pa.DataType] = (old.schema.field(name).type, new.schema.field(name).type)
    return all(labels) or (not any(labels) and types[0].equals(types[1]))


def _told(shards: ConfigShards, name: str) -> str | None:
    if name not in shards.schema.names:
        return None
    return " | ".join(shards.labels[name]) if name in shards.labels else str(shards.schema.field(name).type)
