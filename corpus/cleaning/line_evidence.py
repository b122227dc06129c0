"""Why the line model thinks of each line of a text as it does: its margin and what weighed most, line by line."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.learned import explained
from corpus.cleaning.linemodel.explaining import Explanation
from corpus.cleaning.lines import lines_frame
from corpus.cleaning.rounds import first_round
from corpus.cleaning.wrapping import add_units, joined_units

__all__ = ["line_evidence"]


def line_evidence(text: str, top: int = 3) -> dict[int, Explanation]:
    """Return, by the number of the line (as in the blocks; of a wrapped paragraph the first), what the model saw.

    Lines on which a rule speaks by itself, and all lines of a text that the model is not asked about (nothing in it
    is furniture by a rule), have no entry. An entry says how the model judged the line, whether it went or not:
    ``margin`` below zero is against it, and a document's own cut is near zero but not at it (see
    :func:`corpus.cleaning.linemodel.inference.chosen`). Costs about what cleaning the text costs.

    Args:
        text: one anchor text.
        top: how many kinds of evidence to name a line, the strongest first.
    """
    units = joined_units(add_units(lines_frame(pl.Series([text])))).select("doc", "unit", "line", "text")
    if not len(units):
        return {}
    found = explained(first_round(units), top)
    lines = dict(units.select("unit", "line").iter_rows())
    return {lines[unit]: explanation for unit, explanation in found.items()}
