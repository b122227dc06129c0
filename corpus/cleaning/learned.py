"""Let the line model decide on what no rule speaks of by itself, in documents that show furniture."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.linemodel.evidence import HEADLINES, REASONS
from corpus.cleaning.linemodel.explaining import Explanation, explain
from corpus.cleaning.linemodel.inference import judged as judge_lines
from corpus.cleaning.matching import rule_no, rule_number, rule_values

__all__ = ["RULE", "explained", "with_model"]

RULE = "line-model-1"
"""What the blocks' ``rule`` column says where the model decided."""

_ALONE = ("kernel.title", "kernel.title_echo")
"""The kernel's own decisions that the model takes as given, as it takes every rule that speaks of a line alone."""
_ASKED = (
    "kernel.apart",
    "kernel.apart_prose",
    "kernel.after_related",
    "kernel.after_comments",
    "kernel.teaser",
)
"""Decisions by the line's surroundings that the model may overrule."""
_PARAGRAPH = 11
"""Blanks in a line that is long enough for a paragraph."""
_OF_THE_SITE = ("repeated_across_site", "navigation")
"""What the counts of a site's lines say, and as what the model, which was trained without counts, sees it."""


def with_model(judged: pl.DataFrame) -> pl.DataFrame:
    """Give the open units of furnished documents the model's verdict, under the rule ``line-model-1``.

    A document in which no rule drops a line by itself is left as it is: so a cleaned text is not judged again.
    ``judged`` is what :func:`corpus.cleaning.contexts.judge` returns, and so is the result, with ``certainty``: how
    sure the model is of what it drops.
    """
    asked = _asked(judged)
    if not len(asked):
        return judged
    chance, keep = judge_lines(asked.select("doc", "text", "reason", "kept"))
    told = asked.with_columns(pl.Series("keep", keep), pl.Series("certainty", 1 - chance).round(4))
    verdict = told.filter("open").select("unit", "keep", "certainty")
    joined = judged.join(verdict, on="unit", how="left", maintain_order="left")
    stays = pl.when(pl.col("kept")).then(pl.col("no")).otherwise(rule_number("kernel.unsure"))
    goes = pl.when(pl.col("keep").is_null()).then(pl.col("no")).otherwise(rule_number(RULE))
    number = pl.when(pl.col("keep")).then(stays).otherwise(goes)
    decided = joined.with_columns(number.alias("no"), pl.coalesce("keep", "kept").alias("kept")).drop("keep")
    back = pl.col("unit").is_in(_said_nowhere_else(decided))
    return decided.with_columns(
        pl.when(back).then(rule_number("kernel.unsure")).otherwise("no").alias("no"),
        pl.when(back).then(True).otherwise("kept").alias("kept"),
    )


def _said_nowhere_else(decided: pl.DataFrame) -> list[int]:
    """Return the units of paragraphs that went though the model dropped the same words further up.

    A standfirst above the byline that the text begins with again would else be lost altogether. Copies that stand
    next to each other are captions mostly, and stay away.
    """
    above_text = pl.col("kept").shift(-1) & (pl.col("doc").shift(-1) == pl.col("doc"))
    begins = above_text & (pl.col("kept").cum_sum().over("doc") == 0)
    rows = decided.with_row_index("row").with_columns(begins.alias("begins"))
    long = pl.col("text").str.count_matches(" ", literal=True) >= _PARAGRAPH
    paragraph = long & pl.col("text").str.contains(r"[.!?…。][\"'”’»)]*\s*$")
    gone = pl.col("no").is_in([rule_no("kernel.repeated"), rule_no(RULE)])
    again = rows.filter(gone & pl.col("begins")).filter(paragraph)
    if not len(again):
        return []
    dropped = rows.filter(pl.col("no") == rule_no(RULE)).select("doc", "text", first="row")
    return again.join(dropped, on=["doc", "text"]).filter(pl.col("row") > pl.col("first") + 1)["unit"].to_list()


def explained(judged: pl.DataFrame, top: int = 3) -> dict[int, Explanation]:
    """Return, by unit, why the model thinks of every open unit as it does (see :func:`.explaining.explain`).

    ``judged`` as for :func:`with_model`; units of documents that are not shown to the model have no entry.
    """
    asked = _asked(judged)
    rows = asked["open"].arg_true().to_list()
    found = explain(asked.select("doc", "text", "reason", "kept"), rows, top)
    return dict(zip(asked["unit"][rows].to_list(), found, strict=True))


def _asked(judged: pl.DataFrame) -> pl.DataFrame:
    """Return the units of furnished documents with ``reason``, what rules say of each alone, and ``open``."""
    name = rule_values(pl.col("no"), "rule")
    alone = ~name.str.starts_with("kernel.") | name.is_in(_ALONE)
    reason = rule_values(pl.col("no"), "reason").replace(*_OF_THE_SITE)
    said = pl.when(~pl.col("kept") & alone & reason.is_in(REASONS)).then(reason)
    is_open = pl.col("reason").is_null() & (pl.col("kept") | pl.col("by").is_in(_ASKED))
    told = judged.with_columns(said.alias("reason"), name.alias("by")).with_columns(is_open.alias("open"))
    furniture = pl.col("reason").is_not_null() & ~pl.col("reason").is_in(HEADLINES)
    return told.filter(furniture.any().over("doc"))
