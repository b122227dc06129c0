"""Parquet to records: in small batches, a broken row costs that row, a broken page the rest of its file."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import SourceError
from corpus.readers.opening import cause
from corpus.readers.records import Record, id_columns
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile

__all__ = ["open_parquet", "read_parquet"]

_ROWS = 64
"""Rows held in memory at once: an article has kilobytes, and sixteen megabytes at most."""

_THRIFT_LIMIT = 2**28


def read_parquet(
    file: SourceFile, options: ReadOptions, report: ReadReport, *, only_ids: bool = False
) -> Iterator[Record]:
    """Yield the rows of a file, with all columns or only those that an id can be in."""
    number = 0
    try:
        with file.open() as stream:
            for batch in _batches(stream, options, only_ids):
                for row, fields in _rows(batch):
                    place = f"{file.name} row {number + row + 1}"
                    if isinstance(fields, str):
                        most = options.max_findings_per_file
                        report.add("bad-row", place, fields, file=file.name, most=most)
                    else:
                        yield Record(fields, place, file.name)
                number += batch.num_rows
    except (SourceError, pa.ArrowException, ValueError, MemoryError) as error:
        after = f" after row {number}" if number else ""
        what = str(error) if isinstance(error, SourceError) else f"This is no sound Parquet file: {_line(error)}."
        report.add("unreadable", f"{file.name}{after}", what, file=file.name)


def open_parquet(stream: object) -> pq.ParquetFile:
    """Open a file that may be hostile: page by page, its heads bounded, its checksums held against the pages.

    Raises:
        pyarrow.ArrowException: it is no sound Parquet file.
    """
    return pq.ParquetFile(
        stream,
        buffer_size=2**20,
        pre_buffer=False,
        thrift_string_size_limit=_THRIFT_LIMIT,
        thrift_container_size_limit=_THRIFT_LIMIT,
        page_checksum_verification=True,
    )


def _batches(stream: object, options: ReadOptions, only_ids: bool) -> Iterator[pa.RecordBatch]:
    parquet = open_parquet(stream)
    columns = id_columns(parquet.schema_arrow.names, options) if only_ids else None
    yield from parquet.iter_batches(batch_size=_ROWS, columns=columns, use_threads=False)


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Yield each row's number in the batch with its fields, or with the sentence that says why it has none."""
    try:
        yield from enumerate(batch.to_pylist())
        return
    except (ValueError, OverflowError, pa.ArrowException):
        pass
    for row in range(batch.num_rows):
        try:
            fields: dict[str, object] | str = batch.slice(row, 1).to_pylist()[0]
        except (ValueError, OverflowError, pa.ArrowException) as error:
            fields = f"The row holds a value that cannot be read: {_line(error)}; mend or remove it."
        yield row, fields


def _line(error: BaseException) -> str:
    return cause(error).splitlines()[0][:200].rstrip(".") if isinstance(error, Exception) else "interrupted"
