"""Lines to train on: pages with gold in every form, pages made of them, invented ones, and what the rules say."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from folds import fold_of
from invented_pages import invented_lines
from made_pages import made_pages

from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.linemodel.evidence import REASONS

VARIANTS = ("full", "mid", "left")
BODY, EXTRA, MADE, INVENTED = range(len(VARIANTS), len(VARIANTS) + 4)
"""Numbers of more variants: gold bodies alone, as pages without furniture; leftovers of more extractors; pages made
of the others (made_pages.py); pages that were written to learn from (invented_pages.py)."""


def load_pages(path: Path) -> pl.DataFrame:
    columns = [
        "id",
        "source",
        "site",
        "lang",
        "title",
        "body",
        *(f"{k}_{v}" for v in VARIANTS for k in ("text", "labels")),
    ]
    pages = pl.read_parquet(path, columns=columns).with_row_index("page")
    fold = pl.Series("fold", [fold_of(site) for site in pages["site"]])
    return pages.with_columns(fold, (pl.col("source") != "wcxb").alias("news"))


def load_lines(pages: pl.DataFrame, leftovers: Path | None = None) -> pl.DataFrame:
    """One row a line of every variant of every page, with its label, and what the rules say of it."""
    parts = []
    for number, variant in enumerate(VARIANTS):
        text, labels = (
            pl.col(f"text_{variant}").str.split("\n").alias("text"),
            pl.col(f"labels_{variant}").alias("label"),
        )
        parts.append(
            pages.select("page", "fold", "news", pl.lit(number).alias("variant"), text, labels).explode(
                "text", "label"
            )
        )
    bodies = pages.filter(pl.col("news") | (pl.col("page") % 10 == 0)).select(
        "page", "fold", "news", pl.lit(BODY).alias("variant"), pl.col("body").str.split("\n").alias("text")
    )
    bodies = bodies.explode("text").with_columns(
        pl.col("text").str.strip_chars(), pl.lit(1, dtype=pl.Int8).alias("label")
    )
    parts.append(bodies.filter(pl.col("text") != ""))
    lines = pl.concat(parts).with_columns((pl.col("page").cast(pl.Int64) * 4 + pl.col("variant")).alias("doc"))
    if leftovers:
        lines = pl.concat([lines, load_leftovers(pages, leftovers)])
    more = [
        written.with_columns(pl.lit(variant).alias("variant")).select(lines.columns)
        for variant, written in ((MADE, made_pages(pages)), (INVENTED, invented_lines()))
    ]
    return with_reasons(pl.concat([lines, *more]).sort("variant", "page", maintain_order=True))


def load_leftovers(pages: pl.DataFrame, path: Path) -> pl.DataFrame:
    """More extractors' leftovers of the same pages: documents of their own, of one variant."""
    own = pages.select("id", "page", "fold", "news").join(pl.read_parquet(path), on="id", how="inner")
    numbered = own.sort("page", "extractor").with_row_index("doc", offset=4 * (int(pages["page"].max()) + 1))
    rows = numbered.select(
        "page", "fold", "news", pl.lit(EXTRA).alias("variant"), "text", "label", pl.col("doc").cast(pl.Int64)
    )
    return rows.explode("text", "label")


def with_reasons(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``reason`` and ``kept``: what the rules alone say."""
    numbered = lines.with_columns(pl.int_range(pl.len(), dtype=pl.Int32).over("doc").alias("line"))
    texts = numbered.group_by("doc", maintain_order=True).agg(pl.col("text").str.join("\n"))
    texts = texts.with_columns((pl.col("text").str.len_bytes().cum_sum() // 3_000_000).alias("batch"))
    blocks = [
        clean_frame(
            part.select(
                pl.col("doc").cast(pl.String).alias("doc_id"), "text", pl.lit(None, dtype=pl.String).alias("site")
            ),
            line_model=False,
        )
        for _, part in texts.group_by("batch", maintain_order=True)
    ]
    said = pl.concat(blocks).select(
        pl.col("doc_id").cast(pl.Int64).alias("doc"),
        "line",
        "kept",
        by_rule(),
        size=pl.col("end") - pl.col("start"),
    )
    first = (
        said.sort("size", descending=True, maintain_order=True).unique(["doc", "line"], keep="first").drop("size")
    )
    return numbered.join(first, on=["doc", "line"], how="left", maintain_order="left").with_columns(
        pl.col("kept").fill_null(True)
    )


def by_rule() -> pl.Expr:
    """The reason where a rule speaks of the line by itself, or of the headline; not where only its place does."""
    alone = ~pl.col("rule").str.starts_with("kernel.") | pl.col("rule").is_in(["kernel.title", "kernel.title_echo"])
    return pl.when(~pl.col("kept") & alone & pl.col("reason").is_in(list(REASONS))).then("reason").alias("reason")
