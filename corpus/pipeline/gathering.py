"""What a build gathers batch by batch: rows in files, annotations in their places, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from corpus.annotation.rows import annotation_rows
from corpus.export.dataset import Ranges
from corpus.export.index import SplitIndex
from corpus.metadata.known import known_findings
from corpus.model.annotation import AnnotationSet
from corpus.model.document import RawDocument
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.tables import LAYERS, tables_of
from corpus.pipeline.assembly import Assembly, DealtDocuments, named
from corpus.pipeline.cleaning import CleanedBatch, documents_of

__all__ = ["Gathered"]

_FACTS = ("doc_id", "anchor_sha256", "publisher", "published", "date_hint")


class Gathered:
    """All documents of a build: their texts in files, the rest here."""

    def __init__(self, assembly: Assembly, sets: Sequence[AnnotationSet], scheme: Scheme) -> None:
        """Begin with nothing; ``sets`` are the current annotations."""
        self.documents = 0
        self.deleted_blocks = 0
        self.findings: list[Finding] = []
        self._assembly, self._scheme = assembly, scheme
        self._sets: dict[str, list[AnnotationSet]] = {}
        for own in sets:
            self._sets.setdefault(own.doc_id, []).append(own)
        self._facts: list[pa.Table] = []
        self._schemas = {name: named(tables_of(scheme)[name]) for name in LAYERS}
        self._layers = {name: [schema.empty_table()] for name, schema in self._schemas.items()}
        self._placed: list[Finding] = []

    def add(self, batch: Sequence[RawDocument], cleaned: CleanedBatch) -> None:
        """Take in a batch and what was made of it, row by row together.

        Raises:
            OSError: a file cannot be written.
        """
        self._assembly.add(batch, cleaned)
        self.documents += len(batch)
        self.deleted_blocks += cleaned.blocks.height - int(cleaned.blocks["kept"].sum())
        self.findings += [finding for raw in batch for finding in known_findings(raw.doc_id, raw.known)]
        self._facts.append(_copied(cleaned.documents.select(_FACTS)))
        documents = {d.doc_id: d for d in documents_of(batch, cleaned, self._sets.keys())}
        own = [item for doc_id in documents for item in self._sets.pop(doc_id)]
        result = annotation_rows(own, documents, self._scheme)
        self._placed += result.findings
        for name, rows in result.rows.items():
            if rows:
                self._layers[name].append(_table(rows, self._schemas[name]))

    def placed(self) -> list[Finding]:
        """Return what was wrong with annotations; after the last batch."""
        left = [item for sets in self._sets.values() for item in sets]
        return [*annotation_rows(left, {}, self._scheme).findings, *self._placed]

    def facts(self) -> pl.DataFrame:
        """Return what splits go by, the texts aside, one row a document."""
        return pl.DataFrame(pl.from_arrow(pa.concat_tables(self._facts)))

    def texts(self) -> Iterator[tuple[str, str | None, str]]:
        """Yield (doc_id, title, text) of every document in the order of the ids."""
        for part in self._assembly.documents:
            columns = part.select(["doc_id", "title", "text"]).sort_by("doc_id").columns
            yield from zip(*(column.to_pylist() for column in columns), strict=True)

    def tables(self, splits: Sequence[str]) -> dict[str, pa.Table | Ranges]:
        """Return every config; ``splits`` are those of the documents as they came."""
        told = pa.table({"doc_id": self.facts()["doc_id"].to_list(), "split": list(splits)})
        documents = DealtDocuments(self._assembly.documents, self._assembly.carried, SplitIndex.of([told]))
        layers = {name: pa.concat_tables(parts) for name, parts in self._layers.items()}
        return {"documents": documents, "blocks": self._assembly.blocks, "raw": self._assembly.raw, **layers}


def _copied(strings: pl.DataFrame) -> pa.Table:
    """Return columns of strings with bytes of their own: Polars' may be views into whole texts."""
    data = strings.to_arrow()
    return data.cast(pa.schema([(name, pa.large_string()) for name in data.schema.names])).combine_chunks()


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema)
