"""Where each block of a page stands in it, and which posts of a live blog begin a section."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.markup.columns import markup_lines

__all__ = ["add_places"]

_POST = r"^(.*/article(?:\[\d+\])?/.*article(?:\[\d+\])?)(?:/|$)"
"""An article inside an article, or beside another one in it: a post, a comment or a teaser."""

_ONE_OF_SEVERAL = r"^(.*/article(?:\[\d+\])?)(?:/|$)"
_LIVE = r"itemprop-liveblogupdate|live-?blog-?_*(?:post|entry|item|update)|\bliveblog"


def add_places(blocks: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Add ``place`` to the blocks of pages, and let ``section`` grow at each post of a live blog too.

    A post is an ``article`` element inside the page's article, or one of several in an element that is named a
    live blog. Only kept blocks begin a section.
    """
    told = markup_lines(raw).select("doc", "line", "hints", place="places")
    placed = blocks.join(told, on=["doc", "line"], how="left", maintain_order="left")
    shown = (placed["kept"] & placed["place"].is_not_null()).arg_true()
    begins = pl.repeat(False, len(placed), eager=True).scatter(shown, _begin_posts(placed[shown]))
    grown = ((pl.col("role") == "heading") | pl.col("begins")).cast(pl.Int32).cum_sum().over("doc")
    section = pl.when(pl.col("place").is_not_null()).then(grown).otherwise(pl.col("section"))
    return (
        placed.with_columns(begins.alias("begins")).with_columns(section.alias("section")).drop("hints", "begins")
    )


def _begin_posts(kept: pl.DataFrame) -> pl.Series:
    """Tell which of the kept blocks of pages are the first of a post, and no headings."""
    live, place = pl.col("hints").str.contains(_LIVE).fill_null(False), pl.col("place")
    post = pl.coalesce(place.str.extract(_POST), pl.when(live).then(place.str.extract(_ONE_OF_SEVERAL)))
    told = kept.select("doc", "role", post=post.fill_null(""))
    begins = pl.col("post") != pl.col("post").shift(1).over("doc")
    return told.select(begins.fill_null(False) & (pl.col("post") != "") & (pl.col("role") != "heading")).to_series()
