"""Cut anchor texts into lines: one row per line that is not blank, with its code-point offsets."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.blanks import BLANKS
from corpus.cleaning.utf8 import Ranks, Utf8, of_bytes

__all__ = ["lines_frame"]

Ints = NDArray[np.int64]

_MAY_BEGIN_BLANK, _MAY_END_BLANK = (of_bytes(bytes(blank.encode()[at] for blank in BLANKS)) for at in (0, -1))


def lines_frame(texts: pl.Series) -> pl.DataFrame:
    """Return the visible lines of each text, in order.

    Lines break at ``"\\n"`` alone. Columns: ``doc`` (row number of the text), ``line`` (0-based), ``start``
    and ``end`` (code points of the anchor text, blanks at the edges left out), ``text``, and ``gap``, a
    number that grows at every blank line: two lines with the same ``gap`` have no blank line between them.
    """
    raw = Utf8.of(texts)
    doc, line, begins, ends = _lines(raw)
    begins, ends = _without_blanks(raw, begins, ends)
    seen = np.flatnonzero(ends > begins)
    doc, line, begins, ends = (column[seen] for column in (doc, line, begins, ends))
    signs = Ranks(raw.data.view(np.int8) >= _FIRST)
    before = signs.before(raw.bounds)[doc]
    jumps = np.append(True, (np.diff(line) != 1) | (np.diff(doc) != 0))[: len(seen)]
    return pl.DataFrame(
        {
            "doc": doc.astype(np.uint32),
            "line": line.astype(np.int32),
            "start": signs.before(begins) - before,
            "end": signs.before(ends) - before,
            "text": raw.pieces(begins, ends),
            "gap": np.cumsum(jumps, dtype=np.uint32),
        }
    )


_FIRST = -0x40
"""The least first byte of a sign, with its own sign: those that go on, from 0x80 to 0xBF, are less."""


def _lines(raw: Utf8) -> tuple[Ints, Ints, Ints, Ints]:
    """Return of every line its text, its number in it, and where its bytes begin and end in the data."""
    breaks = np.flatnonzero(raw.data == ord("\n"))
    number = np.diff(np.searchsorted(breaks, raw.bounds))
    doc = np.repeat(np.arange(len(raw)), number + 1)
    last = np.cumsum(number + 1) - 1
    broken = np.arange(len(breaks)) + np.repeat(np.arange(len(raw)), number)
    begins, ends = np.empty((2, len(doc)), dtype=np.int64)
    begins[last - number], begins[broken + 1] = raw.bounds[:-1], breaks + 1
    ends[last], ends[broken] = raw.bounds[1:], breaks
    return doc, np.arange(len(doc)) - (last - number)[doc], begins, ends


def _without_blanks(raw: Utf8, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Narrow lines to what stands between the blanks at their edges; few have a byte there that may be one."""
    if not len(raw.data):
        return begins, ends
    first, last = (raw.data.take(place, mode="clip") for place in (begins, ends - 1))
    rows = np.flatnonzero(_MAY_BEGIN_BLANK[first] | _MAY_END_BLANK[last])
    some = raw.pieces(begins[rows], ends[rows])
    begun = some.str.strip_chars_start(BLANKS)
    begins[rows] += (some.str.len_bytes() - begun.str.len_bytes()).to_numpy()
    ends[rows] = begins[rows] + begun.str.strip_chars_end(BLANKS).str.len_bytes().to_numpy()
    return begins, ends
