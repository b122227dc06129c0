"""What a line's surroundings say of it: place, neighbours, repetition, and runs that a line opens."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.matching import rule_number, rule_values
from corpus.cleaning.regions import add_regions
from corpus.cleaning.titles import add_titles

__all__ = ["judge"]

_TEASERS = 6
"""How many headline-like lines inside the article may belong to a line that announces other stories."""


def judge(units: pl.DataFrame) -> pl.DataFrame:
    """Give every unit ``no``, the number of the rule that decides on it, and ``kept``.

    Needs the columns of :func:`corpus.cleaning.features.add_features` and
    :func:`corpus.cleaning.matching.add_matches`. A unit that nothing speaks against is body.
    """
    placed = add_regions(_with_furniture(units)).with_columns(_applied().alias("applied"))
    known = add_titles(placed).with_columns(_opened().alias("opens"))
    return (
        known.lazy()
        .with_columns(_repeats().alias("repeats"), _run_of_teasers().alias("teaser"))
        .with_columns(_tail_run().alias("tail_run"))
        .with_columns(_verdict().alias("no"))
        .pipe(_echoes)
        .pipe(_never_everything)
        .collect()
    )


def _with_furniture(units: pl.DataFrame) -> pl.DataFrame:
    """Add how much furniture the document shows: lines that certain rules call the page's."""
    page = pl.col("sure_role").is_in(["boilerplate", "copyright", "timestamp", "byline"]).fill_null(False)
    page = page | pl.col("known").is_not_null()
    return units.with_columns(
        page.sum().over("doc").alias("furniture"),
        pl.any_horizontal(pl.col(f"if_{where}").is_not_null() for where in ("edge", "page"))
        .sum()
        .over("doc")
        .alias("hints"),
    ).with_columns(
        ((pl.col("furniture") >= 1) | (pl.col("hints") >= 4)).alias("furnished"),
        (pl.col("furniture") + pl.col("hints") >= 4).alias("cluttered"),
    )


def _beside(roles: list[str]) -> pl.Expr:
    same_before = pl.col("doc").shift(1) == pl.col("doc")
    same_after = pl.col("doc").shift(-1) == pl.col("doc")
    before = pl.col("sure_role").shift(1).is_in(roles) & same_before
    after = pl.col("sure_role").shift(-1).is_in(roles) & same_after
    return before.fill_null(False) | after.fill_null(False)


def _applied() -> pl.Expr:
    """Return the number of the first rule that depends on place and holds here, else null."""
    edge = pl.col("head") | pl.col("tail") | ~pl.col("dense")
    here = {
        "head": pl.col("head"),
        "tail": pl.col("tail"),
        "edge": edge & pl.col("furnished"),
        "page": pl.col("furnished"),
        "caption": _beside(["caption", "credit"]),
        "byline": _beside(["byline", "timestamp"]) & pl.col("head"),
    }
    return pl.min_horizontal(pl.when(holds).then(pl.col(f"if_{where}")) for where, holds in here.items())


def _opened() -> pl.Expr:
    number = pl.coalesce("sure", "applied")
    return rule_values(number, "opens").fill_null("")


def _run_of_teasers() -> pl.Expr:
    """Tell whether the unit is one of the headline-like lines that follow an announcement in the article."""
    at = pl.col("at")
    opener = pl.when(pl.col("opens") == "related").then(at).forward_fill().over("doc")
    stops = pl.col("prose") | pl.col("stopped") | pl.col("colon") | pl.col("lower")
    breaker = pl.when(stops & (pl.col("opens") == "")).then(at).forward_fill().over("doc")
    long_enough = pl.col("words").is_between(5, 30)
    inside = (at > opener) & (at - opener <= _TEASERS) & (breaker.fill_null(-1) < opener)
    return (inside & long_enough).fill_null(False)


def _tail_run() -> pl.Expr:
    """Return what kind of tail section the unit stands in: "related", "comments" or ""."""
    opener = pl.when(pl.col("tail") & (pl.col("opens") != "")).then(pl.col("opens"))
    return opener.forward_fill().over("doc").fill_null("")


def _repeats() -> pl.Expr:
    """Tell whether the same words stand earlier: next to it, or anywhere if they are many."""
    same = (pl.col("text") == pl.col("text").shift(1)) & (pl.col("doc") == pl.col("doc").shift(1))
    again = ~pl.struct("doc", "text").is_first_distinct()
    twice = pl.len().over("doc", "text") == 2
    caption = pl.col("sure_role") == "caption"
    return (
        (same & (pl.col("words") >= 8))
        | (again & twice & (pl.col("words") >= 15) & pl.col("furnished"))
        | (again & caption)
    ).fill_null(False)


def _verdict() -> pl.Expr:
    """Choose among what speaks of a unit, the most certain first: the number of a rule."""
    outside = pl.col("cluttered") & (pl.col("head") | pl.col("tail"))
    repeats = pl.col("repeats") & (pl.col("sure_role").fill_null("caption") == "caption")
    return (
        pl.when(pl.col("title")).then(rule_number("kernel.title"))
        .when(repeats).then(rule_number("kernel.repeated"))
        .when(pl.col("sure").is_not_null()).then(pl.col("sure"))
        .when(pl.col("applied").is_not_null()).then(pl.col("applied"))
        .when(pl.col("known").is_not_null()).then(pl.col("known"))
        .when(pl.col("tail_run") == "related").then(rule_number("kernel.after_related"))
        .when(pl.col("tail_run") == "comments").then(rule_number("kernel.after_comments"))
        .when(pl.col("teaser") & ~pl.col("prose")).then(rule_number("kernel.teaser"))
        .when(outside & ~pl.col("prose")).then(rule_number("kernel.apart"))
        .when(outside).then(rule_number("kernel.apart_prose"))
        .when(pl.col("prose")).then(rule_number("prose"))
        .otherwise(rule_number("kernel.unsure"))
    )  # fmt: skip


def _echoes(units: pl.LazyFrame) -> pl.LazyFrame:
    """Call a line that repeats the headline its duplicate."""
    form = pl.col("lowered")
    headline = form.filter(pl.col("title")).first().over("doc")
    echo = (form == headline) & ~pl.col("title") & pl.col("sure").is_null()
    return units.with_columns(
        pl.when(echo).then(rule_number("kernel.title_echo")).otherwise(pl.col("no")).alias("no")
    )


def _never_everything(units: pl.LazyFrame) -> pl.LazyFrame:
    """Keep what only its surroundings speak against, or else everything, where no text would be left."""
    body = rule_values(pl.col("no"), "role") == "body"
    bare = pl.col("sure").is_null() & pl.col("known").is_null()
    spare = ~body.any().over("doc") & (bare | ~bare.any().over("doc"))
    stays = pl.when(spare).then(rule_number("kernel.something_must_stay")).otherwise(pl.col("no"))
    return units.with_columns(stays.alias("no")).with_columns(
        (rule_values(pl.col("no"), "role") == "body").alias("kept")
    )
