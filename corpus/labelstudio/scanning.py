"""What has changed on the server since it was last looked at, without reading the rest.

The server has no list of changes. What there is: a task's ``updated_at`` moves with everything that is done to
its annotations, and the project counts its tasks. So the cursor is the latest ``updated_at`` that was seen, and
what lies behind it is read; where the counts do not add up, the ids alone are listed, and what is missing there
was deleted.

A change may become visible a moment after a later one did (its transaction ended later). So the last seconds
before the cursor are listed again, ids and times only, among the tasks that have annotations.

Tasks that were just imported from here lie behind the cursor too; of them (``fresh_from``: ids above it) only
those are read that have annotations by now. The cursor moves on in the same transaction in which the changes
are noted, so an interruption at any point makes the next run read them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from corpus.labelstudio.filters import Condition, ids_filter, is_moment, updated_since
from corpus.labelstudio.listing import ServerTask, task_pages
from corpus.labelstudio.work import Work

__all__ = ["Counts", "changed_tasks", "chosen_tasks", "counts_of", "missing_tasks", "newest_change"]

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


def changed_tasks(work: Work) -> Iterator[list[ServerTask]]:
    """Yield the tasks that may have changed, whole, a page at a time; each at least once."""
    ledger, mark = work.ledger, work.mark
    cursor, fresh = ledger.fact(mark, "cursor"), ledger.fact(mark, "fresh_from")
    if cursor is None:
        yield from _pages(work)
        return
    old: tuple[Condition, ...] = () if fresh is None else (("id", "less_or_equal", "Number", int(fresh)),)
    yield from _pages(work, updated_since(cursor), *old)
    if fresh is not None:
        for counter in ("total_annotations", "cancelled_annotations"):
            above: Condition = ("id", "greater", "Number", int(fresh))
            yield from _pages(work, above, (counter, "greater", "Number", 0))
    late = [task.id for page in _late(work, cursor) for task in page if _is_news(work, task)]
    yield from chosen_tasks(work, late)


def chosen_tasks(work: Work, ids: list[int]) -> Iterator[list[ServerTask]]:
    """Yield the tasks of these ids that are there, whole."""
    for first in range(0, len(ids), 100):
        yield from _pages(work, ids_filter(ids[first : first + 100]))


def missing_tasks(work: Work) -> tuple[list[int], list[int]]:
    """Return the known tasks that are no longer there, and the ids of those that are not known."""
    there = {task.id for page in task_pages_of_ids(work) for task in page}
    known = {task.id for task in work.ledger.tasks(work.mark) if task.state != "left-out"}
    return sorted(known - there), sorted(there - known)


def newest_change(work: Work) -> str | None:
    """Return the latest ``updated_at`` in the project, None where it has no tasks."""
    query = '{"ordering": ["-tasks:updated_at"]}'
    for record in work.client.tasks(work.project.id, "id,updated_at", page_size=1, query=query):
        moment = record.get("updated_at")
        return moment if is_moment(moment) else None
    return None


def task_pages_of_ids(work: Work) -> Iterator[list[ServerTask]]:
    """Yield the project's tasks with nothing but their ids."""
    return task_pages(work.client, work.project.id, whole=False, size=_IDS_PAGE)


def _pages(work: Work, *conditions: Condition) -> Iterator[list[ServerTask]]:
    return task_pages(work.client, work.project.id, *conditions)


def _late(work: Work, cursor: str) -> Iterator[list[ServerTask]]:
    moment = datetime.fromisoformat(cursor) - _OVERLAP
    since = moment.isoformat().replace("+00:00", "Z")
    some: Condition = ("total_annotations", "greater", "Number", 0)
    return task_pages(work.client, work.project.id, updated_since(since), some, whole=False, size=_IDS_PAGE)


def _is_news(work: Work, task: ServerTask) -> bool:
    known = work.ledger.task(work.mark, task.id)
    return known is None or known.updated_at != task.updated_at
