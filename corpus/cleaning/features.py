"""What a line looks like, from its own text alone: length, end, beginning, script."""

from __future__ import annotations

import polars as pl

__all__ = ["PLAIN_LIMIT", "add_features"]

PLAIN_LIMIT = 480
"""Lines longer than this (code points) are shown to the rules by their first and last 240 alone."""

_FROM = ["’", "‘", "‛", "“", "”", "„", "\u00a0", "\u202f", "\u2009"]
_TO = ["'", "'", "'", '"', '"', '"', " ", " ", " "]
_CLOSERS = r"""(?:["'\u{201D}\u{2019}\u{300D}\u{300F}\u{201C}\u{2018}\u{AB})\]*]|\s?[\u{BB}\u{203A}])*"""
_STOPPED = r"[.!?…。！？؟।။።։|]" + _CLOSERS + "$"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def add_features(units: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that rules and contexts look at.

    ``chars``, ``words`` (for scripts without spaces: half the letters), ``plain`` (typographic quotation
    marks as ASCII, same length up to PLAIN_LIMIT), ``stopped`` (ends as a sentence does), ``colon``,
    ``lower`` (begins with a small letter), ``tabbed`` (has two tabs or more), ``asks`` (ends as a question does)
    and ``prose`` (reads as running text).
    """
    text = pl.col("text")
    tail = text.str.slice(-6)
    return (
        units.lazy()
        .with_columns(
            text.str.len_chars().cast(pl.Int32).alias("chars"),
            (text.str.count_matches(" ", literal=True) + 1).cast(pl.Int32).alias("words"),
            tail.str.contains(_STOPPED).alias("stopped"),
            tail.str.contains(r"[:：]$").alias("colon"),
            text.str.contains(r"^\p{Ll}").alias("lower"),
            (text.str.count_matches("\t", literal=True) >= 2).alias("tabbed"),
            _asks().alias("asks"),
            _plain().alias("plain"),
        )
        .with_columns(_words().alias("words"))
        .with_columns(_prose().alias("prose"))
        .collect()
    )


def _plain() -> pl.Expr:
    text = pl.col("text")
    short = text.str.len_chars() <= PLAIN_LIMIT
    half = PLAIN_LIMIT // 2
    cut = pl.concat_str(text.str.slice(0, half), pl.lit(" … "), text.str.slice(-half))
    return pl.when(short).then(text).otherwise(cut).str.replace_many(_FROM, _TO)


def _asks() -> pl.Expr:
    maybe = pl.when(pl.col("text").str.contains_any(["?", "？", "؟"])).then("text")
    return maybe.str.contains(r"[?？؟]\W*$").fill_null(False)


def _words() -> pl.Expr:
    """Count words; where they are not spaced, two letters count as one."""
    dense = pl.col("chars") > 12 * pl.col("words")
    unspaced = pl.when(dense).then(pl.col("text")).str.count_matches(_UNSPACED)
    return pl.max_horizontal(pl.col("words"), (unspaced // 2).cast(pl.Int32).fill_null(0))


def _prose() -> pl.Expr:
    words = pl.col("words")
    broken_off = pl.col("text").str.slice(-3).str.contains(r"…$|\.\.$")
    return (((words >= 10) & pl.col("stopped")) | (words >= 24)) & ~(broken_off & (words < 50))
