"""The optional column ``markup`` of a frame to clean: what the markup says, as lists with an item a line."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus.model.markup import Markup

__all__ = ["MARKUP", "markup_column", "markup_lines", "page_numbers"]

MARKUP = pl.Struct(
    {
        "tags": pl.List(pl.String),
        "link_shares": pl.List(pl.Float64),
        "hints": pl.List(pl.String),
        "places": pl.List(pl.String),
        "claims": pl.List(pl.String),
    }
)
"""The column's type; null for a text that was never a page. ``claims``: see :func:`markup_column`."""

_LISTS = ("tags", "link_shares", "hints", "places")


def markup_column(pages: Sequence[tuple[Markup | None, Sequence[str]]]) -> pl.Series:
    """Return the column for a batch: each page's markup and what the page claims its title and body to be.

    The claims (of :func:`claims_of`) are evidence for the lines that say the same.
    """
    rows = [
        None
        if markup is None
        else {
            "tags": markup.tags,
            "link_shares": markup.link_shares,
            "hints": markup.hints,
            "places": markup.places,
            "claims": list(claims),
        }
        for markup, claims in pages
    ]
    return pl.Series("markup", rows, dtype=MARKUP)


def markup_lines(raw: pl.DataFrame) -> pl.DataFrame:
    """Return a row a line of the documents that have markup: ``doc``, ``line``, and the four lists' items."""
    marked = raw.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("doc"), "markup").filter(
        pl.col("markup").is_not_null()
    )
    lists = marked.select("doc", *(pl.col("markup").struct.field(name) for name in _LISTS))
    return lists.with_columns(pl.int_ranges(0, pl.col("tags").list.len(), dtype=pl.Int32).alias("line")).explode(
        "line", *_LISTS
    )


def page_numbers(raw: pl.DataFrame) -> pl.Series:
    """Return the row numbers of the documents that have markup; none where the frame has no such column."""
    if "markup" not in raw.columns:
        return pl.Series("doc", [], dtype=pl.UInt32)
    return raw.select(pl.arg_where(pl.col("markup").is_not_null()).cast(pl.UInt32).alias("doc"))["doc"]
