"""Find the headline alone where the line taken for it also has the site's name or a section's."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.patterns.compiled import contained
from corpus.cleaning.standing import Flags, Ints, Standing

__all__ = ["without_site"]

_WORDS = 4
"""Shorter lines are a subject's or a section's name, with which a headline may well begin."""

_MORE = 40
"""So many characters may the site's name have, and the sign that parts it from the headline."""

_NAME = r"(?:[\p{Lu}\d][^\s|]*|of|the|and|de|der|du|la)(?: (?:[\p{Lu}\d][^\s|]*|of|the|and|de|der|du|la)){0,5}"
_BEHIND = rf"^\s*[|–—»·-]+\s*{_NAME}$"
_SECTIONS = "News|Sports?|Politics|Business|World|National|Local|Opinion|Entertainment|Crime|Health|Videos?|Watch"
_BEFORE = rf"^(?:{_SECTIONS})\s+$|^[\p{{Lu}}\d][^\s|]*(?: [\p{{Lu}}\d][^\s|]*){{0,2}}\s*[|–—»·-]+\s+$"


def without_site(lines: Standing, certainty: NDArray[np.float64]) -> tuple[NDArray[np.float64], Flags]:
    """Return how surely lines are headlines, and which lines say theirs with a site's or a section's name.

    Where the line taken for the headline ("Ferry stops in May - Lisk Post") says another one's words ("Ferry
    stops in May") and little more, that other line is the headline, as surely; if there are several, the first.
    """
    headline = lines.flagged(~np.isnan(certainty))
    alone = _alone(lines, headline)
    _, first = np.unique(lines.runs.code[alone], return_index=True)
    alone = alone[first]
    with_site = headline[alone]
    certainty = certainty.copy()
    certainty[alone], certainty[with_site] = certainty[with_site], np.nan
    sited = np.zeros(len(lines), dtype=np.bool_)
    sited[with_site] = True
    return certainty, sited


def _alone(lines: Standing, headline: Ints) -> Ints:
    """Return the rows of the lines that say the words of their document's headline without a name."""
    size, words = lines.number("chars"), lines.number("words")
    more = size[headline] - size
    likely = (headline >= 0) & (more > 1) & (more <= np.minimum(_MORE, size)) & (words >= _WORDS)
    rows = np.flatnonzero(likely & (lines.number("sure") < 0))
    if not len(rows):
        return rows
    own, said = (lines.shown(at, "lowered") for at in (rows, headline[rows]))
    told = pl.DataFrame({"own": own, "said": said}).select(
        begins=pl.col("said").str.starts_with(pl.col("own")), ends=pl.col("said").str.ends_with(pl.col("own"))
    )
    few: Ints = np.flatnonzero((told["begins"] | told["ends"]).to_numpy())
    if not len(few):
        return few
    return rows[few][_named(told[few], own[few], lines.shown(headline[rows[few]], "plain"))]


def _named(told: pl.DataFrame, own: pl.Series, said: pl.Series) -> Flags:
    """Tell in which headlines only a name stands behind, or before, what a line says of its own."""
    chars = pl.col("own").str.len_chars().cast(pl.Int64)
    rest = pl.DataFrame({"own": own, "said": said}).select(
        begins=pl.col("said").str.slice(chars), ends=pl.col("said").str.head(-chars)
    )
    named = np.zeros(len(own), dtype=np.bool_)
    for name, pattern in (("begins", _BEHIND), ("ends", _BEFORE)):
        (rows,) = contained(rest[name], [(np.flatnonzero(told[name].to_numpy()), pattern)])
        named[rows] = True
    return named
