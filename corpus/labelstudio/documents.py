"""The documents whose tasks are kept in step: streamed in the order of their ids, or some of them at once."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.export.layout import shards_of
from corpus.export.since import filled
from corpus.export.store import BuiltDataset, by_document, rows_with_names
from corpus.model.document import Document

__all__ = ["DatasetDocuments", "Documents", "ListedDocuments"]

_CONFIGS = ("documents", "blocks", "raw")
_ROWS = 2048


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
    """The documents of a built dataset; nothing is read until it is asked for, and never all at once."""

    def __init__(self, dataset: BuiltDataset) -> None:
        self._dataset = dataset
        configs = dataset.manifest.configs
        parts = [f"{name} {configs[name].content_sha256}" for name in _CONFIGS]
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def __iter__(self) -> Iterator[Document]:
        """Yield every document, split by split, in the order of ids there."""
        for split in self._dataset.manifest.configs["documents"].rows:
            yield from self._documents(split, None)

    def some(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents of these ids that are there."""
        wanted = sorted(set(doc_ids))
        if not wanted:
            return {}
        splits = self._dataset.manifest.configs["documents"].rows
        return {document.doc_id: document for split in splits for document in self._documents(split, wanted)}

    def _documents(self, split: str, wanted: list[str] | None) -> Iterator[Document]:
        blocks, raws = (by_document(self._rows(config, split, wanted)) for config in ("blocks", "raw"))
        for row in self._rows("documents", split, wanted):
            own = blocks(row["doc_id"])
            texts = [raw["text"] for raw in raws(row["doc_id"]) if raw["anchor_sha256"] == row["anchor_sha256"]]
            if not texts:
                raise DataError(
                    f"documents doc_id {row['doc_id']!r}: its anchor text is not in `raw`; build it again."
                )
            yield Document.from_rows(row, own, texts[-1])

    def _rows(self, config: str, split: str, wanted: list[str] | None) -> Iterator[dict[str, Any]]:
        """Yield a config's rows of one split, a batch at a time; ``wanted`` keeps to some documents."""
        for own, path in shards_of(self._dataset.manifest.files, config):
            if own != split:
                continue
            with pq.ParquetFile(self._dataset.directory / path) as file:
                model = self._dataset.model(config, file.schema_arrow)
                self._dataset.check_schema(model, file.schema_arrow)
                for batch in file.iter_batches(_ROWS, _groups(file.metadata, wanted)):
                    data = filled(pa.Table.from_batches([batch]), model.schema)
                    if wanted is not None:
                        column = data.column("doc_id")
                        data = data.filter(pc.is_in(column, pa.array(wanted, column.type)))
                    yield from rows_with_names(data, model)


def _groups(metadata: pq.FileMetaData, wanted: list[str] | None) -> list[int]:
    """Return the row groups that may hold one of these documents (in ascending order), all of them where None."""
    numbers = list(range(metadata.num_row_groups))
    return numbers if wanted is None else [n for n in numbers if _may_hold(metadata.row_group(n), wanted)]


def _may_hold(group: pq.RowGroupMetaData, wanted: list[str]) -> bool:
    columns = (group.column(number) for number in range(group.num_columns))
    told = next((column.statistics for column in columns if column.path_in_schema == "doc_id"), None)
    if told is None or not told.has_min_max:
        return True
    first = bisect_left(wanted, told.min)
    return first < len(wanted) and wanted[first] <= told.max
