"""Turn segments of units into blocks: anchor offsets, joins and sections."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.blanks import leading
from corpus.cleaning.matching import dateline_rules, find_cuts, rule_number, rule_values

__all__ = ["blocks_frame", "split_datelines"]

_KEPT = ["body", "heading", "dateline"]
_DATELINE_WITHIN = 4
"""A dateline opens one of the first kept lines of a document."""

_SAID = ["role", "reason", "rule", "score"]
_PLACED = ["doc", "line", "start", "end", "gap", "unit", "glue", "no", "certainty"]


def split_datelines(segments: pl.DataFrame) -> pl.DataFrame:
    """Split the dateline off the first sentence of each document's opening lines.

    ``segments`` are sorted by document and place; only kept ones are looked at.
    """
    kept = rule_values(pl.col("no"), "role") == "body"
    rows = segments.with_row_index("row").with_columns(kept.alias("kept"))
    early = rows.filter(pl.col("kept") & (pl.col("kept").cum_sum().over("doc") <= _DATELINE_WITHIN))
    opening = find_cuts(early, dateline_rules()).filter(pl.col("cut_no").is_not_null())
    one = opening.unique("doc", keep="first", maintain_order=True)
    if not len(one):
        return segments
    after = (pl.col("from") + pl.col("cut_to")).cast(pl.Int32)
    blanks = leading(pl.col("plain").str.slice(pl.col("cut_to"))).cast(pl.Int32)
    lines = one.with_columns(pl.col("cut_no").alias("no"), after.alias("to"))
    bodies = one.with_columns((after + blanks).alias("from"))
    others = rows.filter(~pl.col("row").is_in(one["row"].implode()))
    return pl.concat([part.select(segments.columns) for part in (others, lines, bodies)]).sort("unit", "from")


def blocks_frame(lines: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Lay the segments onto the lines and return the blocks without ``doc_id`` and ``text``.

    ``lines`` has ``doc, line, start, end, gap, unit, glue, hyphen`` and ``inside`` (where the line begins in
    its unit's text); a segment that runs over several lines becomes one block on each. Where segments have a
    ``certainty``, it is the score of what a model decided.
    """
    whole = pl.col("end") - pl.col("start") - pl.col("hyphen").cast(pl.Int64)
    start = pl.max_horizontal(pl.col("from") - pl.col("inside"), 0)
    end = pl.min_horizontal(pl.col("to") - pl.col("inside"), whole)
    laid = (
        lines.join(segments.select("unit", "from", "to", "no", _certainty(segments)), on="unit", how="inner")
        .filter(end > start)
        .with_columns(start=pl.col("start") + start, end=pl.col("start") + end)
    )
    hyphens = lines.filter("hyphen").with_columns(
        start=pl.col("end") - 1,
        no=rule_number("kernel.line_end_hyphen"),
        certainty=pl.lit(None, dtype=pl.Float64),
    )
    return (
        pl.concat([laid.select(_PLACED), hyphens.select(_PLACED)]).lazy()
        .sort("doc", "start")
        .with_columns(rule_values(pl.col("no"), name).alias(name) for name in _SAID)
        .with_columns(pl.coalesce("certainty", "score").alias("score"), pl.col("role").is_in(_KEPT).alias("kept"))
        .with_columns(_join().alias("join"))
        .with_columns(
            (pl.col("role") == "heading").cast(pl.Int32).cum_sum().over("doc").alias("section"),
            pl.int_range(pl.len(), dtype=pl.Int32).over("doc").alias("block"),
        )
        .collect()
    )  # fmt: skip


def _certainty(segments: pl.DataFrame) -> pl.Expr:
    """Return how sure a model is where it decided, else null: then the rule's own score counts."""
    if "certainty" not in segments.columns:
        return pl.lit(None, dtype=pl.Float64).alias("certainty")
    by_model = rule_values(pl.col("no"), "reason") == "model"
    by_model |= rule_values(pl.col("no"), "rule").str.starts_with("markup.")
    titles = rule_values(pl.col("no"), "reason").is_in(["headline", "headline_echo"])
    return pl.when(by_model & ~titles).then("certainty").alias("certainty")


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
