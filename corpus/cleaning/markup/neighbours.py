"""What stands around a line in its page: the lines next to it, windows of lines, and its place from the top."""

from __future__ import annotations

import polars as pl

__all__ = ["AMONG", "add_neighbours"]

_NEAR = (1, 2, 3, -1, -2, -3)
"""Which lines next to it are looked at: so many below, above where less than zero."""
_WINDOWS = (3, 9)
"""So many lines on either side make a window."""
_LOOKED = ("f_words", "f_link", "prose", "tag_p", "sure", "h", "same", "share")
_SEEN = {
    "words": pl.col("words").clip(0, 120).cast(pl.Float64),
    "link": pl.col("link_share"),
    "prose": pl.col("prose"),
    "sure": pl.col("sure"),
    "body": pl.col("near_body") | pl.col("far_body"),
    "side": pl.col("far_related") | pl.col("far_popular") | pl.col("far_newsletter") | pl.col("far_comments"),
}
"""What is averaged over a window."""

AMONG = [
    "relative", "from_h1", "before", "after", "up_short", "n_words", "n_lines", "n_body",
    *(f"{name}_{'a' if step > 0 else 'b'}{abs(step)}" for step in _NEAR for name in _LOOKED),
    *(f"{name}_w{window}" for window in _WINDOWS for name in _SEEN),
    "to_opener",
]  # fmt: skip
"""The names of these features, in the order of the model's columns."""


def add_neighbours(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Add :data:`AMONG` to lines that have the features of their own and of their containers, in page order."""
    return (
        frame.with_columns(
            pl.col("sure_role").is_not_null().alias("sure"),
            pl.col("tag").is_in(["h1", "h2", "h3", "h4"]).alias("h"),
            pl.col("c_share").alias("share"),
            *_placed(),
        )
        .with_columns(
            (1 - pl.col("before")).alias("after"),
            _smoothed(_SEEN["words"] < 8, 7).alias("up_short"),
        )
        .with_columns(*_next_lines(), *_windows())
    )


def _placed() -> list[pl.Expr]:
    """Tell where in its page a line stands, and of how much of a page."""
    lines = pl.col("lines").clip(1)
    h1 = pl.col("at").filter(pl.col("tag_h1") | pl.col("is_title")).first().over("doc")
    return [
        (pl.col("at") / lines).alias("relative"),
        (pl.col("at") - h1).clip(-40, 80).fill_null(-40).alias("from_h1"),
        (pl.col("weight").cum_sum().over("doc") / pl.col("all")).alias("before"),
        lines.clip(0, 600).alias("n_lines"),
        pl.col("all").clip(0, 4000).alias("n_words"),
        pl.col("far_body").any().over("doc").alias("n_body"),
        _since_opener().alias("to_opener"),
    ]


def _next_lines() -> list[pl.Expr]:
    """Return what is looked at of the lines next to it; -1 where the page has none there."""
    found = []
    for step in _NEAR:
        side = f"{'a' if step > 0 else 'b'}{abs(step)}"
        there = pl.col("doc").shift(-step) == pl.col("doc")
        for name in _LOOKED:
            value = (
                pl.col("parent").shift(-step) == pl.col("parent") if name == "same" else pl.col(name).shift(-step)
            )
            found.append(pl.when(there).then(value.cast(pl.Float64)).otherwise(-1.0).alias(f"{name}_{side}"))
    return found


def _windows() -> list[pl.Expr]:
    return [
        _smoothed(value, 2 * window + 1).alias(f"{name}_w{window}")
        for window in _WINDOWS
        for name, value in _SEEN.items()
    ]


def _smoothed(value: pl.Expr, width: int) -> pl.Expr:
    """Return the mean over the lines around, of the same page."""
    return value.cast(pl.Float64).rolling_mean(width, center=True, min_samples=1).over("doc")


def _since_opener() -> pl.Expr:
    """Return how many lines above the last line stands that opens a run of other stories or comments."""
    opener = pl.when(pl.col("sure_opens").fill_null("") != "").then(pl.col("at")).forward_fill().over("doc")
    return (pl.col("at") - opener).clip(0, 40).fill_null(60)
