"""From blocks to the columns that describe a document, each value with its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import polars as pl

from corpus.metadata.authorship.agencies import agency_cues
from corpus.metadata.authorship.attributions import LONGEST_ATTRIBUTION
from corpus.metadata.authorship.layout import last_text, layouts
from corpus.metadata.authorship.marks import MARK_REACH
from corpus.metadata.language import identifier_name, language_of
from corpus.metadata.lines import (
    CLOSING_RULES,
    FURNITURE_ROLES,
    LOOSE_ROLES,
    SHORT_ROLES,
    TELLING_ROLES,
    document_values,
)
from corpus.metadata.paywalls import paywall_cues
from corpus.metadata.publishers import publisher_cues
from corpus.metadata.text import block_values, texts
from corpus.metadata.times.stamps import LONGEST_STAMP, stamp_cues
from corpus.metadata.values import Line, Value, columns_of, evidence_of, frame_of
from corpus.model.roles import Role

__all__ = ["COLUMNS", "describe_frame"]

COLUMNS = (
    "doc_id",
    "title",
    "text",
    "authors",
    "published",
    "published_precision",
    "modified",
    "modified_precision",
    "date_hint",
    "publisher",
    "agency",
    "dateline",
    "language",
    "language_score",
    "headings",
    "captions",
    "credits",
    "copyright",
    "copyright_holder",
    "paywall",
    "evidence",
)
LONGEST_LINE = 3_000
"""Blocks longer than this (in code points) are not parsed: no caption or rights statement is."""
LONGEST_SHORT_LINE = 600
"""The same for bylines, time stamps and datelines."""


LONGEST_NAME = 100
BELOW_TITLE = 5
"""A short line that stands so close below the headline may be the author's name alone."""


def describe_frame(raw: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Return one row a document, in the order of ``raw``, with the columns of :data:`COLUMNS`.

    ``raw`` has a unique ``doc_id``; ``blocks`` is what the cleaner made of it, sorted by document, then
    start. Nothing is guessed: a value that the text does not say is null (an empty list for lists).
    ``evidence`` rows of kind "text span" point into the anchor text, at the value's own characters where it
    stands as it is, else at those it was read from.
    """
    clean = texts(raw, blocks)
    languages = _languages(clean)
    values = pl.concat(
        [block_values(blocks), frame_of(_parsed(blocks, clean, languages)), _language_values(languages)]
    )
    described = columns_of(raw, values)
    scores = pl.DataFrame(
        [(doc_id, score) for doc_id, (_, score) in languages.items()],
        schema={"doc_id": pl.String, "language_score": pl.Float64},
        orient="row",
    )
    for part in (clean, scores, evidence_of(raw, values)):
        described = described.join(part, on="doc_id", how="left", maintain_order="left")
    return described.select(COLUMNS)


def _languages(clean: pl.DataFrame) -> dict[str, tuple[str, float]]:
    found = ((doc_id, language_of(text)) for doc_id, text in clean.select("doc_id", "text").iter_rows())
    return {doc_id: language for doc_id, language in found if language}


def _language_values(languages: dict[str, tuple[str, float]]) -> pl.DataFrame:
    return frame_of(
        Value(doc_id, "language", name, None, None, identifier_name(), "derived")
        for doc_id, (name, _) in languages.items()
    )


def _parsed(blocks: pl.DataFrame, clean: pl.DataFrame, languages: dict[str, tuple[str, float]]) -> Iterator[Value]:
    """Yield what is read from the few lines that may say something, document by document."""
    places, prose = layouts(blocks), dict(clean.select("doc_id", "text").iter_rows())
    for doc_id, lines in groupby(_lines(blocks), key=lambda line: line.doc_id):
        language = languages.get(doc_id, (None, 0.0))[0]
        yield from document_values(list(lines), language, places[doc_id], prose[doc_id])


def _lines(blocks: pl.DataFrame) -> Iterator[Line]:
    role, text = pl.col("role"), pl.col("text")
    named = text.str.contains(publisher_cues()) | text.str.contains(paywall_cues())
    told = role.is_in(TELLING_ROLES) | (role.is_in(FURNITURE_ROLES) & named) | pl.col("rule").is_in(CLOSING_RULES)
    stamped = role.is_in(LOOSE_ROLES) & text.str.contains(stamp_cues())
    longest = pl.when(role.is_in(SHORT_ROLES)).then(LONGEST_SHORT_LINE).otherwise(LONGEST_LINE)
    length = text.str.len_chars()
    below = pl.col("block") - pl.col("block").filter(role == Role.TITLE.value).min().over("doc_id")
    alone = role.is_in(LOOSE_ROLES) & (length <= LONGEST_NAME) & below.is_between(1, BELOW_TITLE)
    below_text = (pl.col("block") - last_text().over("doc_id")).is_between(0, MARK_REACH)
    ends = below_text & (length <= LONGEST_LINE)
    signed = below_text & (length <= LONGEST_NAME) & text.str.contains(r"[:：(]")
    beside = ends | (below.is_between(1, BELOW_TITLE) & (length <= LONGEST_ATTRIBUTION))
    agency = pl.when(beside).then(text).str.contains(agency_cues())
    chosen = blocks.filter(
        (told & (length <= longest)) | (stamped & (length <= LONGEST_STAMP)) | alone | signed | agency
    )
    yield from (Line(*row) for row in chosen.select(Line._fields).iter_rows())
