"""Numbers of two datasets side by side, counted only where they may differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from corpus.comparison.difference import ConfigDifference, Difference
from corpus.comparison.shards import ConfigShards
from corpus.comparison.sides import Side
from corpus.model.tables import LAYERS

__all__ = ["Statistic", "statistics"]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number before and after."""

    name: str
    before: int
    after: int


def statistics(difference: Difference) -> tuple[Statistic, ...]:
    """Return rows of every config, documents a split, and of configs that differ characters and label counts.

    Characters are Unicode code points of ``documents.text``.

    Raises:
        DataError: a file cannot be read.
    """
    return tuple(_all(difference))


def _all(difference: Difference) -> Iterator[Statistic]:
    for name, config in difference.configs.items():
        yield Statistic(f"rows of {name}", config.old.rows, config.new.rows)
    splits = [_splits(side) for side in (difference.old, difference.new)]
    for split in dict.fromkeys((*splits[0], *splits[1])):
        yield Statistic(f"documents in {split}", splits[0].get(split, 0), splits[1].get(split, 0))
    documents = difference.configs["documents"]
    if not documents.rows.empty:
        yield Statistic("characters of text", _characters(documents.old), _characters(documents.new))
    for name in LAYERS:
        if not difference.configs[name].rows.empty:
            yield from _labels(difference.configs[name])


def _splits(side: Side) -> dict[str, int]:
    summary = side.manifest.configs.get("documents")
    return dict(summary.rows) if summary else {}


def _characters(shards: ConfigShards) -> int:
    if "text" not in shards.schema.names:
        return 0
    return sum(pc.sum(pc.utf8_length(data.column("text"))).as_py() or 0 for _, _, data in shards.batches(["text"]))


def _labels(config: ConfigDifference) -> Iterator[Statistic]:
    """Yield how often each annotator's rows, and each label, stand in a layer on either side."""
    counts = [_value_counts(shards) for shards in (config.old, config.new)]
    for place in sorted(counts[0].keys() | counts[1].keys()):
        column, value = place
        yield Statistic(f"{config.name} with {column} {value}", counts[0][place], counts[1][place])


def _value_counts(shards: ConfigShards) -> Counter[tuple[str, str]]:
    columns = [name for name in ("annotator", "label") if name in shards.schema.names]
    counts: Counter[tuple[str, str]] = Counter()
    for _, _, data in shards.batches(columns):
        for name in columns:
            values = pc.value_counts(data.column(name))
            numbers: pa.Array = values.field("counts")
            for value, number in zip(values.field("values").to_pylist(), numbers.to_pylist(), strict=True):
                counts[name, _told(value, shards.labels.get(name))] += number
    return counts


def _told(value: str | int | None, labels: tuple[str, ...] | None) -> str:
    if labels is not None and isinstance(value, int) and 0 <= value < len(labels):
        return labels[value]
    return str(value)
