"""Tell headings, list items and table rows from running text among the lines that are kept."""

from __future__ import annotations

import polars as pl

__all__ = ["add_shapes"]

_ITEM = r"^(?:[-•*▪·–‣◦●○■]\s+\S|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s)"
_ROW = r"\t|\s\|\s.*\s\|\s|(?:\s{3,}\S+){2,}"


def add_shapes(kept: pl.DataFrame) -> pl.DataFrame:
    """Return the kept units with ``role`` heading or body and the ``reason`` that names their shape.

    A heading is a short line without a full stop right before running text, with no other short line
    above it. ``kept`` holds only kept units, sorted, with the columns of the features.
    """
    same_next = pl.col("doc") == pl.col("doc").shift(-1)
    same_before = pl.col("doc") == pl.col("doc").shift(1)
    item, row = pl.col("plain").str.contains(_ITEM), pl.col("plain").str.contains(_ROW)
    short = (
        (pl.col("words") <= 12)
        & (pl.col("chars") <= 110)
        & ~pl.col("stopped")
        & ~pl.col("lower")
        & ~item
        & ~row
        & pl.col("plain").str.contains(r"\p{L}{2}")
        & ~pl.col("plain").str.contains(r"[,;]$|^\(.*\)$")
    )
    longer = pl.col("prose").shift(-1) | (pl.col("words").shift(-1) >= 2 * pl.col("words") + 4)
    heading = short & (longer & same_next).fill_null(False) & ~(short.shift(1) & same_before).fill_null(False)
    body = (pl.col("role") == "body") & (pl.col("reason") != "prose")
    change = [
        (heading, "heading", "section_heading", "kernel.heading"),
        (item, "body", "list_item", "kernel.list_item"),
        (row, "body", "table_row", "kernel.table_row"),
    ]
    new: dict[str, pl.Expr] = {name: pl.col(name) for name in ("role", "reason", "rule")}
    for holds, *said in reversed(change):
        for name, value in zip(new, said, strict=True):
            new[name] = pl.when(body & holds).then(pl.lit(value)).otherwise(new[name])
    return kept.with_columns(**new)
