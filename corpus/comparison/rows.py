"""Find the rows of a config that were added, removed or changed, by the table's key.

Each side is read once, batch by batch, to a key and a hash a row; only rows whose key or hash the other side
lacks are read again, and compared value by value. So memory holds the keys, the hashes and the differing rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import randbits

import polars as pl

from corpus.comparison.comparable import Comparable
from corpus.comparison.shards import ConfigShards
from corpus.errors import DataError

__all__ = ["COLUMNS", "NEW_PLACE", "PLACE", "RowDifference", "compare_rows", "slices"]

PLACE = (" file", " row")
"""The columns that say where a row lies: in the old dataset for removed and changed rows, else in the new."""
NEW_PLACE = (" file new", " row new")
"""Where a changed row lies in the new dataset."""
COLUMNS = " columns"
"""The names of the columns in which a changed row differs, a list."""

_HASH = " hash"
_SLICE = 8192


@dataclass(frozen=True, slots=True, eq=False)
class RowDifference:
    """The differing rows of one config, each a key and its place, in key order."""

    added: pl.DataFrame
    removed: pl.DataFrame
    changed: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Whether no row differs."""
        return not (self.added.height or self.removed.height or self.changed.height)

    def column_counts(self) -> dict[str, int]:
        """Return for each column in how many changed rows it differs, most often first, then by name."""
        counts = Counter(name for names in self.changed[COLUMNS] for name in names)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def compare_rows(old: ConfigShards, new: ConfigShards, columns: Sequence[str]) -> RowDifference:
    """Compare by key; ``columns`` are those of both sides, the key's among them, that are compared.

    Raises:
        DataError: a file cannot be read, or two rows of one side have one key.
    """
    form = Comparable(old, new)
    key = list(new.key)
    seed = randbits(64)  # nobody can prepare two rows with one hash
    sides = [_fingerprints(shards, columns, form, seed) for shards in (old, new)]
    before = sides[0].join(sides[1], on=[*key, _HASH], how="anti")
    after = sides[1].join(sides[0], on=[*key, _HASH], how="anti")
    removed, added = before.join(after, on=key, how="anti"), after.join(before, on=key, how="anti")
    changed = before.join(after, on=key, how="inner", suffix=" new").sort(key)
    _check_keys((before, after), sides[0].height - removed.height + added.height == sides[1].height, new)
    place = [*key, *PLACE]
    return RowDifference(
        added.sort(key).select(place),
        removed.sort(key).select(place),
        changed.select(*place, *NEW_PLACE, _changed_columns(old, new, changed, columns, form)),
    )


def slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield slices of a frame of rows that are few enough to be read at once."""
    yield from frame.iter_slices(_SLICE)


def _fingerprints(shards: ConfigShards, columns: Sequence[str], form: Comparable, seed: int) -> pl.DataFrame:
    """Return a row's key, its hash and its place, for every row."""
    parts = [
        _fingerprint(form.frame(data, shards), shards.key, seed, file, first)
        for file, first, data in shards.batches(columns)
    ]
    nothing = form.frame(shards.schema.empty_table().select(columns), shards)
    return pl.concat([_fingerprint(nothing, shards.key, seed, 0, 0), *parts])


def _fingerprint(frame: pl.DataFrame, key: Sequence[str], seed: int, file: int, first: int) -> pl.DataFrame:
    return frame.select(
        *key,
        frame.hash_rows(seed).alias(_HASH),
        pl.lit(file, pl.Int32).alias(PLACE[0]),
        pl.int_range(first, first + frame.height, dtype=pl.Int64).alias(PLACE[1]),
    )


def _check_keys(differing: Sequence[pl.DataFrame], counts_agree: bool, shards: ConfigShards) -> None:
    twice = any(frame.select(shards.key).is_duplicated().any() for frame in differing)
    if twice or not counts_agree:
        raise DataError(
            f"Two rows of the config {shards.config!r} have one {', '.join(shards.key)} in one of the datasets, so "
            "rows cannot be matched; verify both."
        )


def _changed_columns(
    old: ConfigShards, new: ConfigShards, changed: pl.DataFrame, columns: Sequence[str], form: Comparable
) -> pl.Series:
    parts = [pl.Series(COLUMNS, [], pl.List(pl.String))]
    for part in slices(changed):
        before = form.frame(old.at(part.select(PLACE), columns), old)
        after = form.frame(new.at(part.select(NEW_PLACE), columns), new)
        pairs = (
            (before[name].alias("old"), after[name].alias("new")) for name in columns
        )  # Polars reads ^…$ in names
        differs = pl.DataFrame({str(n): one.ne_missing(other) for n, (one, other) in enumerate(pairs)})
        names = [pl.when(pl.col(str(n))).then(pl.lit(c)) for n, c in enumerate(columns)]
        parts.append(differs.select(pl.concat_list(names).list.drop_nulls().alias(COLUMNS)).to_series())
    return pl.concat(parts)
