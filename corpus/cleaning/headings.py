"""Tell headings, list items and table rows from running text among the lines that are kept."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus.cleaning.matching import rule_no
from corpus.cleaning.standing import Flags

__all__ = ["add_shapes"]

_ITEM = r"^(?:[-•*▪·–‣◦●○■]\s+\S|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s)"
_ROW = r"\t|\s\|\s.*\s\|\s|(?:\s{3,}\S+){2,}"


def add_shapes(kept: pl.DataFrame) -> pl.DataFrame:
    """Return the kept units with the number of the rule that names their shape, where one does.

    A heading is a short line without a full stop right before running text, with no other short line
    above it. ``kept`` holds only kept units, sorted, with the columns of the features.
    """
    number = kept["no"].to_numpy().copy()
    other = np.flatnonzero(number != rule_no("prose"))
    shapes = kept.select("plain", "words", "chars", "stopped", "lower")[other].select(
        item=pl.col("plain").str.contains(_ITEM), row=pl.col("plain").str.contains(_ROW), short=_short()
    )
    item, row = shapes["item"].to_numpy(), shapes["row"].to_numpy()
    short = np.zeros(len(kept), dtype=np.bool_)
    short[other] = shapes["short"].to_numpy() & ~item & ~row
    heading = (short & _before_text(kept) & ~_after(kept, short))[other]
    named = [(row, "kernel.table_row"), (item, "kernel.list_item"), (heading, "kernel.heading")]
    for flag, name in named:
        number[other[flag]] = rule_no(name)
    return kept.with_columns(pl.Series("no", number))


def _short() -> pl.Expr:
    """Tell which lines are as short as headings; running text never is."""
    return (
        (pl.col("words") <= 12)
        & (pl.col("chars") <= 110)
        & ~pl.col("stopped")
        & ~pl.col("lower")
        & pl.col("plain").str.contains(r"\p{L}{2}")
        & ~pl.col("plain").str.contains(r"[,;]$|^\(.*\)$|(?:^|[\s(])@\w")  # nor who posted it
    )


def _before_text(kept: pl.DataFrame) -> Flags:
    """Tell which lines stand right before running text, or before a line that is clearly longer."""
    doc, words, prose = (kept[name].to_numpy() for name in ("doc", "words", "prose"))
    before = np.zeros(len(kept), dtype=np.bool_)
    before[:-1] = (prose[1:] | (words[1:] >= 2 * words[:-1] + 4)) & (doc[1:] == doc[:-1])
    return before


def _after(kept: pl.DataFrame, flag: Flags) -> Flags:
    """Tell which lines stand right below a flagged one of their document."""
    doc = kept["doc"].to_numpy()
    after = np.zeros(len(kept), dtype=np.bool_)
    after[1:] = flag[:-1] & (doc[1:] == doc[:-1])
    return after
