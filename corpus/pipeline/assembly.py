"""Cleaned batches and annotation rows to the Arrow tables of every config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from corpus.model.document import RawDocument
from corpus.model.scheme import Scheme
from corpus.model.tables import RAW, Table, tables_of
from corpus.pipeline.carried import carried_columns
from corpus.pipeline.revisions import Revisions

__all__ = ["assemble"]


def assemble(
    raws: Sequence[RawDocument],
    documents: pl.DataFrame,
    blocks: pl.DataFrame,
    annotation_rows: Mapping[str, Sequence[Mapping[str, Any]]],
    scheme: Scheme,
    splits: Sequence[str],
    revisions: Revisions,
) -> dict[str, pa.Table]:
    """Return one Arrow table a config, label columns as names, rows in the input's order.

    ``raws``, ``documents`` and ``splits`` go row by row together.
    """
    carried = carried_columns([raw.extra for raw in raws])
    tables = tables_of(scheme, {name: array.type for name, array in carried.items()})
    described = documents.with_columns(pl.Series("split", splits, dtype=pl.String)).to_arrow()
    for name, array in carried.items():
        described = described.append_column(name, array)
    raw_rows = [row for raw in raws for row in _raw_rows(raw, revisions)]
    made = {
        "documents": _fit(described, tables["documents"]),
        "blocks": _fit(blocks.to_arrow(), tables["blocks"]),
        "raw": pa.Table.from_pylist(raw_rows, schema=RAW.schema),
    }
    for name in ("entities", "claims", "sources"):
        made[name] = pa.Table.from_pylist(list(annotation_rows[name]), schema=_named(tables[name]))
    return made


def _named(table: Table) -> pa.Schema:
    """Return the table's schema with label columns as names instead of numbers."""
    return pa.schema([f.with_type(pa.large_string()) if f.name in table.labels else f for f in table.schema])


def _fit(data: pa.Table, table: Table) -> pa.Table:
    return data.select(table.schema.names).cast(_named(table))


def _raw_rows(raw: RawDocument, revisions: Revisions) -> list[dict[str, Any]]:
    known = {name: value.value for name in ("url", "site", "retrieved_at") if (value := raw.known_value(name))}
    present = {
        "doc_id": raw.doc_id,
        "revision": revisions.number(raw.doc_id, raw.anchor_sha256, raw.revision),
        "text": raw.text,
        "anchor_sha256": raw.anchor_sha256,
        "raw_sha256": raw.raw_sha256,
        "decoder": raw.decoder,
        "repairs": [{"kind": r.kind, "count": r.count, "detail": r.detail} for r in raw.repairs],
        "media_type": raw.media_type,
        "source_file": raw.source_file,
        **known,
    }
    return [*map(dict, revisions.kept(raw.doc_id, raw.anchor_sha256)), present]
