"""Read the rows of Parquet files a few at a time, in key order, so that memory does not grow with a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.export.parquet import unreadable

__all__ = [
    "BATCH_BYTES",
    "Batches",
    "Files",
    "ascending",
    "by_documents",
    "config_batches",
    "file_batches",
    "first_disorder",
    "in_key_order",
    "plain_batches",
    "read_schema",
]

BATCH_BYTES = 8 * 2**20
"""How large, as the file tells it, the rows are that are held at once; at least one row, however long."""
BATCH_ROWS = 4096
"""Rows that are held at once, however short."""

Batches = Iterable[pa.Table]
Files = Mapping[str, Mapping[str, Sequence[Path]]]
"""The Parquet files of each config (or view) and split."""


def file_batches(path: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield a file's rows, or some columns of them, in their order, checksums and strings' encoding checked.

    Raises:
        DataError: it cannot be read, or is not a sound Parquet file.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
            for group in range(file.metadata.num_row_groups):
                size = _batch_rows(file.metadata.row_group(group))
                wanted = None if columns is None else list(columns)
                for batch in file.iter_batches(size, [group], wanted):
                    data = pa.Table.from_batches([batch])
                    data.validate(full=True)
                    yield data if columns is None else data.select(list(columns))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from None


def config_batches(files: Files, config: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Return the rows of a config's files, one file after the other.

    Raises:
        DataError: a file cannot be read.
    """
    return plain_batches((path for paths in files[config].values() for path in paths), columns)


def plain_batches(paths: Iterable[Path], columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of files without the files' metadata, one file after the other.

    Raises:
        DataError: a file cannot be read.
    """
    for path in paths:
        for batch in file_batches(path, columns):
            yield batch.replace_schema_metadata(None)


def read_schema(path: Path) -> pa.Schema:
    """Return what a file says of its columns.

    Raises:
        DataError: it is no Parquet file.
    """
    try:
        with pq.ParquetFile(path) as file:
            return file.schema_arrow
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from None


def ascending(batches: Batches, key: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the same batches, as long as each row's key is greater than the one before.

    Raises:
        DataError: one is not.
    """
    last: pa.Table | None = None
    for batch in batches:
        keys = batch.select(list(key))
        if first_disorder([keys] if last is None else [last, keys], key) is not None:
            raise DataError(f"The rows are not in the order of {', '.join(key)}; verify the dataset.")
        last = keys.slice(keys.num_rows - 1) if keys.num_rows else last
        yield batch


def by_documents(batches: Batches) -> Iterator[pa.Table]:
    """Yield the same rows, all of a document in one batch; they stand in the order of ``doc_id``."""
    left: pa.Table | None = None
    for batch in batches:
        data = batch if left is None else pa.concat_tables([left, batch])
        ids = data.column("doc_id")
        first = pc.index(ids, ids[-1]).as_py() if data.num_rows else 0
        if first:
            yield data.slice(0, first)
        left = data.slice(first)
    if left is not None and left.num_rows:
        yield left


def in_key_order(streams: Sequence[Batches], key: Sequence[str]) -> Iterator[pa.Table]:
    """Merge streams that each ascend by ``key`` into one, whose first column is a document's id.

    The columns of the key must be in the batches. One batch of each stream is held.
    """
    if len(streams) == 1:
        yield from (batch for batch in streams[0] if batch.num_rows)
        return
    readers = [iter(stream) for stream in streams]
    held = [_next(reader) for reader in readers]
    order = [(name, "ascending") for name in key]
    while waiting := [data for data in held if data is not None]:
        bound = min(data.column(key[0])[-1].as_py() for data in waiting)
        parts = []
        for place, data in enumerate(held):
            if data is not None:
                ready = pc.sum(pc.less_equal(data.column(key[0]), bound)).as_py()
                parts.append(data.slice(0, ready))
                held[place] = data.slice(ready) if ready < data.num_rows else _next(readers[place])
        yield pa.concat_tables(part for part in parts if part.num_rows).sort_by(order)


def first_disorder(batches: Batches, key: Sequence[str]) -> int | None:
    """Return the first row whose key is not greater than the one before; None where the keys ascend."""
    last: pa.Table | None = None
    first = 0
    for batch in batches:
        data = batch.select(list(key))
        joined = data if last is None else pa.concat_tables([last, data])
        row = _first_not_greater(joined, key)
        if row is not None:
            return first + row - (0 if last is None else 1)
        first += data.num_rows
        last = joined.slice(joined.num_rows - 1) if joined.num_rows else last
    return None


def _first_not_greater(data: pa.Table, key: Sequence[str]) -> int | None:
    """Return the first row that is not greater than the one above it."""
    pairs = data.num_rows - 1
    if pairs < 1:
        return None
    ascends = pa.array([False] * pairs, pa.bool_())
    for name in reversed(key):
        column = data.column(name).combine_chunks()
        above, below = column.slice(0, pairs), column.slice(1)
        ascends = pc.or_(pc.greater(below, above), pc.and_(pc.equal(below, above), ascends))
    row: int = pc.index(pc.fill_null(ascends, False), value=False).as_py()
    return None if row < 0 else row + 1


def _next(reader: Iterator[pa.Table]) -> pa.Table | None:
    return next((batch for batch in reader if batch.num_rows), None)


def _batch_rows(group: pq.RowGroupMetaData) -> int:
    each: int = max(1, group.total_byte_size // max(1, group.num_rows))
    return max(1, min(BATCH_ROWS, BATCH_BYTES // each))
