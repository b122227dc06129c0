"""A difference as plain data, for machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from corpus.comparison.annotations import annotation_counts
from corpus.comparison.changes import RowChange, RowSketch, added_rows, changed_rows, removed_rows, split_moves
from corpus.comparison.difference import ConfigDifference, Difference
from corpus.comparison.renames import renamed_documents
from corpus.comparison.sides import Side
from corpus.comparison.statistics import statistics
from corpus.comparison.words import shortened

__all__ = ["as_record"]


def as_record(difference: Difference, limit: int | None = 100) -> dict[str, Any]:
    """Return all of a difference, JSON-ready; counts are whole, rows listed up to ``limit`` of each kind.

    Of a changed string, ``words`` tells the difference in words with a little context, up to 4,000 characters.

    Raises:
        DataError: a file cannot be read.
    """
    return {
        "old": _side(difference.old),
        "new": _side(difference.new),
        "step": difference.step.name,
        "reasons": [{"step": reason.step.name, "fact": reason.fact} for reason in difference.reasons()],
        "configs": {name: _config(config, limit) for name, config in difference.configs.items()},
        "scheme": [{**asdict(change), "step": change.step.name} for change in difference.scheme],
        "splits": [
            {"from": old, "to": new, "documents": len(ids), "doc_ids": ids[:limit]}
            for (old, new), ids in split_moves(difference.configs["documents"]).items()
        ],
        "renamed": [
            {"from": item.old, "to": item.new, "by": item.by}
            for item in renamed_documents(difference.configs["documents"])[:limit]
        ],
        "annotations": [asdict(item) for item in annotation_counts(difference)],
        "statistics": [asdict(item) for item in statistics(difference)],
        "files": list(difference.files),
    }


def _side(side: Side) -> dict[str, Any]:
    manifest = side.manifest
    return {"name": manifest.name, "version": manifest.version, "date": manifest.date}


def _config(config: ConfigDifference, limit: int | None) -> dict[str, Any]:
    rows = config.rows
    return {
        "before": config.old.rows,
        "after": config.new.rows,
        "added": rows.added.height,
        "removed": rows.removed.height,
        "changed": rows.changed.height,
        "changed_columns": rows.column_counts(),
        "columns": [{**asdict(c), "kind": str(c.kind), "step": c.kind.step.name} for c in config.columns],
        "key": list(config.new.key),
        "added_rows": _sketches(added_rows(config, limit)),
        "removed_rows": _sketches(removed_rows(config, limit)),
        "changed_rows": [_changed(row) for row in changed_rows(config, limit)],
    }


def _sketches(rows: Iterable[RowSketch]) -> list[dict[str, Any]]:
    return [{"key": list(row.key), "values": dict(row.values)} for row in rows]


def _changed(row: RowChange) -> dict[str, Any]:
    values = []
    for change in row.values:
        runs = change.runs
        words = {} if runs is None else {"words": [[run.kind.value, run.text] for run in shortened(runs)]}
        values.append({"column": change.column, "before": change.before, "after": change.after, **words})
    return {"key": list(row.key), "values": values}
