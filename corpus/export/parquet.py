"""Write and read Parquet so that equal rows give equal bytes, whatever their chunks were.

Byte identity is promised for one operating system and one version of pyarrow; the content hash everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import DataError

__all__ = [
    "GROUP_BYTES",
    "GROUP_ROWS",
    "SHARD_BYTES",
    "cut_rows",
    "open_writer",
    "read_parquet",
    "rough_bytes",
    "row_weights",
    "unreadable",
    "write_parquet",
]

SHARD_BYTES = 256 * 2**20
"""A file is closed before its rows, uncompressed and roughly counted, pass this size."""
GROUP_BYTES = 64 * 2**20
"""The same for a row group (viewers want 100-300 MB at most)."""
GROUP_ROWS = 65_536
"""Rows a row group holds at most."""

_OPTIONS = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 9,
    "use_dictionary": True,
    "write_statistics": True,
    "write_page_index": True,
    "write_page_checksum": True,
    "use_content_defined_chunking": True,
    "data_page_size": 2**20,
    "dictionary_pagesize_limit": 2**20,
    "write_batch_size": 1024,
    "store_schema": True,
}


def write_parquet(path: Path, data: pa.Table, metadata: dict[bytes, bytes]) -> None:
    """Write fitted rows, in their order, with pinned options and the schema metadata in key order.

    A table without rows gives a file without row groups.

    Raises:
        OSError: the file cannot be written.
    """
    schema = data.schema.with_metadata(dict(sorted(metadata.items())))
    with open_writer(path, schema) as writer:
        for group in cut_rows(data, GROUP_BYTES, GROUP_ROWS):
            whole = group.combine_chunks().replace_schema_metadata(schema.metadata)
            writer.write_table(whole, row_group_size=max(1, whole.num_rows))


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a writer with pinned options; a row group is what one call of its ``write_table`` gets.

    Raises:
        OSError: the file cannot be written.
    """
    return pq.ParquetWriter(path, schema, **_OPTIONS)


def read_parquet(path: Path) -> pa.Table:
    """Read a whole file, its pages' checksums and its strings' encoding checked.

    Raises:
        DataError: it cannot be read, or is not a sound Parquet file.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            data = file.read()
        data.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from None
    return data


def unreadable(path: Path, error: Exception) -> DataError:
    """Return the one sentence on a file that is no sound Parquet file."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return DataError(f"{path.name} cannot be read as Parquet: {first}.")


def cut_rows(data: pa.Table, most_bytes: int, most_rows: int | None = None) -> Iterator[pa.Table]:
    """Yield slices of consecutive rows, each as long as the limits allow and at least one row long.

    Where the cuts fall depends on the values alone: a row weighs the bytes of its strings (16 for each member
    of a list) and 8 for each other column.
    """
    weights = row_weights(data)
    start = total = 0
    for row, weight in enumerate(weights):
        full = total + weight > most_bytes or (most_rows is not None and row - start >= most_rows)
        if full and row > start:
            yield data.slice(start, row - start)
            start, total = row, 0
        total += weight
    if weights:
        yield data.slice(start)


def rough_bytes(data: pa.Table) -> int:
    """Return the rows' size as :func:`cut_rows` weighs it: near their size in memory, the same everywhere."""
    return sum(row_weights(data))


def row_weights(data: pa.Table) -> list[int]:
    """Return each row's rough size in bytes, as :func:`cut_rows` weighs it."""
    total = pa.chunked_array([pa.array([0] * data.num_rows, pa.int64())])
    for column in data.columns:
        if pa.types.is_large_string(column.type):
            part = pc.binary_length(column)
        elif pa.types.is_list(column.type):
            part = pc.multiply(pc.list_value_length(column).cast(pa.int64()), 16)
        else:
            part = pa.scalar(8, pa.int64())
        if not isinstance(part, pa.Scalar):
            part = pc.fill_null(part.cast(pa.int64()), 0)
        total = pc.add(total, part)
    weights: list[int] = total.to_pylist()
    return weights
