"""Find lines with which a text that stays goes on: the items of its lists, and what follows a comma."""

from __future__ import annotations

import numpy as np

from corpus.cleaning.linemodel.batch import Batch, Flags
from corpus.cleaning.linemodel.letters import Ints
from corpus.cleaning.linemodel.runs import Runs

__all__ = ["goes_on"]

_MOST, _WORDS = 12, 5
"""A stretch of more lines, or of longer ones, is not taken for a list: other stories' names are longer."""
_LEAD = 10
"""So many words may stand right above a list's first item."""
_ITEM = r"^(?:[-•*▪·–◦●○■]\s+\S|\(?\d{1,2}[.)]\s+\S)"
_LOWER = r"^\p{Ll}"
_COMMA, _COLON = ord(","), ord(":")


def goes_on(batch: Batch, spare: Flags, keep: Flags) -> Flags:
    """Tell which of the lines that may be spared belong to text that is kept.

    The model knows a line by its words and its neighbours, and a list's items are as short as labels. But a label
    amid text has no bullet or number before it, and none begins in small letters below a comma.

    Args:
        batch: the lines.
        spare: of which lines no rule says anything, here or anywhere.
        keep: which lines are kept.
    """
    lead = spare & ~keep & (batch.words <= _LEAD)
    if not lead.any():
        return lead
    item = _where(batch, lead | keep, _ITEM)
    leads = _next(item & keep, batch.runs, 1)
    asked = lead & ((batch.words <= _WORDS) | (leads & ~item))
    above, below = _next(keep, batch.runs, -1), _next(keep, batch.runs, 1)
    led = _next(keep & (batch.last == _COLON), batch.runs, -1)
    after_comma = asked & _next(keep & (batch.last == _COMMA), batch.runs, -1)
    stretch = _stretches(~keep, batch.runs)
    rows = np.flatnonzero(~keep)
    of = stretch[rows]
    number = int(of.max(initial=-1)) + 1
    size, spared, listed, begun, ended, told = (
        np.bincount(of, weights=flag[rows], minlength=number)
        for flag in (np.ones(len(keep)), asked, item | leads, above, below, item & led)
    )
    inside = (size == spared) & (size <= _MOST) & (listed > 0) & (begun > 0) & (ended > 0)
    found = np.zeros(len(keep), dtype=np.bool_)
    found[rows] = inside[of] | (((told > 0) & (size <= _MOST))[of] & (asked & item)[rows])
    return asked & (found | _where(batch, after_comma, _LOWER))


def _where(batch: Batch, maybe: Flags, pattern: str) -> Flags:
    """Tell in which of some lines a pattern is found."""
    rows = np.flatnonzero(maybe)
    found = np.zeros(len(maybe), dtype=np.bool_)
    found[rows] = batch.text[rows].str.contains(pattern).to_numpy()
    return found


def _next(flag: Flags, runs: Runs, step: int) -> Flags:
    """Tell above (-1) or below (1) which rows of their document a flagged one stands."""
    found: Flags = runs.shifted(flag.astype(np.float32), -step, 0) > 0
    return found


def _stretches(flag: Flags, runs: Runs) -> Ints:
    """Return for each flagged row the number of its stretch of flagged rows in its document."""
    above = np.concatenate(([False], flag[:-1]))
    above[runs.starts] = False
    number: Ints = np.cumsum(flag & ~above) - 1
    return number
