"""The documents whose tasks are kept in step: streamed in the order of their ids, or some of them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.store import BuiltDataset, by_document, rows_with_names
from corpus.model.document import Document

__all__ = ["DatasetDocuments", "Documents", "ListedDocuments"]


class Documents(Protocol):
    """A set of documents that can be told from another one by its digest, without reading them."""

    @property
    def digest(self) -> str:
        """What changes whenever a task made of the documents could change."""

    def __iter__(self) -> Iterator[Document]:
        """Yield every document, one at a time."""

    def some(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents of these ids that are there."""


class ListedDocuments:
    """Documents that are all at hand."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {document.doc_id: document for document in documents}
        parts = (f"{d.doc_id}\0{d.anchor_sha256}\0{d.reading().text}" for d in documents)
        self.digest = hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def __iter__(self) -> Iterator[Document]:
        """Yield every document."""
        return iter(self._documents.values())

    def some(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents of these ids that are there."""
        return {name: self._documents[name] for name in doc_ids if name in self._documents}


class DatasetDocuments:
    """The documents of a built dataset; nothing is read until it is asked for."""

    def __init__(self, dataset: BuiltDataset) -> None:
        self._dataset = dataset
        configs = dataset.manifest.configs
        parts = [f"{name} {configs[name].content_sha256}" for name in ("documents", "blocks", "raw")]
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def __iter__(self) -> Iterator[Document]:
        """Yield every document in the order of ids."""
        return self._dataset.documents()

    def some(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents of these ids that are there."""
        wanted = sorted(set(doc_ids))
        if not wanted:
            return {}
        blocks, raws = by_document(self._rows("blocks", wanted)), by_document(self._rows("raw", wanted))
        found: dict[str, Document] = {}
        for row in self._rows("documents", wanted):
            own = blocks(row["doc_id"])
            texts = [raw["text"] for raw in raws(row["doc_id"]) if raw["anchor_sha256"] == row["anchor_sha256"]]
            if texts:
                found[row["doc_id"]] = Document.from_rows(row, own, texts[-1])
        return found

    def _rows(self, config: str, doc_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        data = self._dataset.table(config)
        chosen = data.filter(pc.is_in(data.column("doc_id"), pa.array(doc_ids, data.column("doc_id").type)))
        return rows_with_names(chosen, self._dataset.model(config, data.schema))
