"""What speaks for and against a line being the headline, as columns of numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.standing import Flags, Ints, Standing

__all__ = ["FEATURES", "add_evidence", "around", "can_read", "in_sentences", "reads_like_one"]

_MOST_WORDS, _MOST_CHARS = 34, 260
_STANDFIRST_WORDS = 18
"""A line longer than this in which a sentence ends is a standfirst."""
_HEADING_WORDS = 12
_BRIEF_WORDS = 14
_POSITIONS = r"(?i)\((?:[rlcm]\.|links|rechts|left|right|center|centre|à gauche|à droite|왼쪽|오른쪽|左|右)[^)]*\)"
"""Who stands where in a picture: such a line is its caption."""
_ACRONYM = r"\b(?:\p{Lu}\.){2,}$"
_SENTENCE = r"[^.]\.[\"')\]]*$|[。।][\"'」』)\]]*$"
_NO_HEADLINE = r"[,;]$|^[-•*▪·–@#]|^\d+[.)]\s|^(?:\p{Lu}|Frage|Question|Pregunta|Domanda)\s?:"
_DATELINE = r"^\p{Han}{2,16}\d{1,2}月\d{1,2}日电|^[^()]{2,40}\([A-Za-z/ ]{2,20}\) ?[—–-]"
"""A line that begins with a dateline is the article's first sentence."""
_ALIKE = 60
"""Lines that begin with the same code points, so many, are each other's echoes."""


def in_sentences(most: int = _HEADING_WORDS) -> pl.Expr:
    """Tell whether a sentence ends inside a line of more than ``most`` words: then it is rather a standfirst."""
    long = pl.when(pl.col("words") > most).then("plain")
    inside = long.str.contains(r"\p{Ll}{3,}[.!?][\"')]* \p{Lu}").fill_null(False)
    said = long.str.contains(r": [\"'«]").fill_null(False)
    return inside & ~said


def can_read(lines: Standing) -> Flags:
    """Tell which lines no rule speaks of and are of a headline's length and ends: the others need no reading."""
    words, chars = lines.number("words"), lines.number("chars")
    silent = (lines.number("sure") < 0) & (lines.number("applied") < 0)
    fits = (words >= 2) & (words <= _MOST_WORDS) & (chars <= _MOST_CHARS)
    can: Flags = silent & fits & ~lines.flag("colon") & ~lines.flag("lower")
    return can


def reads_like_one() -> pl.Expr:
    """Tell whether a line that :func:`can_read` lets pass can be a headline at all."""
    plain = pl.col("plain")
    return (
        ~(plain.str.contains(_SENTENCE) & ~plain.str.contains(_ACRONYM))
        & ~in_sentences(_STANDFIRST_WORDS)
        & ~plain.str.contains(_POSITIONS)
        & ~plain.str.contains(_NO_HEADLINE)
        & ~plain.str.contains(_DATELINE)
        & plain.str.contains(r"\p{L}")
    )


def around(lines: Standing, rows: Ints) -> pl.DataFrame:
    """Return what the neighbours and the document say of the lines in some rows."""
    prose, words, runs = lines.flag("prose"), lines.number("words"), lines.runs
    silent = lines.number("sure") < 0
    brief = (words <= _BRIEF_WORDS) & ~lines.flag("stopped") & ~prose & silent
    signed, furniture = lines.sure("timestamp", "byline"), lines.sure("boilerplate")
    pictured, below, above = lines.sure("caption", "credit"), 1, -1
    asks = lines.flag("asks") & (words <= _STANDFIRST_WORDS)

    def beside(flag: Flags, *steps: int) -> Flags:
        found: Flags = np.logical_or.reduce([lines.beside(flag, step)[rows] for step in steps])
        return found

    def words_beside(step: int) -> Ints:
        there = lines.beside(np.ones(len(lines), dtype=np.bool_), step)[rows]
        return np.where(there, words[np.clip(rows + step, 0, len(lines) - 1)], 0)

    facts: dict[str, NDArray[np.generic]] = {
        "echoed": _echoed(lines, rows),
        "echo_next": _echoed_next(lines, rows),
        "signed": beside(signed, below),
        "signed_later": beside(signed, 2, 3),
        "signed_above": beside(signed, above),
        "by_picture": beside(pictured, below, above),
        "furniture_above": beside(furniture, above),
        "furniture_below": beside(furniture, below),
        "prose_next": beside(prose, below),
        "prose_later": beside(prose, 2),
        "prose_above": beside(prose, above),
        "brief_next": beside(brief, below),
        "brief_above": beside(brief, above),
        "prose_before": runs.before(runs.sums(prose))[rows],
        "lines": runs.size[rows],
        "proses": lines.count(prose)[rows],
        "headings": lines.count(brief & lines.beside(prose, below))[rows],
        "questions": lines.count(asks)[rows],
        "words_next": np.where(prose[rows], 0, words_beside(below)),
        "words_above": words_beside(above),
        "nth": lines.up_to(silent & (lines.number("applied") < 0))[rows],
    }
    return pl.DataFrame({f"t_{name}": fact.astype(np.float32) for name, fact in facts.items()})


def _echoed(lines: Standing, rows: Ints) -> Flags:
    """Tell which of the rows begin as another line of their document does."""
    begins = lines.units["text"].str.slice(0, _ALIKE)
    like = begins.is_in(begins.gather(rows).unique().implode()).arg_true().to_numpy()
    again = pl.DataFrame({"doc": lines.runs.code[like], "text": begins.gather(like)}).is_duplicated()
    echoed = np.zeros(len(lines), dtype=np.bool_)
    echoed[like] = again.to_numpy()
    return echoed[rows]


def _echoed_next(lines: Standing, rows: Ints) -> Flags:
    text = lines.units["text"]
    same = text.gather(rows) == text.gather(np.minimum(rows + 1, len(lines) - 1))
    inside: Flags = lines.runs.at[rows] + 1 < lines.runs.size[rows]
    return same.to_numpy() & inside


def add_evidence(candidates: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates with the columns of :data:`FEATURES`.

    ``candidates`` are lines with the columns of :func:`around` and of :func:`corpus.cleaning.overlap.shared_words`;
    how each compares with its document's other candidates is counted here.
    """
    told = candidates.with_columns(fact.cast(pl.Float32).alias(f"t_{name}") for name, fact in _own().items())
    weight = pl.col("t_overlap") * pl.min_horizontal(pl.col("t_hits"), 4)
    above = weight.cum_max().shift(1).over("doc")
    compared = {
        "rank": weight.rank("min", descending=True).over("doc"),
        "behind_best": weight - weight.max().over("doc"),
        "behind_above": above.fill_null(1) - weight,
        "order": pl.int_range(pl.len()).over("doc"),
        "count": pl.len().over("doc"),
    }
    return told.with_columns(fact.cast(pl.Float32).alias(f"t_{name}") for name, fact in compared.items())


def _own() -> dict[str, pl.Expr]:
    plain, words = pl.col("plain"), pl.col("words")
    capitals = plain.str.count_matches(r"(?:^|\s)[\"'(]?\p{Lu}")
    tokens = pl.max_horizontal(pl.col("tokens"), 1)
    return {
        "overlap": pl.col("overlap"),
        "hits": pl.col("hits"),
        "tokens": pl.col("tokens"),
        "first_share": pl.col("first_hits") / tokens,
        "often_share": pl.col("often_hits") / tokens,
        "mass": pl.col("mass") / tokens,
        "words": words,
        "chars": pl.col("chars"),
        "chars_a_word": pl.col("chars") / words,
        "at": pl.col("at"),
        "before_run": pl.col("first") - pl.col("at"),
        "after_run": pl.col("at") - pl.col("last"),
        "asks": pl.col("asks"),
        "two_parts": plain.str.contains(r"\S: ?\S"),
        "dash": plain.str.contains(r" [-—–] "),
        "bars": plain.str.contains(r"\t|\s[|/»›>]\s|\d\d:\d\d"),
        "quotes": plain.str.contains(r"[\"'«»„“]"),
        "digits": plain.str.contains(r"\d"),
        "sentences": in_sentences(),
        "capitals": capitals / words,
        "furnished": pl.col("furnished"),
        "furniture": pl.col("furniture"),
        "hints": pl.col("hints"),
    }


FEATURES = (
    "overlap", "hits", "tokens", "first_share", "often_share", "mass", "words", "chars", "chars_a_word", "at",
    "before_run", "after_run", "asks", "two_parts", "dash", "bars", "quotes", "digits", "sentences", "capitals",
    "furnished", "furniture", "hints", "echoed", "echo_next", "signed", "signed_later", "signed_above",
    "by_picture", "furniture_above", "furniture_below", "prose_next", "prose_later", "prose_above",
    "brief_next", "brief_above", "prose_before", "lines", "proses", "headings", "questions", "words_next",
    "words_above", "nth", "rank", "behind_best", "behind_above", "order", "count",
)  # fmt: skip
"""The names of the evidence; its columns are called the same with ``t_`` before."""
