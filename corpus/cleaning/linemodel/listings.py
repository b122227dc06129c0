"""Find lists of days that belong to the text: the dates of a tour, a calendar of races, a programme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.linemodel.batch import Batch
from corpus.cleaning.linemodel.letters import Ints
from corpus.cleaning.linemodel.reasons import is_one_of
from corpus.cleaning.linemodel.runs import Runs
from corpus.metadata.times.shapes import shapes

__all__ = ["listed_days"]

_ROWS = 6
"""So many lines with a day and a month follow one another at least."""
_WORDS = (3, 24)
"""So many words has each."""
_NEAR = 8
"""A list begins fewer lines than this below kept text or the headline."""

_Flags = NDArray[np.bool_]


def listed_days(batch: Batch, open_lines: _Flags, text: _Flags) -> _Flags:
    """Tell which open lines stand in a list of days below kept text or the headline.

    Each line names a day and its month, and neither a year nor a time, as an archive's lines and a ticker's do.
    The model takes such lists for furniture, for lines that are alike and hold no sentence mostly are.

    Args:
        batch: the lines.
        open_lines: of which lines no rule says anything.
        text: which lines are kept, or headlines.
    """
    words, found = batch.words, np.zeros(len(batch.runs), dtype=np.bool_)
    numbered = (batch.counts["digit"] > 0) & (batch.counts["digit"] <= 4)
    maybe = open_lines & numbered & (words >= _WORDS[0]) & (words <= _WORDS[1])
    rows = np.flatnonzero(_in_long_runs(maybe, batch.runs))
    found[rows] = [_names_day(_line(batch, row)) for row in rows.tolist()]
    days = _in_long_runs(found, batch.runs)
    return days & _below(days, text, is_one_of(batch.reason, ["related_stories", "comments"]), batch.runs)


def _line(batch: Batch, row: int) -> str:
    begin, end = batch.letters.starts[row : row + 2]
    return batch.letters.raw[begin : end - 1].tobytes().decode("utf-8", "ignore")


def _names_day(line: str) -> bool:
    """Tell whether a line names a day and a month near its beginning, and no time."""
    day = shapes().day_and_month.search(line, 0, 60)
    return bool(day and any(map(str.isdigit, day[0])) and not shapes().clock.search(line))


def _in_long_runs(flag: _Flags, runs: Runs) -> _Flags:
    """Tell which flagged rows follow one another often enough in their document."""
    number, row = _number(flag, runs), np.flatnonzero(flag)
    long = np.zeros(len(flag), dtype=np.bool_)
    long[row] = np.bincount(number[row], minlength=1)[number[row]] >= _ROWS
    return long


def _number(flag: _Flags, runs: Runs) -> Ints:
    """Return for each flagged row the number of its run of flagged rows."""
    return np.cumsum(_begins(flag, runs)) - 1


def _begins(flag: _Flags, runs: Runs) -> _Flags:
    above = np.concatenate(([False], flag[:-1]))
    above[runs.starts] = False
    begins: _Flags = flag & ~above
    return begins


def _below(days: _Flags, text: _Flags, opener: _Flags, runs: Runs) -> _Flags:
    """Tell which rows' run begins just below text that no announcement of other stories parts from it."""
    number, first = _number(days, runs), np.flatnonzero(_begins(days, runs))
    to_text, to_opener = (runs.distances(flag & ~days, _NEAR)[0][first] for flag in (text, opener))
    near = np.concatenate(((to_text < _NEAR) & (to_text <= to_opener), [False]))
    below: _Flags = days & near[np.where(days, number, -1)]
    return below
