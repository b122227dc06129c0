"""What annotators marked in a set of documents, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Ints", "Marks", "merged"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Items, and the pieces of text that each consists of; documents, annotators and labels are numbers from 0.

    Offsets are half-open, into the text of the item's document. Made by :meth:`of`.
    """

    document: Ints
    """One an item, as are ``annotator`` and ``label``."""
    annotator: Ints
    label: Ints
    item: Ints
    """One a piece: its item. Pieces are ordered by item and start, and those of an item are disjoint."""
    start: Ints
    end: Ints

    @classmethod
    def of(
        cls,
        document: ArrayLike,
        annotator: ArrayLike,
        label: ArrayLike,
        item: ArrayLike,
        start: ArrayLike,
        end: ArrayLike,
    ) -> Marks:
        """Return marks of columns in any order of pieces; overlapping pieces of one item become one.

        Raises:
            ValueError: columns differ in length, a piece belongs to no item, or one ends before it starts.
        """
        items = tuple(np.asarray(column, dtype=np.int64) for column in (document, annotator, label))
        pieces = tuple(np.asarray(column, dtype=np.int64) for column in (item, start, end))
        if len({column.shape for column in items}) > 1 or len({column.shape for column in pieces}) > 1:
            raise ValueError("The columns of items, and those of pieces, must be as long as each other.")
        if ((pieces[0] < 0) | (pieces[0] >= len(items[0]))).any() or any((c < 0).any() for c in items):
            raise ValueError("Documents, annotators, labels and items are numbered from 0.")
        if ((pieces[1] < 0) | (pieces[1] >= pieces[2])).any():
            raise ValueError("A piece must start at 0 or later and end after its start.")
        return cls(items[0], items[1], items[2], *merged(pieces[0], pieces[1], pieces[2]))

    def __len__(self) -> int:
        """Return how many items there are."""
        return len(self.document)

    def chosen(self, wanted: NDArray[np.bool_]) -> Marks:
        """Return the items for which ``wanted`` is true, in their order."""
        kept = wanted[self.item]
        numbers = np.cumsum(wanted) - 1
        return Marks(
            self.document[wanted],
            self.annotator[wanted],
            self.label[wanted],
            numbers[self.item[kept]],
            self.start[kept],
            self.end[kept],
        )

    def joined(self, other: Marks) -> Marks:
        """Return these items and, after them, the other ones."""
        return Marks(
            np.concatenate((self.document, other.document)),
            np.concatenate((self.annotator, other.annotator)),
            np.concatenate((self.label, other.label)),
            np.concatenate((self.item, other.item + len(self))),
            np.concatenate((self.start, other.start)),
            np.concatenate((self.end, other.end)),
        )

    def sizes(self) -> Ints:
        """Return how many characters each item holds."""
        found: Ints = np.zeros(len(self), dtype=np.int64)
        np.add.at(found, self.item, self.end - self.start)
        return found


def merged(group: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Return spans in the order of group and start; those of a group that overlap are one, neighbours stay two."""
    if not len(group):
        return group, start, end
    order = np.lexsort((end, start, group))
    group, start, end = group[order], start[order], end[order]
    offset = group * (int(end.max()) + 1)
    reach = np.maximum.accumulate(end + offset)
    first = np.concatenate(([True], start[1:] + offset[1:] >= reach[:-1]))
    last = np.append(np.flatnonzero(first)[1:], len(group)) - 1
    return group[first], start[first], (reach - offset)[last]
