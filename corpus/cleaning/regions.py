"""Find the run of lines that is the article: the densest stretch of running text in each document."""

from __future__ import annotations

import polars as pl

__all__ = ["add_regions"]

LEAST = 32
"""A run worth less than this many words is no evidence: then nothing stands outside it."""

_FURNITURE = {"boilerplate": -8, "copyright": -20, "timestamp": -3, "byline": -3, "caption": 0, "credit": 0}
_OPENERS = {"related": -80, "comments": -80}
_SENTENCE = 4
"""So many words with a full stop are a short sentence and speak for the text, if by half."""

_ROW = 2
"""A row of a table: menus have no columns."""

_SHORT = -2
_SHORT_RUN = -5
"""A short line below another one costs more: menus and teasers come in runs, headings alone."""


def add_regions(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``at`` (row number in the document), ``head`` and ``tail``: before and after the article's run.

    Running text counts its words, furniture counts against them; the run is the stretch with the largest
    sum (Kadane's maximum subarray, here with cumulative sums and minima in each document).
    """
    total = pl.col("value").cum_sum().over("doc")
    return (
        units.lazy()
        .with_columns(_value().alias("value"), pl.int_range(pl.len(), dtype=pl.Int32).over("doc").alias("at"))
        .with_columns(total.alias("total"))
        .with_columns((pl.col("total") - pl.col("value")).alias("before"))
        .with_columns(pl.col("before").cum_min().over("doc").alias("floor"))
        .with_columns((pl.col("total") - pl.col("floor")).alias("gain"))
        .with_columns(pl.col("gain").max().over("doc").alias("best"))
        .with_columns(_last().alias("last"))
        .with_columns(_first().alias("first"))
        .with_columns(
            ((pl.col("at") < pl.col("first")) & (pl.col("best") >= LEAST)).alias("head"),
            ((pl.col("at") > pl.col("last")) & (pl.col("best") >= LEAST)).alias("tail"),
            (pl.col("best") >= LEAST).alias("dense"),
        )
        .drop("value", "total", "before", "floor", "gain", "best")
        .collect()
    )


def _value() -> pl.Expr:
    role = pl.col("sure_role").replace_strict(_FURNITURE, default=0, return_dtype=pl.Int64)
    opener = pl.col("sure_opens").replace_strict(_OPENERS, default=0, return_dtype=pl.Int64)
    words = pl.min_horizontal(pl.col("words"), 70).cast(pl.Int64)
    below = (~pl.col("prose").shift(1) & (pl.col("doc") == pl.col("doc").shift(1))).fill_null(True)
    return (
        pl.when(pl.col("sure").is_not_null())
        .then(role + opener)
        .when(pl.col("known").is_not_null())
        .then(_FURNITURE["boilerplate"])
        .when(pl.col("prose"))
        .then(words)
        .when(pl.col("stopped") & (words >= _SENTENCE))
        .then(words // 2)
        .when(pl.col("text").str.count_matches("\t", literal=True) >= 2)
        .then(_ROW)
        .otherwise(pl.when(below).then(_SHORT_RUN).otherwise(_SHORT))
    )


def _last() -> pl.Expr:
    """Return the row of the first line at which the largest sum is reached."""
    return pl.col("at").filter(pl.col("gain") == pl.col("best")).min().over("doc")


def _first() -> pl.Expr:
    """Return the row at which that sum begins: the latest lowest point up to the last row."""
    floor = pl.col("floor").filter(pl.col("at") == pl.col("last")).first().over("doc")
    begins = (pl.col("before") == floor) & (pl.col("at") <= pl.col("last"))
    return pl.col("at").filter(begins).max().over("doc")
