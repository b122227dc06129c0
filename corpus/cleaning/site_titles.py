"""Find the headline alone where the line taken for it also has the site's name or a section's."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

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
    own, said = (lines.shown(at, "lowered") for at in (rows, headline[rows]))
    begins, ends = (pl.col("said").str.starts_with(pl.col("own")), pl.col("said").str.ends_with(pl.col("own")))
    told = pl.DataFrame({"row": rows, "own": own, "said": said}).filter(begins | ends)  # few, of many
    rows = told["row"].to_numpy()
    chars = pl.col("own").str.len_chars().cast(pl.Int64)
    behind = begins & pl.col("plain").str.slice(chars).str.contains(_BEHIND)
    before = ends & pl.col("plain").str.head(-chars).str.contains(_BEFORE)
    named = told.with_columns(lines.shown(headline[rows], "plain")).select(found=behind | before)
    found: Ints = rows[named["found"].to_numpy()]
    return found
