"""Replay the recorded blocks over the raw texts: what was withheld is read from them again; no cleaner runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from corpus.export.editions import reference_columns, withheld_columns
from corpus.export.fitting import named_labels, with_column
from corpus.export.store import BuiltDataset
from corpus.model.document import RawDocument
from corpus.model.tables import LAYERS, Table, documents_table
from corpus.pipeline.carried import Carried, canonical_json
from corpus.pipeline.describing import described_frame
from corpus.pipeline.hydrating.rawfiles import RawFiles, Sorted
from corpus.pipeline.hydrating.recorded import grounded, recorded_rights
from corpus.releases.public.restoring import annotation_texts, block_texts, raw_texts

__all__ = ["Tables", "carried_by", "described", "described_value", "named_blocks", "replayed"]

Row = dict[str, Any]
Tables = dict[str, pa.Table]


def replayed(dataset: BuiltDataset, tables: Tables, documents: Sorted, found: RawFiles, carried: Carried) -> Tables:
    """Return the tables with what was withheld of the documents whose raw text is as it was.

    ``tables`` are some whole documents; ``carried`` has learned what all of these that there are carry.
    """

    def raw_of(doc_id: str, anchor_sha256: str) -> RawDocument | None:
        return documents.raws.get((doc_id, anchor_sha256)) or found.raw_of_document(doc_id, anchor_sha256)

    raws = documents.exact
    anchors = {doc_id: raw.text for doc_id, raw in raws.items()}
    made = dict(tables)
    made["raw"] = with_column(made["raw"], "text", raw_texts(made["raw"], raw_of))
    made["raw"] = _with_origins(made["raw"], dataset.model("raw"), raw_of)
    texts = block_texts(made["blocks"], anchors)
    blocks = named_blocks(made["blocks"], dataset).with_columns(pl.Series("text", texts, dtype=pl.String))
    made["blocks"] = with_column(made["blocks"], "text", texts)
    made["documents"] = _documents(dataset, made["documents"], described(raws, blocks), raws, carried)
    fields = ("doc_id", "title", "text", "captions")
    rows = {row["doc_id"]: row for row in made["documents"].select(list(fields)).to_pylist()}
    for name in LAYERS:
        made[name] = with_column(made[name], "text", annotation_texts(made[name], anchors, rows))
    return made


def carried_by(dataset: BuiltDataset, found: RawFiles) -> Carried:
    """Learn what the documents carry whose raw text is as it was: a column's type depends on all of them."""
    carried, own = Carried(), documents_table().schema.names
    if set(dataset.file_model("documents").schema.names) == set(own):
        return carried
    for data in dataset.batches("documents", ("doc_id", "anchor_sha256")):
        raws = map(found.raw_of_document, *(data.column(name).to_pylist() for name in ("doc_id", "anchor_sha256")))
        carried.learn(raw.extra for raw in raws if raw is not None)
    return carried


def _documents(
    dataset: BuiltDataset,
    documents: pa.Table,
    said: Mapping[str, Row],
    raws: Mapping[str, RawDocument],
    learned: Carried,
) -> pa.Table:
    """Put back what the describer reads from text, blocks and sources; what was never withheld stays."""
    model = dataset.model("documents", documents.schema)
    ids = documents.column("doc_id").to_pylist()
    references = reference_columns(model)
    carried = _carried(raws, learned)
    for name in (*withheld_columns(model), *references):
        kind = documents.schema.field(name).type
        values = [
            own
            if doc_id not in said or (own is not None and name in references)
            else carried[name].get(doc_id)
            if name in carried and pa.types.is_large_string(kind)
            else described_value(name, kind, said[doc_id], raws[doc_id])
            for doc_id, own in zip(ids, documents.column(name).to_pylist(), strict=True)
        ]
        documents = with_column(documents, name, values)
    rows = documents.to_pylist()
    evidence = [grounded(model, r, said[r["doc_id"]]) if r["doc_id"] in said else r["evidence"] for r in rows]
    records = [
        recorded_rights(r, said[r["doc_id"]], raws[r["doc_id"]].text) if r["doc_id"] in said else r["rights_record"]
        for r in rows
    ]
    return with_column(with_column(documents, "evidence", evidence), "rights_record", records)


def _carried(raws: Mapping[str, RawDocument], learned: Carried) -> dict[str, dict[str, Any]]:
    """Return the carried columns that are texts, by document: whether one is JSON depends on all of them."""
    columns = learned.columns([raw.extra for raw in raws.values()])
    texts = {name: array.to_pylist() for name, array in columns.items() if pa.types.is_large_string(array.type)}
    return {name: dict(zip(raws, values, strict=True)) for name, values in texts.items()}


def _with_origins(raw: pa.Table, model: Table, raw_of: Callable[[str, str], RawDocument | None]) -> pa.Table:
    """Put back the addresses of the raw rows whose file is at hand."""
    for name in reference_columns(model):
        told = zip(*(raw.column(own).to_pylist() for own in (name, "doc_id", "anchor_sha256")), strict=True)
        values = [own if own is not None else _known_value(raw_of(*key), name) for own, *key in told]
        raw = with_column(raw, name, values)
    return raw


def _known_value(raw: RawDocument | None, column: str) -> str | None:
    """Return what came with a raw document."""
    known = None if raw is None else raw.known_value(column)
    return known.value if known is not None and isinstance(known.value, str) else None


def described(raws: Mapping[str, RawDocument], blocks: pl.DataFrame) -> dict[str, Row]:
    """Run the describer (never the cleaner) over the documents at hand; rows by doc_id."""
    ids = list(raws)
    if not ids:
        return {}
    frame = pl.DataFrame(
        {"doc_id": ids, "text": [raws[i].text for i in ids]}, schema={"doc_id": pl.String, "text": pl.String}
    )
    own = blocks.filter(pl.col("doc_id").is_in(ids))
    rows = described_frame(frame, own, raws.values())
    return {row["doc_id"]: row for row in rows.iter_rows(named=True)}


def described_value(name: str, kind: pa.DataType, said: Row, raw: RawDocument) -> Any:
    """Return a described value, or the one that was carried from the input under this name."""
    if name in said:
        return said[name]
    value = raw.extra.get(name)
    shorter = name
    while value is None and shorter.startswith("input_"):
        shorter = shorter.removeprefix("input_")
        value = raw.extra.get(shorter)
    if value is not None and pa.types.is_large_string(kind) and not isinstance(value, str):
        return canonical_json(value)
    return value


def named_blocks(blocks: pa.Table, dataset: BuiltDataset) -> pl.DataFrame:
    """Return the blocks as the describer reads them: labels by name."""
    return pl.DataFrame(pl.from_arrow(named_labels(blocks, dataset.model("blocks").labels)))
