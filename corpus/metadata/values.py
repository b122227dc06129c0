"""Values with their evidence, one a row, before they become the columns of a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

__all__ = ["EVIDENCE", "LISTS", "SCALARS", "VALUES", "Line", "Value", "columns_of", "evidence_of", "frame_of"]

SCALARS = (
    "title",
    "published",
    "published_precision",
    "modified",
    "modified_precision",
    "date_hint",
    "publisher",
    "agency",
    "dateline",
    "language",
    "copyright",
    "copyright_holder",
    "paywall",
)
LISTS = ("authors", "headings", "captions", "credits")

VALUES = pl.Schema(
    {
        "doc_id": pl.String,
        "column": pl.String,
        "value": pl.String,
        "kind": pl.String,
        "start": pl.Int32,
        "end": pl.Int32,
        "source": pl.String,
    }
)
EVIDENCE = pl.Struct(
    {"column": pl.String, "kind": pl.String, "start": pl.Int32, "end": pl.Int32, "source": pl.String}
)
_SILENT = ("published_precision", "modified_precision")
"""Columns whose evidence is another column's: no row of their own."""


class Line(NamedTuple):
    """One block that is worth parsing: its text, and where it stands in the anchor text."""

    doc_id: str
    text: str
    start: int
    line: int
    block: int
    role: str
    rule: str


class Value(NamedTuple):
    """A value read from a line, with the anchor span it was read from and the rule that read it."""

    doc_id: str
    column: str
    value: str
    start: int | None
    end: int | None
    source: str
    kind: str = "text span"


def frame_of(values: Iterable[Value]) -> pl.DataFrame:
    """Return values as a frame with the columns of :data:`VALUES`."""
    return pl.DataFrame(list(values), schema=[*Value._fields], orient="row", schema_overrides=dict(VALUES)).select(
        VALUES.names()
    )


def columns_of(doc_ids: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Return one row a document, in the order of ``doc_ids``, with every column of values.

    A scalar column takes its first value, a list column each value once, in order; without a value they
    are null and empty.
    """
    told = {name: pl.col("value").filter(pl.col("column") == name) for name in (*SCALARS, *LISTS)}
    found = values.group_by("doc_id").agg(
        *(told[name].first().alias(name) for name in SCALARS), *(told[name].alias(name) for name in LISTS)
    )
    described = doc_ids.select("doc_id").join(found, on="doc_id", how="left", maintain_order="left")
    return described.with_columns(pl.col(LISTS).fill_null(pl.lit([], dtype=pl.List(pl.String))))


def evidence_of(doc_ids: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Return ``doc_id`` and the list column ``evidence``, its rows sorted by column, then start."""
    rows = (
        values.filter(~pl.col("column").is_in(_SILENT))
        .sort("column", "start", "end", nulls_last=True, maintain_order=True)
        .select("doc_id", pl.struct(*EVIDENCE.to_schema()).alias("evidence"))
        .group_by("doc_id", maintain_order=True)
        .agg("evidence")
    )
    return (
        doc_ids.select("doc_id")
        .join(rows, on="doc_id", how="left", maintain_order="left")
        .with_columns(pl.col("evidence").fill_null(pl.lit([], dtype=pl.List(EVIDENCE))))
    )
