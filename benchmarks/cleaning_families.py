"""What survives a cleaning and what is lost, family by family: for tables before and after a change.

:func:`family_table` takes lines with their gold labels and any number of verdicts; train_line_model.py prints it
for rules alone and for rules and model. The families are heuristics of wording and place, the first that fits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

__all__ = ["family_table"]

_SURVIVES = (
    (
        "caption or credit",
        r"(?i)^(photo|picture|image|foto|bild|quelle|video)\b.{0,80}$|^\(?file\b|©|"
        r"\b(getty|ap photo|reuters/|afp/|dpa/|courtesy of|pictured|bildrechte|symbolbild)\b",
    ),
    (
        "author bio",
        r"(?i)\b(is|was|ist) (an?|the|our|seit|\w+) (\w+[- ]){0,4}(reporter|journalist|writer|editor|correspondent|"
        r"author|columnist|redakteur|redakteurin|autor|autorin|volontär|korrespondent|fellow|contributor)\b|"
        r"\bcovers\b|contributed to this|follow (him|her) on|years of experience|award-winning",
    ),
    (
        "affiliate note, offer or appeal",
        r"(?i)affiliate|commission|newsletter|subscri|sign up|\bdonat|whatsapp|download|\bapp\b|\babo\b|angebot|"
        r"\bdeals?\b|registr|cookie|einwilligung|advert|sponsor|\bbuy\b",
    ),
    (
        "live-blog furniture",
        r"(?i)\b(live ?blog|liveticker|live updates?|key events|ticker)\b|^\W*\d{1,2}[:.]\d{2}\b.{0,40}$",
    ),
)
_LOST = (
    ("list item or table row", r"^\s*([-•*–·▪●]|\d{1,2}[.)])\s|\t|:\s*\d"),
    ("sub-head or question", r"^[^.!…]{3,75}$"),
    ("quotation", r"^[\"“„«»']"),
)


def family_table(lines: pl.DataFrame, verdicts: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """Return how much of each family survives and is lost under each verdict.

    Args:
        lines: one row a line, a document's rows together: ``doc``, ``text``, ``label`` (1: the article's own),
            ``reason`` (what a rule says of the line by itself, or null) and ``words``.
        verdicts: by name, one Boolean a line: whether it is kept.

    Returns:
        ``side``, ``family``; then a column a verdict, in percent: of a page's kept words those that survive
        wrongly, or of its gold words those that are lost, averaged over pages. Each side begins with its total.
    """
    told = lines.with_columns(_family())
    tables = [_shares(told.with_columns(pl.Series("keep", keep)), name) for name, keep in verdicts.items()]
    table = tables[0]
    for other in tables[1:]:
        table = table.join(other, on=["side", "family"], how="full", coalesce=True)
    last = list(verdicts)[-1]
    keys = [pl.col("side"), pl.col("family") == "(all)", pl.col(last)]
    return table.fill_null(0.0).sort(keys, descending=True)


def _family() -> pl.Expr:
    at = pl.int_range(pl.len()).over("doc")
    body = pl.col("label") == 1
    first, last = at.filter(body).min().over("doc"), at.filter(body).max().over("doc")
    thread = at.filter(pl.col("reason") == "comments").min().over("doc")
    place = (
        pl.when(at < first)
        .then(pl.lit("standfirst, teaser or other prose before"))
        .when(at <= last)
        .then(pl.lit("box, teaser or other prose inside"))
        .when(at > thread)
        .then(pl.lit("comment thread"))
        .otherwise(pl.lit("other stories and prose after the body"))
    )
    gone, lost = place, pl.when(pl.col("words") >= 15).then(pl.lit("paragraph of 15 words and more"))
    lost = lost.otherwise(pl.lit("shorter paragraph"))
    for name, pattern in reversed(_SURVIVES):
        gone = pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(name)).otherwise(gone)
    for name, pattern in reversed(_LOST):
        lost = pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(name)).otherwise(lost)
    return pl.when(body).then(lost).otherwise(gone).alias("family")


def _shares(told: pl.DataFrame, name: str) -> pl.DataFrame:
    body, words, pages = pl.col("label") == 1, pl.col("words"), told["doc"].n_unique()
    kept = pl.max_horizontal(words.filter(pl.col("keep")).sum().over("doc"), 1)
    gold = pl.max_horizontal(words.filter(body).sum().over("doc"), 1)
    wrong = told.with_columns(
        pl.when(pl.col("keep")).then(words / kept).otherwise(words / gold).alias("share"),
        pl.when(pl.col("keep")).then(pl.lit("survives")).otherwise(pl.lit("lost")).alias("side"),
    ).filter(pl.col("keep") != body)
    by_family = wrong.group_by("side", "family").agg((pl.col("share").sum() * 100 / pages).round(2).alias(name))
    total = wrong.group_by("side").agg(
        pl.lit("(all)").alias("family"), (pl.col("share").sum() * 100 / pages).round(2).alias(name)
    )
    return pl.concat([by_family, total.select(by_family.columns)])
