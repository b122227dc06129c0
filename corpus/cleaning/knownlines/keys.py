"""The form in which lines are compared across documents, and its 64-bit key: the same on every machine."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.rules import EDGES

__all__ = ["FORM", "Keys", "combined", "form_of", "line_keys", "text_keys"]

FORM = "1"
"""The version of the form and of the hash; files of another version are not mixed."""

Keys = NDArray[np.uint64]

_SEEN = 2000
"""Code points of a line that are hashed; the length of the rest counts too."""
_STRETCH = 1 << 18
_BASE, _SALT = 0x9E3779B97F4A7C15, np.uint64(0xD6E8FEB86659FD93)
_FROM = ["’", "‘", "‛", "“", "”", "„", "\u00a0", "\u202f", "\u2009", "\t", "\u00ad"]
_TO = ["'", "'", "'", '"', '"', '"', " ", " ", " ", " ", ""]


def form_of(text: pl.Expr) -> pl.Expr:
    """Return a line in small letters, with plain quotation marks, single blanks and no signs at its edges."""
    plain = text.str.to_lowercase().str.replace_many(_FROM, _TO)
    return plain.str.replace_all(" {2,}", " ").str.strip_chars(EDGES)


def line_keys(lines: pl.Series) -> pl.Series:
    """Return the key of each line's form (UInt64); null where a line has no letter, so nothing to know it by."""
    told = lines.alias("text").to_frame().select(form_of(pl.col("text")).alias("form"))
    lettered = pl.col("form").str.contains(r"\p{L}")
    return told.select(pl.when(lettered).then(pl.Series("key", text_keys(told["form"]))).alias("key"))["key"]


def text_keys(texts: pl.Series) -> pl.Series:
    """Return the key of each text as it stands (UInt64).

    Polynomial in its bytes, modulo 2**64, from running sums over stretches of texts, with the length in code
    points, finished as splitmix64 is. The text cannot be read back from it.
    """
    shown = (
        texts.alias("text")
        .to_frame()
        .select(pl.col("text").str.slice(0, _SEEN), pl.col("text").str.len_chars().cast(pl.UInt64).alias("length"))
    )
    return pl.Series("key", combined(_codes(shown["text"]), shown["length"].to_numpy()), dtype=pl.UInt64)


def combined(code: Keys, other: Keys) -> Keys:
    """Return one key of two; the order matters."""
    code = code + other * _SALT
    code = (code ^ (code >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return code ^ (code >> np.uint64(31))


def _codes(forms: pl.Series) -> Keys:
    sizes = forms.str.len_bytes().to_numpy().astype(np.int64)
    ends = np.cumsum(sizes)
    edges = np.searchsorted(ends, np.arange(0, int(ends[-1]) if len(ends) else 0, _STRETCH))
    bounds = [*np.unique(np.append(edges, 0)).tolist(), len(forms)]
    parts = [_stretch(forms[low:high], sizes[low:high]) for low, high in pairwise(bounds)]
    return np.concatenate([np.zeros(0, dtype=np.uint64), *parts])


def _stretch(forms: pl.Series, sizes: NDArray[np.int64]) -> Keys:
    raw = np.frombuffer(forms.str.join("").item().encode(), dtype=np.uint8)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    count = 1 << (len(raw) + 1).bit_length()
    running = np.zeros(len(raw) + 1, dtype=np.uint64)
    np.cumsum(_spread()[raw] * _powers(_BASE, count)[: len(raw)], out=running[1:])
    codes: Keys = (running[ends] - running[starts]) * _powers(pow(_BASE, -1, 1 << 64), count)[starts]
    return codes


@cache
def _spread() -> Keys:
    """Return a number for each byte, so that the sums do not show how bytes are ordered."""
    return combined(np.arange(1, 257, dtype=np.uint64), np.zeros(256, dtype=np.uint64))


@cache
def _powers(base: int, count: int) -> Keys:
    values = np.full(count, base, dtype=np.uint64)
    values[0] = 1
    return np.multiply.accumulate(values)
