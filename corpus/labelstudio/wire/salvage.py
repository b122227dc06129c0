"""What can still be read of a page that the server fails to write.

One lone surrogate in a task's data, or in one annotation of it, makes the server answer 500 for every page that
the task is on. Such a page is read in ever smaller ones until the broken task stands alone, and of that task
every annotation alone. What is left over is yielded as ``{"id": …, "unreadable": True}``: unknown, which is not
the same as absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from corpus.labelstudio.wire.answers import RefusedError, UnreachableError

__all__ = ["Page", "salvaged"]

Record = dict[str, Any]


class Page(Protocol):
    """Asks for one page of a listing; raises what the client raises."""

    def __call__(self, number: int, size: int, include: str) -> list[Record]:
        """Return the records of page ``number`` (from 1) of pages of ``size`` records."""


def salvaged(
    page: Page, annotation: Callable[[int], Any], number: int, size: int, include: str
) -> Iterator[Record]:
    """Yield the records of a page that failed, in its order.

    ``annotation`` reads one annotation by its id.

    Raises:
        UnreachableError: not even the ids of the page's tasks can be read: the fault is another one.
    """
    ids = [record["id"] for record in page(number, size, "id") if type(record.get("id")) is int]
    yield from _Salvage(page, annotation, include).part(number, size, ids)


class _Salvage:
    def __init__(self, page: Page, annotation: Callable[[int], Any], include: str) -> None:
        self.page, self.annotation, self.include = page, annotation, include

    def part(self, number: int, size: int, ids: list[int]) -> Iterator[Record]:
        """Yield the records of one page, whose tasks are ``ids``; it is known to fail as a whole."""
        if not ids:  # its tasks went meanwhile
            return
        if size == 1:
            yield self._alone(number, ids[0])
            return
        factor = next(f for f in (5, 2, 3, 7, size) if size % f == 0)
        smaller = size // factor
        for offset in range(0, len(ids), smaller):
            sub = (number - 1) * factor + 1 + offset // smaller
            some = ids[offset : offset + smaller]
            try:
                records = self._asked(sub, smaller)
            except UnreachableError as error:
                if error.status != 500:
                    raise
                yield from self.part(sub, smaller, some)
            else:
                yield from records

    def _asked(self, number: int, size: int) -> list[Record]:
        try:
            return self.page(number, size, self.include)
        except RefusedError as refusal:
            if refusal.status == 404:  # tasks were deleted in the meantime: there is no such page any more
                return []
            raise

    def _alone(self, number: int, task: int) -> Record:
        """Return a broken task without what was drawn, and then what was drawn, one by one."""
        fields = [name for name in self.include.split(",") if name != "result"]
        try:
            found = self.page(number, 1, ",".join(fields))
        except (UnreachableError, RefusedError):
            found = []
        if not found or found[0].get("id") != task:
            return {"id": task, "unreadable": True}
        drawn = found[0].get("annotations")
        annotations = [self._drawn(record) for record in drawn or () if isinstance(record, dict)]
        return {**found[0], "annotations": annotations}

    def _drawn(self, header: Record) -> Record:
        try:
            whole = self.annotation(header["id"])
        except (UnreachableError, RefusedError, KeyError):
            whole = None
        if not isinstance(whole, dict) or "result" not in whole:
            return {**header, "unreadable": True}
        return {**header, "result": whole["result"]}
