"""Read a dataset a few whole documents at a time, with all rows of these documents in every config."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.batches import Batches
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS

__all__ = ["document_ranges"]


def document_ranges(
    dataset: BuiltDataset, weights_of: Callable[[pa.Table], Iterable[int]], most: int
) -> Iterator[dict[str, pa.Table]]:
    """Yield ranges of documents, in the order of their ids: the rows of each config, all of them in all.

    ``weights_of`` says for each row of ``documents`` how much it counts; a range counts ``most`` at most, or is one
    document. Rows of a document that ``documents`` lacks are in the range after it, or in the last one.

    Raises:
        DataError: a file cannot be read, is not as the model says, or is not in key order.
    """
    schemas = {name: dataset.file_model(name).schema for name in CONFIGS}
    others = {name: _Rows(dataset.batches(name), schemas[name]) for name in CONFIGS if name != "documents"}
    waiting: pa.Table | None = None
    for documents in _cut(dataset.batches("documents"), weights_of, most):
        if waiting is not None:
            bound = waiting.column("doc_id")[-1].as_py()
            yield {"documents": waiting, **{name: rows.up_to(bound) for name, rows in others.items()}}
        waiting = documents
    last = schemas["documents"].empty_table() if waiting is None else waiting
    yield {"documents": last, **{name: rows.up_to(None) for name, rows in others.items()}}


class _Rows:
    """The rows of one config, taken from the front."""

    def __init__(self, batches: Batches, schema: pa.Schema) -> None:
        self._batches, self._schema = iter(batches), schema
        self._held: pa.Table | None = None

    def up_to(self, bound: str | None) -> pa.Table:
        """Take the rows of the documents up to an id, or all that are left."""
        taken = []
        while (data := self._next()) is not None:
            ready = data.num_rows if bound is None else pc.sum(pc.less_equal(data.column("doc_id"), bound)).as_py()
            taken.append(data.slice(0, ready))
            if ready < data.num_rows:
                self._held = data.slice(ready)
                break
        return pa.concat_tables(taken) if taken else self._schema.empty_table()

    def _next(self) -> pa.Table | None:
        held, self._held = self._held, None
        return held if held is not None else next(self._batches, None)


def _cut(batches: Batches, weights_of: Callable[[pa.Table], Iterable[int]], most: int) -> Iterator[pa.Table]:
    """Yield the rows in parts that count as much as they may."""
    held: list[pa.Table] = []
    total = 0
    for data in batches:
        start = 0
        for row, weight in enumerate(weights_of(data)):
            if total + weight > most and (held or row > start):
                yield pa.concat_tables([*held, data.slice(start, row - start)])
                held, total, start = [], 0, row
            total += weight
        held.append(data.slice(start))
    if held:
        yield pa.concat_tables(held)
