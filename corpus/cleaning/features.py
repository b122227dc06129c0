"""What a line looks like, from its own text alone: length, end, beginning, script."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.cleaning.narrowing import are_wide

__all__ = ["PLAIN_LIMIT", "add_features"]

PLAIN_LIMIT = 480
"""Lines longer than this (code points) are shown to the rules by their first and last 240 alone."""

_FROM = ["’", "‘", "‛", "“", "”", "„", "\u00a0", "\u202f", "\u2009"]
_TO = ["'", "'", "'", '"', '"', '"', " ", " ", " "]
_CLOSERS = r"""(?:["'\u{201D}\u{2019}\u{300D}\u{300F}\u{201C}\u{2018}\u{AB})\]*]|\s?[\u{BB}\u{203A}])*"""
_STOPPED = r"[.!?…。！？؟।။።։|]" + _CLOSERS + "$"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_ASKS = ["?", "？", "؟"]

_Numbers = NDArray[np.int32]


def add_features(units: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that rules and contexts look at.

    ``chars``, ``words`` (for scripts without spaces: half the letters), ``plain`` (typographic quotation
    marks as ASCII, same length up to PLAIN_LIMIT), ``lowered`` (that in lower case), ``stopped`` (ends as a
    sentence does), ``colon``, ``lower`` (begins with a small letter), ``tabbed`` (has two tabs or more), ``asks``
    (ends as a question does), ``wide`` (has letters beyond Latin-1) and ``prose`` (reads as running text).
    """
    text = units["text"]
    chars = text.str.len_chars().cast(pl.Int32)
    spaces, tabs = _counts(text, b" \t")
    words = pl.Series("words", _words(text, chars.to_numpy(), spaces + 1))
    stopped = text.str.slice(-6).str.contains(_STOPPED)
    plain = _plain(text, chars)
    return units.with_columns(
        chars.alias("chars"),
        words,
        stopped.alias("stopped"),
        (text.str.ends_with(":") | text.str.ends_with("：")).alias("colon"),
        text.str.contains(r"^\p{Ll}").alias("lower"),
        pl.Series("tabbed", tabs >= 2),
        _asks(text).alias("asks"),
        pl.Series("wide", are_wide(text)),
        plain.alias("plain"),
        plain.str.to_lowercase().alias("lowered"),
        _prose(text, words, stopped).alias("prose"),
    )


def _counts(text: pl.Series, signs: bytes) -> list[_Numbers]:
    """Return how many of each ASCII sign every line has."""
    array = text.to_arrow().cast(pa.large_string())
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    raw = np.frombuffer(data or b"", dtype=np.uint8)[ends[0] : ends[-1]]
    seen = np.flatnonzero(np.diff(ends))
    counts: list[_Numbers] = []
    for sign in signs:
        count = np.zeros(len(text), dtype=np.int32)
        if len(seen):
            count[seen] = np.add.reduceat((raw == sign).view(np.int8), (ends - ends[0])[seen], dtype=np.int32)
        counts.append(count)
    return counts


def _plain(text: pl.Series, chars: pl.Series) -> pl.Series:
    half = PLAIN_LIMIT // 2
    long = (chars > PLAIN_LIMIT).arg_true()
    begin, end = (text[long].str.slice(*part) for part in ((0, half), (-half, half)))
    plain = text.clone().scatter(long, begin + " … " + end)
    far = (plain.str.len_bytes() > plain.str.len_chars()).arg_true()
    return plain.scatter(far, plain[far].str.replace_many(_FROM, _TO))


def _asks(text: pl.Series) -> pl.Series:
    maybe = text.str.contains_any(_ASKS).arg_true()
    asks = text[maybe].str.contains(r"[?？؟]\W*$")
    return pl.repeat(False, len(text), eager=True).scatter(maybe, asks)


def _words(text: pl.Series, chars: _Numbers, words: _Numbers) -> _Numbers:
    """Count words; where they are not spaced, two letters count as one."""
    dense = np.flatnonzero(chars > 12 * words)
    unspaced = text[dense].str.count_matches(_UNSPACED).to_numpy()
    words[dense] = np.maximum(words[dense], unspaced // 2)
    return words


def _prose(text: pl.Series, words: pl.Series, stopped: pl.Series) -> pl.Series:
    broken_off = text.str.ends_with("…") | text.str.ends_with("..")
    return (((words >= 10) & stopped) | (words >= 24)) & ~(broken_off & (words < 50))
