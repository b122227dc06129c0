"""How lines begin and end: told by one or two bytes where these suffice, by patterns where they do not."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.utf8 import Utf8, of_bytes

__all__ = ["asking", "lower", "stopped"]

_CLOSERS = r"""(?:["'\u{201D}\u{2019}\u{300D}\u{300F}\u{201C}\u{2018}\u{AB})\]*]|\s?[\u{BB}\u{203A}])*"""
_STOPPED = r"[.!?…。！？؟।။።։|]" + _CLOSERS + "$"
_ASKS = ["?", "？", "؟"]

_SMALL = b"abcdefghijklmnopqrstuvwxyz"
_FAR = bytes(range(0x80, 0x100))
"""Bytes of signs beyond ASCII: of these, one byte does not tell enough."""

_IS_SMALL, _IS_FAR = of_bytes(_SMALL), of_bytes(_FAR)
_STOPS, _MAY_CLOSE = of_bytes(b".!?|"), of_bytes(b"\"')]*" + _FAR)
_IN_WORDS = of_bytes(_SMALL + _SMALL.upper() + b"0123456789_")

_Flags = NDArray[np.bool_]


def lower(text: pl.Series, raw: Utf8) -> _Flags:
    """Tell which texts begin with a small letter."""
    first = raw.first()
    small = _IS_SMALL[first]
    far = np.flatnonzero(_IS_FAR[first])
    small[far] = text[far].str.contains(r"^\p{Ll}").to_numpy()
    return small


def stopped(text: pl.Series, raw: Utf8) -> _Flags:
    """Tell which texts end as a sentence does: with its sign, behind which quotations and brackets may close."""
    last = raw.last()
    ended = _STOPS[last]
    closed = np.flatnonzero(_MAY_CLOSE[last])
    ended[closed] = text[closed].str.slice(-6).str.contains(_STOPPED).to_numpy()
    return ended


def asking(text: pl.Series, raw: Utf8) -> _Flags:
    """Tell which texts end as a question does: behind its sign there is nothing of a word."""
    last, before = raw.last(), raw.last(2)
    sign = ~(_IN_WORDS | _IS_FAR)[last]
    asks: _Flags = (last == ord("?")) | (sign & (before == ord("?")))
    unsure = np.flatnonzero(~asks & (_IS_FAR[last] | sign & ~_IN_WORDS[before]))
    some = unsure[text[unsure].str.contains_any(_ASKS).to_numpy()]
    asks[some] = text[some].str.contains(r"[?？؟]\W*$").to_numpy()
    return asks
