"""Recognise documents that have another name now: the same text, address or title under another id.

Rows are matched by their keys, so such a document is a row removed and a row added, and a MAJOR: whoever asks for
the old id finds nothing. This tells people where it went. It tells no more than the two datasets do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from corpus.comparison.difference import ConfigDifference
from corpus.comparison.fingerprints import PLACE
from corpus.comparison.rows import slices
from corpus.comparison.shards import ConfigShards
from corpus.model.document import sha256_text

__all__ = ["Renamed", "renamed_documents"]

_BY = {
    "anchor_sha256": "the same text as received",
    "text_sha256": "the same clean text",
    "url": "the same address",
    "title": "the same title",
}
"""Columns by which a document is recognised, the surest first, in words."""


_NOTHING = ("", sha256_text(""))
"""Values that say nothing: of an empty text the hash, too."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A document that is removed under one id and added under another."""

    old: str
    new: str
    by: str
    """By what it is recognised, in words."""


def renamed_documents(documents: ConfigDifference) -> list[Renamed]:
    """Return the renamed documents in the order of their old ids; each id stands in one of them at most.

    A value that two removed or two added documents have recognises none.

    Raises:
        DataError: a file cannot be read.
    """
    removed, added = documents.rows.removed, documents.rows.added
    found: list[Renamed] = []
    for column, words in _BY.items():
        if removed.is_empty() or added.is_empty():
            break
        sides = (_values(removed, documents.old, column), _values(added, documents.new, column))
        pairs = sides[0].join(sides[1], on="value", how="inner", suffix="_new").select("doc_id", "doc_id_new")
        found += (Renamed(old, new, words) for old, new in pairs.iter_rows())
        removed = removed.join(pairs, on="doc_id", how="anti")
        added = added.join(pairs, left_on="doc_id", right_on="doc_id_new", how="anti")
    return sorted(found, key=lambda item: item.old)


def _values(rows: pl.DataFrame, shards: ConfigShards, column: str) -> pl.DataFrame:
    """Return the ids of the rows with a hash of their value, of each value that stands once."""
    parts = [pl.DataFrame(schema={"doc_id": pl.String, "value": pl.UInt64}), *_hashed(rows, shards, column)]
    whole = pl.concat(parts)
    return whole.filter(pl.col("value").is_unique())


def _hashed(rows: pl.DataFrame, shards: ConfigShards, column: str) -> Iterator[pl.DataFrame]:
    if column not in shards.schema.names:
        return
    for part in slices(rows, shards):
        values = pl.Series("value", pl.from_arrow(shards.at(part.select(PLACE), [column]).column(column)))
        told = pl.DataFrame({"doc_id": part["doc_id"], "value": values.cast(pl.String)})
        yield told.filter(~pl.col("value").is_in(_NOTHING), pl.col("value").is_not_null()).with_columns(
            pl.col("value").hash()
        )
