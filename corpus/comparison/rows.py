"""Find the rows of a config that were added, removed or changed, by the table's key.

Each side is read once, batch by batch, to a key and a hash a row; only rows whose key or hash the other side
lacks are read again, and compared value by value. So memory holds a part of the keys and hashes at a time, and
the keys of the differing rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import randbits

import polars as pl

from corpus.comparison.comparable import Comparable
from corpus.comparison.fingerprints import HASH, PLACE, fingerprint_parts
from corpus.comparison.shards import ConfigShards
from corpus.errors import DataError

__all__ = ["COLUMNS", "NEW_PLACE", "RowDifference", "compare_rows", "slices"]

NEW_PLACE = (" file new", " row new")
"""Where a changed row lies in the new dataset."""
COLUMNS = " columns"
"""The names of the columns in which a changed row differs, a list."""

SLICE_BYTES = 16 * 2**20
"""How large, as the files tell it, the rows of one side are that are compared value by value at once."""
_SLICE_ROWS = 8192


@dataclass(frozen=True, slots=True, eq=False)
class RowDifference:
    """The differing rows of one config, each a key and its place, in key order.

    The place is in the old dataset for removed and changed rows, in the new one for added rows.
    """

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
    seed = randbits(64)  # nobody can prepare two rows with one hash
    parts = [
        _compare_part(before, after, new) for before, after in fingerprint_parts(old, new, columns, form, seed)
    ]
    added, removed, changed = (pl.concat(frames).sort(new.key) for frames in zip(*parts, strict=True))
    place = [*new.key, *PLACE]
    return RowDifference(
        added.select(place),
        removed.select(place),
        changed.select(*place, *NEW_PLACE, _changed_columns(old, new, changed, columns, form)),
    )


def slices(frame: pl.DataFrame, *shards: ConfigShards) -> Iterator[pl.DataFrame]:
    """Yield slices of a frame of rows that are few enough to be read at once, from each of the ``shards``."""
    each = max((own.row_bytes() for own in shards), default=0) if frame.height else 0
    yield from frame.iter_slices(max(1, min(_SLICE_ROWS, SLICE_BYTES // max(1, each))))


def _compare_part(
    old: pl.DataFrame, new: pl.DataFrame, shards: ConfigShards
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the added, removed and changed rows among fingerprints."""
    key = list(shards.key)
    before = old.join(new, on=[*key, HASH], how="anti")
    after = new.join(old, on=[*key, HASH], how="anti")
    added, removed = after.join(before, on=key, how="anti"), before.join(after, on=key, how="anti")
    _check_keys((before, after), old.height - removed.height + added.height == new.height, shards)
    return added, removed, before.join(after, on=key, how="inner", suffix=" new")


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
    for part in slices(changed, old, new):
        before = form.frame(old.at(part.select(PLACE), columns), old)
        after = form.frame(new.at(part.select(NEW_PLACE), columns), new)
        pairs = (
            (before[name].alias("old"), after[name].alias("new")) for name in columns
        )  # Polars reads ^…$ in names
        differs = pl.DataFrame({str(n): one.ne_missing(other) for n, (one, other) in enumerate(pairs)})
        names = [pl.when(pl.col(str(n))).then(pl.lit(c)) for n, c in enumerate(columns)]
        parts.append(differs.select(pl.concat_list(names).list.drop_nulls().alias(COLUMNS)).to_series())
    return pl.concat(parts)
