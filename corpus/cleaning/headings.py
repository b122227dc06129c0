"""Tell headings, list items and table rows from running text among the lines that are kept."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.matching import rule_number

__all__ = ["add_shapes"]

_ITEM = r"^(?:[-•*▪·–‣◦●○■]\s+\S|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s)"
_ROW = r"\t|\s\|\s.*\s\|\s|(?:\s{3,}\S+){2,}"


def add_shapes(kept: pl.DataFrame) -> pl.DataFrame:
    """Return the kept units with the number of the rule that names their shape, where one does.

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
    plain_body = pl.col("no") != rule_number("prose")
    return kept.with_columns(
        pl.when(plain_body & heading).then(rule_number("kernel.heading"))
        .when(plain_body & item).then(rule_number("kernel.list_item"))
        .when(plain_body & row).then(rule_number("kernel.table_row"))
        .otherwise(pl.col("no")).alias("no")
    )  # fmt: skip
