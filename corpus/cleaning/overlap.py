"""Count the words that a line shares with the article's first paragraphs, in any script."""

from __future__ import annotations

import polars as pl

__all__ = ["add_overlap"]

_LEAD_LINES = 8
_LEAD_CHARS = 500
_OFTEN = 3
_LONG_WORD = r"[\p{L}\p{M}\p{N}]{4,}"
_BEGINNING = 5
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def add_overlap(candidates: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Add ``tokens``, ``hits`` and ``overlap``: how many words a line has, how many and what share the lead has.

    Also ``first_hits`` (how many stand in the first running text), ``often_hits`` (in three lines of the lead or
    more) and ``mass`` (how many lines of the lead they have, added up).

    The lead is the first running text of the article's run in ``units``. A word is its first five letters,
    which inflection mostly leaves alone; where words are not spaced (and in Korean), a pair of characters.
    """
    lead = _lead(units.join(candidates.select("doc").unique(), on="doc", how="semi", maintain_order="left"))
    first = lead.select("doc", pl.col("unit").min().over("doc").alias("lead")).unique()
    found = _tokens(lead).join(first, on="doc").group_by("doc", "token").agg(
        places=pl.col("unit").unique(), first=(pl.col("unit") == pl.col("lead")).any()
    )  # fmt: skip
    own = pl.col("places").list.contains(pl.col("unit")).cast(pl.UInt32)
    elsewhere = (pl.col("places").list.len() - own).fill_null(0)
    shared = (
        _tokens(candidates)
        .join(found, on=["doc", "token"], how="left")
        .group_by("unit")
        .agg(
            (elsewhere > 0).sum().cast(pl.Int32).alias("hits"),
            pl.len().cast(pl.Int32).alias("tokens"),
            pl.col("first").fill_null(False).sum().cast(pl.Int32).alias("first_hits"),
            (elsewhere >= _OFTEN).sum().cast(pl.Int32).alias("often_hits"),
            elsewhere.sum().cast(pl.Int32).alias("mass"),
        )
    )
    return (
        candidates.join(shared, on="unit", how="left", maintain_order="left")
        .with_columns(pl.col("hits", "tokens", "first_hits", "often_hits", "mass").fill_null(0))
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
