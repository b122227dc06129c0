"""Which of a document's known lines are the site's own: by how many documents they stand in, and where here."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.features import add_features
from corpus.cleaning.knownlines.table import KnownLines
from corpus.cleaning.matching import rule_number

__all__ = ["with_known"]

_LEAST_WORDS = 4
"""Shorter lines may be recurring sub-heads ("Why it matters") between paragraphs, or entries of a list."""
_WITHIN = ((5, 0.5),)
_APART = ((3, 0.02), (20, 0.0))
_APART_LONGER = ((2, 0.5), *_APART)
_APART_PROSE = ((2, 0.5), (3, 0.25), (5, 0.1), (20, 0.005))
"""(documents, share) that are enough, one pair or another. Running text needs more: agencies end many
reports on one topic with the same paragraph of background."""

_MANY = 3
_MOST, _MOST_OF_MANY = 0.5, 3
"""So many times its own running text a document may lose of what few documents share, and many. With more it is a
copy or a new version of them, and all its running text stays."""


def with_known(units: pl.DataFrame, sites: pl.Series, lines: KnownLines | None) -> pl.DataFrame:
    """Add ``known``, the number of the rule that calls a unit the site's own, and ``certainty``, its score.

    ``units`` has ``doc``, ``unit``, ``text``; ``sites`` the site of each document. Both are null where nothing
    is known. The score is 1 - 1/n for a line that stands in n documents.
    """
    empty = [pl.lit(None, dtype=pl.Int32).alias("known"), pl.lit(None, dtype=pl.Float64).alias("certainty")]
    found = None if lines is None else lines.look_up(units, sites)
    if found is None or not len(found):
        return units.with_columns(empty)
    counted = units.join(found, on="unit", how="left", maintain_order="left")
    some = counted.filter(pl.col("documents").is_not_null().any().over("doc"))
    decided = _decided(add_features(some)).select("unit", "known", "certainty")
    return units.join(decided, on="unit", how="left", maintain_order="left")


def _decided(units: pl.DataFrame) -> pl.DataFrame:
    at = pl.int_range(pl.len(), dtype=pl.Int32).over("doc")
    own = pl.col("prose") & pl.col("documents").is_null()
    placed = units.with_columns(at.alias("at"), own.alias("own")).with_columns(
        pl.col("at").filter("own").min().over("doc").alias("first"),
        pl.col("at").filter("own").max().over("doc").alias("last"),
    )
    apart = (pl.col("at") < pl.col("first")) | (pl.col("at") > pl.col("last"))
    longer = pl.when(pl.col("words") >= _LEAST_WORDS).then(_enough(_APART_LONGER)).otherwise(_enough(_APART))
    goes = apart & pl.when("prose").then(_enough(_APART_PROSE)).otherwise(longer)
    inside = ~apart & (pl.col("words") >= _LEAST_WORDS) & _enough(_WITHIN)
    number = (
        pl.when(goes.fill_null(False))
        .then(rule_number("known.apart"))
        .when(inside.fill_null(False))
        .then(rule_number("known.within"))
    )
    certainty = pl.when(pl.col("known").is_not_null()).then(1 - 1 / pl.col("documents"))
    return _no_copies(placed.with_columns(number.alias("known"))).with_columns(certainty.alias("certainty"))


def _enough(demands: tuple[tuple[int, float], ...]) -> pl.Expr:
    return pl.any_horizontal((pl.col("documents") >= n) & (pl.col("share") >= share) for n, share in demands)


def _no_copies(units: pl.DataFrame) -> pl.DataFrame:
    """Let the running text stay where much of a document is known: then its site has it in several versions."""
    known = pl.col("prose") & pl.col("known").is_not_null()
    chars = pl.col("chars").cast(pl.Int64)
    own = pl.when("own").then(chars).otherwise(0).sum().over("doc")
    lost = pl.when(known).then(chars).otherwise(0).sum().over("doc")
    most = pl.when(pl.col("documents") >= _MANY).then(_MOST_OF_MANY).otherwise(_MOST)
    return units.with_columns(pl.when(~(known & (lost > most * own))).then("known").alias("known"))
