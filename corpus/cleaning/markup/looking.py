"""Join the lines of pages with what rules and markup say of them: what the model looks at."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.looks import look_at
from corpus.cleaning.markup.columns import markup_lines
from corpus.cleaning.markup.wording import written
from corpus.cleaning.matching import rule_values

__all__ = ["looked_at"]

_TOKEN = r"[\p{L}\p{N}]{4,}"  # noqa: S105


def looked_at(units: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Return the units of pages with everything that is known of each line.

    ``units`` has ``doc``, ``unit``, ``line`` (of its first line) and ``text``; ``raw`` the column ``markup``.
    """
    marked = units.join(markup_lines(raw), on=["doc", "line"], maintain_order="left").rename(
        {"tags": "tag", "link_shares": "link_share", "places": "place"}
    )
    looks, kind = look_at(marked["text"], cuts=0)
    different = looks.frame.drop("rest", "skipped").with_columns(
        rule_values(pl.col("sure"), "role").alias("sure_role"),
        rule_values(pl.col("sure"), "opens").alias("sure_opens"),
        pl.col("text").str.slice(0, 300).str.to_lowercase().str.extract_all(_TOKEN).alias("line_words"),
        *written(),
    )
    lines = marked.drop("text").hstack(different[kind]).with_columns(pl.Series("text_no", kind))
    return lines.join(_claims(raw), on="doc", how="left", maintain_order="left")


def _claims(raw: pl.DataFrame) -> pl.DataFrame:
    claims = pl.col("markup").struct.field("claims")
    said = raw.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("doc"),
        *(
            claims.list.get(at, null_on_oob=True).alias(name)
            for at, name in enumerate(("title", "summary", "body"))
        ),
    )
    return said.select(
        "doc",
        *(_folded(pl.col(name)).alias(f"claim_{name}") for name in ("title", "summary", "body")),
        pl.col("title").str.to_lowercase().str.extract_all(_TOKEN).list.unique(maintain_order=True).alias("claim_words"),
    )  # fmt: skip


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")
