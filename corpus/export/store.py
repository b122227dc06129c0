"""Read a built dataset or a release back: its manifest, its scheme, its tables, its documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from corpus.errors import DataError, SchemeError, UsageError
from corpus.export.batches import ascending, file_batches, in_key_order, read_schema
from corpus.export.editions import edition_table
from corpus.export.fitting import named_labels, table_for
from corpus.export.layout import MANIFEST, SCHEME, shards_of, way_out
from corpus.export.parquet import read_parquet
from corpus.export.since import filled, written_table
from corpus.model.arguments import checked
from corpus.model.document import Document
from corpus.model.faults import told_faults
from corpus.model.manifest import MANIFEST_VERSION, Manifest
from corpus.model.scheme import Scheme
from corpus.model.shortened import told_value
from corpus.model.tables import CONFIGS, Table, tables_of

__all__ = ["BuiltDataset", "by_document", "read_manifest", "rows_with_names"]

Row = dict[str, Any]

_BATCH = 2048


@dataclass(frozen=True, slots=True)
class BuiltDataset:
    """A dataset directory that is there, of a known version, with every file it names."""

    directory: Path
    manifest: Manifest
    scheme: Scheme
    scheme_toml: str

    @classmethod
    def open(cls, path: Path | str) -> BuiltDataset:
        """Open a built directory or a release; its files are found, not yet read.

        Raises:
            UsageError: the directory is not there, or is no dataset.
            DataError: the manifest or the scheme cannot be read, was written by a newer version, or a file
                that the manifest names is missing.
        """
        directory = Path(path)
        if not directory.is_dir():
            raise UsageError(f"There is no directory {directory}; name a built dataset or a release.")
        if not (directory / MANIFEST).is_file():
            raise UsageError(
                f"{directory} is no dataset built here: it has no {MANIFEST}; name a build or a release."
            )
        manifest = read_manifest(directory / MANIFEST)
        for name in manifest.files:
            if _leads_out(name) or not (directory / name).is_file():
                raise DataError(
                    f"{directory} lacks the file {name!r}, which its manifest names; "
                    f"{way_out(directory, manifest.version, [name])}."
                )
        text = _read_text(directory / SCHEME)
        try:
            scheme = Scheme.from_toml(text, str(directory / SCHEME))
        except SchemeError as error:
            raise DataError(f"{str(error).rstrip('.')}; {way_out(directory, manifest.version)}.") from None
        if (scheme.name, scheme.version) != (manifest.scheme, manifest.scheme_version):
            raise DataError(
                f"{directory / SCHEME} is {scheme.name} {scheme.version}, but the manifest names "
                f"{manifest.scheme} {manifest.scheme_version}; {way_out(directory, manifest.version)}."
            )
        return cls(directory, manifest, scheme, text)

    def model(self, config: str, schema: pa.Schema | None = None) -> Table:
        """Return the config's table; with a file's schema, the carried columns included.

        It has the columns that came after the file was written, too: they are read as null.

        Raises:
            UsageError: there is no such config.
        """
        tables = tables_of(self.scheme)
        if config not in tables:
            raise UsageError(f"There is no config {config!r}; choose one of {', '.join(CONFIGS)}.")
        table = tables[config] if schema is None else table_for(tables[config], schema)
        return edition_table(table, self.manifest.edition)

    @checked
    def files(self, config: str) -> dict[str, list[Path]]:
        """Return the Parquet files of a config or a view by split, in the manifest's order of splits."""
        told = self.manifest.summary(config)
        found: dict[str, list[Path]] = {split: [] for split in (told.rows if told else ())}
        for split, path in shards_of(self.manifest.files, config):
            found.setdefault(split, []).append(self.directory / path)
        return found

    @checked
    def file_model(self, config: str) -> Table:
        """Return the config's table as its files have it, carried columns included.

        Raises:
            UsageError: there is no such config.
            DataError: it has no file, or one that cannot be read.
        """
        paths = [path for own in self.files(config).values() for path in own]
        if not paths:
            raise self._without(config)
        return self.model(config, read_schema(paths[0]))

    def _without(self, config: str) -> DataError:
        mend = way_out(self.directory, self.manifest.version, [f"{config}/"])
        return DataError(f"{self.directory} has no Parquet file for the config {config!r}; {mend}.")

    @checked
    def batches(
        self, config: str, columns: Sequence[str] | None = None, split: str | None = None
    ) -> Iterator[pa.Table]:
        """Yield the config's rows (or columns of them, the key among them) of all splits or one, a few at a time.

        They come in key order, labels as numbers; a few megabytes are held at a time.

        Raises:
            UsageError: there is no such config, column or split.
            DataError: a file cannot be read, is not as the model says, or is not in key order.
        """
        model = self.file_model(config)
        if columns is not None:
            _check_columns(model, columns)
        splits = [self._of_split(config, each, model, columns) for each in self._splits(config, split)]
        return in_key_order(splits, model.key)

    def _splits(self, config: str, wanted: str | None) -> list[str]:
        splits = list(self.files(config))
        if wanted is None:
            return splits
        if wanted not in splits:
            raise UsageError(f"There is no split {wanted!r}; choose one of {', '.join(splits)}.")
        return [wanted]

    def _of_split(self, config: str, split: str, model: Table, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        batches = (b for path in self.files(config)[split] for b in self._of_file(path, model, columns))
        for batch in ascending(batches, model.key):
            yield batch.replace_schema_metadata(None)

    def _of_file(self, path: Path, model: Table, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        schema = read_schema(path)
        self.check_schema(model, schema)
        wanted = list(model.schema) if columns is None else [model.schema.field(name) for name in columns]
        there = [field.name for field in wanted if field.name in schema.names]
        for batch in file_batches(path, there):
            yield filled(batch, wanted)

    def check_schema(self, model: Table, schema: pa.Schema) -> None:
        """Make sure that a file has the columns of its config's table, but those that came after it was written.

        Raises:
            DataError: it has others.
        """
        written = written_table(model, schema, self.manifest.tool)
        if not schema.equals(written.schema, check_metadata=False):
            place = self.directory / model.name
            raise DataError(f"{place} has columns or types that differ from the model; verify it.")

    @checked
    def table(self, config: str, split: str | None = None) -> pa.Table:
        """Return the config's rows in key order, labels as numbers, of all splits or of one.

        Raises:
            UsageError: there is no such config or split.
            DataError: a file cannot be read, or is not as the model says.
        """
        model, files = self.model(config), self.files(config)
        parts = [read_parquet(path) for own in self._splits(config, split) for path in files[own]]
        if not parts:
            raise self._without(config)
        model = self.model(config, parts[0].schema)
        for part in parts:
            self.check_schema(model, part.schema)
        wanted = model.schema.with_metadata(parts[0].schema.metadata)
        whole = pa.concat_tables([filled(part, wanted).replace_schema_metadata(wanted.metadata) for part in parts])
        return whole.sort_by([(name, "ascending") for name in model.key])

    @checked
    def rows(self, config: str, split: str | None = None) -> Iterator[Row]:
        """Yield the config's rows in key order as plain Python values, class labels by name.

        Raises:
            UsageError: there is no such config or split.
            DataError: a file cannot be read, is not as the model says, or is not in key order.
        """
        model = self.file_model(config)
        return (row for data in self.batches(config, split=split) for row in rows_with_names(data, model))

    @checked
    def documents(self, split: str | None = None) -> Iterator[Document]:
        """Yield the documents, or a split's, in the order of ``doc_id``, with their blocks and their anchor texts.

        Raises:
            UsageError: there is no such split.
            DataError: a file cannot be read, or a document's anchor text is not in ``raw``.
        """
        rows = self.rows("documents", split)
        blocks, raws = by_document(self.rows("blocks")), by_document(self.rows("raw"))
        return (_document(row, blocks(row["doc_id"]), raws(row["doc_id"])) for row in rows)

    @checked
    def document(self, doc_id: str) -> Document:
        """Return one document.

        Raises:
            UsageError: there is none with this id.
            DataError: a file cannot be read, or the document's anchor text is not in ``raw``.
        """
        found = {name: self._rows_of(name, doc_id) for name in ("documents", "blocks", "raw")}
        if not found["documents"]:
            raise UsageError(f"{self.directory} has no document {doc_id!r}.")
        return _document(found["documents"][0], found["blocks"], found["raw"])

    def _rows_of(self, config: str, doc_id: str) -> list[Row]:
        model, found = self.file_model(config), list[Row]()
        for data in self.batches(config):
            found += rows_with_names(data.filter(pc.equal(data.column("doc_id"), doc_id)), model)
            if data.column("doc_id")[-1].as_py() > doc_id:
                break
        return found


def _check_columns(model: Table, columns: Sequence[str]) -> None:
    listed = columns if isinstance(columns, Sequence) and not isinstance(columns, str | bytes) else [columns]
    for name in listed:
        if name not in model.schema.names:
            raise UsageError(
                f"{model.name} has no column {told_value(name)}; give a list of {', '.join(model.schema.names)}."
            )
    if not set(model.key) <= set(listed):
        raise UsageError(f"Of {model.name}, the columns {', '.join(model.key)} must be among those asked for.")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        DataError: it is not readable JSON of the manifest's shape, or of a newer version.
    """
    try:
        data = json.loads(_read_text(path))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is not valid JSON: {error}; {_mend(path)}.") from None
    version = data.get("manifest_version", MANIFEST_VERSION) if isinstance(data, dict) else MANIFEST_VERSION
    if type(version) is not int or version < 1:
        raise DataError(
            f"{path}, at manifest_version: expected a number, got {told_value(version)}; {_mend(path)}."
        )
    if version > MANIFEST_VERSION:
        raise DataError(
            f"{path} has manifest version {version}, newer than the {MANIFEST_VERSION} that this newscorpus "
            "reads; upgrade newscorpus."
        )
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        raise DataError(f"{path}, {told_faults(error)}; {_mend(path)}.") from None


def _mend(path: Path) -> str:
    return way_out(path.parent, damaged=[path.name])


def rows_with_names(data: pa.Table, model: Table) -> Iterator[Row]:
    """Yield the rows as plain Python values, class labels by name (null where out of range)."""
    for batch in named_labels(data, model.labels).to_batches(max_chunksize=_BATCH):
        yield from batch.to_pylist()


def by_document(rows: Iterable[Row]) -> Callable[[str], list[Row]]:
    """Return a function that gives the rows of a document; ``rows`` and calls must ascend by ``doc_id``.

    Rows of documents that nobody asks for are passed over.
    """
    groups = groupby(rows, key=itemgetter("doc_id"))
    reached: str | None = None
    waiting: list[Row] = []

    def take(doc_id: str) -> list[Row]:
        nonlocal reached, waiting
        while (reached is None or reached < doc_id) and (found := next(groups, None)) is not None:
            reached, waiting = found[0], list(found[1])
        return waiting if reached == doc_id else []

    return take


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; {_mend(path)}.") from None


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\0" in name


def _document(row: Row, blocks: list[Row], raws: list[Row]) -> Document:
    texts = [raw["text"] for raw in raws if raw["anchor_sha256"] == row["anchor_sha256"]]
    if not texts:
        raise DataError(f"documents doc_id {row['doc_id']!r}: its anchor text is not in `raw`; verify the dataset.")
    try:
        return Document.from_rows(row, blocks, texts[-1])
    except ValueError:
        raise DataError(
            f"blocks doc_id {row['doc_id']!r}: a role or reason is unknown; verify the dataset."
        ) from None
