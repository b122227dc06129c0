"""What each different line of a batch looks like by its own text, looked at once for all rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.blanks import leading, stripped
from corpus.cleaning.features import add_features
from corpus.cleaning.matching import add_cuts, add_matches, patterns
from corpus.cleaning.patterns.searching import to_try
from corpus.cleaning.repeating import Ints, alike

__all__ = ["Looks", "look_at"]

_Memo = TypeVar("_Memo")


class Looks:
    """Lines of different texts as arrays: a line's kind is its row. A number that is null is -1."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Take the lines, no text twice."""
        self.frame = frame
        self._read: dict[str, NDArray[np.generic]] = {}
        self._memos: dict[Callable[[Looks], object], object] = {}

    def __len__(self) -> int:
        """Return how many kinds of lines there are."""
        return len(self.frame)

    def flag(self, name: str) -> NDArray[np.bool_]:
        """Return a column of truth values."""
        if name not in self._read:
            self._read[name] = self.frame[name].to_numpy()
        return self._read[name].view(np.bool_)

    def number(self, name: str) -> Ints:
        """Return a column of numbers."""
        if name not in self._read:
            column = self.frame[name]
            whole = column.fill_null(-1) if column.null_count() else column
            self._read[name] = whole.to_numpy().astype(np.int64)
        return self._read[name].view(np.int64)

    def memo(self, make: Callable[[Looks], _Memo]) -> _Memo:
        """Return what ``make`` remembers of these lines: made when first asked for, the same afterwards.

        What is made must not hold the looks themselves: they would outlive their batch.
        """
        if make not in self._memos:
            self._memos[make] = make(self)
        return self._memos[make]  # type: ignore[return-value]  # its own maker made it, which a dict cannot say


def look_at(texts: pl.Series, cuts: int) -> tuple[Looks, Ints]:
    """Return the looks of lines and of what is left when pieces are cut off them, and the kind of each line.

    There are the columns of the features, the cuts and the matches; ``rest``, the kind of what is left without the
    piece, and ``skipped``, where that begins (both null where nothing is cut). Rests are cut again, up to ``cuts``
    times.
    """
    kind, different = alike(texts)
    looked, tried = _looked(different)
    rest: Ints = np.full(len(looked), -1, dtype=np.int64)
    begin = 0
    for _ in range(cuts):
        cut = begin + np.flatnonzero(looked["cut_no"][begin:].is_not_null().to_numpy())
        if not len(cut):
            break
        begin = len(looked)
        new, rest[cut] = _rests(looked, cut)
        if len(new):
            more, found = _looked(new)
            looked = pl.concat([looked, more], rechunk=True)
            for no, rows in found.items():
                tried[no] = np.append(tried.get(no, rows[:0]), rows + begin)
            rest = np.append(rest, np.full(len(new), -1, dtype=np.int64))
    return Looks(_with_places(add_matches(looked, tried), rest)), kind


def _looked(texts: pl.Series) -> tuple[pl.DataFrame, dict[int, Ints]]:
    """Return the texts with features and cuts, and which rules' patterns must be tried on which."""
    lines = add_features(texts.alias("text").to_frame())
    tried = dict(to_try(lines, patterns()))
    return add_cuts(lines, tried), tried


def _rests(looked: pl.DataFrame, cut: Ints) -> tuple[pl.Series, Ints]:
    """Return what is left of some lines and was not looked at yet, and for each line the kind of its rest."""
    rests = looked.select("text", "cut_from", "cut_to")[cut].select(stripped(_rest()))["text"]
    different = rests.unique(maintain_order=True)
    old = np.flatnonzero(looked["text"].is_in(different.implode()).to_numpy())
    known = looked["text"][old]
    new = different.filter(~different.is_in(known.implode()))
    kinds = np.append(old, np.arange(len(looked), len(looked) + len(new)))
    kind = rests.replace_strict(pl.concat([known, new]), pl.Series(kinds), return_dtype=pl.Int64)
    return new, kind.to_numpy()


def _with_places(looked: pl.DataFrame, rest: Ints) -> pl.DataFrame:
    cut = np.flatnonzero(rest >= 0)
    pieces = looked.select("text", "cut_from", "cut_to")[cut]
    begins = pl.when(pl.col("cut_from") == 0).then(pl.col("cut_to") + leading(_rest()).cast(pl.Int32)).otherwise(0)
    skipped = np.full(len(looked), -1, dtype=np.int64)
    skipped[cut] = pieces.select(begins.alias("skipped"))["skipped"].to_numpy()
    return looked.with_columns(pl.Series("rest", rest), pl.Series("skipped", skipped))


def _rest() -> pl.Expr:
    """Return what is left of a line's text without the piece that is cut off, blanks at its edges and all."""
    text = pl.col("text")
    return (
        pl.when(pl.col("cut_from") == 0)
        .then(text.str.slice(pl.col("cut_to")))
        .otherwise(text.str.slice(0, pl.col("cut_from")))
    )
