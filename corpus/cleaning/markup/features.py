"""What the markup model looks at: a line's own text and element, then the elements around and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.markup.containers import CONTAINED, add_containers
from corpus.cleaning.markup.families import families
from corpus.cleaning.markup.neighbours import AMONG, add_neighbours

__all__ = ["feature_frame", "matrix", "names"]

_TAGS = (
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "div",
    "figcaption",
    "blockquote",
    "tr",
    "button",
    "section",
    "a",
    "pre",
)
_AROUND = (
    "nav", "aside", "footer", "header", "form", "article", "main", "figure", "table", "ul", "ol", "section",
    "blockquote", "figcaption", "dl",
)  # fmt: skip
_RULED = ("boilerplate", "caption", "credit", "byline", "timestamp", "copyright")
_KEY = 48
"""So many letters of a line must stand in a claimed body for the line to be called claimed."""


def feature_frame(units: pl.DataFrame, wanted: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the features of each line (all, or those wanted), in the order of ``units``; all are Float32.

    ``units`` has what :func:`corpus.cleaning.features.add_features` and the rules say of the lines' text, and
    ``tag, link_share, hints, place`` and the claims ``claim_title, claim_summary, claim_body`` of the markup.
    """
    named = units.join(_named(units["hints"]), on="hints", how="left", maintain_order="left")
    frame = add_neighbours(add_containers(_own(named.lazy())))
    return frame.select(pl.col(name).cast(pl.Float32) for name in wanted or names()).collect()


def matrix(features: pl.DataFrame) -> NDArray[np.float32]:
    """Return the features as an array, a row a line; what is not known is 0."""
    return features.fill_null(0.0).fill_nan(0.0).to_numpy().astype(np.float32, copy=False)


def names() -> list[str]:
    """Return the features' names, in the order of the columns."""
    return [*_OWN, *CONTAINED, *AMONG]


_FLAGS = ("stopped", "colon", "lower", "prose")
_IFS = ("if_head", "if_tail", "if_edge", "if_page", "if_caption", "if_byline")
_OWN = [
    "f_words", "f_chars", "f_link", "f_digits", "f_upper", "f_commas", "f_sentences", "f_quotes", "f_ellipsis",
    "f_depth", "f_question",
    *(f"f_{name}" for name in _FLAGS),
    *(f"tag_{tag}" for tag in _TAGS),
    *(f"in_{name}" for name in _AROUND),
    *(f"near_{family.name}" for family in families()),
    *(f"far_{family.name}" for family in families()),
    *(f"sure_{role}" for role in _RULED),
    *_IFS,
    "is_title", "is_summary", "is_claimed", "claims_body", "title_overlap",
]  # fmt: skip


def _named(hints: pl.Series) -> pl.DataFrame:
    """Return what the names of elements say, once for each of the ways in which a page's lines are named."""
    near = pl.col("hints").str.extract(r"^(.*?)(?: / |$)").alias("near")
    kinds = hints.unique().drop_nulls().to_frame("hints").with_columns(near)
    return kinds.with_columns(
        *(pl.col("near").str.contains(family.pattern).alias(f"near_{family.name}") for family in families()),
        *(pl.col("hints").str.contains(family.pattern).alias(f"far_{family.name}") for family in families()),
        pl.col("near").str.replace_all(r"\d+", "").alias("near"),
    )


def _own(frame: pl.LazyFrame) -> pl.LazyFrame:
    text, plain = pl.col("text"), pl.col("plain")
    chars = pl.col("chars").clip(1)
    shown = text.str.slice(0, 400)
    around = "/" + pl.col("place") + "/"
    folded = text.str.slice(0, 200).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")
    spread = pl.len().over("doc")
    return frame.with_columns(
        pl.col("words").clip(0, 150).alias("f_words"),
        pl.col("chars").clip(0, 900).alias("f_chars"),
        pl.col("link_share").alias("f_link"),
        (shown.str.count_matches(r"\p{N}") / chars.clip(1, 400)).alias("f_digits"),
        (shown.str.count_matches(r"\p{Lu}") / chars.clip(1, 400)).alias("f_upper"),
        shown.str.count_matches(r"[,،、，]").alias("f_commas"),
        shown.str.count_matches(r"[.!?。！？।]+[\"'”’)]*(?:\s|$)").alias("f_sentences"),
        shown.str.count_matches(r"[\"“”„«»]").clip(0, 4).alias("f_quotes"),
        plain.str.contains(r"(?:…|\.\.\.)\W*$").alias("f_ellipsis"),
        plain.str.contains(r"[?？]\W*$").alias("f_question"),
        pl.col("place").str.count_matches("/", literal=True).alias("f_depth"),
        *(pl.col(name).alias(f"f_{name}") for name in _FLAGS),
        *((pl.col("tag") == tag).alias(f"tag_{tag}") for tag in _TAGS),
        *(around.str.contains(rf"/{name}[\[/]").alias(f"in_{name}") for name in _AROUND),
        *((pl.col("sure_role") == role).fill_null(False).alias(f"sure_{role}") for role in _RULED),
        *(pl.col(name).is_not_null().alias(name) for name in _IFS),
        folded.alias("folded"),
        spread.alias("lines"),
    ).with_columns(*_claimed(), _overlap())  # fmt: skip


def _claimed() -> list[pl.Expr]:
    """Compare a line with what the page claims (the claims are folded already)."""
    folded = pl.col("folded")
    long = folded.str.len_chars() >= 12
    key = folded.str.slice(0, _KEY)
    return [
        ((folded == pl.col("claim_title").str.slice(0, 200)) & long).fill_null(False).alias("is_title"),
        (pl.col("claim_summary").str.contains(key, literal=True) & (folded.str.len_chars() >= 24))
        .fill_null(False).alias("is_summary"),
        (pl.col("claim_body").str.contains(key, literal=True) & long).fill_null(False).alias("is_claimed"),
        (pl.col("claim_body").str.len_chars().fill_null(0) > 400).alias("claims_body"),
    ]  # fmt: skip


def _overlap() -> pl.Expr:
    """Return the share of the title's longer words that a line has too."""
    title = pl.col("claim_words")
    shared = pl.col("line_words").list.set_intersection(title).list.len()
    return (shared / title.list.len().clip(1)).fill_null(0.0).alias("title_overlap")
