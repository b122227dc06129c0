"""The text of each document and the columns that are whole blocks, as expressions over the blocks frame."""

from __future__ import annotations

import polars as pl

from corpus.metadata.values import VALUES
from corpus.model.roles import TEXT_ROLES, Role

__all__ = ["block_values", "texts"]

_COLUMN_OF_ROLE = {
    Role.TITLE.value: "title",
    Role.HEADING.value: "headings",
    Role.CAPTION.value: "captions",
}


def texts(doc_ids: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Return ``doc_id`` and ``text``: the blocks of the text roles behind their joins, the first join not drawn.

    It equals ``Projection.of(anchor, text_pieces(blocks)).text``; a document without such a block has "".
    """
    kept = blocks.filter(pl.col("role").is_in([role.value for role in TEXT_ROLES]))
    join = pl.when(pl.col("doc_id").is_first_distinct()).then(pl.lit("")).otherwise(pl.col("join"))
    joined = (
        kept.select("doc_id", (join + pl.col("text")).alias("text"))
        .group_by("doc_id", maintain_order=True)
        .agg(pl.col("text").str.join(""))
    )
    return (
        doc_ids.select("doc_id")
        .join(joined, on="doc_id", how="left", maintain_order="left")
        .with_columns(pl.col("text").fill_null(""))
    )


def block_values(blocks: pl.DataFrame) -> pl.DataFrame:
    """Return the values that are whole blocks (title, headings, captions), with the columns of ``VALUES``."""
    return blocks.filter(pl.col("role").is_in(list(_COLUMN_OF_ROLE))).select(
        "doc_id",
        pl.col("role").replace_strict(_COLUMN_OF_ROLE, return_dtype=pl.String).alias("column"),
        pl.col("text").alias("value"),
        pl.lit("text span").alias("kind"),
        pl.col("start").cast(VALUES["start"]),
        pl.col("end").cast(VALUES["end"]),
        pl.col("rule").alias("source"),
    )
