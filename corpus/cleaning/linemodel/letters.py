"""Read a batch of lines as bytes: typographic signs made plain, and how many of each class a line has."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["CLASSES", "LIMIT", "STRETCH", "class_counts", "line_bytes", "stretches"]

LIMIT = 600
"""How many code points of a line are read; what comes after them would change no verdict."""

CLASSES = {
    "upper": bytes(range(65, 91)),
    "lower": bytes(range(97, 123)),
    "digit": bytes(range(48, 58)),
    "comma": b",",
    "stop": b".",
    "mark": b"!?",
    "quote": b'"',
    "colon": b":;",
    "arrow": b"|/>*<\\~^_",
    "foreign": bytes(range(0xC0, 0x100)),
    "ideograph": bytes(range(0xE3, 0xEE)),
    "dash": b"-",
}
"""The bytes that are counted, after typographic signs became ASCII; the first byte stands for the letter."""

STRETCH = 1 << 16
"""How many bytes are read at a time."""

_FIELDS, _BITS = 4, 16
"""Four counters in one 64-bit number: 16 bits hold more than LIMIT letters of four bytes each."""

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


def line_bytes(text: pl.Series) -> tuple[Bytes, Ints]:
    """Return the lines' beginnings as UTF-8, a line feed after each, and where each starts (one entry more)."""
    ended = text.alias("text").to_frame().select(pl.col("text").str.slice(0, LIMIT) + "\n").to_series()
    array = ended.to_arrow().cast(pa.large_string())
    _, offsets, data = array.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    raw = np.frombuffer(data, dtype=np.uint8)[starts[0] : starts[-1]].copy()
    return _plain(raw), starts - starts[0]


def _plain(raw: Bytes) -> Bytes:
    """Write general punctuation (E2 80), CJK and full-width signs (E3 80, EF BC), Latin-1 signs (C2) as ASCII.

    So are the stops of other scripts (danda, Arabic and Ethiopic ones, and more).
    """
    for lead, second, table in _SIGNS:
        at = np.flatnonzero(raw[:-2] == lead)
        at = at[raw[at + 1] == second]
        sign = table[raw[at + 2] & 0x3F]
        at, sign = at[sign != 0], sign[sign != 0]
        raw[at] = sign
        raw[at + 1] = raw[at + 2] = 0x20
    for lead, second, sign in ((0xD8, 0x9F, 0x3F), (0xD8, 0x8C, 0x2C), (0xDB, 0x94, 0x2E), (0xD6, 0x89, 0x2E)):
        at = np.flatnonzero(raw[:-1] == lead)
        at = at[raw[at + 1] == second]
        raw[at], raw[at + 1] = sign, 0x20
    at = np.flatnonzero(raw[:-1] == 0xC2)
    raw[at] = _LATIN[raw[at + 1] & 0x3F]
    raw[at + 1] = 0x20
    return raw


def _table(signs: dict[int, str], default: str = " ") -> Bytes:
    """Map the low six bits of a sign's last byte to one ASCII byte."""
    return np.array([ord(signs.get(code, default)) for code in range(64)], dtype=np.uint8)


_GENERAL = _table(
    dict.fromkeys(range(0x10, 0x16), "-")
    | dict.fromkeys(range(0x18, 0x1C), "'")
    | dict.fromkeys(range(0x1C, 0x20), '"')
    | {0x20: "*", 0x22: "*", 0x26: ".", 0x39: ">", 0x3A: ">"}
)
_LATIN = _table({0x29: "@", 0x2B: ">", 0x37: "*", 0x3B: ">"})
_IDEOGRAPHIC = _table({0x00: " ", 0x01: ","} | dict.fromkeys(range(0x08, 0x12), '"'), default=".")
_FULL_WIDTH = _table(
    {code: chr(0x20 + code) for code in (*range(0x01, 0x10), *range(0x1A, 0x21), *range(0x3B, 0x40))}, default="\0"
)
"""Signs alone: digits and letters of full width stay as they are."""
_SIGNS = (
    (0xE2, 0x80, _GENERAL),
    (0xE3, 0x80, _IDEOGRAPHIC),
    (0xEF, 0xBC, _FULL_WIDTH),
    (0xE0, 0xA5, _table({0x24: ".", 0x25: "."}, default="\0")),
    (0xE1, 0x81, _table({0x0A: ",", 0x0B: "."}, default="\0")),
    (0xE1, 0x8D, _table({0x22: ".", 0x23: ",", 0x27: "?"}, default="\0")),
    (0xE1, 0x9F, _table({0x14: ".", 0x15: "."}, default="\0")),
    (0xE0, 0xBC, _table({0x0D: "."}, default="\0")),
)
"""The first two bytes of a sign, and what becomes of it by its third."""


@cache
def _counters() -> NDArray[np.int64]:
    """Return a table a group of four classes: for each byte, a one in the fields of its classes."""
    tables = np.zeros((-(-len(CLASSES) // _FIELDS), 256), dtype=np.int64)
    for number, members in enumerate(CLASSES.values()):
        tables[number // _FIELDS, list(members)] += 1 << (number % _FIELDS * _BITS)
    return tables


def stretches(starts: Ints) -> list[tuple[int, int]]:
    """Cut lines into stretches of about STRETCH bytes, which stay in the processor's cache."""
    edges = np.searchsorted(starts, np.arange(0, int(starts[-1]), STRETCH), side="left")
    edges = np.unique(np.append(edges, len(starts) - 1)).tolist()
    return list(pairwise(edges))


def class_counts(raw: Bytes, starts: Ints) -> dict[str, NDArray[np.int32]]:
    """Return how many bytes of each class every line has."""
    sums = np.empty((len(_counters()), len(starts) - 1), dtype=np.int64)
    for low, high in stretches(starts):
        own, lines = raw[starts[low] : starts[high]].astype(np.intp), starts[low:high] - starts[low]
        for group, table in enumerate(_counters()):
            np.add.reduceat(table.take(own, mode="clip"), lines, out=sums[group, low:high])
    mask = (1 << _BITS) - 1
    return {
        name: (sums[number // _FIELDS] >> (number % _FIELDS * _BITS) & mask).astype(np.int32)
        for number, name in enumerate(CLASSES)
    }
