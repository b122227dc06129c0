"""Read the Parquet files of a dataset a few rows at a time, and check what holds for whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.export.batches import file_batches, first_disorder, in_key_order, plain_batches, read_schema
from corpus.export.content import ContentHash
from corpus.export.editions import edition_table
from corpus.export.features import schema_metadata
from corpus.export.fitting import repeated_keys, table_for
from corpus.export.index import SplitIndex
from corpus.export.layout import MANIFEST, shard_path, shards_of
from corpus.export.since import written_table
from corpus.model.finding import Finding
from corpus.model.manifest import ConfigSummary, Manifest
from corpus.model.tables import Table
from corpus.releases.checks.collecting import cell

__all__ = [
    "Config",
    "check_columns",
    "check_documents_known",
    "check_summary",
    "content_of",
    "read_config",
    "sorted_splits",
    "true_rows",
]


@dataclass(frozen=True, slots=True)
class Config:
    """One config as its files hold it: its model (carried columns included), and its rows, read when asked for."""

    model: Table
    files: Mapping[str, tuple[Path, ...]]
    """The files of each split, in order."""
    rows: Mapping[str, int]
    """How many rows each split has."""
    ordered: frozenset[str] = frozenset()
    """The splits in which each row's key is greater than the one before, as it must be."""

    def batches(self, split: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Return the rows of a split as they lie in the files.

        Raises:
            DataError: a file changed since it was read first.
        """
        return plain_batches(self.files.get(split, ()), columns)

    def numbered(self, split: str, name: str) -> Iterator[pa.Table]:
        """Yield the rows of a split in key order, with a column that tells each one's place in the files."""
        batches = _numbered(self.batches(split), name)
        yield from batches if split in self.ordered else [self._sorted(batches)]

    def in_order(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows of all splits in key order; the key must be among the columns."""
        splits = [self.batches(split, columns) for split in self.files]
        if self.ordered >= set(self.files):
            yield from in_key_order(splits, self.model.key)
        else:
            yield self._sorted(batch for batches in splits for batch in batches)

    def _sorted(self, batches: Iterable[pa.Table]) -> pa.Table:
        """Return rows whose order in the files is wrong; they are held in memory for it."""
        data = [batch for batch in batches if batch.num_rows]
        whole = pa.concat_tables(data) if data else self.model.schema.empty_table()
        return whole.sort_by([(name, "ascending") for name in self.model.key])


def read_config(
    directory: Path, paths: list[str], table: Table, manifest: Manifest
) -> tuple[Config | None, list[Finding]]:
    """Read a config's files through; no config where one cannot be read or has other columns than the model.

    What a later version of the toolkit brought than the one that the manifest names may be lacking.
    """
    findings: list[Finding] = []
    files: dict[str, list[Path]] = {}
    rows: dict[str, int] = {}
    model: Table | None = None
    shards = shards_of(paths, table.name)
    for split, path in shards:
        try:
            schema = read_schema(directory / path)
            whole = edition_table(table_for(table, schema), manifest.edition)
            own = written_table(whole, schema, manifest.tool)
            count = sum(batch.num_rows for batch in file_batches(directory / path))
        except DataError as error:
            findings.append(Finding("parquet", path, str(error)))
            continue
        model = model or own
        findings += _check_schema(schema, model, path)
        files.setdefault(split, []).append(directory / path)
        rows[split] = rows.get(split, 0) + count
    findings += _check_numbers(shards, table.name)
    if findings or model is None:
        return None, findings
    return sorted_splits(Config(model, {split: tuple(own) for split, own in files.items()}, rows)), []


def sorted_splits(config: Config) -> Config:
    """Return the config with what its rows say of their order.

    Raises:
        DataError: a file cannot be read.
    """
    key = config.model.key
    found = {split for split in config.files if first_disorder(config.batches(split, key), key) is None}
    return replace(config, ordered=frozenset(found))


def check_columns(config: Config) -> Iterator[Finding]:
    """Check labels, the order of the rows and their keys."""
    for split in config.files:
        yield from _check_labels(config, split)
        if split not in config.ordered:
            yield from _check_order(config.model, split, config.batches(split, config.model.key))
    if len(config.files) > 1 or set(config.files) != config.ordered:
        yield from _check_keys(config)


def _check_labels(config: Config, split: str) -> Iterator[Finding]:
    first = 0
    for data in config.batches(split, list(config.model.labels)):
        for name, labels in config.model.labels.items():
            column = data.column(name)
            wrong = pc.or_(pc.less(column, 0), pc.greater_equal(column, len(labels)))
            for row in true_rows(wrong):
                message = f"The label must be from 0 to {len(labels) - 1}, got {column[row].as_py()}."
                yield Finding("label", cell(config.model.name, split, first + row, name), message)
        first += data.num_rows


def _check_keys(config: Config) -> Iterator[Finding]:
    key = config.model.key
    last = config.model.schema.empty_table().select(list(key))
    for batch in config.in_order(key):
        data = pa.concat_tables([last, batch.select(list(key))])
        for row in true_rows(repeated_keys(data, key)):
            told = ", ".join(f"{name} {data.column(name)[row].as_py()!r}" for name in key)
            yield Finding("duplicate-key", config.model.name, f"Two rows have {told}; each may stand only once.")
        last = data.slice(max(0, data.num_rows - 1))


def check_documents_known(config: Config, index: SplitIndex) -> Iterator[Finding]:
    """Check that every row's document is in ``documents``, and in the same split."""
    for split in config.files:
        first = 0
        for data in config.batches(split, ["doc_id"]):
            ids = data.column("doc_id")
            own = index.split_of(ids)
            for row in true_rows(own.is_null()):
                message = f"There is no document {ids[row].as_py()!r} in `documents`."
                place = cell(config.model.name, split, first + row, "doc_id")
                yield Finding("unknown-document", place, message)
            for row in true_rows(pc.not_equal(own, split)):
                message = f"The row stands in the split {split!r}, its document in {own[row].as_py()!r}."
                yield Finding("split", cell(config.model.name, split, first + row, "doc_id"), message)
            first += data.num_rows


def check_summary(config: Config, summary: ConfigSummary | None) -> Iterator[Finding]:
    """Hold the rows of each split and the content hash against the manifest."""
    name = config.model.name
    if summary is None:
        yield Finding("manifest", MANIFEST, f"Its `configs` lacks {name!r}.")
        return
    if config.rows != summary.rows:
        yield Finding("rows", name, f"The manifest counts {summary.rows} rows, the files hold {config.rows}.")
    try:
        got = content_of(config)
    except (IndexError, ValueError, OverflowError) as error:
        yield Finding("content", name, f"Its content hash cannot be computed: {error}.")
        return
    if got != summary.content_sha256:
        message = f"The rows have changed: expected content {summary.content_sha256[:12]}…, got {got[:12]}…."
        yield Finding("content", name, message)


def content_of(config: Config) -> str:
    """Return the content hash of a config's rows."""
    digest = ContentHash(config.model)
    for data in config.in_order():
        digest.update(data)
    return digest.hexdigest()


def _numbered(batches: Iterable[pa.Table], name: str) -> Iterator[pa.Table]:
    first = 0
    for data in batches:
        yield data.append_column(name, pa.array(range(first, first + data.num_rows), pa.int64()))
        first += data.num_rows


def _check_schema(schema: pa.Schema, model: Table, path: str) -> Iterator[Finding]:
    if schema.names != model.schema.names:
        wrong = [name for name in model.schema.names if name not in schema.names]
        told = f"lacks the column {wrong[0]!r}" if wrong else "has its columns in another order"
        yield Finding("schema", path, f"The file {told}; expected {', '.join(model.schema.names)}.")
        return
    for field in model.schema:
        got = schema.field(field.name)
        if not got.equals(field, check_metadata=False):
            message = f"The column {field.name!r} must be {_told(field)}, got {_told(got)}."
            yield Finding("schema", path, message)
    for key, value in schema_metadata(model).items():
        if (schema.metadata or {}).get(key) != value:
            yield Finding("schema", path, f"Its metadata {key.decode()!r} must name the features of the model.")


def _told(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


def _check_numbers(shards: list[tuple[str, str]], config: str) -> Iterator[Finding]:
    for split in sorted({split for split, _ in shards}):
        paths = [path for own, path in shards if own == split]
        wanted = [shard_path(config, split, number, len(paths)) for number in range(len(paths))]
        if paths != wanted:
            yield Finding("shards", paths[0], f"Its shards must be {wanted[0]} to {wanted[-1]}, without a gap.")


def _check_order(model: Table, split: str, batches: Iterable[pa.Table]) -> Iterator[Finding]:
    data = pa.concat_tables(batches)
    order = pc.sort_indices(data, sort_keys=[(name, "ascending") for name in model.key])
    moved = pc.not_equal(order, pa.array(range(data.num_rows), pa.uint64()))
    row = pc.index(moved, value=True).as_py() if len(order) else -1
    if row >= 0 and not data.take(order).equals(data):
        message = f"The rows must be sorted by {', '.join(model.key)}; this one is the first out of place."
        yield Finding("order", cell(model.name, split, row, model.key[0]), message)


def true_rows(mask: pa.Array | pa.ChunkedArray) -> list[int]:
    """Return the numbers of the rows for which a mask says yes; null says no."""
    rows: list[int] = pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()
    return rows
