"""Look a batch's lines up in a file of counts, which is read once and does not change while it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from corpus.cleaning.knownlines.keys import line_keys
from corpus.cleaning.knownlines.store import COLUMNS, check_counts, read_counts
from corpus.errors import DataError
from corpus.files import sha256_file

__all__ = ["LEAST", "FrozenCounts", "KnownLines"]

LEAST = 2
"""A line in fewer documents of its site is no evidence and is not looked up."""


@dataclass(frozen=True, slots=True)
class KnownLines:
    """The lines that stand in at least :data:`LEAST` documents of their site."""

    totals: Mapping[str, int]
    """Documents counted a site."""
    lines: Mapping[str, pl.DataFrame]
    """For each site ``key`` (UInt64), ``documents`` and ``since`` (UInt32), as the file has them."""

    def look_up(self, units: pl.DataFrame, sites: pl.Series) -> pl.DataFrame:
        """Return ``unit``, ``documents`` and ``share`` (of the site's documents) of the units that are known.

        Args:
            units: ``doc`` (row number of the document), ``unit`` and ``text``.
            sites: the site of each document, null where it has none.
        """
        names = [site for site in sites.drop_nulls().unique(maintain_order=True) if site in self.lines]
        empty = pl.DataFrame(schema={"unit": units.schema["unit"], "documents": pl.UInt32, "share": pl.Float64})
        if not names:
            return empty
        numbers = pl.DataFrame({"site": names}, schema={"site": pl.String}).with_row_index("number")
        rows = pl.DataFrame({"site": sites}, schema={"site": pl.String}).with_row_index("doc")
        own = units.join(rows.join(numbers, on="site"), on="doc", maintain_order="left")
        keyed = own.select("unit", "number", line_keys(own["text"]))
        counts = pl.concat([self._counts(name, number) for number, name in enumerate(names)])
        return keyed.join(counts, on=["number", "key"]).select(empty.columns)

    def _counts(self, site: str, number: int) -> pl.DataFrame:
        """Return a site's rows under a number of its own, with the share of the documents since a line came in."""
        later = pl.lit(self.totals[site], dtype=pl.Int64) - pl.col("since").cast(pl.Int64)
        count = pl.col("documents").cast(pl.Int64)
        share = count.cast(pl.Float64) / pl.max_horizontal(later, count)
        named = pl.lit(number, dtype=pl.UInt32).alias("number")
        return self.lines[site].select(named, "key", "documents", share.alias("share"))


@dataclass(frozen=True, slots=True)
class FrozenCounts:
    """A file of counts as a build's input: known by its hash, loaded once a process, refused if it changed."""

    path: Path
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FrozenCounts:
        """Freeze a file.

        Raises:
            DataError: the file is no file of counts.
            OSError: it cannot be read.
        """
        check_counts(path)
        return cls(path.resolve(), sha256_file(path))

    def load(self) -> KnownLines:
        """Return the counts.

        Raises:
            DataError: the file is not the one that was frozen, or is damaged.
        """
        return _loaded(self.path, self.sha256)


@lru_cache(maxsize=2)
def _loaded(path: Path, sha256: str) -> KnownLines:
    if sha256_file(path) != sha256:
        raise DataError(f"The known lines in {path} changed while they were used; build again.")
    check_counts(path)
    wanted = (pl.col("documents") >= LEAST) & pl.col("kind").is_in(["site", "line"])
    rows = pl.concat([pl.DataFrame(schema=COLUMNS), *(part.filter(wanted) for part in read_counts(path))])
    totals = rows.filter(pl.col("kind") == "site").select("site", "documents")
    lines = rows.filter(pl.col("kind") == "line").select("site", "key", "documents", "since")
    parts = lines.partition_by("site", as_dict=True, include_key=False)
    return KnownLines(dict(totals.iter_rows()), {str(site): part for (site,), part in parts.items()})
