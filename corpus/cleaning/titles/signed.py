"""Find the writers' names that stand right below a headline, with no sign of a byline but what they are."""

from __future__ import annotations

import tomllib
from functools import cache

import numpy as np
import polars as pl

from corpus.cleaning.matching import rule_no
from corpus.cleaning.overlap import shared_words
from corpus.cleaning.patterns.compiled import extracted
from corpus.cleaning.standing import Flags, Standing
from corpus.files import package_text

__all__ = ["tell_signed"]

_BELOW = 3
"""How far below the headline a name may stand: a standfirst or a picture's words lie between."""

_FIRST = r"^([\p{L}'’-]+)"


def tell_signed(lines: Standing) -> None:
    """Let the rules that hold beside bylines hold of names below the headline, and of what stands beside those.

    So it is with a name that is the first line of a text without a headline. A name begins with a given name
    (``given_names.toml``) and shares no word with the article's lead: whoever is named in both is its subject.
    The headlines have been told as ``title``.
    """
    named = _named(lines)
    if not named.any():
        return
    hint, applied = lines.number("if_byline"), lines.number("applied")
    beside = (lines.beside(named, 1) | lines.beside(named, -1)) & ~lines.flag("title")
    holds = (named | beside) & (hint >= 0) & (applied < 0)
    lines.tell(applied=np.where(holds, hint, applied))


def _named(lines: Standing) -> Flags:
    rows = lines.hints[lines.numbers(lines.hints, "if_byline") == rule_no("byline.name")]
    title, silent = lines.flag("title"), (lines.number("sure") < 0) & (lines.number("applied") < 0)
    rows = rows[silent[rows] & ~title[rows]]
    if len(rows):
        below: Flags = np.logical_or.reduce([lines.beside(title, -step) for step in range(1, _BELOW + 1)])
        below |= (lines.runs.at == 0) & ~lines.any(title) & _above_prose(lines)
        rows = rows[below[rows]]
    named = np.zeros(len(lines), dtype=np.bool_)
    if len(rows):
        (first,) = extracted(lines.shown(rows, "lowered"), [(np.arange(len(rows)), _FIRST)])
        rows = rows[first.is_in(_given_names().implode()).to_numpy()]
    if len(rows):
        named[rows[shared_words(lines, rows).hits == 0]] = True
    return named


def _above_prose(lines: Standing) -> Flags:
    return lines.beside(lines.flag("prose"), 1) | lines.beside(lines.flag("prose"), 2)


@cache
def _given_names() -> pl.Series:
    """Return the names of ``given_names.toml`` in small letters."""
    table = tomllib.loads(package_text("corpus.cleaning.titles", "given_names.toml"))
    return pl.Series(sorted({name for names in table.values() for name in names.split()}), dtype=pl.String)
