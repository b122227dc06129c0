"""What a batch of documents adds to the counts: which lines each has, and what tells that it is another article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.knownlines.keys import Keys, combined, line_keys, text_keys
from corpus.cleaning.lines import lines_frame
from corpus.cleaning.wrapping import add_units, joined_units

__all__ = ["Counted", "counted"]

_LEAST_WORDS = 6
"""A paragraph of fewer words tells no article from another."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one batch holds; ``doc`` (UInt64) numbers its documents from 0."""

    documents: pl.DataFrame
    """One row a document: ``doc``, ``site`` (String) and three keys (UInt64): ``id`` of its doc_id, ``body`` of
    the paragraphs it is known by, ``content`` of all its lines."""
    lines: pl.DataFrame
    """One row a document and line, each once: ``doc``, ``key`` (UInt64)."""


def counted(raw: pl.DataFrame) -> Counted:
    """Return what a batch adds; ``raw`` is a frame to clean whose ``site`` is never null.

    Two captures of one article under two addresses must count as one, or its own lines would become the
    site's. An article is known by the first and the longest paragraph in the first half of what the cleaner keeps
    of it: furniture, comments and other stories may differ. What keeps no paragraph is known by all its lines.
    """
    lines = _lines(raw["text"])
    content = _sums(lines, len(raw))
    bodies = pl.Series("body", content, dtype=pl.UInt64).to_frame().with_row_index("doc")
    known_by = bodies.join(_paragraphs(raw), on="doc", how="left", maintain_order="left")
    documents = raw.select(
        pl.int_range(pl.len(), dtype=pl.UInt64).alias("doc"),
        "site",
        text_keys(raw["doc_id"]).alias("id"),
        known_by.select(pl.coalesce("key", "body"))["key"].alias("body"),
        pl.Series("content", content, dtype=pl.UInt64),
    )
    return Counted(documents, lines)


def _lines(texts: pl.Series) -> pl.DataFrame:
    """Return the distinct lines of each text as the kernel sees them, wrapped paragraphs healed."""
    units = joined_units(add_units(lines_frame(texts)))
    keyed = units.select(pl.col("doc").cast(pl.UInt64), line_keys(units["text"]))
    return keyed.drop_nulls("key").unique().sort("doc", "key")


def _sums(lines: pl.DataFrame, count: int) -> Keys:
    """Return a key of all the lines of each document, whatever their order."""
    sums = np.zeros(count, dtype=np.uint64)
    doc = lines["doc"].to_numpy()
    if len(doc):
        starts = np.flatnonzero(np.concatenate(([True], doc[1:] != doc[:-1])))
        sums[doc[starts]] = np.add.reduceat(lines["key"].to_numpy(), starts)
    return sums


def _paragraphs(raw: pl.DataFrame) -> pl.DataFrame:
    """Return ``doc`` and ``key`` of the two paragraphs that each document is known by."""
    blocks = clean_frame(raw, line_model=False).filter("kept").select("doc_id", "text")
    chars = pl.col("text").str.len_chars().cast(pl.Int64)
    first = chars.cum_sum().over("doc_id") - chars <= chars.sum().over("doc_id") // 2
    words = pl.col("text").str.count_matches(" ", literal=True) + 1
    long = (words >= _LEAST_WORDS) | (chars >= 12 * words)  # where words are not spaced
    chosen = blocks.filter(first & long).with_columns(chars.alias("chars"))
    keyed = chosen.with_columns(line_keys(chosen["text"])).drop_nulls("key")
    lead = keyed.unique("doc_id", keep="first", maintain_order=True)
    longest = keyed.sort("chars", "key", descending=True).unique("doc_id", keep="first", maintain_order=True)
    both = lead.join(longest, on="doc_id", suffix="_longest", maintain_order="left")
    keys = pl.Series("key", combined(both["key"].to_numpy(), both["key_longest"].to_numpy()), dtype=pl.UInt64)
    numbers = raw.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("doc"), "doc_id")
    return numbers.join(both.select("doc_id", keys), on="doc_id").select("doc", "key")
