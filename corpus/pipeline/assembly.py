"""Cleaned batches to rows of the configs that no person made, and put by until the dataset is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from corpus.export.index import SplitIndex
from corpus.export.spool import Spool
from corpus.model.document import RawDocument
from corpus.model.tables import BLOCKS, RAW, Table, documents_table
from corpus.pipeline.carried import Carried
from corpus.pipeline.cleaning import CleanedBatch
from corpus.pipeline.revisions import Revisions, raw_row

__all__ = ["Assembly", "DealtDocuments", "named"]

_EXTRA = " extra"
"""The column with what is carried of a document, as JSON, until every document was seen."""
_DOCUMENTS = documents_table()


class Assembly:
    """The rows of ``documents``, ``blocks`` and ``raw``, in files; label columns as names."""

    def __init__(self, folder: Path, revisions: Revisions) -> None:
        """Put rows by in ``folder``."""
        self.carried = Carried()
        self.documents = Spool(folder / "documents", _put_by())
        self.blocks = Spool(folder / "blocks", named(BLOCKS))
        self.raw = Spool(folder / "raw", RAW.schema)
        self._revisions = revisions

    def add(self, batch: Sequence[RawDocument], cleaned: CleanedBatch) -> None:
        """Take in a batch and what was made of it, row by row together.

        Raises:
            OSError: a file cannot be written.
        """
        extras = [raw.extra for raw in batch]
        self.carried.learn(extras)
        told = pl.Series(_EXTRA, [json.dumps(extra) if extra else None for extra in extras], dtype=pl.String)
        self.documents.add(_fit(cleaned.documents.with_columns(told), _put_by()))
        self.blocks.add(_fit(cleaned.blocks, named(BLOCKS)))
        rows = [row for raw in batch for row in _raw_rows(raw, self._revisions)]
        self.raw.add(pa.Table.from_pylist(rows, schema=RAW.schema))


@dataclass(frozen=True, slots=True)
class DealtDocuments:
    """The documents that were put by, each with its split and what is carried of it."""

    spool: Spool
    carried: Carried
    splits: SplitIndex

    @property
    def schema(self) -> pa.Schema:
        """The columns of every range."""
        return named(documents_table(self.carried.types()))

    def __iter__(self) -> Iterator[pa.Table]:
        """Yield ranges of documents."""
        for part in self.spool:
            made = part.append_column("split", self.splits.split_of(part.column("doc_id")))
            extras = [json.loads(told) if told else {} for told in part.column(_EXTRA).to_pylist()]
            for name, values in self.carried.columns(extras).items():
                made = made.append_column(name, values)
            yield made.select(self.schema.names).cast(self.schema)


def named(table: Table) -> pa.Schema:
    """Return the table's schema with label columns as names instead of numbers."""
    return pa.schema([f.with_type(pa.large_string()) if f.name in table.labels else f for f in table.schema])


def _put_by() -> pa.Schema:
    own = [field for field in named(_DOCUMENTS) if field.name != "split"]
    return pa.schema([*own, pa.field(_EXTRA, pa.large_string())])


def _fit(data: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    return data.to_arrow().select(schema.names).cast(schema)


def _raw_rows(raw: RawDocument, revisions: Revisions) -> list[Mapping[str, Any]]:
    known = {name: value.value for name in ("url", "site", "retrieved_at") if (value := raw.known_value(name))}
    present = {
        "doc_id": raw.doc_id,
        "revision": revisions.number(raw.doc_id, raw.anchor_sha256, raw.revision),
        **raw_row(raw),
        **known,
    }
    return [*revisions.kept(raw.doc_id, raw.anchor_sha256), present]
