"""Heal hard-wrapped paragraphs: lines that a fixed width broke, where that is certain."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["add_units", "joined_units"]

WIDEST = 100
NARROWEST = 40
LEAST_LINES = 4
"""A paragraph of fewer lines proves nothing by itself."""

_COMPOUNDS = (
    r"(?i)(?:^|[\s\p{P}])(?:self|non|well|ex|anti|co|pre|post|vice|mid|long|short|high|low|all|cross|counter|half|"
    r"ill|left|right|multi|pro|semi|so|two|three|four|five|six|ten|would|then|full|part|far|old|new|nord|süd)-$"
)


_PASSES = 8
"""Healed lines are long and seldom heal again; this bounds how often they may."""


def add_units(lines: pl.DataFrame) -> pl.DataFrame:
    """Heal until nothing more heals, so that a healed text given again stays as it is."""
    healed = _healed_once(lines)
    for _ in range(_PASSES):
        if not _goes_on(healed).any():
            break
        units = joined_units(healed)
        again = _healed_once(units)
        if again["unit"].n_unique() == len(units):
            break
        healed = _merged(healed, units, again)
    return healed


def joined_units(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one row a unit, as if it were a line: ``doc, unit, line, gap, text, start, end``."""
    first = [pl.col(name).first() for name in ("doc", "line", "gap")]
    shown = pl.col("glue") + pl.when(pl.col("hyphen")).then(pl.col("text").str.head(-1)).otherwise(pl.col("text"))
    columns = ["doc", "unit", "line", "gap", "text"]
    goes_on = _goes_on(lines)
    single = lines.select(columns)
    if goes_on.any():
        alone = ~(goes_on | np.append(goes_on[1:], False))
        single, several = single.filter(alone), lines.filter(~alone)
        groups = several.with_columns(shown.alias("text")).group_by("unit", maintain_order=True)
        joined = groups.agg(*first, pl.col("text").str.join("")).select(columns)
        single = pl.concat([single, joined]).sort("unit")
    length = pl.col("text").str.len_chars().cast(pl.Int64)
    return single.with_columns(pl.lit(0, dtype=pl.Int64).alias("start"), length.alias("end"))


def _goes_on(lines: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell which lines belong to the unit of the line before."""
    unit = lines["unit"].to_numpy()
    return np.append(False, unit[1:] == unit[:-1])[: len(unit)]


def _merged(lines: pl.DataFrame, units: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Carry what a later pass healed over to the lines."""
    heads = units["unit"]
    later = pl.DataFrame(
        {"unit": heads, "head": heads[again["unit"]], "joined": again["glue"], "broken": again["hyphen"]}
    )
    first = pl.col("unit") != pl.col("unit").shift(1)
    last = pl.col("unit") != pl.col("unit").shift(-1)
    return (
        lines.join(later, on="unit", how="left", maintain_order="left")
        .with_columns(
            pl.when(first.fill_null(True)).then(pl.col("joined")).otherwise(pl.col("glue")).alias("glue"),
            (pl.col("hyphen") | (pl.col("broken") & last.fill_null(True))).alias("hyphen"),
            pl.col("head").alias("unit"),
        )
        .select(lines.columns)
    )


def _healed_once(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``unit`` (the row of the first line of a healed run), ``glue`` and ``hyphen``.

    A paragraph is certainly wrapped when it has at least four lines of at most 100 characters, every line
    is full (the next one's first word would not have fitted) and at least half of its lines go on with a
    small letter. In a document that has one, shorter full lines of the same width are healed too.
    ``glue`` is what stands between a line and the one before it in its unit; ``hyphen`` marks lines whose
    last character only breaks a word.
    """
    rows = lines.drop("unit", strict=False).with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        (pl.col("end") - pl.col("start")).alias("length"),
    )
    wrapped = _wrapped_documents(rows)
    if not len(wrapped):
        return rows.with_columns(
            pl.col("row").alias("unit"), pl.lit("").alias("glue"), pl.lit(False).alias("hyphen")
        ).drop("length")
    healed = _healed(rows.join(wrapped, on="doc", how="left", maintain_order="left"))
    return healed.with_columns(
        pl.when(pl.col("heals")).then(None).otherwise(pl.col("row")).forward_fill().alias("unit"),
        _breaks_word().shift(-1).fill_null(False).alias("hyphen"),
        pl.when(~pl.col("heals")).then(pl.lit("")).when(pl.col("ends_hyphen").shift(1)).then(pl.lit(""))
        .otherwise(pl.lit(" ")).alias("glue"),
    ).drop("length", "width", "pair", "needed", "goes_on", "tabular", "heals", "ends_hyphen")  # fmt: skip


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare each line with the one before it in its paragraph."""
    first_word = pl.col("text").str.extract(r"^(\S+)").str.len_chars().cast(pl.Int64)
    same = pl.col("gap") == pl.col("gap").shift(1)
    return rows.with_columns(
        same.fill_null(False).alias("pair"),
        (pl.col("length").shift(1) + 1 + first_word).alias("needed"),
        pl.col("text").str.contains(r"^\p{Ll}").alias("goes_on"),
        pl.col("text").str.contains(r"\s{3,}|\t|\|").alias("tabular"),
    )


def _wrapped_documents(rows: pl.DataFrame) -> pl.DataFrame:
    """Return ``doc`` and ``width`` of the documents with a certainly wrapped paragraph."""
    size = pl.len().over("gap")
    narrow = rows.filter((size >= LEAST_LINES) & (pl.col("length").max().over("gap") <= WIDEST))
    if not len(narrow):
        return pl.DataFrame(schema={"doc": pl.UInt32, "width": pl.Int64})
    pairs = pl.col("pair").sum()
    return (
        _pairs(narrow)
        .group_by("doc", "gap")
        .agg(
            pl.col("length").max().alias("width"),
            pairs.alias("pairs"),
            (pl.col("pair") & (pl.col("needed") > pl.col("length").max())).sum().alias("full"),
            (pl.col("pair") & pl.col("goes_on")).sum().alias("going"),
            pl.col("tabular").any().alias("table"),
        )
        .filter(
            pl.col("width") >= NARROWEST,
            pl.col("full") == pl.col("pairs"),
            pl.col("pairs") >= LEAST_LINES - 1,
            pl.col("going") * 2 >= pl.col("pairs"),
            ~pl.col("table"),
        )
        .group_by("doc")
        .agg(pl.col("width").max())
    )


def _healed(rows: pl.DataFrame) -> pl.DataFrame:
    width = pl.col("width")
    joins = pl.col("pair") & (pl.col("needed") > width) & (pl.col("length").shift(1) <= width)
    return _pairs(rows).with_columns(
        (joins & ~pl.col("tabular") & ~pl.col("tabular").shift(1)).fill_null(False).alias("heals"),
        pl.col("text").str.contains(r"\p{L}-$").alias("ends_hyphen"),
    )


def _breaks_word() -> pl.Expr:
    """Tell of a line that the hyphen at the end of the one before it only breaks a word."""
    before = pl.col("text").shift(1)
    return (
        pl.col("heals") & pl.col("goes_on") & before.str.contains(r"\p{Ll}-$") & ~before.str.contains(_COMPOUNDS)
    ).fill_null(False)
