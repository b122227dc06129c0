"""What the markup model looks at: a line's own text and element, then the elements around and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.markup.containers import CONTAINED, add_containers
from corpus.cleaning.markup.families import families
from corpus.cleaning.markup.neighbours import AMONG, add_neighbours
from corpus.cleaning.markup.wording import WRITTEN
from corpus.cleaning.repeating import alike

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

    ``units`` has what :func:`corpus.cleaning.markup.looking.looked_at` says of the lines' text, and
    ``tag, link_share, hints, place`` and the claims ``claim_title, claim_summary, claim_body`` of the markup.
    """
    own = _own(units.hstack(_named(units["hints"])).lazy()).collect()
    frame = add_neighbours(add_containers(own))
    return frame.select(pl.col(name).cast(pl.Float32) for name in wanted or names()).collect()


def matrix(features: pl.DataFrame) -> NDArray[np.float32]:
    """Return the features as an array, a row a line; what is not known is 0."""
    return features.fill_null(0.0).fill_nan(0.0).to_numpy().astype(np.float32, copy=False)


def names() -> list[str]:
    """Return the features' names, in the order of the columns."""
    return [*_OWN, *CONTAINED, *AMONG]


_IFS = ("if_head", "if_tail", "if_edge", "if_page", "if_caption", "if_byline")
_OWN = [
    *WRITTEN, "f_link", "f_depth",
    *(f"tag_{tag}" for tag in _TAGS),
    *(f"in_{name}" for name in _AROUND),
    *(f"near_{family.name}" for family in families()),
    *(f"far_{family.name}" for family in families()),
    *(f"sure_{role}" for role in _RULED),
    *_IFS,
    "is_title", "is_summary", "is_claimed", "claims_body", "title_overlap",
]  # fmt: skip


def _named(hints: pl.Series) -> pl.DataFrame:
    """Return what the names of elements say: ``near_`` of the nearest that are named, ``far_`` of any around.

    Each way to name one element is looked at once. ``near`` is that of the nearest, without digits.
    """
    number, kinds = alike(hints.fill_null(""))
    named = kinds.str.split(" / ").alias("name").to_frame().with_row_index("kind").explode("name")
    first, last = (pl.col("kind") != pl.col("kind").shift(by) for by in (1, -1))
    edges = [pl.when(edge.fill_null(True)).then(pl.lit("")).otherwise(pl.lit(" ")) for edge in (first, last)]
    pieces = named.select((edges[0] + pl.col("name") + edges[1]).alias("name"))["name"]
    starts = np.flatnonzero(np.diff(named["kind"].to_numpy(), prepend=-1))
    near = named["name"].gather(starts)
    far = np.bitwise_or.reduceat(_families_of(pieces), starts) if len(starts) else np.empty(0, dtype=np.uint64)
    columns = {
        f"{where}_{family.name}": (names & np.uint64(1 << bit)) > 0
        for where, names in (("near", _families_of(near)), ("far", far))
        for bit, family in enumerate(families())
    }
    return pl.DataFrame(columns | {"near": near.str.replace_all(r"\d+", "")})[number]


def _families_of(names: pl.Series) -> NDArray[np.uint64]:
    """Return which families the names of elements are of, a bit each (so there are 64 at most)."""
    number, different = alike(names)
    found = np.zeros(len(different), dtype=np.uint64)
    for bit, family in enumerate(families()):
        found |= different.str.contains(family.pattern).to_numpy().astype(np.uint64) << np.uint64(bit)
    return found[number]


def _own(frame: pl.LazyFrame) -> pl.LazyFrame:
    around = "/" + pl.col("place") + "/"
    return frame.with_columns(
        pl.col("link_share").alias("f_link"),
        pl.col("place").str.count_matches("/", literal=True).alias("f_depth"),
        *((pl.col("tag") == tag).alias(f"tag_{tag}") for tag in _TAGS),
        *(around.str.contains(rf"/{name}[\[/]").alias(f"in_{name}") for name in _AROUND),
        *((pl.col("sure_role") == role).fill_null(False).alias(f"sure_{role}") for role in _RULED),
        *(pl.col(name).is_not_null().alias(name) for name in _IFS),
        pl.len().over("doc").alias("lines"),
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
