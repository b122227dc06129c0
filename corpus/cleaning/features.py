"""What a line looks like, from its own text alone: length, end, beginning, script."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.endings import asking, lower, stopped
from corpus.cleaning.patterns.narrowing import wide_ones
from corpus.cleaning.utf8 import Utf8

__all__ = ["PLAIN_LIMIT", "add_features"]

PLAIN_LIMIT = 480
"""Lines longer than this (code points) are shown to the rules by their first and last 240 alone."""

_FROM = ["’", "‘", "‛", "“", "”", "„", "\u00a0", "\u202f", "\u2009"]
_TO = ["'", "'", "'", '"', '"', '"', " ", " ", " "]
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"

_Numbers = NDArray[np.int32]


def add_features(units: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that rules and contexts look at.

    ``chars``, ``words`` (for scripts without spaces: half the letters), ``plain`` (typographic quotation
    marks as ASCII, same length up to PLAIN_LIMIT), ``lowered`` (that in lower case), ``stopped`` (ends as a
    sentence does), ``colon``, ``lower`` (begins with a small letter), ``tabbed`` (has two tabs or more), ``asks``
    (ends as a question does), ``wide`` (has letters beyond Latin-1) and ``prose`` (reads as running text).
    """
    text = units["text"]
    raw = Utf8.of(text)
    chars = text.str.len_chars().cast(pl.Int32)
    words = pl.Series("words", _words(text, chars.to_numpy(), raw.counts(raw.data == ord(" ")) + 1))
    ended = pl.Series("stopped", stopped(text, raw))
    plain = _plain(text, chars)
    return units.with_columns(
        chars.alias("chars"),
        words,
        ended,
        (text.str.ends_with(":") | text.str.ends_with("：")).alias("colon"),
        pl.Series("lower", lower(text, raw)),
        pl.Series("tabbed", raw.counts(raw.data == ord("\t")) >= 2),
        pl.Series("asks", asking(text, raw)),
        pl.Series("wide", wide_ones(raw)),
        plain.alias("plain"),
        plain.str.to_lowercase().alias("lowered"),
        _prose(text, words, ended).alias("prose"),
    )


def _plain(text: pl.Series, chars: pl.Series) -> pl.Series:
    half = PLAIN_LIMIT // 2
    long = (chars > PLAIN_LIMIT).arg_true()
    begin, end = (text[long].str.slice(*part) for part in ((0, half), (-half, half)))
    far = (text.str.len_bytes() > chars).arg_true()
    plain = text.clone().scatter(long, begin + " … " + end)
    return plain.scatter(far, plain[far].str.replace_many(_FROM, _TO))


def _words(text: pl.Series, chars: _Numbers, words: _Numbers) -> _Numbers:
    """Count words; where they are not spaced, two letters count as one."""
    dense = np.flatnonzero(chars > 12 * words)
    unspaced = text[dense].str.count_matches(_UNSPACED).to_numpy()
    words[dense] = np.maximum(words[dense], unspaced // 2)
    return words


def _prose(text: pl.Series, words: pl.Series, stopped: pl.Series) -> pl.Series:
    broken_off = text.str.ends_with("…") | text.str.ends_with("..")
    return (((words >= 10) & stopped) | (words >= 24)) & ~(broken_off & (words < 50))
