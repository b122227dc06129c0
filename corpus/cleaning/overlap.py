"""Count the words that a line shares with the article's first paragraphs, in any script."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus.cleaning.narrowing import WIDE, narrowed
from corpus.cleaning.standing import Flags, Ints, Standing

__all__ = ["shared_words"]

_LEAD_LINES = 8
_LEAD_CHARS = 500
_OFTEN = 3
_LONG = 4
_WORD = r"[\p{L}\p{M}\p{N}]+"
_LONG_NARROW_WORD = narrowed(r"[\p{L}\p{N}]{4,}")
_BEGINNING = 5
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def shared_words(lines: Standing, rows: Ints) -> pl.DataFrame:
    """Return ``tokens``, ``hits`` and ``overlap`` of the lines in some rows, in the rows' order.

    That is how many words a line has, and how many and what share of them the lead has. Also ``first_hits`` (how
    many stand in the first running text), ``often_hits`` (in three lines of the lead or more) and ``mass`` (how
    many lines of the lead they have, added up).

    The lead is the first running text of the article's run. A word is its first five letters, which inflection
    mostly leaves alone; where words are not spaced (and in Korean), a pair of characters. A line is not compared
    with itself.
    """
    lead = _lead(lines, rows)
    words = _Words.of(lines, rows, lead)
    first = np.concatenate(([True], np.diff(lines.runs.code[lead]) != 0))[: len(lead)]
    has, places = words.keys(lines, lead), words.codes
    own = words.own_codes
    line = own // words.kinds
    key = lines.runs.code[rows[line]] * words.kinds + own % words.kinds
    everywhere = np.sort(has)
    met = np.searchsorted(everywhere, key, "right") - np.searchsorted(everywhere, key, "left")
    at = np.searchsorted(lead, rows)
    itself = np.append(lead, -1)[at][line] == rows[line]
    elsewhere = met - (itself & _among(places, at[line] * words.kinds + own % words.kinds))
    in_first = _among(has[first[places // words.kinds]], key) & (met > 0)
    counted = {
        "tokens": np.ones(len(own), dtype=np.bool_),
        "hits": elsewhere > 0,
        "first_hits": in_first,
        "often_hits": elsewhere >= _OFTEN,
        "mass": elsewhere,
    }
    sums = {
        name: np.bincount(line, weights=told, minlength=len(rows)).astype(np.int32)
        for name, told in counted.items()
    }
    return pl.DataFrame(sums | {"overlap": sums["hits"] / np.maximum(sums["tokens"], 1)})


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of some lines and of the lead: codes are a line's number times ``kinds`` plus the word's."""

    kinds: int
    own_codes: Ints
    codes: Ints
    """Of the lead; sorted, each once."""

    @classmethod
    def of(cls, lines: Standing, rows: Ints, lead: Ints) -> _Words:
        text = lines.units["text"]
        line, words = _tokens(pl.concat([text.gather(rows), text.gather(lead).str.slice(0, _LEAD_CHARS)]))
        told = words.to_frame("word").with_row_index("no")
        number = told.select(pl.col("no").first().over("word").cast(pl.Int64))["no"].to_numpy()
        kinds = max(1, len(number))
        own = line < len(rows)
        own_codes = np.unique(line[own] * kinds + number[own])
        return cls(kinds, own_codes, np.unique((line[~own] - len(rows)) * kinds + number[~own]))

    def keys(self, lines: Standing, lead: Ints) -> Ints:
        """Return for each word of the lead a number that is the same in all lines of its document."""
        return lines.runs.code[lead[self.codes // self.kinds]] * self.kinds + self.codes % self.kinds


def _lead(lines: Standing, rows: Ints) -> Ints:
    """Return the rows of the lead of each document that has one of the rows."""
    asked = np.zeros(len(lines.runs.starts), dtype=np.bool_)
    asked[lines.runs.code[rows]] = True
    prose = lines.flag("prose") & ~lines.flag("head") & ~lines.flag("tail") & (lines.number("sure") < 0)
    prose &= asked[lines.runs.code]
    return np.flatnonzero(prose & (lines.up_to(prose) <= _LEAD_LINES))


def _among(known: Ints, asked: Ints) -> Flags:
    """Tell which numbers are among the known ones, which are sorted."""
    place = np.searchsorted(known, asked)
    found: Flags = np.append(known, -1)[place] == asked
    return found


def _tokens(text: pl.Series) -> tuple[Ints, pl.Series]:
    """Return words with the number of the line that each stands in; one may come several times."""
    lines = pl.DataFrame({"text": text.str.to_lowercase()}).with_row_index("line")
    wide = lines["text"].str.contains(WIDE)
    found = [_beginnings(lines.filter(~wide), _LONG_NARROW_WORD)]
    if wide.any():
        others = lines.filter(wide)
        apart = pl.col("text").str.replace_all(_UNSPACED, " ")
        found += [_beginnings(others.with_columns(apart), _WORD), _pairs(others)]
    words = pl.concat(found)
    return words["line"].to_numpy().astype(np.int64), words["token"]


def _beginnings(lines: pl.DataFrame, word: str) -> pl.DataFrame:
    return (
        lines.lazy()
        .select("line", pl.col("text").str.extract_all(word).alias("token"))
        .explode("token")
        .filter(pl.col("token").str.len_chars() >= _LONG)
        .with_columns(pl.col("token").str.slice(0, _BEGINNING))
        .collect()
    )


def _pairs(lines: pl.DataFrame) -> pl.DataFrame:
    runs = (
        lines.filter(pl.col("text").str.contains(_UNSPACED))
        .select("line", pl.col("text").str.extract_all(_UNSPACED + "{2,}").alias("run"))
        .explode("run")
        .drop_nulls("run")
        .with_row_index("no")
    )
    letters = runs.select("line", "no", pl.col("run").str.split("").alias("token")).explode("token")
    paired = pl.col("token") + pl.col("token").shift(-1).over("no")
    return letters.select("line", paired).drop_nulls("token")
