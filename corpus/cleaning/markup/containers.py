"""How the elements around a line weigh: where the running text stands, and how far the line is from there."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.repeating import alike

__all__ = ["CONTAINED", "ODD", "add_containers"]

_STEPS = 5
"""How far up from the container of most running text a line's common ancestor is looked for."""
_SIDE = (
    "related",
    "popular",
    "newsletter",
    "advert",
    "comments",
    "bio",
    "caption",
    "media",
    "navigation",
    "frame",
    "side",
    "teaser",
    "consent",
    "unseen",
    "live",
    "notes",
    "quote",
    "tags",
)
"""Families of what is not the article: telling only where most of the page's running text is not named so."""

ODD = tuple(f"odd_{name}" for name in _SIDE)
"""The features that say how far the names of a line's elements set it apart from its page's text."""

CONTAINED = [
    "c_words", "c_share", "c_link", "c_lines", "c_prose", "g_share", "g_link", "s_share", "s_lines", "s_link",
    *ODD, "in_its_article", "articles",
    *(f"up_{step}" for step in range(_STEPS)), "b_from", "b_to", "b_within", "b_share", "again", "again_before",
]  # fmt: skip
"""The names of these features, in the order of the model's columns."""


def add_containers(frame: pl.DataFrame) -> pl.LazyFrame:
    """Add :data:`CONTAINED` to lines in page order, and what they are made of.

    The lines have ``doc, text_no`` (a number a text), ``tag, near, place, words, prose, link_share``
    and a ``far_`` column for each of the families that :data:`ODD` names. ``weight`` is a line's words where it is
    running text and no links, ``all`` the page's, ``parent`` the number of the element that holds the line's own,
    ``at`` the line's number in its page.
    """
    parent, parents = alike(_without_last(frame["place"]))
    grand, _ = alike(_without_last(parents))
    kind, _ = alike(frame["tag"] + "|" + frame["near"])
    numbered = frame.lazy().with_columns(
        pl.Series("parent", parent), pl.Series("grand", grand[parent]), pl.Series("kind", kind)
    )
    weighed = _weighed(numbered).with_columns(pl.int_range(pl.len()).over("doc").alias("at")).collect()
    return (
        weighed.lazy()
        .join(_best(weighed, parents), on="doc", how="left", maintain_order="left")
        .with_columns(
            *_odd(),
            *_common_steps(),
            *_articles(),
            *_distances(),
            pl.col("c_share").max().over("doc").alias("b_share"),
        )
    )


def _weighed(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Add how much running text stands in the line's parent, in that one's, and in elements like the line's."""
    weight = pl.when(pl.col("prose") & (pl.col("link_share") < 0.5)).then(pl.col("words").clip(0, 120)).otherwise(0)
    frame = frame.with_columns(weight.cast(pl.Float64).alias("weight")).with_columns(
        pl.col("weight").sum().over("doc").clip(1).alias("all")
    )
    return frame.with_columns(
        _within("parent", pl.col("weight").sum()).alias("c_words"),
        _within("parent", pl.col("link_share").mean()).alias("c_link"),
        _within("parent", pl.len()).clip(0, 60).alias("c_lines"),
        _within("parent", pl.col("prose").mean()).alias("c_prose"),
        (_within("grand", pl.col("weight").sum()) / pl.col("all")).alias("g_share"),
        _within("grand", pl.col("link_share").mean()).alias("g_link"),
        (_within("kind", pl.col("weight").sum()) / pl.col("all")).alias("s_share"),
        _within("kind", pl.len()).clip(0, 60).alias("s_lines"),
        _within("kind", pl.col("link_share").mean()).alias("s_link"),
        _within("text_no", pl.len()).clip(0, 5).alias("again"),
        _within("text_no", pl.int_range(pl.len())).clip(0, 5).alias("again_before"),
    ).with_columns((pl.col("c_words") / pl.col("all")).alias("c_share"))


def _best(lines: pl.DataFrame, parents: pl.Series) -> pl.LazyFrame:
    """Return for each ``doc`` its ``best``, the parent with most running text, and the elements around that.

    ``best_0`` to ``best_4`` are the paths of itself and of those above it, ``best_article`` of the article around.
    """
    most = lines.group_by("doc", maintain_order=True).agg(pl.col("parent").get(pl.col("c_words").arg_max()))
    paths = [parents.gather(most["parent"])]
    for _ in range(1, _STEPS):
        paths.append(_without_last(paths[-1]))
    return most.lazy().select(
        "doc",
        best=pl.col("parent"),
        best_article=_article(pl.lit(paths[0])),
        **{f"best_{step}": "/" + pl.lit(path) + "/" for step, path in enumerate(paths)},
    )


def _common_steps() -> list[pl.Expr]:
    """Tell of ``best`` and of each of the elements above it whether the line stands in it."""
    place = "/" + pl.col("place") + "/"
    return [place.str.starts_with(pl.col(f"best_{step}")).alias(f"up_{step}") for step in range(_STEPS)]


def _articles() -> list[pl.Expr]:
    """Tell whether the line stands in the ``article`` of most running text, and how many of them there are."""
    own, its = _article(pl.col("place")), pl.col("best_article")
    return [
        ((own == its) & (its != "")).alias("in_its_article"),
        own.n_unique().over("doc").clip(0, 20).alias("articles"),
    ]


def _article(place: pl.Expr) -> pl.Expr:
    """Return the path of the outermost ``article`` around, empty where there is none."""
    return place.str.extract(r"^(.*?/article(?:\[\d+\])?)(?:/|$)").fill_null("")


def _distances() -> list[pl.Expr]:
    """Tell how many lines the line stands from the first and the last one in ``best``."""
    at, here = pl.col("at"), pl.col("parent") == pl.col("best")
    first, last = at.filter(here).min().over("doc"), at.filter(here).max().over("doc")
    return [
        (at - first).clip(-30, 60).alias("b_from"),
        (at - last).clip(-60, 30).alias("b_to"),
        at.is_between(first, last).alias("b_within"),
    ]


def _odd() -> list[pl.Expr]:
    """Tell how far the naming of a line's elements sets it apart from most running text of its page."""
    weight = pl.col("weight")
    return [
        pl.when(pl.col(f"far_{name}"))
        .then(1 - (weight.filter(pl.col(f"far_{name}")).sum().over("doc") / pl.col("all")))
        .otherwise(0.0)
        .alias(f"odd_{name}")
        for name in _SIDE
    ]


def _within(key: str, value: pl.Expr) -> pl.Expr:
    """Return a value of all lines of the page that have the same key."""
    return value.over("doc", key)


def _without_last(path: pl.Series) -> pl.Series:
    """Return the element above, of a path of elements."""
    return path.str.replace(r"/[^/]*$", "")
