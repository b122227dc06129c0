"""What speaks for and against a line being the headline, as columns of numbers."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.overlap import add_overlap

__all__ = ["FEATURES", "add_evidence", "around", "beside_stamps", "in_sentences", "reads_like_one"]

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
_SIGNED = ["timestamp", "byline"]


def in_sentences() -> pl.Expr:
    """Tell whether a sentence ends inside the line: then it is a standfirst rather than a headline."""
    inside = pl.col("plain").str.contains(r"\p{Ll}{3,}[.!?][\"')]* \p{Lu}")
    said = pl.col("plain").str.contains(r": [\"'«]")
    return inside & (pl.col("words") > _HEADING_WORDS) & ~said


def reads_like_one() -> pl.Expr:
    """Tell whether a line that no rule speaks of can be a headline at all."""
    plain = pl.col("plain")
    return (
        pl.col("sure").is_null()
        & pl.col("applied").is_null()
        & pl.col("words").is_between(2, _MOST_WORDS)
        & (pl.col("chars") <= _MOST_CHARS)
        & ~pl.col("colon")
        & ~pl.col("lower")
        & ~(plain.str.contains(_SENTENCE) & ~plain.str.contains(_ACRONYM))
        & ~(in_sentences() & (pl.col("words") > _STANDFIRST_WORDS))
        & ~plain.str.contains(_POSITIONS)
        & ~plain.str.contains(_NO_HEADLINE)
        & ~plain.str.contains(_DATELINE)
        & plain.str.contains(r"\p{L}")
    )


def beside_stamps(steps: list[int], roles: list[str]) -> pl.Expr:
    """Tell whether a line so many lines below (above, where negative) has one of the roles for sure."""
    return pl.any_horizontal(
        pl.col("sure_role").shift(-step).is_in(roles) & (pl.col("doc").shift(-step) == pl.col("doc"))
        for step in steps
    ).fill_null(False)


def around() -> list[pl.Expr]:
    """Return what the neighbours and the document say of each line; to be asked of all lines, in order."""
    doc, prose, words = pl.col("doc"), pl.col("prose"), pl.col("words")
    brief = (words <= _BRIEF_WORDS) & ~pl.col("stopped") & ~prose & pl.col("sure").is_null()

    def beside(what: pl.Expr, step: int) -> pl.Expr:
        return (what.shift(-step) & (doc.shift(-step) == doc)).fill_null(False)

    def words_beside(step: int) -> pl.Expr:
        return pl.when(doc.shift(-step) == doc).then(words.shift(-step)).otherwise(0).fill_null(0)

    facts = {
        "echoed": pl.struct("doc", pl.col("text").str.slice(0, 60)).is_duplicated(),
        "echo_next": ((pl.col("text").shift(-1) == pl.col("text")) & (doc.shift(-1) == doc)).fill_null(False),
        "signed": beside_stamps([1], _SIGNED),
        "signed_later": beside_stamps([2, 3], _SIGNED),
        "signed_above": beside_stamps([-1], _SIGNED),
        "by_picture": beside_stamps([1, -1], ["caption", "credit"]),
        "furniture_above": beside_stamps([-1], ["boilerplate"]),
        "furniture_below": beside_stamps([1], ["boilerplate"]),
        "prose_next": beside(prose, 1),
        "prose_later": beside(prose, 2),
        "prose_above": beside(prose, -1),
        "brief_next": beside(brief, 1),
        "brief_above": beside(brief, -1),
        "prose_before": (prose.cum_sum() - prose).over("doc"),
        "lines": pl.len().over("doc"),
        "proses": prose.sum().over("doc"),
        "headings": (brief & beside(prose, 1)).sum().over("doc"),
        "questions": (pl.col("text").str.contains(r"[?？؟]\W*$") & (words <= _STANDFIRST_WORDS)).sum().over("doc"),
        "words_next": pl.when(prose).then(0).otherwise(words_beside(1)),
        "words_above": words_beside(-1),
        "nth": (pl.col("sure").is_null() & pl.col("applied").is_null()).cum_sum().over("doc"),
    }
    return [fact.cast(pl.Float32).alias(f"t_{name}") for name, fact in facts.items()]


def add_evidence(candidates: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates with the columns of :data:`FEATURES`.

    ``candidates`` are lines of ``units`` with the columns of :func:`around`; what a line shares with the lead
    is counted here, and how it compares with the document's other candidates.
    """
    shared = add_overlap(candidates, units)
    told = shared.with_columns(fact.cast(pl.Float32).alias(f"t_{name}") for name, fact in _own().items())
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
        "asks": plain.str.contains(r"[?？؟]\W*$"),
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
