"""What the tests of differences share: edits of rows, and what a difference tells of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corpus.comparison.difference import Difference
from corpus.comparison.rows import COLUMNS
from corpus.comparison.sides import Side
from corpus.export.dataset import DatasetContent
from corpus.model.tables import CONFIGS

Rows = dict[str, list[dict[str, Any]]]
Write = Callable[[str, DatasetContent], Side]


def told(difference: Difference) -> dict[str, tuple[list[Any], list[Any], dict[Any, set[str]]]]:
    """Return (added keys, removed keys, changed keys with columns) of the configs whose rows differ."""
    found = {}
    for name, config in difference.configs.items():
        if not config.rows.empty:
            key = config.new.key
            changed = zip(config.rows.changed.select(key).rows(), config.rows.changed[COLUMNS], strict=True)
            found[name] = (
                config.rows.added.select(key).rows(),
                config.rows.removed.select(key).rows(),
                {own: set(columns) for own, columns in changed},
            )
    return found


def an_entity(rows: Rows) -> dict[str, Any]:
    return rows["entities"][0]


def retitle(rows: Rows) -> None:
    rows["documents"][0]["title"] = "Another title"


def another_evidence(rows: Rows) -> None:
    rows["documents"][0]["evidence"][0]["source"] = "another.rule"


def empty_for_null(rows: Rows) -> None:
    rows["documents"][0]["agency"] = ""


def relabel(rows: Rows) -> None:
    an_entity(rows)["label"] = "MISC"


def negate(rows: Rows) -> None:
    rows["claims"][0]["negated"] = True


def move(rows: Rows) -> None:
    an_entity(rows)["raw_spans"] = [{"start": 0, "end": 3}]


def drop_entity(rows: Rows) -> None:
    del rows["entities"][2]


def add_entity(rows: Rows) -> None:
    rows["entities"].append({**an_entity(rows), "id": "e9"})


def second_annotator(rows: Rows) -> None:
    rows["sources"].append({**rows["sources"][0], "annotator": "ann-2"})


def other_role(rows: Rows) -> None:
    rows["blocks"][1]["reason"] = "unsure"


def resplit(rows: Rows) -> None:
    next(row for row in rows["documents"] if row["doc_id"] == "rain")["split"] = "train"


def drop_document(rows: Rows) -> None:
    for name in CONFIGS:
        rows[name] = [row for row in rows[name] if row["doc_id"] != "empty"]
