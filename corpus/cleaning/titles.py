"""Find the headline: the line that stands where one stands, reads like one, and shares words with the article."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.overlap import add_overlap
from corpus.cleaning.title_evidence import (
    FEATURES,
    add_evidence,
    around,
    beside_stamps,
    in_sentences,
    reads_like_one,
)
from corpus.cleaning.title_trees import probabilities

__all__ = ["add_titles", "title_candidates"]

_WITHIN = 6
"""How far into the run it may stand on a page: the run may begin with a notice above the article."""

_TOP = 10
"""Among how many lines that no rule speaks of it stands in a text without furniture."""

_LEAST = 0.55
"""How probable the best line must be the headline."""

_PAGE_LINES = 60
_LEAST_ON_PAGE = 0.1
"""On a page with so many lines, menus and all, the headline is hardly ever missing."""

_BELOW_HITS, _BELOW_OVERLAP = 3, 0.4
"""Below the text and above a time of posting, which is rare, so many words of the lead and such a share do."""

_LEAST_BARE = 0.7
"""The same in a text without furniture, whose first line may be a standfirst."""

_OPENING = 2
"""Among how many lines the headline of a bare text stands, what rules speak of not counted."""

_ABOVE_PROSE = 3
"""How far above the first running text it stands there: a deck may lie between."""

_PARTS = r"\S: ?\S| [—–|] "
"""A headline may be longer where it has two parts."""

_TOLD_WORDS = 3
"""Shorter lines in between, and repetitions, count for nothing."""

_KICKER_WORDS = 4
"""Only so short lines stand above it."""

_BARE_WORDS = 18
_BARE_SIGNS = 64
"""The same in code points where words are not spaced."""

_INTERVIEW = 3
"""So many short questions, and one in so many lines, make an interview: its first one is no headline."""

_HEADING_WORDS = 12

_ALONE_OVERLAP = 0.15
"""Right above running text little is enough, and nothing where the text has no other short lines."""

_BARE_OVERLAP = 0.3
_BARE_OVERLAP_LONG = 0.45
"""A longer line is more often a standfirst: it must share more."""


def add_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``title`` (whether the line is the document's headline) and ``title_score``.

    At most one line a document. Where the page shows furniture, any headline-like line before the article's
    run (or near its beginning) is a candidate, or one after it that stands by a time of publication; in a
    bare text one of the first lines. The most probable candidate is taken if it is probable enough; before
    that, in a bare text, a line that stands on its text as headlines do.
    """
    best = (
        pl.concat([_in_bare_texts(units), _probable(units)])
        .sort("title_score", "at", descending=[True, False])
        .unique("doc", keep="first", maintain_order=True)
        .select("unit", "title_score", title=pl.lit(True))
    )
    return units.join(best, on="unit", how="left", maintain_order="left").with_columns(
        pl.col("title").fill_null(False)
    )


def title_candidates(units: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that may be headlines, with the evidence of each (see :data:`FEATURES`) and ``page``."""
    page = pl.col("furnished") & pl.col("dense")
    start = pl.col("at") <= pl.col("first") + _WITHIN
    after = (pl.col("at") >= pl.col("last")) & beside_stamps([1, 2], ["timestamp"])
    placed = units.with_columns(*around(), page.alias("page"))
    there = pl.when(page).then(start | after).otherwise(pl.col("t_nth") <= _TOP)
    return add_evidence(placed.filter(reads_like_one() & there), units)


def _probable(units: pl.DataFrame) -> pl.DataFrame:
    candidates = title_candidates(units)
    score = probabilities(candidates.select(f"t_{name}" for name in FEATURES).to_numpy())
    on_page = pl.when(pl.col("t_lines") >= _PAGE_LINES).then(_LEAST_ON_PAGE).otherwise(_LEAST)
    least = pl.when(pl.col("page")).then(on_page).otherwise(_LEAST_BARE)
    below = (
        (pl.col("at") >= pl.col("last")) & (pl.col("hits") >= _BELOW_HITS) & (pl.col("overlap") >= _BELOW_OVERLAP)
    )
    return (
        candidates.with_columns(pl.Series("title_score", score, dtype=pl.Float64))
        .filter((pl.col("title_score") >= least) | (pl.col("page") & below))
        .select("doc", "unit", "at", "title_score")
    )


def _in_bare_texts(units: pl.DataFrame) -> pl.DataFrame:
    """Return candidates among the first lines of texts without furniture, right above running text."""
    plain = pl.col("sure").is_null() & pl.col("applied").is_null()
    again = ~pl.struct("doc", "text").is_first_distinct()
    told = (pl.col("words") >= _TOLD_WORDS) | (pl.col("at") == 0)
    bare = units.filter(~(pl.col("furnished") & pl.col("dense")) & plain & told & ~again).with_columns(
        nth=pl.int_range(pl.len(), dtype=pl.Int32).over("doc")
    )
    asks = pl.col("text").str.contains(r"[?？؟]\W*$") & (pl.col("words") <= _BARE_WORDS)
    asked = asks.sum().over("doc")
    interview = (asked >= _INTERVIEW) & (asked * _INTERVIEW >= pl.len().over("doc"))
    headline = reads_like_one() & ~in_sentences() & ~(asks & interview)
    running = pl.col("prose") & ~headline
    short = ~pl.col("stopped") & (pl.col("words") <= _HEADING_WORDS) & ~running & (pl.col("nth") > 0)
    placed = bare.with_columns(
        prose_at=pl.col("nth").filter(running).min().over("doc"), shorts=short.sum().over("doc")
    )
    below = pl.col("prose_at") - pl.col("nth")
    kickers = (pl.col("words") <= _KICKER_WORDS).cum_sum().over("doc") >= pl.col("nth")
    candidates = placed.filter(
        headline, kickers, pl.col("nth") < _OPENING, below.is_between(1, _ABOVE_PROSE - pl.col("nth"))
    )
    return (
        add_overlap(candidates, units)
        .filter(_akin() | _alone(below))
        .with_columns(title_score=10 - pl.col("at").cast(pl.Float64))
        .select("doc", "unit", "at", "title_score")
    )


def _akin() -> pl.Expr:
    """Tell whether a line is as short as a headline and shares enough words with the lead."""
    dense = (pl.col("chars") <= _BARE_SIGNS) & (pl.col("chars") < 4 * pl.col("words"))
    enough = pl.when(dense | (pl.col("words") <= _HEADING_WORDS)).then(_BARE_OVERLAP).otherwise(_BARE_OVERLAP_LONG)
    brief = dense | (pl.col("words") <= _BARE_WORDS) | pl.col("plain").str.contains(_PARTS)
    return brief & (pl.col("overlap") >= enough) & (pl.col("tokens") >= 2)


def _alone(below: pl.Expr) -> pl.Expr:
    """Tell whether it is the first line, right above running text, and so probably its headline anyway."""
    first = (pl.col("nth") == 0) & (below == 1) & pl.col("words").is_between(4, _HEADING_WORDS)
    return first & ((pl.col("overlap") >= _ALONE_OVERLAP) | (pl.col("shorts") == 0))
