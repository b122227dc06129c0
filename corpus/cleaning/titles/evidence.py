"""What speaks for and against a line being the headline, as columns of numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.looks import Looks
from corpus.cleaning.overlap import Shared
from corpus.cleaning.repeating import alike
from corpus.cleaning.standing import PLACES, Flags, Ints, Standing, hinted, of_role
from corpus.cleaning.titles.wording import Wording
from corpus.cleaning.words import Words

__all__ = ["FEATURES", "can_read", "evidence"]

_MOST_WORDS, _MOST_CHARS = 34, 260
_STANDFIRST_WORDS = 18
_BRIEF_WORDS = 14
_ALIKE = 60
"""Lines that begin with the same code points, so many, are each other's echoes."""
_HITS = np.float32(4)
_FAR = 30
"""Distances are counted up to so many lines."""

_Facts = dict[str, NDArray[np.generic]]


def can_read(lines: Standing) -> Flags:
    """Tell which lines no rule speaks of and are of a headline's length and ends: the others need no reading."""
    can: Flags = lines.looks.memo(_fitting).take(lines.kind) & (lines.number("applied") < 0)
    return can


def _fitting(looks: Looks) -> Flags:
    """Tell the same, by kind, as far as the lines' own words go."""
    words, chars = looks.number("words"), looks.number("chars")
    fits = (words >= 2) & (words <= _MOST_WORDS) & (chars <= _MOST_CHARS) & (looks.number("sure") < 0)
    can: Flags = fits & ~looks.flag("colon") & ~looks.flag("lower")
    return can


def evidence(lines: Standing, rows: Ints, shared: Shared) -> NDArray[np.float32]:
    """Return the columns of :data:`FEATURES` for the lines in some rows (shape: rows, features).

    ``shared`` is what :func:`corpus.cleaning.overlap.shared_words` says of these rows; how each compares with
    its document's others is counted too.
    """
    if not len(rows):
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    facts: _Facts = {
        name: fact.astype(np.float32) for name, fact in (_own(lines, rows, shared) | _around(lines, rows)).items()
    }
    facts |= _distances(lines, rows) | _told_again(lines, rows)
    facts |= _compared(Runs(lines.doc[rows]), facts["overlap"] * np.minimum(facts["hits"], _HITS))
    return np.stack([facts[name].astype(np.float32, copy=False) for name in FEATURES]).T


def _own(lines: Standing, rows: Ints, shared: Shared) -> _Facts:
    words, chars = lines.number("words")[rows], lines.number("chars")[rows]
    at, tokens = lines.runs.at[rows], np.maximum(shared.tokens, 1)
    wording, kinds = lines.looks.memo(Wording), lines.kind[rows]
    read = ("two_parts", "dash", "bars", "quotes", "digits", "sentences")
    return (
        {name: wording.fact(name, kinds) for name in read}
        | {
            "overlap": shared.overlap,
            "hits": shared.hits,
            "tokens": shared.tokens,
            "first_share": shared.first_hits / tokens,
            "often_share": shared.often_hits / tokens,
            "mass": shared.mass / tokens,
            "words": words,
            "chars": chars,
            "chars_a_word": chars / words,
            "at": at,
            "before_run": lines.number("first")[rows] - at,
            "after_run": at - lines.number("last")[rows],
            "asks": lines.flag("asks")[rows],
            "capitals": wording.fact("capitals", kinds).astype(np.float64) / words,
            "furnished": lines.flag("furnished")[rows],
            "furniture": lines.number("furniture")[rows],
            "hints": lines.number("hints")[rows],
        }
        | {f"if_{place}": lines.numbers(rows, f"if_{place}") >= 0 for place in PLACES}
    )


def _around(lines: Standing, rows: Ints) -> _Facts:
    """Return what the neighbours and the document say of the lines in some rows."""
    prose, words, runs = lines.flag("prose"), lines.number("words"), lines.runs
    marks = lines.looks.memo(_Marks)
    brief = marks.brief.take(lines.kind)
    below, above = 1, -1
    near = {step: _near(lines, rows, step) for step in (above, below, 2, 3)}

    def beside(mark: Flags, *steps: int) -> Flags:
        found: Flags = np.logical_or.reduce(
            [mark.take(lines.kind.take(near[step][0])) & near[step][1] for step in steps]
        )
        return found

    def words_beside(step: int) -> Ints:
        row, there = near[step]
        return np.where(there, words[row], 0)

    return {
        "echoed": _echoed(lines, rows),
        "hint_below": beside(marks.hinted, below),
        "hint_later": beside(marks.hinted, 2),
        "hint_above": beside(marks.hinted, above),
        "echo_next": _echoed_next(lines, rows),
        "signed": beside(marks.signed, below),
        "signed_later": beside(marks.signed, 2, 3),
        "signed_above": beside(marks.signed, above),
        "by_picture": beside(marks.pictured, below, above),
        "furniture_above": beside(marks.furniture, above),
        "furniture_below": beside(marks.furniture, below),
        "prose_next": beside(marks.prose, below),
        "prose_later": beside(marks.prose, 2),
        "prose_above": beside(marks.prose, above),
        "brief_next": beside(marks.brief, below),
        "brief_above": beside(marks.brief, above),
        "prose_before": runs.before(runs.sums(prose))[rows],
        "lines": runs.size[rows],
        "proses": lines.count(prose)[rows],
        "headings": lines.count(brief & lines.beside(prose, below))[rows],
        "questions": lines.count(marks.asks.take(lines.kind))[rows],
        "words_next": np.where(prose[rows], 0, words_beside(below)),
        "words_above": words_beside(above),
        "nth": lines.up_to((lines.number("sure") < 0) & (lines.number("applied") < 0))[rows],
    }


class _Marks:
    """What each kind of line is to its neighbours, as flags by kind."""

    def __init__(self, looks: Looks) -> None:
        """Take the lines."""
        words, sure = looks.number("words"), looks.number("sure")
        self.prose = looks.flag("prose")
        self.brief: Flags = (words <= _BRIEF_WORDS) & ~looks.flag("stopped") & ~self.prose & (sure < 0)
        self.asks: Flags = looks.flag("asks") & (words <= _STANDFIRST_WORDS)
        self.signed = of_role("timestamp", "byline")[sure]
        self.furniture = of_role("boilerplate")[sure]
        self.pictured = of_role("caption", "credit")[sure]
        self.hinted = looks.memo(hinted)


def _near(lines: Standing, rows: Ints, step: int) -> tuple[Ints, Flags]:
    """Return the rows so many below (above, where negative), and whether they are of the same document."""
    near = np.clip(rows + step, 0, len(lines) - 1)
    same: Flags = lines.runs.code[near] == lines.runs.code[rows]
    return near, same & (near == rows + step)


def _distances(lines: Standing, rows: Ints) -> _Facts:
    """Return how far running text, stamps and bylines, furniture and pictures stand from each, and how many do."""
    prose, words = lines.flag("prose"), lines.number("words")
    signed, pictured = lines.sure("timestamp", "byline"), lines.sure("caption", "credit")
    signs, boards, shots = (
        lines.runs.distances_of(rows, flag, _FAR) for flag in (signed, lines.sure("boilerplate"), pictured)
    )
    text = lines.runs.distances_of(rows, prose, _FAR)[1]
    return {
        "to_prose": text,
        "prose_words": np.where(text < _FAR, words[np.minimum(rows + text, len(lines) - 1)], 0),
        "prose_share": lines.count(prose)[rows] / lines.runs.size[rows],
        "from_signed": signs[0],
        "to_signed": signs[1],
        "stamps": lines.count(signed)[rows],
        "from_furniture": boards[0],
        "to_furniture": boards[1],
        "from_picture": shots[0],
        "to_picture": shots[1],
        "pictures": lines.count(pictured)[rows],
    }


def _told_again(lines: Standing, rows: Ints) -> _Facts:
    """Return what share of a line's words its document's other candidates have, and how many of them on average."""
    known = lines.looks.memo(Words)
    line, word = known.of(lines.kind[rows])
    key = word + lines.runs.code[rows[line]] * len(known)
    _, which, number = np.unique(key, return_inverse=True, return_counts=True)
    others = number[which] - 1
    tokens = np.maximum(np.bincount(line, minlength=len(rows)), 1)
    return {
        "again_share": np.bincount(line, weights=others > 0, minlength=len(rows)) / tokens,
        "again_mass": np.bincount(line, weights=others, minlength=len(rows)) / tokens,
    }


def _echoed(lines: Standing, rows: Ints) -> Flags:
    """Tell which of the rows begin as another line of their document does."""
    begins = lines.looks.memo(_beginnings)[lines.kind]
    asked = np.zeros(begins.max(initial=0) + 1, dtype=np.bool_)
    asked[begins[rows]] = True
    like = np.flatnonzero(asked[begins])
    _, which, number = np.unique(
        lines.runs.code[like] * len(asked) + begins[like], return_inverse=True, return_counts=True
    )
    echoed = np.zeros(len(lines), dtype=np.bool_)
    echoed[like] = number[which] > 1
    return echoed[rows]


def _beginnings(looks: Looks) -> Ints:
    """Return a number for each kind of line, the same where lines begin alike: shorter ones do not."""
    number = np.arange(len(looks))
    long = np.flatnonzero(looks.number("chars") >= _ALIKE)
    number[long] = alike(looks.frame["text"][long].str.slice(0, _ALIKE))[0] + len(looks)
    return number


def _echoed_next(lines: Standing, rows: Ints) -> Flags:
    same = lines.kind[rows] == lines.kind[np.minimum(rows + 1, len(lines) - 1)]
    inside: Flags = lines.runs.at[rows] + 1 < lines.runs.size[rows]
    echoed: Flags = same & inside
    return echoed


def _compared(documents: Runs, weight: NDArray[np.float32]) -> _Facts:
    """Return how each candidate's weight compares with those of its document's other candidates."""
    values, level = np.unique(weight, return_inverse=True)
    fall = documents.code * len(values)
    so_far = np.maximum.accumulate(level + fall) - fall
    above = np.where(documents.at > 0, values[np.append(0, so_far)[:-1]], np.float32(1))
    best = np.maximum.reduceat(level, documents.starts)[documents.code]
    order = np.argsort(fall - level, kind="stable")
    fresh = np.diff((fall - level)[order], prepend=-len(values) - 1) != 0
    rank = np.empty(len(weight), dtype=np.int64)
    rank[order] = np.maximum.accumulate(np.where(fresh, documents.row, 0)) - documents.first + 1
    return {
        "rank": rank,
        "behind_best": weight - values[best],
        "behind_above": above - weight,
        "order": documents.at,
        "count": documents.size,
    }


FEATURES = (
    "overlap", "hits", "tokens", "first_share", "often_share", "mass", "words", "chars", "chars_a_word", "at",
    "before_run", "after_run", "asks", "two_parts", "dash", "bars", "quotes", "digits", "sentences", "capitals",
    "furnished", "furniture", "hints", "echoed", "echo_next", "signed", "signed_later", "signed_above",
    "by_picture", "furniture_above", "furniture_below", "prose_next", "prose_later", "prose_above",
    "brief_next", "brief_above", "prose_before", "lines", "proses", "headings", "questions", "words_next",
    "words_above", "nth", "rank", "behind_best", "behind_above", "order", "count", "to_prose", "prose_words",
    "prose_share", "from_signed", "to_signed", "stamps", "from_furniture", "to_furniture", "from_picture",
    "to_picture", "pictures", "again_share", "again_mass", "if_head", "if_tail", "if_edge", "if_page",
    "if_caption", "if_byline", "hint_below", "hint_later", "hint_above",
)  # fmt: skip
"""The names of the evidence, in the order of its columns."""
