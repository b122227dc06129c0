"""Write and read Parquet so that equal rows give equal bytes, whatever their chunks were.

Byte identity is promised for one operating system and one version of pyarrow; the content hash everywhere.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.export.layout import way_out

__all__ = [
    "GROUP_BYTES",
    "GROUP_ROWS",
    "SHARD_BYTES",
    "open_writer",
    "read_parquet",
    "rough_bytes",
    "row_weights",
    "unreadable",
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
    """Return the one sentence on a file of a dataset that is no sound Parquet file."""
    first = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    mend = way_out(path.parent.parent, damaged=[f"{path.parent.name}/"])
    return DataError(f"{path} cannot be read as Parquet: {first}; {mend}.")


def rough_bytes(data: pa.Table) -> int:
    """Return the rows' rough size in bytes, by which files and row groups are cut: the same everywhere."""
    return sum(row_weights(data))


def row_weights(data: pa.Table) -> list[int]:
    """Return each row's rough size in bytes, by its values alone: near its size in memory, the same everywhere.

    A row weighs the bytes of its strings (16 for each member of a list) and 8 for each other column.
    """
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
