"""What the markup model looks at: a line's own text, its element, the elements around, and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.markup.families import families

__all__ = ["ODD", "feature_frame", "matrix", "names"]

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
_STEPS = 5
"""How far up from the container of most running text a line's common ancestor is looked for."""
_NEAR = (1, 2, 3, -1, -2, -3)
_WINDOWS = (3, 9)
_KEY = 48
"""So many letters of a line must stand in a claimed body for the line to be called claimed."""

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


def feature_frame(units: pl.DataFrame, wanted: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the features of each line (all, or those wanted), in the order of ``units``; all are Float32.

    ``units`` has what :func:`corpus.cleaning.features.add_features` and the rules say of the lines' text, and
    ``tag, link_share, hints, place`` and the claims ``claim_title, claim_summary, claim_body`` of the markup.
    """
    named = units.join(_named(units["hints"]), on="hints", how="left", maintain_order="left")
    frame = _own(named.lazy())
    frame = _containers(frame)
    frame = _surroundings(frame)
    return frame.select(pl.col(name).cast(pl.Float32) for name in wanted or names()).collect()


def matrix(features: pl.DataFrame) -> NDArray[np.float32]:
    """Return the features as an array, a row a line; what is not known is 0."""
    return features.fill_null(0.0).fill_nan(0.0).to_numpy().astype(np.float32, copy=False)


def names() -> list[str]:
    """Return the features' names, in the order of the columns."""
    return [*_OWN, *_CONTAINED, *_AMONG]


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
    ).with_columns(*_claimed())  # fmt: skip


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


_CONTAINED = [
    "c_words", "c_share", "c_link", "c_lines", "c_prose", "g_share", "g_link", "s_share", "s_lines", "s_link",
    *ODD, "in_its_article", "articles",
    *(f"up_{step}" for step in range(_STEPS)), "b_from", "b_to", "b_within", "b_share", "again", "again_before",
]  # fmt: skip


def _containers(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Weigh the elements: how much running text stands in the line's parent, its parent, and elements like it."""
    place = pl.col("place")
    kind = pl.col("tag") + "|" + pl.col("near")
    weight = pl.when(pl.col("prose") & (pl.col("link_share") < 0.5)).then(pl.col("words").clip(0, 120)).otherwise(0)
    ended = place.str.replace(r"/[^/]*$", "")
    frame = frame.with_columns(
        ended.alias("parent"),
        ended.str.replace(r"/[^/]*$", "").alias("grand"),
        kind.alias("kind"),
        weight.cast(pl.Float64).alias("weight"),
    ).with_columns(
        pl.col("weight").sum().over("doc").clip(1).alias("all"),
    )
    total = pl.col("all")

    def within(key: str, value: pl.Expr) -> pl.Expr:
        return value.over("doc", key)

    frame = frame.with_columns(
        within("parent", pl.col("weight").sum()).alias("c_words"),
        within("parent", pl.col("link_share").mean()).alias("c_link"),
        within("parent", pl.len()).clip(0, 60).alias("c_lines"),
        within("parent", pl.col("prose").mean()).alias("c_prose"),
        (within("grand", pl.col("weight").sum()) / total).alias("g_share"),
        within("grand", pl.col("link_share").mean()).alias("g_link"),
        (within("kind", pl.col("weight").sum()) / total).alias("s_share"),
        within("kind", pl.len()).clip(0, 60).alias("s_lines"),
        within("kind", pl.col("link_share").mean()).alias("s_link"),
        pl.len().over("doc", "text").clip(0, 5).alias("again"),
        pl.int_range(pl.len()).over("doc", "text").clip(0, 5).alias("again_before"),
    ).with_columns((pl.col("c_words") / total).alias("c_share"))
    frame = frame.with_columns(
        pl.col("parent").sort_by("c_words", descending=True, maintain_order=True).first().over("doc").alias("best"),
        pl.int_range(pl.len()).over("doc").alias("at"),
    )
    best = pl.col("best")
    steps = []
    for step in range(_STEPS):
        steps.append((("/" + place + "/").str.starts_with("/" + best + "/")).alias(f"up_{step}"))
        best = best.str.replace(r"/[^/]*$", "")
    here = pl.col("parent") == pl.col("best")
    article = pl.col("place").str.extract(r"^(.*?/article(?:\[\d+\])?)(?:/|$)").fill_null("")
    its = pl.col("best").str.extract(r"^(.*?/article(?:\[\d+\])?)(?:/|$)").fill_null("")
    first = pl.col("at").filter(here).min().over("doc")
    last = pl.col("at").filter(here).max().over("doc")
    return frame.with_columns(
        *steps,
        *_odd(),
        ((article == its) & (its != "")).alias("in_its_article"),
        article.n_unique().over("doc").clip(0, 20).alias("articles"),
        (pl.col("at") - first).clip(-30, 60).alias("b_from"),
        (pl.col("at") - last).clip(-60, 30).alias("b_to"),
        pl.col("at").is_between(first, last).alias("b_within"),
        (pl.col("c_share").max().over("doc")).alias("b_share"),
    )


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


_LOOKED = ("f_words", "f_link", "prose", "tag_p", "sure", "h", "same", "share")
_AMONG = [
    "relative", "from_h1", "before", "after", "up_short", "n_words", "n_lines", "n_body",
    *(f"{name}_{'a' if step > 0 else 'b'}{abs(step)}" for step in _NEAR for name in _LOOKED),
    *(f"{name}_w{window}" for window in _WINDOWS for name in ("words", "link", "prose", "sure", "body", "side")),
    "to_opener",
]  # fmt: skip


def _surroundings(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Look at neighbours, at windows around the line, and at the line's place in its page."""
    lines = pl.col("lines").clip(1)
    words = pl.col("words").clip(0, 120).cast(pl.Float64)
    h1 = pl.col("at").filter(pl.col("tag_h1") | pl.col("is_title")).first().over("doc")
    frame = frame.with_columns(
        pl.col("sure_role").is_not_null().alias("sure"),
        pl.col("tag").is_in(["h1", "h2", "h3", "h4"]).alias("h"),
        pl.col("c_share").alias("share"),
        (pl.col("near_body") | pl.col("far_body")).alias("bodily"),
        (pl.col("far_related") | pl.col("far_popular") | pl.col("far_newsletter") | pl.col("far_comments")).alias(
            "side"
        ),
        (pl.col("at") / lines).alias("relative"),
        (pl.col("at") - h1).clip(-40, 80).fill_null(-40).alias("from_h1"),
        (pl.col("weight").cum_sum().over("doc") / pl.col("all")).alias("before"),
        lines.clip(0, 600).alias("n_lines"),
        pl.col("all").clip(0, 4000).alias("n_words"),
        pl.col("far_body").any().over("doc").alias("n_body"),
        _since_opener().alias("to_opener"),
    ).with_columns(
        (1 - pl.col("before")).alias("after"),
        _smoothed(words < 8, 7).alias("up_short"),
    )
    neighbours = []
    for step in _NEAR:
        side = f"{'a' if step > 0 else 'b'}{abs(step)}"
        same = pl.col("doc").shift(-step) == pl.col("doc")
        for name in _LOOKED:
            value = (
                (pl.col("parent").shift(-step) == pl.col("parent")) if name == "same" else pl.col(name).shift(-step)
            )
            neighbours.append(pl.when(same).then(value.cast(pl.Float64)).otherwise(-1.0).alias(f"{name}_{side}"))
    seen = {
        "words": words,
        "link": pl.col("link_share"),
        "prose": pl.col("prose"),
        "sure": pl.col("sure"),
        "body": pl.col("bodily"),
        "side": pl.col("side"),
    }
    windows = [
        _smoothed(value, 2 * window + 1).alias(f"{name}_w{window}")
        for window in _WINDOWS
        for name, value in seen.items()
    ]
    overlap = _overlap()
    return frame.with_columns(*neighbours, *windows, overlap)


def _smoothed(value: pl.Expr, width: int) -> pl.Expr:
    """Return the mean over the lines around, of the same page."""
    return value.cast(pl.Float64).rolling_mean(width, center=True, min_samples=1).over("doc")


def _since_opener() -> pl.Expr:
    """Return how many lines above the last line stands that opens a run of other stories or comments."""
    opener = pl.when(pl.col("sure_opens").fill_null("") != "").then(pl.col("at")).forward_fill().over("doc")
    return (pl.col("at") - opener).clip(0, 40).fill_null(60)


def _overlap() -> pl.Expr:
    """Return the share of the title's longer words that a line has too."""
    title = pl.col("claim_words")
    shared = pl.col("line_words").list.set_intersection(title).list.len()
    return (shared / title.list.len().clip(1)).fill_null(0.0).alias("title_overlap")
