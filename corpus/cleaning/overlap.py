"""Count the words that a line shares with the article's first paragraphs, in any script."""

from __future__ import annotations

import polars as pl

__all__ = ["add_overlap"]

_LEAD_LINES = 8
_LEAD_CHARS = 500
_LONG_WORD = r"[\p{L}\p{M}\p{N}]{4,}"
_BEGINNING = 5
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def add_overlap(candidates: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Add ``tokens``, ``hits`` and ``overlap``: how many words a line has, how many and what share the lead has.

    The lead is the first running text of the article's run in ``units``. A word is its first five letters,
    which inflection mostly leaves alone; where words are not spaced (and in Korean), a pair of characters.
    """
    lead = _lead(units.join(candidates.select("doc").unique(), on="doc", how="semi", maintain_order="left"))
    found = _tokens(lead).group_by("doc", "token").agg(places=pl.col("unit").unique())
    elsewhere = pl.col("places").list.len() - pl.col("places").list.contains(pl.col("unit")).cast(pl.UInt32)
    shared = (
        _tokens(candidates)
        .join(found, on=["doc", "token"], how="left")
        .group_by("unit")
        .agg(
            (elsewhere > 0).fill_null(False).sum().cast(pl.Int32).alias("hits"),
            pl.len().cast(pl.Int32).alias("tokens"),
        )
    )
    return (
        candidates.join(shared, on="unit", how="left", maintain_order="left")
        .with_columns(pl.col("hits", "tokens").fill_null(0))
        .with_columns(overlap=pl.col("hits") / pl.max_horizontal(pl.col("tokens"), 1))
    )


def _lead(units: pl.DataFrame) -> pl.DataFrame:
    prose = units.filter(pl.col("prose"), ~pl.col("head"), ~pl.col("tail"), pl.col("sure").is_null())
    lead = prose.filter(pl.int_range(pl.len()).over("doc") < _LEAD_LINES)
    return lead.with_columns(pl.col("text").str.slice(0, _LEAD_CHARS))


def _tokens(units: pl.DataFrame) -> pl.DataFrame:
    lowered = units.select("doc", "unit", pl.col("text").str.to_lowercase())
    return pl.concat([_beginnings(lowered), _pairs(lowered)]).unique()


def _beginnings(lowered: pl.DataFrame) -> pl.DataFrame:
    spaced = pl.col("text").str.replace_all(_UNSPACED, " ")
    return (
        lowered.select("doc", "unit", spaced.str.extract_all(_LONG_WORD).alias("token"))
        .explode("token")
        .drop_nulls("token")
        .with_columns(pl.col("token").str.slice(0, _BEGINNING))
    )


def _pairs(lowered: pl.DataFrame) -> pl.DataFrame:
    runs = (
        lowered.filter(pl.col("text").str.contains(_UNSPACED))
        .select("doc", "unit", pl.col("text").str.extract_all(_UNSPACED + "{2,}").alias("run"))
        .explode("run")
        .drop_nulls("run")
        .with_row_index("no")
    )
    letters = runs.select("doc", "unit", "no", pl.col("run").str.split("").alias("token")).explode("token")
    paired = pl.col("token") + pl.col("token").shift(-1).over("no")
    return letters.select("doc", "unit", paired).drop_nulls("token")
