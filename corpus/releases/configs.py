"""Read the Parquet files of a dataset and check what holds for whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.export.content import content_sha256
from corpus.export.editions import edition_table
from corpus.export.features import schema_metadata
from corpus.export.fitting import repeated_keys, table_for
from corpus.export.layout import shard_path, shards_of
from corpus.export.parquet import read_parquet
from corpus.model.finding import Finding
from corpus.model.manifest import ConfigSummary
from corpus.model.tables import Table
from corpus.releases.collecting import cell

__all__ = ["Config", "check_columns", "check_documents_known", "check_summary", "read_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """One config as its files hold it: its model (carried columns included) and its rows by split."""

    model: Table
    parts: Mapping[str, pa.Table]

    def whole(self) -> pa.Table:
        """Return the rows of all splits in key order."""
        data = pa.concat_tables(self.parts.values())
        return data.sort_by([(name, "ascending") for name in self.model.key])


def read_config(
    directory: Path, paths: list[str], table: Table, edition: str = "full"
) -> tuple[Config | None, list[Finding]]:
    """Read a config's files; no config where one cannot be read or has other columns than the model."""
    findings: list[Finding] = []
    parts: dict[str, list[pa.Table]] = {}
    model: Table | None = None
    shards = shards_of(paths, table.name)
    for split, path in shards:
        try:
            data = read_parquet(directory / path)
            own = edition_table(table_for(table, data.schema), edition)
        except DataError as error:
            findings.append(Finding("parquet", path, str(error)))
            continue
        model = model or own
        findings += _check_schema(data.schema, model, path)
        parts.setdefault(split, []).append(data.replace_schema_metadata(None))
    findings += _check_numbers(shards, table.name)
    if findings or model is None:
        return None, findings
    return Config(model, {split: pa.concat_tables(shard) for split, shard in parts.items()}), []


def check_columns(config: Config) -> Iterator[Finding]:
    """Check labels, the order of the rows and their keys."""
    for split, data in config.parts.items():
        for name, labels in config.model.labels.items():
            column = data.column(name)
            wrong = pc.or_(pc.less(column, 0), pc.greater_equal(column, len(labels)))
            for row in _true_rows(wrong):
                message = f"The label must be from 0 to {len(labels) - 1}, got {column[row].as_py()}."
                yield Finding("label", cell(config.model.name, split, row, name), message)
        yield from _check_order(config.model, split, data)
    whole = config.whole()
    for row in _true_rows(repeated_keys(whole, config.model.key)):
        key = ", ".join(f"{name} {whole.column(name)[row].as_py()!r}" for name in config.model.key)
        yield Finding("duplicate-key", config.model.name, f"Two rows have {key}; each may stand only once.")


def check_documents_known(config: Config, documents: Config) -> Iterator[Finding]:
    """Check that every row's document is in ``documents``, and in the same split."""
    whole = documents.whole()
    ids = whole.column("doc_id").combine_chunks()
    for split, data in config.parts.items():
        place = pc.index_in(data.column("doc_id"), value_set=ids)
        for row in _true_rows(place.is_null()):
            doc_id = data.column("doc_id")[row].as_py()
            message = f"There is no document {doc_id!r} in `documents`."
            yield Finding("unknown-document", cell(config.model.name, split, row, "doc_id"), message)
        own = pc.take(whole.column("split"), place)
        for row in _true_rows(pc.not_equal(own, split)):
            message = f"The row stands in the split {split!r}, its document in {own[row].as_py()!r}."
            yield Finding("split", cell(config.model.name, split, row, "doc_id"), message)


def check_summary(config: Config, summary: ConfigSummary | None) -> Iterator[Finding]:
    """Hold the rows of each split and the content hash against the manifest."""
    name = config.model.name
    if summary is None:
        yield Finding("manifest", "manifest.json", f"Its `configs` lacks {name!r}; write the dataset again.")
        return
    rows = {split: data.num_rows for split, data in config.parts.items()}
    if rows != summary.rows:
        yield Finding("rows", name, f"The manifest counts {summary.rows} rows, the files hold {rows}.")
    try:
        digest = content_sha256(config.whole(), config.model)
    except (IndexError, ValueError, OverflowError) as error:
        yield Finding("content", name, f"Its content hash cannot be computed: {error}.")
        return
    if digest != summary.content_sha256:
        message = f"The rows have changed: expected content {summary.content_sha256[:12]}…, got {digest[:12]}…."
        yield Finding("content", name, message)


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


def _check_order(model: Table, split: str, data: pa.Table) -> Iterator[Finding]:
    keys = [(name, "ascending") for name in model.key]
    order = pc.sort_indices(data.select(list(model.key)), sort_keys=keys)
    moved = pc.not_equal(order, pa.array(range(data.num_rows), pa.uint64()))
    row = pc.index(moved, value=True).as_py() if len(order) else -1
    if row >= 0 and not data.take(order).select(list(model.key)).equals(data.select(list(model.key))):
        message = f"The rows must be sorted by {', '.join(model.key)}; this one is the first out of place."
        yield Finding("order", cell(model.name, split, row, model.key[0]), message)


def _true_rows(mask: pa.Array | pa.ChunkedArray) -> list[int]:
    whole = mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask
    rows: list[int] = pc.indices_nonzero(pc.fill_null(whole, False)).to_pylist()
    return rows
