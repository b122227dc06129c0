"""Parquet to parts: a row each, by its number; and a Parquet file anew without some of its rows.

What cannot be carried over as it stands are the bytes of row groups, since pyarrow decodes them: the rest is kept,
rows and their order, schema and metadata, and of each column its compression, and whether it has a dictionary,
statistics and a page index.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import SourceError
from corpus.files import atomic_write
from corpus.readers.erasing.dictionaries import compact
from corpus.readers.erasing.parts import Part, traces_of_record
from corpus.readers.opening import cause
from corpus.readers.report import ReadOptions
from corpus.readers.sourcefile import SourceFile
from corpus.readers.tabular.parquet import open_parquet

__all__ = ["find_table_rows", "without_rows"]

_GROUP_BYTES = 64 * 2**20
"""A row group that takes more memory is written as several."""
_BATCH_BYTES, _BATCH_ROWS = 8 * 2**20, 8192
_WRITTEN_AT_ONCE = 64
"""Values after which a page may end: with more, long texts make pages of many megabytes."""
_SCHEMA = b"ARROW:schema"
_CODECS = {"UNCOMPRESSED": "NONE", "LZ4_RAW": "LZ4", "LZ4_HADOOP": "LZ4"}


def find_table_rows(file: SourceFile, options: ReadOptions) -> Iterator[Part]:
    """Yield the rows of a file.

    Raises:
        SourceError: it is no sound Parquet file.
    """
    with file.open() as stream, _sentence():
        table = open_parquet(stream)
        names = table.schema_arrow.names
        wanted = [number for number, field in enumerate(table.schema_arrow) if _is_searched(field.type)]
        plain = len(set(names)) == len(names) and not any("." in name for name in names)
        row = 0
        for group in range(table.num_row_groups):
            for batch in _batches(table, group, [names[number] for number in wanted] if plain else None):
                searched = batch if plain else _with_own_names(batch.select(wanted))
                for fields in searched.to_pylist():
                    yield Part(row, row + 1, traces_of_record(fields, options))
                    row += 1


def _with_own_names(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same columns; of two of one name the last keeps it, which is the one that the reader takes."""
    last = {name: number for number, name in enumerate(batch.schema.names)}
    names = [name if last[name] == number else f"\0{number}" for number, name in enumerate(batch.schema.names)]
    return batch.rename_columns(names)


def without_rows(path: Path, gone: Sequence[int], check: Callable[[], None] | None = None) -> None:
    """Write the file anew without the rows of these numbers, ascending.

    Raises:
        SourceError: it is no sound Parquet file, or its schema cannot be carried over; it is as it was.
        OSError: it cannot be written.
    """
    with path.open("rb") as source, _sentence(), atomic_write(path, check=check) as target:
        old = open_parquet(source)
        with pq.ParquetWriter(target, old.schema_arrow, **_settings(old)) as writer:
            for part in _kept(old, gone):
                writer.write_table(part, row_group_size=max(1, part.num_rows))
        _check(target, old, len(gone))


def _check(target: IO[bytes], old: pq.ParquetFile, gone: int) -> None:
    """Make sure, before the old file goes, that the new one has its columns and all other rows."""
    target.flush()
    with pq.ParquetFile(target) as new:
        same = new.schema_arrow.equals(old.schema_arrow, check_metadata=True)
        if not same or new.metadata.num_rows != old.metadata.num_rows - gone:
            raise SourceError("Its columns cannot be carried over as they are.")


def _kept(old: pq.ParquetFile, gone: Sequence[int]) -> Iterator[pa.Table]:
    """Yield the other rows, a row group each, or several for one that is large."""
    first = 0
    for group in range(old.num_row_groups):
        held: list[pa.RecordBatch] = []
        for batch in _batches(old, group, None):
            lost = _between(gone, first, first + batch.num_rows)
            held += (compact(part) for part in _other_rows(batch, [row - first for row in lost]))
            first += batch.num_rows
            if sum(map(_size, held)) > _GROUP_BYTES:
                yield pa.Table.from_batches(held, old.schema_arrow)
                held = []
        if any(part.num_rows for part in held):
            yield pa.Table.from_batches(held, old.schema_arrow)


def _size(batch: pa.RecordBatch) -> int:
    """Return how much memory a batch takes, in bytes; pyarrow 21 cannot count a view's own part of its buffers."""
    try:
        return int(batch.nbytes)
    except pa.ArrowTypeError:
        return int(batch.get_total_buffer_size())


def _between(numbers: Sequence[int], first: int, end: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_left(numbers, end)]


def _other_rows(batch: pa.RecordBatch, lost: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """Yield the stretches between rows that go: a filter knows not every type, and a slice does."""
    for before, after in pairwise((-1, *lost, batch.num_rows)):
        if after > before + 1:
            yield batch.slice(before + 1, after - before - 1)


def _batches(table: pq.ParquetFile, group: int, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    told = table.metadata.row_group(group)
    each = max(1, told.total_byte_size // max(1, told.num_rows))
    size = max(1, min(_BATCH_ROWS, _BATCH_BYTES // each))
    yield from table.iter_batches(batch_size=size, row_groups=[group], columns=columns, use_threads=False)


def _is_searched(kind: pa.DataType) -> bool:
    """Tell whether a column can hold an id or a text."""
    return bool(pa.types.is_integer(kind)) or _holds_text(kind)


def _holds_text(kind: pa.DataType) -> bool:
    stored = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    value = stored.value_type if pa.types.is_dictionary(stored) else stored
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    data = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    inner = (_holds_text(value.field(number).type) for number in range(value.num_fields))
    return any(test(value) for test in (*texts, *data)) or any(inner)


def _settings(old: pq.ParquetFile) -> dict[str, Any]:
    """Return how the file was written, as far as it tells."""
    groups = [old.metadata.row_group(number) for number in range(min(1, old.num_row_groups))]
    columns = [group.column(number) for group in groups for number in range(group.num_columns)]
    paths = {column.path_in_schema: column for column in columns}
    dictionaries = [path for path, column in paths.items() if any("DICTIONARY" in e for e in column.encodings)]
    counted = [path for path, column in paths.items() if column.is_stats_set]
    return {
        "compression": {path: _CODECS.get(c.compression, c.compression) for path, c in paths.items()} or "snappy",
        "use_dictionary": dictionaries or False,
        "write_statistics": counted or False,
        "write_batch_size": _WRITTEN_AT_ONCE,
        "version": "2.6" if _has_nanoseconds(old) else old.metadata.format_version,
        "write_page_index": any(column.has_offset_index for column in columns),
        "sorting_columns": groups[0].sorting_columns or None if groups else None,
        "store_schema": _SCHEMA in (old.metadata.metadata or {}),
        "use_compliant_nested_type": not any(".list.item" in path for path in paths),
        "use_deprecated_int96_timestamps": any(column.physical_type == "INT96" for column in columns),
    }


def _has_nanoseconds(old: pq.ParquetFile) -> bool:
    """Tell whether times are kept as nanoseconds, which pyarrow does not write to files of an older version."""
    kinds = (str(old.schema.column(number).logical_type) for number in range(len(old.schema)))
    return any("nanoseconds" in kind for kind in kinds)


@contextmanager
def _sentence() -> Iterator[None]:
    try:
        yield
    except pa.ArrowNotImplementedError as error:
        raise SourceError("Its columns cannot be carried over as they are.") from error
    except (pa.ArrowException, ValueError, OverflowError, MemoryError) as error:
        what = cause(error).splitlines()[0][:200].rstrip(".") if isinstance(error, Exception) else ""
        raise SourceError(f"This is no sound Parquet file: {what}.") from error
