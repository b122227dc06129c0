"""Let the line model decide on what no rule speaks of by itself, in documents that show furniture."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.linemodel.evidence import REASONS
from corpus.cleaning.linemodel.inference import judged as judge_lines
from corpus.cleaning.matching import rule_number, rule_values

__all__ = ["with_model"]

_ALONE = ("kernel.title", "kernel.title_echo")
"""The kernel's own decisions that the model takes as given, as it takes every rule that speaks of a line alone."""
_ASKED = ("kernel.apart", "kernel.apart_prose")
"""Decisions by the line's surroundings that the model may overrule."""


def with_model(judged: pl.DataFrame) -> pl.DataFrame:
    """Give the open units of furnished documents the model's verdict, under the rule ``line-model-1``.

    A document in which no rule drops a line by itself is left as it is: so a cleaned text is not judged again.
    ``judged`` is what :func:`corpus.cleaning.contexts.judge` returns, and so is the result.
    """
    name = rule_values(pl.col("no"), "rule")
    alone = ~name.str.starts_with("kernel.") | name.is_in(_ALONE)
    reason = rule_values(pl.col("no"), "reason")
    said = pl.when(~pl.col("kept") & alone & reason.is_in(REASONS)).then(reason)
    told = judged.with_columns(said.alias("reason"), name.alias("by"))
    asked = told.filter(pl.col("reason").is_not_null().any().over("doc"))
    if not len(asked):
        return judged
    _, keep = judge_lines(asked.select("doc", "text", "reason", "kept"))
    is_open = pl.col("reason").is_null() & (pl.col("kept") | pl.col("by").is_in(_ASKED))
    verdict = asked.with_columns(pl.Series("keep", keep)).filter(is_open).select("unit", "keep")
    joined = judged.join(verdict, on="unit", how="left", maintain_order="left")
    stays = pl.when(pl.col("kept")).then(pl.col("no")).otherwise(rule_number("kernel.unsure"))
    goes = pl.when(pl.col("keep").is_null()).then(pl.col("no")).otherwise(rule_number("line-model-1"))
    number = pl.when(pl.col("keep")).then(stays).otherwise(goes)
    return joined.with_columns(number.alias("no"), pl.coalesce("keep", "kept").alias("kept")).drop("keep")
