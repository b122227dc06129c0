"""What differing rows say before and after, read from the files for as many rows as are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus.comparison.comparable import plain_values
from corpus.comparison.difference import ConfigDifference
from corpus.comparison.fingerprints import PLACE
from corpus.comparison.rows import COLUMNS, NEW_PLACE, slices
from corpus.comparison.shards import ConfigShards
from corpus.comparison.words import Run, word_runs
from corpus.model.shortened import shortened

__all__ = [
    "RowChange",
    "RowSketch",
    "ValueChange",
    "added_rows",
    "changed_rows",
    "in_short",
    "removed_rows",
    "split_moves",
]

Key = tuple[str | int, ...]

_SKETCH = {
    "documents": ("title",),
    "blocks": ("role", "text"),
    "raw": ("source_file",),
    "entities": ("label", "text"),
    "claims": ("text",),
    "sources": ("text",),
}
"""The columns by which people recognise a row."""
_SHORT = 24
"""Characters up to which two strings are read at a glance."""
_SHORT_LIST = 70
"""Characters of JSON up to which two lists or objects are."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value before and after, JSON-ready, labels by name."""

    column: str
    before: Any
    after: Any

    @property
    def runs(self) -> list[Run] | None:
        """The difference in words, of lists and objects in those of their JSON.

        None where not both values are strings, or both lists or objects, or both are a word or two.
        """
        texts, most = (self.before, self.after), _SHORT
        if all(isinstance(value, list | dict) for value in texts):
            texts, most = (_as_json(self.before), _as_json(self.after)), _SHORT_LIST
        elif not all(isinstance(value, str) for value in texts):
            return None
        return None if max(map(len, texts)) <= most else word_runs(*texts)


@dataclass(frozen=True, slots=True)
class RowChange:
    """One changed row: its key, and each value that differs, in the order of the columns."""

    key: Key
    values: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class RowSketch:
    """A row that is on one side only: its key, and what people recognise it by."""

    key: Key
    values: Mapping[str, Any]


def changed_rows(config: ConfigDifference, limit: int | None = None) -> Iterator[RowChange]:
    """Yield changed rows in key order, at most ``limit``.

    Raises:
        DataError: a file cannot be read.
    """
    changed = config.rows.changed.head(limit) if limit is not None else config.rows.changed
    for part in slices(changed, config.old, config.new):
        columns = sorted({name for names in part[COLUMNS] for name in names}, key=config.new.schema.names.index)
        before = plain_values(config.old.at(part.select(PLACE), columns), config.old.labels)
        after = plain_values(config.new.at(part.select(NEW_PLACE), columns), config.new.labels)
        keys = part.select(config.new.key).rows()
        for key, names, old, new in zip(keys, part[COLUMNS], before, after, strict=True):
            differing = set(names)
            values = (ValueChange(name, old[name], new[name]) for name in columns if name in differing)
            yield RowChange(key, tuple(values))


def added_rows(config: ConfigDifference, limit: int | None = None) -> Iterator[RowSketch]:
    """Yield rows that only the new dataset has, in key order, at most ``limit``."""
    return _sketches(config.rows.added, config.new, limit)


def removed_rows(config: ConfigDifference, limit: int | None = None) -> Iterator[RowSketch]:
    """Yield rows that only the old dataset has, in key order, at most ``limit``."""
    return _sketches(config.rows.removed, config.old, limit)


def in_short(value: Any, most: int) -> str:
    """Return a value as text (as JSON where it is none), cut at so many characters.

    >>> in_short(["Ada", "Bo"], 9), in_short("Ada", 9)
    ('["Ada", …', 'Ada')
    """
    return shortened(value if isinstance(value, str) else _as_json(value), most)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def split_moves(documents: ConfigDifference) -> dict[tuple[str, str], list[str]]:
    """Return the documents that changed their split, by (from, to), ids in order."""
    moves: dict[tuple[str, str], list[str]] = {}
    moved = documents.rows.changed.filter(pl.col(COLUMNS).list.contains("split"))
    for part in slices(moved):
        before = documents.old.at(part.select(PLACE), ["split"]).column("split").to_pylist()
        after = documents.new.at(part.select(NEW_PLACE), ["split"]).column("split").to_pylist()
        for doc_id, old, new in zip(part["doc_id"], before, after, strict=True):
            moves.setdefault((old, new), []).append(doc_id)
    return dict(sorted(moves.items()))


def _sketches(rows: pl.DataFrame, shards: ConfigShards, limit: int | None) -> Iterator[RowSketch]:
    columns = [name for name in _SKETCH[shards.config] if name in shards.schema.names]
    for part in slices(rows.head(limit) if limit is not None else rows, shards):
        values = plain_values(shards.at(part.select(PLACE), columns), shards.labels)
        for key, row in zip(part.select(shards.key).rows(), values, strict=True):
            yield RowSketch(key, row)
