"""Cut anchor texts into lines: one row per line that is not blank, with its code-point offsets."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.blanks import BLANKS

__all__ = ["lines_frame"]


def lines_frame(texts: pl.Series) -> pl.DataFrame:
    """Return the visible lines of each text, in order.

    Lines break at ``"\\n"`` alone. Columns: ``doc`` (row number of the text), ``line`` (0-based), ``start``
    and ``end`` (code points of the anchor text, blanks at the edges left out), ``text``, and ``gap``, a
    number that grows at every blank line: two lines with the same ``gap`` have no blank line between them.
    """
    docs = pl.DataFrame({"doc": pl.int_range(len(texts), dtype=pl.UInt32, eager=True), "text": texts})
    base = pl.col("text").str.len_chars().cast(pl.Int64) + 1
    parts = docs.lazy().select(
        "doc",
        pl.col("text").str.split("\n"),
        (base.cum_sum() - base).alias("base"),
    )
    lines = parts.with_columns(pl.int_ranges(0, pl.col("text").list.len(), dtype=pl.Int32).alias("line")).explode(
        "line", "text"
    )
    return _visible(lines).collect()


def _visible(lines: pl.LazyFrame) -> pl.LazyFrame:
    length = pl.col("text").str.len_chars().cast(pl.Int64)
    first = pl.col("doc") != pl.col("doc").shift(1)
    jumps = (pl.col("line") - pl.col("line").shift(1) != 1) | first
    return (
        lines.with_columns((length + 1).cum_sum().alias("after"), length.alias("length"))
        .with_columns(pl.col("text").str.strip_chars_start(BLANKS))
        .with_columns((pl.col("after") - 1 - pl.col("base") - length).alias("start"))
        .with_columns(pl.col("text").str.strip_chars_end(BLANKS))
        .filter(pl.col("text") != "")
        .select(
            "doc",
            "line",
            "start",
            (pl.col("start") + length).alias("end"),
            "text",
            jumps.fill_null(True).cum_sum().alias("gap"),
        )
    )
