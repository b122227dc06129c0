"""Write the rows of a config as they come: to files and row groups that are cut where their sizes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.export.content import ContentHash
from corpus.export.features import schema_metadata
from corpus.export.index import SplitIndex
from corpus.export.layout import shard_path
from corpus.export.parquet import GROUP_BYTES, GROUP_ROWS, open_writer, row_weights
from corpus.model.tables import Table

__all__ = ["ConfigWriter"]


class ConfigWriter:
    """Writes one config: every split a row of files, of which one row group each is held in memory."""

    def __init__(self, target: Path, model: Table, index: SplitIndex, splits: Sequence[str], most: int) -> None:
        """Make the config's folder in ``target``; ``most`` is the rough size of a file in bytes."""
        (target / model.name).mkdir()
        self._model, self._index = model, index
        self._digest = ContentHash(model)
        metadata = dict(sorted(schema_metadata(model).items()))
        schema = model.schema.with_metadata(metadata)
        self._writers = {split: _SplitWriter(target, model.name, split, schema, most) for split in splits}
        self._counts: Counter[str] = Counter()
        self._taken = 0

    def add(self, data: pa.Table) -> None:
        """Take the next rows, fitted, all in all in key order.

        Raises:
            DataError: a row is of no document.
            OSError: a file cannot be written.
        """
        ids = data.column("doc_id")
        splits = self._index.split_of(ids)
        if splits.null_count:
            lost: int = pc.index(splits.is_null(), value=True).as_py()
            raise DataError(
                f"{self._model.name} row {self._taken + lost} column doc_id names {ids[lost].as_py()!r}, which "
                "`documents` lacks."
            )
        self._taken += data.num_rows
        self._digest.update(data)
        for split in splits.unique().to_pylist():
            own = data.filter(pc.equal(splits, split))
            self._counts[split] += own.num_rows
            self._writers[split].add(own)

    def close(self) -> tuple[dict[str, int], str]:
        """Finish the files; return the rows of each split and the content hash of all.

        Raises:
            OSError: a file cannot be written.
        """
        for writer in self._writers.values():
            writer.close()
        return self.rows, self._digest.hexdigest()

    @property
    def rows(self) -> dict[str, int]:
        """The rows of each split so far."""
        return {split: self._counts[split] for split in self._writers}

    @property
    def files(self) -> Mapping[str, Sequence[Path]]:
        """The files of each split that is closed."""
        return {split: writer.paths for split, writer in self._writers.items()}


class _SplitWriter:
    """Writes the files of one split; how many they are, and so their names, is known at the end."""

    def __init__(self, target: Path, config: str, split: str, schema: pa.Schema, most: int) -> None:
        self.paths: list[Path] = []
        self._target, self._config, self._split = target, config, split
        self._schema, self._most = schema, most
        self._file: pq.ParquetWriter | None = None
        self._file_bytes = self._file_rows = 0
        self._group: list[pa.Table] = []
        self._group_bytes = self._group_rows = 0

    def add(self, data: pa.Table) -> None:
        """Take rows; a file or a row group ends before the row that would make it too large."""
        start = 0
        for row, weight in enumerate(row_weights(data)):
            full = self._file_rows and self._file_bytes + weight > self._most
            if full or (self._group_rows and self._group_is_full(weight)):
                self._hold(data.slice(start, row - start))
                start = row
                self._write_group()
            if full:
                self._end_file()
            self._file_bytes += weight
            self._file_rows += 1
            self._group_bytes += weight
            self._group_rows += 1
        self._hold(data.slice(start))

    def close(self) -> None:
        """Write what is left and name the files; where there is no row, there is one file without a row group."""
        if self._group or not self.paths:
            self._write_group()
            self._end_file()
        total = len(self.paths)
        for number, path in enumerate(self.paths):
            self.paths[number] = path.rename(self._target / shard_path(self._config, self._split, number, total))

    def _group_is_full(self, weight: int) -> bool:
        return self._group_bytes + weight > GROUP_BYTES or self._group_rows >= GROUP_ROWS

    def _hold(self, data: pa.Table) -> None:
        if data.num_rows:
            self._group.append(data)

    def _write_group(self) -> None:
        if self._file is None:
            path = self._target / self._config / f".{self._split}-{len(self.paths):05d}"
            self.paths.append(path)
            self._file = open_writer(path, self._schema)
        if self._group:
            whole = pa.concat_tables(part.replace_schema_metadata(None) for part in self._group).combine_chunks()
            self._file.write_table(whole.cast(self._schema), row_group_size=whole.num_rows)
        self._group = []
        self._group_bytes = self._group_rows = 0

    def _end_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None
        self._file_bytes = self._file_rows = 0
