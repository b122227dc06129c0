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
    live = pl.col("hints").str.contains(_LIVE).fill_null(False)
    place = pl.col("place")
    post = pl.coalesce(place.str.extract(_POST), pl.when(live).then(place.str.extract(_ONE_OF_SEVERAL)))
    shown = pl.when(pl.col("kept") & place.is_not_null()).then(post.fill_null(""))
    before = shown.forward_fill().over("doc").shift(1).over("doc")
    begins = ((shown != before) & (shown != "")).fill_null(False) & (pl.col("role") != "heading")
    heading = pl.col("role") == "heading"
    grown = (heading | begins).cast(pl.Int32).cum_sum().over("doc")
    section = pl.when(place.is_not_null()).then(grown).otherwise(pl.col("section"))
    return placed.with_columns(section.alias("section")).drop("hints")
