"""Sets of documents that grow together: a union-find over row numbers."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Groups"]


class Groups:
    """Rows 0 to ``size - 1``, each alone at first; joining two joins all that belong to either.

    A group is named by its smallest row, so that the names do not depend on the order of the joins.

    >>> groups = Groups(4)
    >>> groups.join(3, 1)
    >>> [groups.of(row) for row in range(4)]
    [0, 1, 2, 1]
    """

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def of(self, row: int) -> int:
        """Return the name of the row's group."""
        root = row
        while self._above[root] != root:
            root = self._above[root]
        while self._above[row] != root:
            self._above[row], row = root, self._above[row]
        return root

    def join(self, one: int, other: int) -> None:
        """Make one group of two rows' groups."""
        first, second = sorted((self.of(one), self.of(other)))
        self._above[second] = first

    def join_all(self, rows: Iterable[int]) -> None:
        """Make one group of the groups of all rows."""
        first: int | None = None
        for row in rows:
            if first is None:
                first = row
            else:
                self.join(first, row)
