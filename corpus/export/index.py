"""Which split each document stands in: the one thing of every document that is held while a dataset is read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["SplitIndex", "rows_of"]


class _Values:
    """An array of strings as ``bisect`` wants it."""

    def __init__(self, values: pa.Array) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, place: int) -> str:
        value: str = self._values[place].as_py()
        return value


@dataclass(frozen=True, slots=True)
class SplitIndex:
    """The ids of all documents, ascending, and the split of each."""

    ids: pa.Array
    splits: pa.Array

    @classmethod
    def of(cls, documents: Iterable[pa.Table]) -> SplitIndex:
        """Take in the columns ``doc_id`` and ``split`` of all documents, which may come in any order."""
        empty = pa.table({name: pa.array([], pa.large_string()) for name in ("doc_id", "split")})
        parts = [part.select(["doc_id", "split"]).cast(empty.schema) for part in documents]
        whole = pa.concat_tables([empty, *parts]).sort_by("doc_id").combine_chunks()
        return cls(*(_one(whole.column(name)) for name in ("doc_id", "split")))

    def split_of(self, ids: pa.ChunkedArray) -> pa.Array:
        """Return the split of each document, null where there is none of that id; best for ids near one another."""
        return pc.take(self.splits, rows_of(self.ids, ids))

    def names(self) -> Iterator[str]:
        """Yield the splits that there are."""
        yield from self.splits.unique().to_pylist()


def rows_of(index: pa.Array, ids: pa.ChunkedArray) -> pa.Array:
    """Return where each id stands in an ascending index, null where it does not; best for ids near one another."""
    bounds = pc.min_max(ids).as_py()
    if bounds["min"] is None:
        return pa.nulls(len(ids), pa.int64())
    first = bisect_left(_Values(index), bounds["min"])
    after = bisect_right(_Values(index), bounds["max"])
    rows = pc.index_in(ids, value_set=index.slice(first, after - first))
    return pc.add(_one(rows).cast(pa.int64()), first)


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
