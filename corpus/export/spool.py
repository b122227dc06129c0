"""Rows put by in files while a dataset is made, and read back in ranges of documents, in the order of ids."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["RANGE_BYTES", "Spool"]

RANGE_BYTES = 32 * 2**20
"""Bytes in memory that a range of documents has, more or less."""
MOST_RANGES = 200
"""Files that are written at once at most."""

_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class _Held:
    """What is remembered of rows that were put by."""

    ids: pa.Array
    """Their documents, ascending."""
    bytes: int


class Spool:
    """Rows of one config: added batch by batch, then read as often as need be; its ids alone are held in memory."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        """Put rows of this schema by in ``folder``, which is made."""
        folder.mkdir()
        self._folder, self._schema = folder, schema
        self._held: list[_Held] = []
        self._writer: pa.ipc.RecordBatchStreamWriter | None = _writer(folder / "all", schema)
        self._ranges: list[Path] | None = None

    @property
    def schema(self) -> pa.Schema:
        """The columns of every range."""
        return self._schema

    def add(self, data: pa.Table) -> None:
        """Put rows by: all there are of their documents.

        Raises:
            OSError: the file cannot be written.
        """
        if self._writer is None:
            raise ValueError("The rows were read already.")
        ids = data.column("doc_id").unique()
        if len(ids):
            self._held.append(_Held(ids.take(pc.sort_indices(ids)), data.nbytes))
            with _named(self._folder):
                self._writer.write_table(data.combine_chunks())

    def __iter__(self) -> Iterator[pa.Table]:
        """Yield ranges: every document's rows are in one of them, and ids ascend from range to range."""
        self._end()
        if self._ranges is None:
            self._ranges = [] if self._in_order() else self._dealt()
        if self._ranges:
            yield from (_read(path) for path in self._ranges)
        else:
            yield from _joined(_batches(self._folder / "all"), self._schema)

    def _end(self) -> None:
        if self._writer is not None:
            with _named(self._folder):
                self._writer.close()
            self._writer = None

    def _in_order(self) -> bool:
        """Tell whether the documents came in the order of their ids, one batch after another."""
        pairs = pairwise(self._held)
        return all(one.ids[-1].as_py() < other.ids[0].as_py() for one, other in pairs)

    def _dealt(self) -> list[Path]:
        """Deal the rows out to files, one a range."""
        bounds = self._bounds()
        paths = [self._folder / f"range-{number}" for number in range(len(bounds) + 1)]
        with _named(self._folder), ExitStack() as stack:
            writers = [stack.enter_context(_writer(path, self._schema)) for path in paths]
            for batch in _batches(self._folder / "all"):
                for number, rows in _cut(batch, bounds):
                    writers[number].write_table(rows)
        (self._folder / "all").unlink()
        return paths

    def _bounds(self) -> list[str]:
        """Return the first id of each range but the first."""
        ids = pa.concat_arrays([held.ids for held in self._held])
        ordered = ids.take(pc.sort_indices(ids))
        ranges = min(MOST_RANGES, 1 + sum(held.bytes for held in self._held) // RANGE_BYTES)
        firsts = {ordered[len(ordered) * number // ranges].as_py() for number in range(1, ranges)}
        return sorted(firsts)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Say where a file could not be written, which is not where the dataset goes: Arrow leaves that out."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(folder)) from None


def _writer(path: Path, schema: pa.Schema) -> pa.ipc.RecordBatchStreamWriter:
    return pa.ipc.new_stream(str(path), schema, options=_OPTIONS)


def _batches(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch])


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
        return stream.read_all()


def _cut(batch: pa.Table, bounds: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
    """Yield the rows of each range that has some."""
    ordered = batch.sort_by("doc_id")
    ids = ordered.column("doc_id").to_pylist()
    edges = [0, *(bisect_left(ids, bound) for bound in bounds), len(ids)]
    for number, (start, end) in enumerate(pairwise(edges)):
        if start < end:
            yield number, ordered.slice(start, end - start)


def _joined(batches: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Join small batches that stand in order; without any, yield one without rows."""
    waiting = [schema.empty_table()]
    for batch in batches:
        if sum(part.nbytes for part in waiting) + batch.nbytes > RANGE_BYTES and len(waiting) > 1:
            yield pa.concat_tables(waiting)
            waiting = [schema.empty_table()]
        waiting.append(batch)
    yield pa.concat_tables(waiting)
