"""Rewrite patterns for lines in Western letters: the same there, and many times as quick to compile.

A class of all the world's letters becomes hundreds of states, each time it stands in a pattern; in a line
without letters beyond Latin-1 a dozen ranges say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.signs import SignTable
from corpus.cleaning.utf8 import Utf8

__all__ = ["are_wide", "caseless", "far_letters", "narrowed", "simplified", "wide_ones"]

_WIDE = r"[^\x00-\u{FF}\u{2010}-\u{2027}\u{2030}-\u{203E}\u{20AC}\u{2190}-\u{21FF}\u{25A0}-\u{25FF}]"
"""Finds lines that are not narrow. What it lets pass beyond Latin-1 are signs: no letters, digits or marks."""

_CLASSES = {
    r"\p{L}": "A-Za-zªµºÀ-ÖØ-öø-ÿ",
    r"\p{Lu}": "A-ZÀ-ÖØ-Þ",
    r"\p{Ll}": "a-zµß-öø-ÿ",
    r"\p{N}": "0-9²³¹¼-¾",
}
_FOLDED_LU = "A-ZÀ-ÖØ-Þßÿµ"
"""Upper case where case does not count: these three have their upper case beyond Latin-1."""

_TOKEN = re.compile(r"\\[pP]\{\w+\}|\\u\{\w+\}|\\.|\(\?[a-z-]+:|[\[\]()]|[^\\\[\]()]+", re.S)


def are_wide(text: pl.Series) -> NDArray[np.bool_]:
    """Tell which lines are not narrow."""
    return wide_ones(Utf8.of(text))


def wide_ones(raw: Utf8) -> NDArray[np.bool_]:
    """Tell the same of lines as bytes, from the first byte of each sign: those up to 0xC3 begin Latin-1.

    What is narrow beyond it lies from U+2000 to U+2FFF: begins with 0xE2 and has 64 places for each second byte.
    """
    first = np.flatnonzero(raw.data >= 0xC4)
    beyond = raw.data[first] == 0xE2
    second, third = (raw.data[first[beyond] + place] & 0x3F for place in (1, 2))
    wide = np.ones(len(first), dtype=np.bool_)
    wide[beyond] = _wide_signs()[second.astype(np.int64) << 6 | third]
    return raw.having(first[wide])


@cache
def _wide_signs() -> NDArray[np.bool_]:
    """Return a table of the signs from U+2000 to U+2FFF: which are wide."""
    return pl.Series([chr(code) for code in range(0x2000, 0x3000)]).str.contains(_WIDE).to_numpy()


@cache
def narrowed(pattern: str) -> str:
    r"""Return what matches the same as a pattern of :func:`corpus.cleaning.rules.regex` in narrow lines.

    >>> narrowed(r"(?i:by (?-i:\p{Lu}[\p{L}-]+))")
    '(?i:by (?-i:[A-ZÀ-ÖØ-Þ][A-Za-zªµºÀ-ÖØ-öø-ÿ-]+))'
    """
    shown: list[str] = []
    for piece, inside, blind in _pieces(pattern):
        members = _FOLDED_LU if piece == r"\p{Lu}" and blind else _CLASSES.get(piece)
        shown.append(piece if members is None else members if inside else f"[{members}]")
    return "".join(shown)


def _pieces(pattern: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield a pattern's pieces, and of each whether it stands in a class and whether case does not count there."""
    blind = [False]
    inside = False
    for piece in _TOKEN.findall(pattern):
        if not inside and piece.startswith("("):
            flags = piece[2:-1].partition("-")
            blind.append((blind[-1] or "i" in flags[0]) and "i" not in flags[2])
        elif not inside and piece == ")":
            blind.pop()
        elif piece in "[]":
            inside = piece == "["
        yield piece, inside, blind[-1]


_OTHERS = {
    r"[\p{Lu}&&[^\x00-\u{FF}]]": "Ï",
    r"[\p{Ll}&&[^\x00-\u{FF}]]": "ï",
    r"[\p{L}&&[^\x00-\u{FF}]]": "ª",
    r"[\p{N}&&[^\x00-\u{FF}]]": "¼",
}
"""What stands for a letter or a digit beyond Latin-1, of the same class and as long."""

_UNSUITED = re.compile(r"\\p\{M|[Ïïª¼]|[À-ÿ]-|\w-[\u0100-\U0010FFFF]")


def _stand_ins(sign: pl.Series) -> list[int]:
    for letters, other in _OTHERS.items():
        sign = sign.str.replace_all(letters, other)
    return [ord(one) for one in sign]


_stand_in = SignTable(_stand_ins, np.uint32)


def simplified(plain: pl.Series) -> pl.Series:
    """Return lines as :func:`narrowed` patterns may see them: letters beyond Latin-1 by one of their class."""
    sign = np.frombuffer("\n".join(plain).encode("utf-32-le"), dtype=np.uint32)
    simple = _stand_in.of(sign).tobytes().decode("utf-32-le").split("\n")
    return pl.Series(plain.name, simple[: len(plain)], dtype=pl.String)


@cache
def far_letters(pattern: str) -> frozenset[str] | None:
    """Return the letters beyond Latin-1 that a pattern names, in both cases; None if that is not all.

    In simplified lines that had none of them the narrowed pattern finds what the pattern finds in the lines
    themselves. That is not so of a pattern that names what stands for other letters, a range of far ones or marks,
    nor of one that asks for a case where case does not count: some letters have no other case.
    """
    if _UNSUITED.search(pattern) or any(
        blind and piece in (r"\p{Lu}", r"\p{Ll}") for piece, _, blind in _pieces(pattern)
    ):
        return None
    named = {sign for sign in pattern if sign > "\u00ff" and sign.isalnum()}
    return frozenset(case for sign in named for case in sign.upper() + sign.lower())


@cache
def caseless(pattern: str) -> str | None:
    r"""Return what finds in lower-case lines what a pattern of :func:`.rules.regex` finds in any case.

    It is quicker to compile and to search with. None if the pattern asks for a case or names letters that have
    more than two forms.

    >>> caseless(r"(?i:^by \S+$)")
    '(?:^by \\S+$)'
    """
    pieces = _TOKEN.findall(pattern)
    named = "".join(piece for piece in pieces if not piece.startswith("\\"))
    cased = not {"(?-i:", r"\p{Lu}", r"\p{Ll}"}.isdisjoint(pieces)
    if cased or any(sign != sign.lower() or (sign > "\u00ff" and sign.isalpha()) for sign in named):
        return None
    return pattern.replace("(?i:", "(?:")
