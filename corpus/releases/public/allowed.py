"""Which parts of which documents may be passed on, by the decisions of their rights records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.export.editions import WHOLE
from corpus.export.index import rows_of
from corpus.model.rights import PARTS, part_of, shown_parts
from corpus.model.tables import FIELDS, Table

__all__ = ["Allowed"]

Mask = NDArray[np.bool_]

_OF_FIELDS = tuple("captions" if name == "caption" else "text" for name in FIELDS)


@dataclass(frozen=True, slots=True, eq=False)
class Allowed:
    """A bit for each document and part: whether that may be passed on; a byte each is held, and the ids."""

    ids: pa.Array
    """Of all documents, ascending."""
    parts: Mapping[str, Mask]
    """One bit a document and, at the end, False for whatever is no document."""
    whole: Mask
    """Likewise: whether everything of a document may be passed on."""

    @classmethod
    def of(cls, documents: Iterable[pa.Table], blocks: Iterable[pa.Table], model: Table) -> Allowed:
        """Read the decisions; a document may be passed on whole where the part of every block of it may be.

        Args:
            documents: rows with ``doc_id`` and ``rights_record``, in the order of the ids.
            blocks: rows with ``doc_id`` and ``role`` (as a label's number).
            model: the table of ``blocks``.
        """
        ids = [pa.array([], pa.large_string())]
        told: list[frozenset[str]] = []
        for data in documents:
            ids += data.column("doc_id").chunks
            told += map(shown_parts, data.column("rights_record").to_pylist())
        parts = {part: np.array([*(part in own for own in told), False], np.bool_) for part in PARTS}
        found = cls(pa.concat_arrays(ids), parts, parts["text"].copy())
        for data in blocks:
            hidden = data.column("doc_id").filter(pa.array(~found.of_rows(data, model)))
            found.whole[found._rows(hidden)] = False
        return found

    def of_part(self, ids: pa.ChunkedArray, part: str) -> Mask:
        """Tell for each document whether the part (or the whole) may be passed on; of a whole one, every part."""
        bits = self.whole if part == WHOLE else self.whole | self.parts[part]
        mask: Mask = bits[self._rows(ids)]
        return mask

    def of_rows(self, data: pa.Table, model: Table) -> Mask:
        """Tell for each row of blocks or annotations whether the part it lies in may be passed on."""
        if model.name == "blocks":
            return self._by_number(data, "role", tuple(map(part_of, model.labels["role"])))
        mask, lost = self._by_number(data, "field", _OF_FIELDS), data.column("field").is_null().to_numpy()
        mask |= lost & self.whole[self._rows(data.column("doc_id"))]
        return mask

    def _by_number(self, data: pa.Table, column: str, names: Sequence[str]) -> Mask:
        """Tell for each row whether its document has the part that its number names."""
        rows = self._rows(data.column("doc_id"))
        numbers = pc.fill_null(data.column(column), -1).to_numpy()
        mask = np.zeros(data.num_rows, np.bool_)
        for number, name in enumerate(names):
            mask |= (numbers == number) & self.parts[name][rows]
        return mask

    def _rows(self, ids: pa.ChunkedArray) -> NDArray[np.int64]:
        rows: NDArray[np.int64] = pc.fill_null(rows_of(self.ids, ids), len(self.ids)).to_numpy()
        return rows
