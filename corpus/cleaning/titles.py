"""Find the headline: the line that stands where one stands, reads like one, and shares words with the article."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.overlap import add_overlap

__all__ = ["add_titles"]

_OPENING = 2
"""Among how many lines the headline of a bare text stands, what rules speak of not counted."""

_ABOVE_PROSE = 3
"""How far above the first running text it stands there: a deck may lie between."""

_PARTS = r"\S: ?\S| [—–|] "
"""A headline may be longer where it has two parts."""

_TOLD_WORDS = 3
"""Shorter lines in between, and repetitions, count for nothing."""

_KICKER_WORDS = 4
"""Only so short lines stand above it."""

_BARE_WORDS = 18
_BARE_SIGNS = 64
"""The same in code points where words are not spaced."""

_INTERVIEW = 3
"""So many short questions, and one in so many lines, make an interview: its first one is no headline."""

_HEADING_WORDS = 12

_ALONE_OVERLAP = 0.15
"""Right above running text little is enough, and nothing where the text has no other short lines."""

_WITHIN = 6
"""How far into the run it may stand on a page: the run may begin with a notice above the article."""

_NEAR = 3
"""How far from the headline its byline and time of publication stand at most."""

_WEIGHTS = {
    "overlap": 2.3,
    "hits": 3.2,
    "tiny": -2.4,
    "short": -1.3,
    "long": -0.8,
    "echoed": 0.3,
    "signed": 0.9,
    "opens": -0.3,
    "lead_next": 0.5,
    "asks": -0.3,
    "bars": -1.6,
    "away": -0.3,
    "inside": -3.8,
    "inside_signed": 2.6,
    "deck": -1.5,
    "hinted": -1.1,
    "named": -0.3,
}
"""What speaks for a candidate on a page and by how much; fitted on pages with known headlines."""

_ABOVE = 0.4
_PLACES = ("caption", "edge", "page", "tail", "head")
_POSITIONS = r"(?i)\((?:[rlcm]\.|links|rechts|left|right|center|centre|à gauche|à droite|왼쪽|오른쪽|左|右)[^)]*\)"
"""Who stands where in a picture: such a line is its caption."""

_PICTURE = r"(?i)©|\b(?:fotos?|photos?|pictured?|image|bild|grafik|getty|afp|dpa|reuters|left|right|links|rechts)\b"
_LEAST = 2.5
_BARE_OVERLAP = 0.3
_BARE_OVERLAP_LONG = 0.45
"""A longer line is more often a standfirst: it must share more."""


def add_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Add ``title`` (whether the line is the document's headline) and ``title_score``.

    At most one line a document. Where the page shows furniture, any headline-like line before the article's
    run (or near its beginning) is a candidate, or one after it that stands by a time of publication; in a
    bare text only one of the first lines is, above all running text.
    """
    best = (  # a page's best evidence; in a bare text the first line that will do
        pl.concat([_on_pages(units), _in_bare_texts(units)])
        .sort("title_score", "at", descending=[True, False])
        .unique("doc", keep="first", maintain_order=True)
        .select("unit", "title_score", title=pl.lit(True))
    )
    return units.join(best, on="unit", how="left", maintain_order="left").with_columns(
        pl.col("title").fill_null(False)
    )


def _on_pages(units: pl.DataFrame) -> pl.DataFrame:
    return (
        _page_candidates(units)
        .with_columns(title_score=pl.sum_horizontal(pl.col(name) * weight for name, weight in _WEIGHTS.items()))
        .filter(pl.col("title_score") >= _LEAST)
        .select("doc", "unit", "at", "title_score")
    )


def _page_candidates(units: pl.DataFrame) -> pl.DataFrame:
    """Return the candidates on furnished pages with what speaks for and against each, as columns of numbers."""
    start = pl.col("at") <= pl.col("first") + _WITHIN
    after = (pl.col("at") >= pl.col("last")) & _stamped([1, 2], ["timestamp"])
    placed = units.with_columns(_evidence_around())
    candidates = placed.filter(_reads_like_one() & pl.col("furnished") & pl.col("dense") & (start | after))
    return _with_evidence(add_overlap(candidates, units))


def _stamped(steps: list[int], roles: list[str]) -> pl.Expr:
    """Tell whether a line so many lines below is a byline or a time of publication."""
    return pl.any_horizontal(
        pl.col("sure_role").shift(-step).is_in(roles) & (pl.col("doc").shift(-step) == pl.col("doc"))
        for step in steps
    ).fill_null(False)


def _evidence_around() -> list[pl.Expr]:
    same = pl.col("doc").shift(-1) == pl.col("doc")
    key = pl.col("text").str.slice(0, 60)
    return [
        pl.struct("doc", key).is_duplicated().cast(pl.Float64).alias("echoed"),
        _stamped([*range(1, _NEAR + 1), -1], ["timestamp", "byline"]).cast(pl.Float64).alias("signed"),
        (pl.col("prose").shift(-1) & same).fill_null(False).cast(pl.Float64).alias("lead_next"),
    ]


def _below_another() -> pl.Expr:
    """Tell whether a line just above speaks of the article too: then this one is its deck or a caption."""
    speaks = (pl.col("words") >= 5) & (pl.col("hits") >= 2) & (pl.col("overlap") >= _ABOVE)
    above = [
        speaks.shift(step)
        & (pl.col("doc").shift(step) == pl.col("doc"))
        & (pl.col("at") - pl.col("at").shift(step) <= _NEAR)
        for step in (1, 2)
    ]
    return pl.any_horizontal(above).fill_null(False)


def _with_evidence(candidates: pl.DataFrame) -> pl.DataFrame:
    words, text = pl.col("words"), pl.col("text")
    inside = (pl.col("at") > pl.col("first")) & (pl.col("at") < pl.col("last"))
    distance = (pl.col("first") - pl.col("at")).clip(0, 400)
    facts = {
        "hits": pl.min_horizontal(pl.col("hits"), 6) / 6,
        "tiny": words <= 2,
        "short": words.is_between(3, 4),
        "long": (words >= 19) | _sentences(),
        "opens": pl.col("at") == 0,
        "asks": text.str.contains(r"[?!？！]\W*$"),
        "bars": text.str.contains(r"\t|\s[|/»›>]\s|\d\d:\d\d"),
        "away": (distance + 1).log10(),
        "inside": inside,
        "inside_signed": inside & (pl.col("signed") > 0),
        "deck": _below_another(),
        "hinted": pl.any_horizontal(pl.col(f"if_{where}").is_not_null() for where in _PLACES),
        "named": pl.col("plain").str.contains(_PICTURE),
    }
    return candidates.with_columns(fact.cast(pl.Float64).alias(name) for name, fact in facts.items())


def _reads_like_one() -> pl.Expr:
    plain = pl.col("plain")
    sentence = plain.str.contains(r"[^.]\.[\"')\]]*$|[。।][\"'」』)\]]*$") & ~plain.str.contains(
        r"\b(?:\p{Lu}\.){2,}$"
    )
    return (
        pl.col("sure").is_null()
        & pl.col("applied").is_null()
        & pl.col("words").is_between(2, 28)
        & (pl.col("chars") <= 220)
        & ~pl.col("colon")
        & ~pl.col("lower")
        & ~sentence
        & ~(_sentences() & (pl.col("words") > _BARE_WORDS))
        & ~plain.str.contains(_POSITIONS)
        & ~plain.str.contains(r"[,;]$|^[-•*▪·–@#]|^\d+[.)]\s|^(?:\p{Lu}|Frage|Question|Pregunta|Domanda)\s?:")
        & plain.str.contains(r"\p{L}")
    )


def _in_bare_texts(units: pl.DataFrame) -> pl.DataFrame:
    """Return candidates among the first lines of texts without furniture, right above running text."""
    plain = pl.col("sure").is_null() & pl.col("applied").is_null()
    again = ~pl.struct("doc", "text").is_first_distinct()
    told = (pl.col("words") >= _TOLD_WORDS) | (pl.col("at") == 0)
    bare = units.filter(~(pl.col("furnished") & pl.col("dense")) & plain & told & ~again).with_columns(
        nth=pl.int_range(pl.len(), dtype=pl.Int32).over("doc")
    )
    asks = pl.col("text").str.contains(r"[?？؟]\W*$") & (pl.col("words") <= _BARE_WORDS)
    asked = asks.sum().over("doc")
    interview = (asked >= _INTERVIEW) & (asked * _INTERVIEW >= pl.len().over("doc"))
    headline = _reads_like_one() & ~_sentences() & ~(asks & interview)
    running = pl.col("prose") & ~headline
    short = ~pl.col("stopped") & (pl.col("words") <= _HEADING_WORDS) & ~running & (pl.col("nth") > 0)
    placed = bare.with_columns(
        prose_at=pl.col("nth").filter(running).min().over("doc"), shorts=short.sum().over("doc")
    )
    below = pl.col("prose_at") - pl.col("nth")
    kickers = (pl.col("words") <= _KICKER_WORDS).cum_sum().over("doc") >= pl.col("nth")
    candidates = placed.filter(
        headline, kickers, pl.col("nth") < _OPENING, below.is_between(1, _ABOVE_PROSE - pl.col("nth"))
    )
    return (
        add_overlap(candidates, units)
        .filter(_akin() | _alone(below))
        .with_columns(title_score=10 - pl.col("at").cast(pl.Float64))
        .select("doc", "unit", "at", "title_score")
    )


def _akin() -> pl.Expr:
    """Tell whether a line is as short as a headline and shares enough words with the lead."""
    dense = (pl.col("chars") <= _BARE_SIGNS) & (pl.col("chars") < 4 * pl.col("words"))
    enough = pl.when(dense | (pl.col("words") <= _HEADING_WORDS)).then(_BARE_OVERLAP).otherwise(_BARE_OVERLAP_LONG)
    brief = dense | (pl.col("words") <= _BARE_WORDS) | pl.col("plain").str.contains(_PARTS)
    return brief & (pl.col("overlap") >= enough) & (pl.col("tokens") >= 2)


def _alone(below: pl.Expr) -> pl.Expr:
    """Tell whether it is the first line, right above running text, and so probably its headline anyway."""
    first = (pl.col("nth") == 0) & (below == 1) & pl.col("words").is_between(4, _HEADING_WORDS)
    return first & ((pl.col("overlap") >= _ALONE_OVERLAP) | (pl.col("shorts") == 0))


def _sentences() -> pl.Expr:
    """Tell whether a sentence ends inside the line: then it is a standfirst rather than a headline."""
    inside = pl.col("plain").str.contains(r"\p{Ll}{3,}[.!?][\"')]* \p{Lu}")
    said = pl.col("plain").str.contains(r": [\"'«]")
    return inside & (pl.col("words") > _HEADING_WORDS) & ~said
