"""Find the headline: the line that stands where one stands, reads like one, and shares words with the article."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus.cleaning.overlap import shared_words
from corpus.cleaning.repeating import first_of_its_like
from corpus.cleaning.standing import Flags, Standing
from corpus.cleaning.title_evidence import (
    FEATURES,
    add_evidence,
    around,
    can_read,
    in_sentences,
    reads_like_one,
)
from corpus.cleaning.title_trees import probabilities

__all__ = ["add_titles", "title_candidates"]

_WITHIN = 6
"""How far into the run it may stand on a page: the run may begin with a notice above the article."""

_TOP = 10
"""Among how many lines that no rule speaks of it stands in a text without furniture."""

_LEAST = 0.3
"""How probable the best line must be the headline: see the curve that benchmarks/train_title_model.py prints."""

_PAGE_LINES = 60
_LEAST_ON_PAGE = 0.1
"""On a page with so many lines, menus and all, the headline is hardly ever missing."""

_BELOW_HITS, _BELOW_OVERLAP = 3, 0.4
"""Below the text and above a time of posting, which is rare, so many words of the lead and such a share do."""

_LEAST_ASKING = 0.7
"""The same of a question in a text without furniture, which may be an interview's first."""

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


_READ = [
    "doc", "text", "plain", "words", "chars", "asks", "at", "first", "last", "furnished", "furniture", "hints",
    "prose", "stopped", "colon", "lower", "sure", "applied",
]  # fmt: skip
"""What is read of a line that may be the headline."""


def add_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``title``: whether the line is the document's headline.

    At most one line a document. Where the page shows furniture, any headline-like line before the article's
    run (or near its beginning) is a candidate, or one after it that stands by a time of publication; in a
    bare text one of the first lines. The most probable candidate is taken if it is probable enough; before
    that, in a bare text, a line that stands on its text as headlines do.
    """
    lines = Standing(units)
    likely, opening = _likely(lines), _opening(lines)
    rows = np.union1d(likely["row"].to_numpy(), opening["row"].to_numpy())
    shared = shared_words(lines, rows)
    likely, opening = (
        found.hstack(shared[np.searchsorted(rows, found["row"].to_numpy())]) for found in (likely, opening)
    )
    chosen = (
        pl.concat([_in_bare_texts(opening), _probable(add_evidence(likely))])
        .sort("title_score", "at", descending=[True, False])
        .unique("doc", keep="first", maintain_order=True)
    )
    title = np.zeros(len(units), dtype=np.bool_)
    title[chosen["row"].to_numpy()] = True
    return units.with_columns(pl.Series("title", title))


def title_candidates(units: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that may be headlines, with the evidence of each (see :data:`FEATURES`) and ``page``."""
    lines = Standing(units)
    likely = _likely(lines)
    return add_evidence(likely.hstack(shared_words(lines, likely["row"].to_numpy())))


def _likely(lines: Standing) -> pl.DataFrame:
    """Return the lines that read like headlines where one may stand, with ``row`` and what is around them."""
    page = lines.flag("furnished") & lines.flag("dense")
    at, first, last = lines.runs.at, lines.number("first"), lines.number("last")
    stamp = lines.sure("timestamp")
    after = (at >= last) & (lines.beside(stamp, 1) | lines.beside(stamp, 2))
    silent = (lines.number("sure") < 0) & (lines.number("applied") < 0)
    there = np.where(page, (at <= first + _WITHIN) | after, lines.up_to(silent) <= _TOP)
    rows = np.flatnonzero(there & can_read(lines))
    read = lines.units.select(_READ)[rows].with_columns(pl.Series("row", rows), pl.Series("page", page[rows]))
    found = read.filter(reads_like_one())
    return found.hstack(around(lines, found["row"].to_numpy()))


def _probable(candidates: pl.DataFrame) -> pl.DataFrame:
    score = probabilities(candidates.select(f"t_{name}" for name in FEATURES).to_numpy())
    on_page = pl.when(pl.col("t_lines") >= _PAGE_LINES).then(_LEAST_ON_PAGE).otherwise(_LEAST)
    bare = pl.when(pl.col("asks")).then(_LEAST_ASKING).otherwise(_LEAST)
    least = pl.when(pl.col("page")).then(on_page).otherwise(bare)
    below = (
        (pl.col("at") >= pl.col("last")) & (pl.col("hits") >= _BELOW_HITS) & (pl.col("overlap") >= _BELOW_OVERLAP)
    )
    return (
        candidates.with_columns(pl.Series("title_score", score, dtype=pl.Float64))
        .filter((pl.col("title_score") >= least) | (pl.col("page") & below))
        .select("doc", "row", "at", "title_score")
    )


def _opening(lines: Standing) -> pl.DataFrame:
    """Return candidates among the first lines of texts without furniture, above running text, with ``row``.

    What rules speak of, short lines in between and repetitions are left out first; ``nth`` counts the others.
    """
    rows = np.flatnonzero(_bare(lines))
    bare = Standing(lines.units.select(_READ)[rows].with_columns(pl.Series("row", rows)))
    words, nth = bare.number("words"), bare.runs.at
    asks = bare.flag("asks") & (words <= _BARE_WORDS)
    asked = bare.count(asks)
    interview = (asked >= _INTERVIEW) & (asked * _INTERVIEW >= bare.runs.size)
    short = ~bare.flag("stopped") & (words <= _HEADING_WORDS) & (nth > 0)
    kickers = bare.up_to(words <= _KICKER_WORDS) >= nth
    early = np.flatnonzero(nth <= _ABOVE_PROSE)
    told = {
        "nth": nth,
        "fits": can_read(bare) & ~(asks & interview),
        "kickers": kickers,
        "shorts": bare.count(short),
    }
    first = bare.units[early].with_columns(pl.Series(name, values[early]) for name, values in told.items())
    placed = first.with_columns(headline=pl.col("fits") & reads_like_one() & ~in_sentences())
    running = pl.col("prose") & ~pl.col("headline")
    below = pl.col("nth").filter(running).min().over("doc") - pl.col("nth")
    return placed.with_columns(below=below).filter(
        "headline", "kickers", pl.col("nth") < _OPENING, pl.col("below").is_between(1, _ABOVE_PROSE - pl.col("nth"))
    )


def _bare(lines: Standing) -> Flags:
    """Tell of the lines of texts without furniture which count: no rule speaks of them, and they tell something."""
    silent = (lines.number("sure") < 0) & (lines.number("applied") < 0)
    without = ~(lines.flag("furnished") & lines.flag("dense"))
    told = (lines.number("words") >= _TOLD_WORDS) | (lines.runs.at == 0)
    rows, first, _ = first_of_its_like(lines, np.flatnonzero(without))
    bare: Flags = without & silent & told
    bare[rows[first < rows]] = False
    return bare


def _in_bare_texts(candidates: pl.DataFrame) -> pl.DataFrame:
    return (
        candidates.filter(_akin() | _alone())
        .with_columns(title_score=10 - pl.col("at").cast(pl.Float64))
        .select("doc", "row", "at", "title_score")
    )


def _akin() -> pl.Expr:
    """Tell whether a line is as short as a headline and shares enough words with the lead."""
    dense = (pl.col("chars") <= _BARE_SIGNS) & (pl.col("chars") < 4 * pl.col("words"))
    enough = pl.when(dense | (pl.col("words") <= _HEADING_WORDS)).then(_BARE_OVERLAP).otherwise(_BARE_OVERLAP_LONG)
    brief = dense | (pl.col("words") <= _BARE_WORDS) | pl.col("plain").str.contains(_PARTS)
    return brief & (pl.col("overlap") >= enough) & (pl.col("tokens") >= 2)


def _alone() -> pl.Expr:
    """Tell whether it is the first line, right above running text, and so probably its headline anyway."""
    first = (pl.col("nth") == 0) & (pl.col("below") == 1) & pl.col("words").is_between(4, _HEADING_WORDS)
    return first & ((pl.col("overlap") >= _ALONE_OVERLAP) | (pl.col("shorts") == 0))
