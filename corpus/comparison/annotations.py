"""What became of annotations, counted by config, annotator and label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from corpus.comparison.comparable import plain_values
from corpus.comparison.difference import ConfigDifference, Difference
from corpus.comparison.fingerprints import PLACE
from corpus.comparison.rows import COLUMNS, NEW_PLACE, slices
from corpus.comparison.shards import ConfigShards
from corpus.model.scheme import Scheme
from corpus.model.tables import LAYERS

__all__ = ["AnnotationCount", "annotation_counts"]

_PLACED_BY = "raw_spans"
_DERIVED = frozenset({"field", "placement"})
"""Label columns that say where a row lies, not what it says."""


@dataclass(frozen=True, slots=True)
class AnnotationCount:
    """Rows of one annotator and label. A changed row is counted under its new label."""

    config: str
    annotator: str
    label: str
    added: int
    removed: int
    moved: int
    """Changed rows whose span in the text as received is another one."""
    relabelled: int
    """Changed rows with another label or attribute; a row may be moved and relabelled."""
    other: int
    """Changed rows that are neither (an entity's identity, a source, the place in the clean text …)."""


def annotation_counts(difference: Difference) -> tuple[AnnotationCount, ...]:
    """Count what became of annotations, sorted by config, annotator and label; nothing where none differs.

    Raises:
        DataError: a file cannot be read.
    """
    return tuple(
        AnnotationCount(name, annotator, label, *(counter[kind] for kind in _KINDS))
        for name in LAYERS
        for (annotator, label), counter in sorted(_counted(difference, name).items())
    )


_KINDS = ("added", "removed", "moved", "relabelled", "other")


def _counted(difference: Difference, name: str) -> Mapping[tuple[str, str], Counter[str]]:
    config = difference.configs[name]
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for kind, rows, shards, side in (
        ("added", config.rows.added, config.new, difference.new),
        ("removed", config.rows.removed, config.old, difference.old),
    ):
        for part in slices(rows):
            for annotator, label in _labelled(part, PLACE, shards, side.scheme):
                counts[annotator, label][kind] += 1
    for part in slices(config.rows.changed):
        labelled = _labelled(part, NEW_PLACE, config.new, difference.new.scheme)
        for (annotator, label), columns in zip(labelled, part[COLUMNS], strict=True):
            counts[annotator, label].update(_kinds(set(columns), config))
    return counts


def _labelled(
    part: pl.DataFrame, place: tuple[str, str], shards: ConfigShards, scheme: Scheme
) -> Iterator[tuple[str, str]]:
    """Yield (annotator, label) of each row; the label of a layer without a label column is the scheme's."""
    annotators = part["annotator"].to_list()
    if "label" in shards.schema.names:
        rows = plain_values(shards.at(part.select(place), ["label"]), shards.labels)
        yield from zip(annotators, (str(row["label"]) for row in rows), strict=True)
    else:
        label = scheme.label_of_layer(shards.config) or shards.config
        yield from ((annotator, label) for annotator in annotators)


def _kinds(columns: set[str], config: ConfigDifference) -> Iterator[str]:
    flags = {field.name for field in config.new.schema if str(field.type) == "bool"}
    said = {*config.new.labels, *flags} - _DERIVED
    moved, relabelled = _PLACED_BY in columns, bool(columns & said)
    if moved:
        yield "moved"
    if relabelled:
        yield "relabelled"
    if not (moved or relabelled):
        yield "other"
