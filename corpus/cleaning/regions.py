"""Find the run of lines that is the article: the densest stretch of running text in each document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from corpus.cleaning.looks import Looks
from corpus.cleaning.matching import rule_frame, rule_no
from corpus.cleaning.standing import Flags, Ints, Standing, opening

__all__ = ["Region", "region"]

LEAST = 32
"""A run worth less than this many words is no evidence: then nothing stands outside it."""

_FURNITURE = {"boilerplate": -8, "copyright": -20, "timestamp": -3, "byline": -3, "caption": 0, "credit": 0}
_WITHIN = {"media_player": -1, "notice.external_content": -1, "advertisement": -5}
"""The same by reason or by rule, where it stands inside articles mostly: what a page shows instead of an embedded
video or post, and what stands over an advertisement."""
_OPENS = 80
_SHARE = 5
"""What announces other stories or comments counts so much against the run, but at most one part in so many of the
document's running text: a short article goes on below it as often as a long one."""

_THREAD = 4
"""So many lines that come with a comment make a thread: what stands below the first is no article, however long."""
_SIGNS = ("comments.stamp", "comments.reply", "comments.reply_line")

_SENTENCE = 4
"""So many words with a full stop are a short sentence and speak for the text, if by half."""

_ROW = 2
"""A row of a table: menus have no columns."""

_MOST = 70
"""A line's further words count no more."""

_SHORT = -2
_SHORT_RUN = -5
"""A short line below another one costs more: menus and teasers come in runs, headings alone."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where each unit's document has its run, in row numbers in the document."""

    first: Ints
    last: Ints
    dense: Flags
    """Whether the run is worth enough to be evidence."""
    head: Flags
    tail: Flags
    """Whether the unit stands before it, after it."""
    thread: Flags
    """Whether it stands in a thread of comments below the article."""


def region(lines: Standing) -> Region:
    """Return the run of each unit's document.

    Running text counts its words, furniture counts against them; the run is the stretch with the largest
    sum (Kadane's maximum subarray).
    """
    runs = lines.runs
    values = _values(lines)
    thread = _thread(lines, values)
    first, last, best = runs.densest(np.where(thread, np.minimum(values, 0), values))
    first, last, dense = first - runs.first, last - runs.first, best >= LEAST
    return Region(first, last, dense, (runs.at < first) & dense, (runs.at > last) & dense, thread)


def _values(lines: Standing) -> Ints:
    values, prose, short = lines.looks.memo(_values_by_kind), lines.flag("prose"), lines.looks.memo(_short)
    value = values.take(lines.kind)
    value[short.take(lines.kind) & lines.beside(~prose, -1)] = _SHORT_RUN
    sure = lines.number("sure")
    value[((lines.number("known") >= 0) | _closing(lines)) & (sure < 0)] = _FURNITURE["boilerplate"]
    opens = np.flatnonzero((opening("related") | opening("comments")).take(sure))
    if len(opens):
        told = lines.runs.total(lines.runs.sums(np.where(prose, np.minimum(lines.number("words"), _MOST), 0)))
        value[opens] -= np.minimum(_OPENS, told[opens] // _SHARE)
    return value


def _values_by_kind(looks: Looks) -> Ints:
    """Return what each kind of line counts by itself."""
    sure, words = looks.number("sure"), np.minimum(looks.number("words"), _MOST)
    return np.select(
        [sure >= 0, looks.flag("prose"), looks.flag("stopped") & (words >= _SENTENCE), looks.flag("tabbed")],
        [_weights()[sure], words, words // 2, _ROW],
        _SHORT,
    )


def _short(looks: Looks) -> Flags:
    """Tell, by kind, which lines speak neither for the text nor for furniture."""
    sentence = looks.flag("stopped") & (looks.number("words") >= _SENTENCE)
    short: Flags = (looks.number("sure") < 0) & ~looks.flag("prose") & ~sentence & ~looks.flag("tabbed")
    return short


def _thread(lines: Standing, values: Ints) -> Flags:
    """Tell which units stand below the first of several lines that come with comments, and below some text."""
    runs, sign = lines.runs, _of_comments(lines)
    if not sign.any():
        return sign
    below = lines.up_to(sign) > 0
    text = runs.total(runs.sums(np.where(below, 0, np.maximum(values, 0))))
    return below & (lines.count(sign) >= _THREAD) & (text >= LEAST)


def _of_comments(lines: Standing) -> Flags:
    """Tell which units come with each comment: its reader's name with day and time, or the button to reply."""
    tail, page = (lines.numbers(lines.hints, name) for name in ("if_tail", "if_page"))
    says = np.zeros(len(lines), dtype=np.bool_)
    says[lines.hints] = (tail == rule_no("comments.says")) | (page == rule_no("comments.name_says"))
    if says.any():
        says &= lines.beside(lines.sure("timestamp"), 1)
    sign: Flags = _signs().take(lines.number("sure")) | says
    return sign


@cache
def _signs() -> Flags:
    """Return the same by a rule's number, for rules that hold anywhere."""
    return np.append(rule_frame()["rule"].is_in(_SIGNS).to_numpy(), [False])


def _closing(lines: Standing) -> Flags:
    """Tell which units a rule for what follows the text speaks of, with no other running text below them."""
    rows, runs = lines.hints[lines.numbers(lines.hints, "if_tail") >= 0], lines.runs
    said = np.zeros(len(lines), dtype=np.bool_)
    said[rows] = True
    if not len(rows):
        return said
    other = lines.flag("prose") & (lines.number("sure") < 0) & ~said
    last = np.maximum.reduceat(np.where(other, runs.row, -1), runs.starts)[runs.code]
    return said & (runs.row > last)


@cache
def _weights() -> Ints:
    """Return by a rule's number what its line counts."""
    rules = rule_frame().select("role", "reason", "rule").iter_rows()
    return np.array([_weight(*rule) for rule in rules] + [0], dtype=np.int64)


def _weight(role: str, reason: str, rule: str) -> int:
    usual = _FURNITURE.get(role, 0)
    return max(usual, _WITHIN.get(rule, _WITHIN.get(reason, usual)))
