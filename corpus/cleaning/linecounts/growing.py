"""Add batches to a file of counts, in memory that does not grow with the lines: by parts on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.knownlines.store import CountsWriter, check_counts, read_counts
from corpus.cleaning.knownlines.table import LEAST
from corpus.cleaning.linecounts.counting import Counted
from corpus.cleaning.linecounts.spill import Spill
from corpus.files import atomic_write

__all__ = ["KEPT_DOCUMENTS", "RARE", "Grown", "Growth"]

Flags = NDArray[np.bool_]

KEPT_DOCUMENTS = 100_000
"""A document's keys are kept until so many later ones of its site have been counted."""
RARE = 1000
"""A line is kept while it stands in at least one of so many documents since it came in."""

_OLD: dict[str, type[pl.DataType]] = {
    "key": pl.UInt64,
    "site": pl.UInt32,
    "documents": pl.UInt32,
    "since": pl.UInt32,
}
_NEW: dict[str, dict[str, type[pl.DataType]]] = {
    "document": {"key": pl.UInt64, "site": pl.UInt32, "doc": pl.UInt64},
    "body": {"key": pl.UInt64, "site": pl.UInt32, "doc": pl.UInt64, "content": pl.UInt64},
    "line": {"key": pl.UInt64, "site": pl.UInt32, "doc": pl.UInt64},
}


@dataclass(frozen=True, slots=True)
class Grown:
    """What a run added to the counts, and what the file holds now."""

    documents: int
    """Documents with a site or publisher."""
    added: int
    """Of them, counted now."""
    seen: int
    """Of them, counted in an earlier run under the same id."""
    copies: int
    """Of them, further copies of an article that is counted."""
    sites: int
    total: int
    """Documents counted in all."""
    lines: int
    """Distinct lines in the file."""
    repeated: int
    """Of them, in enough documents to be evidence."""


class Growth:
    """One run: batches are added, then the file is written anew, with what it held before."""

    def __init__(self, folder: Path) -> None:
        """Work below an empty folder, which the caller removes."""
        self._new = {kind: Spill(_made(folder / f"new-{kind}"), schema) for kind, schema in _NEW.items()}
        self._old = {kind: Spill(_made(folder / f"old-{kind}"), _OLD) for kind in _NEW}
        self._sites: dict[str, int] = {}
        self._before: dict[int, int] = {}
        self._documents = 0

    def add(self, batch: Counted) -> None:
        """Add a batch; the order of batches makes no difference to the file."""
        first = pl.lit(self._documents, dtype=pl.UInt64)
        documents = batch.documents.with_columns(
            (pl.col("doc") + first).alias("doc"), self._numbers(batch.documents["site"])
        )
        lines = batch.lines.with_columns(pl.col("doc") + first).join(documents.select("doc", "site"), on="doc")
        self._new["document"].add(documents.rename({"id": "key"}))
        self._new["body"].add(documents.rename({"body": "key"}))
        self._new["line"].add(lines)
        self._documents += len(documents)

    def write(self, path: Path) -> Grown:
        """Write the counts to ``path``, atomically, with those it holds already.

        Raises:
            DataError: ``path`` is something else, of another version, or damaged.
        """
        if path.exists():
            self._take_in(path)
        seen = self._seen()
        added = self._added(seen)
        totals = self._totals(added)
        lines = repeated = 0
        with atomic_write(path) as stream:
            writer = CountsWriter(stream)
            writer.add("site", self._site_rows(totals))
            for kind, news in (("document", ~seen), ("body", added), ("line", added)):
                for rows in self._merged(kind, news, totals):
                    writer.add(kind, rows)
                    if kind == "line":
                        lines += len(rows)
                        repeated += int((rows["documents"] >= LEAST).sum())
            writer.close()
        new, known = int(added.sum()), int(seen.sum())
        copies = self._documents - new - known
        return Grown(self._documents, new, known, copies, len(self._sites), sum(totals.values()), lines, repeated)

    def _numbers(self, sites: pl.Series) -> pl.Series:
        names = sites.unique(maintain_order=True).to_list()
        numbers = {name: self._sites.setdefault(name, len(self._sites)) for name in names}
        return sites.replace_strict(numbers, return_dtype=pl.UInt32).alias("site")

    def _take_in(self, path: Path) -> None:
        check_counts(path)
        for rows in read_counts(path):
            named = rows.with_columns(self._numbers(rows["site"]))
            totals = named.filter(pl.col("kind") == "site").select("site", "documents")
            self._before |= dict(totals.iter_rows())
            for kind, spill in self._old.items():
                spill.add(named.filter(pl.col("kind") == kind))

    def _seen(self) -> Flags:
        """Tell of each document of this run whether its id was counted in an earlier one."""
        seen = np.zeros(self._documents, dtype=np.bool_)
        for new, old in self._parts("document"):
            seen[new.join(old, on=["key", "site"], how="semi")["doc"].to_numpy()] = True
        return seen

    def _added(self, seen: Flags) -> Flags:
        """Tell which documents count: of the copies of an article one, the same in any order."""
        added = np.zeros(self._documents, dtype=np.bool_)
        for new, old in self._parts("body"):
            fresh = new.filter(~pl.Series(seen[new["doc"].to_numpy()], dtype=pl.Boolean))
            fresh = fresh.join(old, on=["key", "site"], how="anti").sort("content")
            chosen = fresh.unique(["key", "site"], keep="first", maintain_order=True)
            added[chosen["doc"].to_numpy()] = True
        return added

    def _totals(self, added: Flags) -> dict[int, int]:
        totals = dict(self._before)
        for new, _ in self._parts("document"):
            fresh = new.filter(pl.Series(added[new["doc"].to_numpy()], dtype=pl.Boolean))
            for site, count in fresh.group_by("site").len().iter_rows():
                totals[site] = totals.get(site, 0) + count
        return totals

    def _parts(self, kind: str) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        return zip(self._new[kind].parts(), self._old[kind].parts(), strict=True)

    def _site_rows(self, totals: Mapping[int, int]) -> pl.DataFrame:
        names = sorted(name for name, number in self._sites.items() if number in totals)
        return pl.DataFrame(
            {"site": names, "key": [0] * len(names), "documents": [totals[self._sites[n]] for n in names]},
            schema={"site": pl.String, "key": pl.UInt64, "documents": pl.UInt32},
        ).with_columns(pl.lit(0, dtype=pl.UInt32).alias("since"))

    def _merged(self, kind: str, news: Flags, totals: Mapping[int, int]) -> Iterator[pl.DataFrame]:
        """Yield the rows of a kind, part by part, sorted, without what is too old or too rare to be kept."""
        names = {number: name for name, number in self._sites.items()}
        known = self._before if kind == "line" else totals  # of a line before it came in, of a document with it
        before = pl.col("site").replace_strict(known, default=0, return_dtype=pl.UInt32)
        total = pl.col("site").replace_strict(totals, default=0, return_dtype=pl.UInt32)
        later = (total - pl.col("since")).cast(pl.Int64)
        count = pl.col("documents").cast(pl.Int64)
        stays = count * RARE >= later if kind == "line" else later <= KEPT_DOCUMENTS
        for new, old in self._parts(kind):
            fresh = new.filter(pl.Series(news[new["doc"].to_numpy()], dtype=pl.Boolean))
            counts = fresh.group_by("key", "site").agg(pl.len().cast(pl.UInt32).alias("documents"))
            both = pl.concat([old, counts.with_columns(before.alias("since")).select(old.columns)])
            one = both.group_by("key", "site").agg(pl.col("documents").sum(), pl.col("since").min())
            named = one.filter(stays).with_columns(
                pl.col("site").replace_strict(names, return_dtype=pl.String).alias("site")
            )
            yield named.sort("key", "site")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
