"""Find the headline: the line that stands where one stands, reads like one, and shares words with the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.overlap import Shared, shared_words
from corpus.cleaning.repeating import first_of_its_like
from corpus.cleaning.standing import Flags, Ints, Standing, of_role
from corpus.cleaning.titles.evidence import FEATURES, can_read, evidence
from corpus.cleaning.titles.trees import probabilities
from corpus.cleaning.titles.wording import Wording

__all__ = ["headlines", "title_candidates"]

_WITHIN = 6
"""How far into the run it may stand on a page: the run may begin with a notice above the article."""

_MENU_WORDS, _MENU_ABOVE = 3, 16
"""Lines of so few words, so far above the run, are a menu's."""

_TOP = 10
"""Among how many lines that no rule speaks of it stands in a text without furniture."""

_OFTEN = 5
"""A headline stands again in the path to the page and in a bar; a line that stands so often is a button."""

_LEAST = 0.3
"""How probable the best line must be the headline: see the curve that benchmarks/train_title_model.py prints."""

_SHORT = 5
_LEAST_SHORT = 0.6
"""So few words are as often a kicker, a name or a subject."""

_FEW_LINES, _SHORT_OVERLAP = 16, 0.4
_LEAST_SHORT_OF_FEW = 0.4
"""Less often in a text of fewer lines, which has no menus, where they share so much with it."""

_SIGNED_BELOW = 3
"""Not so above a byline or a time of posting, so close: headlines stand there."""

_PAGE_LINES = 60
_LEAST_ON_PAGE = 0.08
"""On a page with so many lines, menus and all, the headline is hardly ever missing."""

_CERTAIN, _CERTAIN_PLACED = 0.6, 0.8
"""What is taken is the headline at least so surely; on long pages and right on bare texts the second."""

_BELOW_HITS, _BELOW_OVERLAP = 3, 0.4
"""Below the text and above a time of posting, which is rare, so many words of the lead and such a share do."""

_LEAST_ASKING = 0.8
"""The same of a question in a text without furniture, which may be an interview's first."""

_OPENING = 2
"""Among how many lines the headline of a bare text stands, what rules speak of not counted."""

_ABOVE_PROSE = 3
"""How far above the first running text it stands there: a deck may lie between."""

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


@dataclass(frozen=True, slots=True)
class _Opening:
    """Candidates among the first lines of texts without furniture, above running text."""

    rows: Ints
    nth: Ints
    """How many lines stand above each, of those that count."""
    below: Ints
    """How far below it running text begins."""
    shorts: Ints
    """How many short lines its document has below its first line."""


def headlines(lines: Standing) -> NDArray[np.float64]:
    """Tell how probably each line is its document's headline: NaN where it is not taken for one.

    At most one line a document is. Where the page shows furniture, any headline-like line before the article's
    run (or near its beginning) is a candidate, or one after it that stands by a time of publication; in a
    bare text one of the first lines. The most probable candidate is taken, if it is probable enough or, in a
    bare text, stands on its text as headlines do.
    """
    likely, opening = _likely(lines), _opening(lines)
    either = np.union1d(likely, opening.rows)
    both = shared_words(lines, either)
    bare = opening.rows[_in_bare_texts(lines, opening, both.of(np.searchsorted(either, opening.rows)))]
    shared = both.of(np.searchsorted(either, likely))
    score = probabilities(evidence(lines, likely, shared))
    probable = _probable(lines, likely, shared, score)
    rows = np.union1d(bare, likely[probable])
    chances = np.zeros(len(lines))
    chances[likely] = score
    ranked = rows[np.lexsort((rows, -chances[rows], lines.runs.code[rows]))]
    chosen = ranked[np.diff(lines.runs.code[ranked], prepend=-1) != 0]
    chance = np.where(_on_page(lines) & (lines.runs.size >= _PAGE_LINES), _CERTAIN_PLACED, _CERTAIN)
    chance[bare] = _CERTAIN_PLACED
    chance[likely] = np.maximum(score, chance[likely]).round(4)
    certainty = np.full(len(lines), np.nan)
    certainty[chosen] = chance[chosen]
    return certainty


def title_candidates(lines: Standing) -> pl.DataFrame:
    """Return the lines that may be headlines: ``doc``, ``text``, ``page`` and the evidence of each.

    The evidence is the columns of FEATURES, with ``t_`` before their names.
    """
    rows = _likely(lines)
    told = evidence(lines, rows, shared_words(lines, rows))
    columns = {f"t_{name}": column for name, column in zip(FEATURES, told.T, strict=True)}
    placed = {"doc": pl.Series(lines.doc[rows], dtype=pl.UInt32), "page": _on_page(lines)[rows]}
    return pl.DataFrame(placed | columns).with_columns(lines.shown(rows, "text"))


def _on_page(lines: Standing) -> Flags:
    """Tell which lines stand in a text with furniture around an article's run."""
    return lines.flag("furnished") & lines.flag("dense")


def _likely(lines: Standing) -> Ints:
    """Return the rows of the lines that read like headlines where one may stand."""
    at, first, last = lines.runs.at, lines.number("first"), lines.number("last")
    stamp = lines.sure("timestamp")
    after = (at >= last) & (lines.beside(stamp, 1) | lines.beside(stamp, 2))
    silent = (lines.number("sure") < 0) & (lines.number("applied") < 0)
    menu = (lines.number("words") <= _MENU_WORDS) & (first - at > _MENU_ABOVE)
    placed = ((at <= first + _WITHIN) & ~menu) | after
    there = np.where(_on_page(lines), placed, lines.up_to(silent) <= _TOP)
    rows = np.flatnonzero(there & can_read(lines))
    rows = rows[lines.looks.memo(Wording).reads(lines.kind[rows])]
    return rows[~_often(lines, rows)]


def _often(lines: Standing, rows: Ints) -> Flags:
    """Tell which of the rows have a line that stands so often in its document that it heads nothing."""
    read = np.zeros(len(lines.looks.frame), dtype=np.bool_)
    read[lines.kind[rows]] = True
    like, _, number = first_of_its_like(lines.runs.code, lines.kind, np.flatnonzero(read[lines.kind]))
    often = np.zeros(len(lines), dtype=np.bool_)
    often[like[number >= _OFTEN]] = True
    return often[rows]


def _probable(lines: Standing, rows: Ints, shared: Shared, score: NDArray[np.float64]) -> Flags:
    """Tell which candidates are probable enough."""
    page, long = _on_page(lines)[rows], lines.runs.size[rows] >= _PAGE_LINES
    short = (lines.number("words")[rows] <= _SHORT) & ~_signed(lines)[rows]
    telling = (lines.runs.size[rows] < _FEW_LINES) & (shared.overlap >= _SHORT_OVERLAP)
    needed = np.where(short, np.where(telling, _LEAST_SHORT_OF_FEW, _LEAST_SHORT), _LEAST)
    asking = lines.flag("asks")[rows] & ~page
    least = np.where(asking, _LEAST_ASKING, np.where(page & long, _LEAST_ON_PAGE, needed))
    after = lines.runs.at[rows] >= lines.number("last")[rows]
    below = after & (shared.hits >= _BELOW_HITS) & (shared.overlap >= _BELOW_OVERLAP)
    probable: Flags = (score >= least) | (page & below)
    return probable


def _signed(lines: Standing) -> Flags:
    """Tell which lines have a byline or a time of posting close below them."""
    roles = of_role("timestamp", "byline")
    told = roles[lines.number("sure")] | roles[lines.number("applied")]
    signed: Flags = np.logical_or.reduce([lines.beside(told, step) for step in range(1, _SIGNED_BELOW + 1)])
    return signed


def _opening(lines: Standing) -> _Opening:
    """Return candidates among the first lines of texts without furniture.

    What rules speak of, short lines in between and repetitions are left out first.
    """
    rows = np.flatnonzero(_bare(lines))
    bare = Standing(lines.looks, lines.kind[rows], lines.doc[rows])
    words, nth = bare.number("words"), bare.runs.at
    asks = bare.flag("asks") & (words <= _BARE_WORDS)
    asked = bare.count(asks)
    interview = (asked >= _INTERVIEW) & (asked * _INTERVIEW >= bare.runs.size)
    shorts = bare.count(~bare.flag("stopped") & (words <= _HEADING_WORDS) & (nth > 0))
    kickers = bare.up_to(words <= _KICKER_WORDS) >= nth
    fits = np.flatnonzero((nth <= _ABOVE_PROSE) & can_read(lines)[rows] & ~(asks & interview))
    wording = lines.looks.memo(Wording)
    fits = fits[wording.reads(bare.kind[fits])]
    headline = np.zeros(len(bare), dtype=np.bool_)
    headline[fits[wording.fact("sentences", bare.kind[fits]) == 0]] = True
    running = bare.flag("prose") & ~headline & (nth <= _ABOVE_PROSE)
    begins = np.where(running, nth, _ABOVE_PROSE + 1)
    begins = np.minimum.reduceat(begins, bare.runs.starts)[bare.runs.code] if len(bare) else begins
    near = (begins > nth) & (begins <= _ABOVE_PROSE)
    chosen = np.flatnonzero(headline & kickers & (nth < _OPENING) & near)
    return _Opening(rows[chosen], nth[chosen], (begins - nth)[chosen], shorts[chosen])


def _bare(lines: Standing) -> Flags:
    """Tell of the lines of texts without furniture which count: no rule speaks of them, and they tell something."""
    silent = (lines.number("sure") < 0) & (lines.number("applied") < 0)
    without = ~_on_page(lines)
    told = (lines.number("words") >= _TOLD_WORDS) | (lines.runs.at == 0)
    rows, first, number = first_of_its_like(lines.runs.code, lines.kind, np.flatnonzero(without))
    bare: Flags = without & silent & told
    bare[rows[(first < rows) | (number >= _OFTEN)]] = False
    return bare


def _in_bare_texts(lines: Standing, opening: _Opening, shared: Shared) -> Flags:
    """Tell which candidates are headlines by how they stand on the text and what they share with it."""
    rows = opening.rows
    words, chars = lines.number("words")[rows], lines.number("chars")[rows]
    dense = (chars <= _BARE_SIGNS) & (chars < 4 * words)
    enough = np.where(dense | (words <= _HEADING_WORDS), _BARE_OVERLAP, _BARE_OVERLAP_LONG)
    brief = dense | (words <= _BARE_WORDS) | (lines.looks.memo(Wording).fact("parts", lines.kind[rows]) > 0)
    akin = brief & (shared.overlap >= enough) & (shared.tokens >= 2)
    first = (opening.nth == 0) & (opening.below == 1) & (words >= 4) & (words <= _HEADING_WORDS)
    alone = first & ((shared.overlap >= _ALONE_OVERLAP) | (opening.shorts == 0))
    found: Flags = akin | alone
    return found
