"""Read the Parquet files of one config as they are: their own columns and labels, whatever today's model says.

A release of last year may have fewer columns or labels than the model has now; it is read by what its files
declare.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.model.tables import Table

__all__ = ["ConfigShards"]

_BATCH_ROWS = 2048
_BATCH_BYTES = 8 * 2**20
"""How large, as the file tells it, rows are that are read at once; at least one row."""


@dataclass(frozen=True, slots=True)
class ConfigShards:
    """The files of one config of one dataset. A row's place is the number of its file and its row in the file."""

    config: str
    key: tuple[str, ...]
    paths: tuple[Path, ...]
    schema: pa.Schema
    labels: Mapping[str, tuple[str, ...]]
    """The names of each class label column, in order, as the files declare them."""
    rows: int

    @classmethod
    def open(cls, table: Table, paths: Sequence[Path]) -> ConfigShards:
        """Read what the files say of themselves; ``table`` gives the key, and the labels where they are silent.

        Raises:
            DataError: a file cannot be read, lacks a column of the key, or has other columns than its sibling.
        """
        ordered = tuple(sorted(paths))
        schema: pa.Schema | None = None
        rows = 0
        for path in ordered:
            with _opened(path) as file:
                own = file.schema_arrow
                rows += file.metadata.num_rows
            if schema is not None and not own.equals(schema, check_metadata=False):
                raise DataError(f"{path} has other columns than {ordered[0].name}; verify the dataset.")
            schema = schema if schema is not None else own
        schema = table.schema if schema is None else schema
        lost = [name for name in table.key if name not in schema.names]
        if lost:
            raise DataError(
                f"The config {table.name!r} lacks the column {lost[0]!r} of its key; verify the dataset."
            )
        return cls(table.name, table.key, ordered, schema, _labels(schema, table), rows)

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[int, int, pa.Table]]:
        """Yield (file, first row, rows) from the first row of the first file to the last of the last.

        Raises:
            DataError: a file cannot be read.
        """
        for number, path in enumerate(self.paths):
            with _opened(path) as file:
                first = 0
                for group in range(file.metadata.num_row_groups):
                    for data in _batches(file, group, columns):
                        yield number, first, data
                        first += data.num_rows

    def row_bytes(self) -> int:
        """Return how large a row is on average, as the files tell it; 0 without rows.

        Raises:
            DataError: a file cannot be read.
        """
        total = 0
        for path in self.paths:
            with _opened(path) as file:
                groups = (file.metadata.row_group(group) for group in range(file.metadata.num_row_groups))
                total += sum(group.total_byte_size for group in groups)
        return total // max(1, self.rows)

    def at(self, places: pl.DataFrame, columns: Sequence[str]) -> pa.Table:
        """Return the rows at the places (two columns: file, row) in their order; only their row groups are read.

        Of a row group, a few rows are held at a time beside those that are asked for.

        Raises:
            DataError: a file cannot be read.
        """
        file, row = places.columns
        ordered = places.with_row_index(" order").sort(file, row)
        parts = [self.schema.empty_table().select(columns)]
        for group in ordered.partition_by(file, maintain_order=True):
            parts += self._of_file(group[file][0], group[row].to_list(), columns)
        back = ordered[" order"].arg_sort().to_arrow()
        return pa.concat_tables(part.replace_schema_metadata(None) for part in parts).take(back)

    def _of_file(self, number: int, rows: list[int], columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield the rows, which ascend, row group by row group."""
        with _opened(self.paths[number]) as file:
            first = taken = 0
            for group in range(file.metadata.num_row_groups):
                after = first + file.metadata.row_group(group).num_rows
                inside = bisect_left(rows, after, taken) - taken
                if inside:
                    yield from _taken(file, group, [row - first for row in rows[taken : taken + inside]], columns)
                first, taken = after, taken + inside


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise DataError(f"{path} cannot be read as Parquet: {why}; verify the dataset.") from None


def _batches(file: pq.ParquetFile, group: int, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the rows of a row group, a few at a time."""
    told = file.metadata.row_group(group)
    each: int = max(1, told.total_byte_size // max(1, told.num_rows))
    size = max(1, min(_BATCH_ROWS, _BATCH_BYTES // each))
    for batch in file.iter_batches(size, [group], list(columns)):
        yield pa.Table.from_batches([batch]).select(columns)


def _taken(file: pq.ParquetFile, group: int, rows: Sequence[int], columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the rows of a row group that have these numbers, which ascend."""
    first = taken = 0
    for data in _batches(file, group, columns):
        after = first + data.num_rows
        inside = bisect_left(rows, after, taken) - taken
        if inside:
            yield data.take(pa.array([row - first for row in rows[taken : taken + inside]], pa.int64()))
        first, taken = after, taken + inside
        if taken == len(rows):
            return


def _labels(schema: pa.Schema, table: Table) -> dict[str, tuple[str, ...]]:
    """Return the label names that the files' metadata declare; the model's where these say nothing sound."""
    try:
        told = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        found = {
            str(name): tuple(map(str, feature["names"]))
            for name, feature in told.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        found = dict(table.labels)
    return {name: names for name, names in found.items() if name in schema.names and names}
