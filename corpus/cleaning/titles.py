"""Find the headline: a line that stands where one stands, reads like one, and shares words with the lead."""

from __future__ import annotations

import polars as pl

__all__ = ["add_titles"]

_OPENING = 5
"""Within how many lines the headline of a bare text stands."""

_DECK = 1
"""How far above the best candidate another one is preferred: the headline stands above its deck."""

_LEAD_LINES = 8
_LEAD_CHARS = 500
_LONG_WORD = r"[\p{L}\p{N}]{4,}"
_STRONG = 0.3
_WEAK = 0.4


def add_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``title`` (whether the line is the document's headline) and ``title_score``.

    At most one line a document. Where the page shows furniture, any headline-like line before the article's
    run is a candidate, or one after it that stands by a time of publication; in a bare text only one of the
    first lines is, above all running text. The line right above the best one is preferred: that one is a deck.
    """
    candidates = units.filter(_reads_like_one() & (_on_a_page() | _in_bare_text()))
    scored = _scored(candidates, _lead_word_beginnings(units)).filter(
        pl.col("overlap") >= pl.when(pl.col("furnished")).then(_STRONG).otherwise(_WEAK)
    )
    best = (
        scored.join(_best_places(scored), on="doc")
        .filter(pl.col("at").is_between(pl.col("best_at") - _DECK, pl.col("best_at")))
        .sort("doc", "at")
        .unique("doc", keep="first", maintain_order=True)
        .select("unit", "title_score", title=pl.lit(True))
    )
    return units.join(best, on="unit", how="left", maintain_order="left").with_columns(
        pl.col("title").fill_null(False)
    )


def _best_places(scored: pl.DataFrame) -> pl.DataFrame:
    """Return where the best candidate of each document stands; a deck often beats the headline above it."""
    ranked = scored.sort("doc", "title_score", "at", descending=[False, True, False])
    return ranked.unique("doc", keep="first", maintain_order=True).select("doc", best_at="at")


def _reads_like_one() -> pl.Expr:
    plain = pl.col("plain")
    return (
        pl.col("sure").is_null()
        & pl.col("applied").is_null()
        & pl.col("words").is_between(3, 28)
        & (pl.col("chars") <= 220)
        & ~pl.col("colon")
        & ~pl.col("lower")
        & ~plain.str.contains(r"[^.]\.[\"')\]]*$|[,;]$|^[-•*▪·–]|^\d+[.)]\s")
        & plain.str.contains(r"\p{L}")
    )


def _on_a_page() -> pl.Expr:
    """Before the run, or after it right above (at most two lines) a time of publication."""
    timed = pl.any_horizontal(
        pl.col("sure_role").shift(-step).is_in(["timestamp"]) & (pl.col("doc").shift(-step) == pl.col("doc"))
        for step in (1, 2)
    ).fill_null(False)
    start = pl.col("at") <= pl.col("first")
    return pl.col("furnished") & pl.col("dense") & (start | ((pl.col("at") >= pl.col("last")) & timed))


def _in_bare_text() -> pl.Expr:
    """Among the first lines, above all running text."""
    prose_at = pl.col("at").filter(pl.col("prose")).min().over("doc")
    return (
        (pl.col("at") < _OPENING) & (pl.col("at") < prose_at) & ~pl.col("prose") & pl.col("words").is_between(4, 18)
    )


def _lead_word_beginnings(units: pl.DataFrame) -> pl.DataFrame:
    prose = units.filter(pl.col("prose"), ~pl.col("head"), ~pl.col("tail"), pl.col("sure").is_null())
    lead = prose.filter(pl.int_range(pl.len()).over("doc") < _LEAD_LINES)
    return _tokens(lead.with_columns(pl.col("text").str.slice(0, _LEAD_CHARS))).unique(["doc", "token"])


def _tokens(units: pl.DataFrame) -> pl.DataFrame:
    """Explode lines into word beginnings (five letters), which inflection mostly leaves alone."""
    words = pl.col("text").str.to_lowercase().str.extract_all(_LONG_WORD)
    return (
        units.select("doc", "unit", words.alias("token"))
        .explode("token")
        .drop_nulls("token")
        .with_columns(pl.col("token").str.slice(0, 5))
    )


def _scored(candidates: pl.DataFrame, lead: pl.DataFrame) -> pl.DataFrame:
    shared = (
        _tokens(candidates)
        .unique(["doc", "unit", "token"])
        .join(lead.select("doc", "token", hit=pl.lit(1.0)), on=["doc", "token"], how="left")
        .group_by("unit")
        .agg(pl.col("hit").fill_null(0.0).mean().alias("overlap"), pl.len().alias("tokens"))
    )
    echoed = pl.struct("doc", "text").is_duplicated()
    distance = (pl.col("first") - pl.col("at")).abs().clip(0, 40)
    return (
        candidates.join(shared, on="unit", how="left")
        .with_columns(pl.col("overlap").fill_null(0.0), pl.col("tokens").fill_null(0))
        .filter(pl.col("tokens") >= 2)
        .with_columns(
            (
                pl.col("overlap") * 3
                + pl.min_horizontal(pl.col("words"), 10) * 0.1
                + echoed.cast(pl.Float64) * 0.5
                - distance * 0.05
            ).alias("title_score")
        )
    )
