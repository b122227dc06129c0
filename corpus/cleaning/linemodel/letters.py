"""Read a batch of lines as bytes: typographic signs made plain, and how many of each class a line has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["CLASSES", "LIMIT", "STRETCH", "Letters", "class_counts", "line_letters", "stretches"]

LIMIT = 600
"""How many code points of a line are read; what comes after them would change no verdict."""

CLASSES = {
    "upper": bytes(range(65, 91)),
    "lower": bytes(range(97, 123)),
    "digit": bytes(range(48, 58)),
    "comma": b",",
    "stop": b".",
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

_FIELDS, _BITS = 6, 10
"""Six counters in one 64-bit number: 10 bits hold more than LIMIT, and no letter counts twice in a class."""

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Letters:
    """Lines as bytes."""

    raw: Bytes
    """The lines' beginnings as UTF-8, general punctuation as ASCII, a line feed after each line."""
    starts: Ints
    """Where each line starts; one entry more at the end."""
    leads: Ints
    """Where letters of more than one byte begin, in order."""


def line_letters(text: pl.Series) -> Letters:
    """Read lines (without line feeds): at most LIMIT code points of each."""
    cut = text.str.slice(0, LIMIT)
    joined = cut.str.join("\n").cast(pl.Binary).item() if len(cut) else b""
    starts = np.zeros(len(cut) + 1, dtype=np.int64)
    np.cumsum(cut.str.len_bytes().to_numpy() + np.int64(1), out=starts[1:])
    raw = np.frombuffer(bytearray(joined + b"\n" * bool(len(cut))), dtype=np.uint8)
    return Letters(raw, starts, _plain(raw))


def _plain(raw: Bytes) -> Ints:
    """Write general punctuation (E2 80), CJK and full-width signs (E3 80, EF BC), Latin-1 signs (C2) as ASCII.

    So are the stops of other scripts (danda, Arabic and Ethiopic ones, and more). Blanks fill what a sign leaves.
    Returns where the letters begin that still have more than one byte.
    """
    at = np.flatnonzero(raw >= 0xC0)
    two = _pair(raw[at], raw[at + 1])
    short, table = _SHORT.take(two), _LONG.take(two)
    is_short, is_long = np.flatnonzero(short), np.flatnonzero(table)
    here = at[is_short]
    raw[here], raw[here + 1] = short[is_short], 0x20
    here = at[is_long]
    sign = _TABLES[table[is_long], raw[here + 2] & 0x3F]
    here, sign = here[sign != 0], sign[sign != 0]
    raw[here] = sign
    raw[here + 1] = raw[here + 2] = 0x20
    return at[raw[at] >= 0xC0]


def _pair(first: Bytes, second: Bytes) -> NDArray[np.uint16]:
    """Return two bytes as one number."""
    return first.astype(np.uint16) << np.uint16(8) | second


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
_TABLES = np.stack([np.zeros(64, dtype=np.uint8), *(table for _, _, table in _SIGNS)])


def _long() -> Bytes:
    """Return for the first two bytes of a letter which row of the tables its third is looked up in; 0 for none."""
    rows = np.zeros(1 << 16, dtype=np.uint8)
    for row, (first, second, _) in enumerate(_SIGNS, 1):
        rows[first << 8 | second] = row
    return rows


def _short() -> Bytes:
    """Return for each sign of two bytes the ASCII sign that it becomes; 0 for letters."""
    signs = np.zeros(1 << 16, dtype=np.uint8)
    signs[0xC280:0xC2C0] = _LATIN
    for two, sign in ((0xD89F, "?"), (0xD88C, ","), (0xDB94, "."), (0xD689, ".")):
        signs[two] = ord(sign)
    return signs


_LONG, _SHORT = _long(), _short()


@cache
def _counters() -> NDArray[np.uint64]:
    """Return a table a group of six classes: for any two bytes, how many are in each class, in its field."""
    tables = np.zeros((-(-len(CLASSES) // _FIELDS), 256), dtype=np.uint64)
    for number, members in enumerate(CLASSES.values()):
        tables[number // _FIELDS, list(members)] += np.uint64(1 << (number % _FIELDS * _BITS))
    return (tables[:, :, None] + tables[:, None, :]).reshape(len(tables), -1)


def stretches(starts: Ints) -> list[tuple[int, int]]:
    """Cut lines into stretches of about STRETCH bytes, which stay in the processor's cache."""
    edges = np.searchsorted(starts, np.arange(0, int(starts[-1]), STRETCH), side="left")
    edges = np.unique(np.append(edges, len(starts) - 1)).tolist()
    return list(pairwise(edges))


def class_counts(letters: Letters) -> dict[str, Ints]:
    """Return how many bytes of each class every line has.

    Two bytes are looked up at a time. Where a line starts at an odd place, the byte before it is a line feed, which
    is in no class: so the pair counts as the line's own. Running sums wrap around; their differences are right.
    """
    pairs = np.frombuffer(letters.raw.tobytes(), dtype=np.uint16, count=len(letters.raw) // 2)
    starts = letters.starts // 2
    sums = np.empty((len(_counters()), len(starts) - 1), dtype=np.uint64)
    for low, high in stretches(starts):
        own, lines = pairs[starts[low] : starts[high]].astype(np.intp), starts[low : high + 1] - starts[low]
        running = np.zeros(len(own) + 1, dtype=np.uint64)
        for group, table in enumerate(_counters()):
            np.cumsum(table.take(own, mode="clip"), out=running[1:])
            sums[group, low:high] = np.diff(running.take(lines))
    mask = np.uint64((1 << _BITS) - 1)
    return {
        name: (sums[number // _FIELDS] >> np.uint64(number % _FIELDS * _BITS) & mask).view(np.int64)
        for number, name in enumerate(CLASSES)
    }
