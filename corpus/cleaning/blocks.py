"""Turn segments of units into blocks: anchor offsets, joins and sections."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.matching import dateline_rules, find_cuts, rule_frame

__all__ = ["blocks_frame", "split_datelines"]

_KEPT = ["body", "heading", "dateline"]
_DATELINE_WITHIN = 4
"""A dateline opens one of the first kept lines of a document."""

_SAID = ["role", "reason", "rule", "score"]


def split_datelines(segments: pl.DataFrame) -> pl.DataFrame:
    """Split the dateline off the first sentence of each document's opening lines.

    ``segments`` are sorted by document and place; only kept ones are looked at.
    """
    kept = pl.col("role") == "body"
    early = kept & (kept.cum_sum().over("doc") <= _DATELINE_WITHIN)
    rows = segments.with_row_index("row")
    opening = find_cuts(rows.filter(early), dateline_rules()).filter(pl.col("cut_no").is_not_null())
    one = opening.unique("doc", keep="first", maintain_order=True)
    if not len(one):
        return segments
    named = rule_frame().select("no", *_SAID)
    lines = (
        one.drop(_SAID)
        .join(named, left_on="cut_no", right_on="no")
        .with_columns((pl.col("from") + pl.col("cut_to")).alias("to"))
    )
    rest = pl.col("plain").str.slice(pl.col("cut_to"))
    skip = pl.col("cut_to") + (rest.str.len_chars() - rest.str.strip_chars_start().str.len_chars()).cast(pl.Int32)
    bodies = one.with_columns((pl.col("from") + skip).alias("from"))
    others = rows.filter(~pl.col("row").is_in(one["row"].implode()))
    columns = segments.columns
    return pl.concat([others.select(columns), lines.select(columns), bodies.select(columns)]).sort("unit", "from")


def blocks_frame(lines: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Lay the segments onto the lines and return the blocks without ``doc_id`` and ``text``.

    ``lines`` has ``doc, line, start, end, gap, unit, glue`` and ``inside`` (where the line begins in its
    unit's text); a segment that runs over several lines becomes one block on each.
    """
    start = pl.max_horizontal(pl.col("from") - pl.col("inside"), 0)
    end = pl.min_horizontal(pl.col("to") - pl.col("inside"), pl.col("end") - pl.col("start"))
    laid = (
        lines.lazy()
        .select("doc", "line", "start", "end", "gap", "unit", "glue", "inside")
        .join(segments.lazy().select("unit", "from", "to", *_SAID), on="unit", how="inner")
        .filter(end > start)
        .with_columns(start=pl.col("start") + start, end=pl.col("start") + end)
        .sort("doc", "start")
        .with_columns(pl.col("role").is_in(_KEPT).alias("kept"))
        .with_columns(_join().alias("join"))
        .with_columns(
            (pl.col("role") == "heading").cast(pl.Int32).cum_sum().over("doc").alias("section"),
            pl.int_range(pl.len(), dtype=pl.Int32).over("doc").alias("block"),
        )
    )
    return laid.collect()


def _join() -> pl.Expr:
    """Return what stands before the block: measured from the last block that is kept, or from any block."""

    def last(name: str) -> pl.Expr:
        before = pl.col(name).shift(1)
        of_kept = pl.when(pl.col("kept")).then(pl.col(name)).forward_fill().shift(1)
        return pl.when(pl.col("kept")).then(of_kept).otherwise(before)

    apart = (pl.col("doc") != last("doc")).fill_null(True)
    one_line = pl.col("line") == last("line")
    one_unit = pl.col("unit") == last("unit")
    touching = pl.col("start") == last("end")
    return (
        pl.when(apart)
        .then(pl.lit("\n\n"))
        .when(one_line & one_unit & touching)
        .then(pl.lit(""))
        .when(one_line & one_unit)
        .then(pl.lit(" "))
        .when(one_unit)
        .then(pl.col("glue"))
        .when(pl.col("gap") == last("gap"))
        .then(pl.lit("\n"))
        .otherwise(pl.lit("\n\n"))
    )
