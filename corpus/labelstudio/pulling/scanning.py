"""What has changed on the server since it was last looked at, without reading the rest.

The server has no list of changes. What there is: a task's ``updated_at`` moves with everything that is done to
its annotations, and the project counts its tasks. So the cursor is the latest ``updated_at`` that was seen, and
what lies behind it is read; where the counts do not add up, the ids alone are listed, and what is missing there
was deleted.

A change may become visible a moment after a later one did (its transaction ended later). So the last seconds
before the cursor are listed again, ids and times only, among the tasks that have annotations.

Tasks that were just imported from here lie behind the cursor too; of them (``fresh_from``: ids above it) only
those are read that have annotations by now, or that changed after the import (``fresh_until``). The cursor moves
on in the same transaction in which the changes are noted, so an interruption at any point makes the next run read
them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from corpus.labelstudio.wire.filters import Condition, filters, ids_filter, is_moment, updated_since
from corpus.labelstudio.wire.listing import PAGE, ServerTask, task_pages
from corpus.labelstudio.work import Work

__all__ = [
    "Changes",
    "Counts",
    "adds_up",
    "changed_tasks",
    "chosen_tasks",
    "counts_of",
    "missing_tasks",
    "note_import",
]

_OVERLAP = timedelta(seconds=3)
_IDS_PAGE = 1000
Counts = tuple[int, int]
"""How many tasks and how many annotations (skipped ones included) the project says it has."""


def counts_of(record: dict[str, Any]) -> Counts:
    """Read the counts of a project's record."""
    tasks, annotations, skipped = (
        value if isinstance(value := record.get(name), int) else 0
        for name in ("task_number", "total_annotations_number", "skipped_annotations_number")
    )
    return tasks, annotations + skipped


@dataclass(frozen=True, slots=True)
class Changes:
    """The tasks that may have changed, whole, a page at a time, and where to look from next time."""

    newest: str | None
    pages: Iterator[list[ServerTask]]


def changed_tasks(work: Work) -> Changes:
    """Return what may have changed; each task comes at least once.

    ``newest`` was true before the first page was read, so what changes while the pages are read lies behind
    it and is found next time.
    """
    ledger, mark = work.ledger, work.mark
    cursor, fresh = ledger.fact(mark, "cursor"), ledger.fact(mark, "fresh_from")
    if cursor is None:
        return Changes(_newest_change(work), _pages(work))
    if fresh is not None:
        return Changes(_newest_change(work), _since_import(work, cursor, int(fresh)))
    first = next(_pages(work, updated_since(cursor)), [])
    if len(first) < PAGE:
        moments = [cursor, *(task.updated_at for task in first if is_moment(task.updated_at))]
        return Changes(max(moments, key=datetime.fromisoformat), chain([first], _late_pages(work, cursor)))
    newest = _newest_change(work)
    return Changes(newest, chain(_pages(work, updated_since(cursor)), _late_pages(work, cursor)))


def _since_import(work: Work, cursor: str, fresh: int) -> Iterator[list[ServerTask]]:
    yield from _pages(work, updated_since(cursor), ("id", "less_or_equal", "Number", fresh))
    for counter in ("total_annotations", "cancelled_annotations"):
        yield from _pages(work, ("id", "greater", "Number", fresh), (counter, "greater", "Number", 0))
    until = work.ledger.fact(work.mark, "fresh_until")
    if until is not None:
        yield from _pages(work, updated_since(until), ("id", "greater", "Number", fresh))
    if fresh:
        yield from _late_pages(work, cursor)
    # What was sent inside an import and deleted before anybody listed it leaves a task without annotations.
    yield from chosen_tasks(work, work.ledger.unlisted(work.mark, fresh))


def _late_pages(work: Work, cursor: str) -> Iterator[list[ServerTask]]:
    late = [task.id for page in _late(work, cursor) for task in page if _is_news(work, task)]
    yield from chosen_tasks(work, late)


def chosen_tasks(work: Work, ids: list[int]) -> Iterator[list[ServerTask]]:
    """Yield the tasks of these ids that are there, whole."""
    for first in range(0, len(ids), 100):
        yield from _pages(work, ids_filter(ids[first : first + 100]))


def adds_up(work: Work) -> bool:
    """Tell whether as many tasks are there as are known; where not, some were deleted, or made by others.

    The project's own count does not tell of a task that was deleted beside one that was made. What was made since
    has a higher id than all that is known, so those are counted too; while this side imported, others may have
    got ids between ours, and then the numbers have gaps.
    """
    ledger, mark = work.ledger, work.mark
    there, _ = counts_of(work.project.record)
    if there != ledger.count(mark, "current", "retiring", "retired", "twin", "foreign"):
        return False
    fresh = ledger.fact(mark, "fresh_from")
    if fresh is not None and ledger.has_gaps(mark, int(fresh)):
        return False
    newer = filters(("id", "greater", "Number", ledger.last_task(mark)))
    return work.client.count_tasks(work.project.id, query=newer) == 0


def missing_tasks(work: Work) -> tuple[list[int], list[int]]:
    """Return the known tasks that are no longer there, and the ids of those that are not known."""
    there = {task.id for page in _id_pages(work) for task in page}
    known = {task.id for task in work.ledger.tasks(work.mark) if task.state != "left-out"}
    return sorted(known - there), sorted(there - known)


def note_import(work: Work) -> None:
    """Note when the import from here that nobody has looked at since was over, by the server's clock."""
    ledger, mark = work.ledger, work.mark
    if ledger.fact(mark, "fresh_from") is None or ledger.fact(mark, "fresh_until") is not None:
        return
    newest = _newest_change(work)
    with ledger.transaction("import-noted"):
        ledger.set_fact(mark, "fresh_until", newest)


def _newest_change(work: Work) -> str | None:
    """Return the latest ``updated_at`` in the project, None where it has no tasks."""
    query = '{"ordering": ["-tasks:updated_at"]}'
    for record in work.client.tasks(work.project.id, "id,updated_at", page_size=1, query=query):
        moment = record.get("updated_at")
        return moment if is_moment(moment) else None
    return None


def _id_pages(work: Work) -> Iterator[list[ServerTask]]:
    """Yield the project's tasks with nothing but their ids."""
    return task_pages(work.client, work.project.id, whole=False, size=_IDS_PAGE)


def _pages(work: Work, *conditions: Condition) -> Iterator[list[ServerTask]]:
    return task_pages(work.client, work.project.id, *conditions)


def _late(work: Work, cursor: str) -> Iterator[list[ServerTask]]:
    since = (datetime.fromisoformat(cursor) - _OVERLAP).isoformat()
    some: Condition = ("total_annotations", "greater", "Number", 0)
    return task_pages(work.client, work.project.id, updated_since(since), some, whole=False, size=_IDS_PAGE)


def _is_news(work: Work, task: ServerTask) -> bool:
    known = work.ledger.task(work.mark, task.id)
    return known is None or known.updated_at != task.updated_at
