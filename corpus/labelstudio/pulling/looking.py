"""Signs that the list of what changed there does not tell all; then every task is compared with what is known.

- The server was put back to an earlier state (:mod:`corpus.labelstudio.pulling.restored`).
- The server's clock was set back: what is done there now lies behind the cursor.
- It has more or fewer annotations than were seen: some of its operations (*Remove Duplicated Tasks*, say) move
  annotations and no task's time.

Compared are ids, times and numbers of annotations, a thousand tasks a second; only tasks that differ are read.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from corpus.labelstudio.ledger.known import KnownTask
from corpus.labelstudio.pulling.scanning import counts_of
from corpus.labelstudio.wire.client import RefusedError
from corpus.labelstudio.wire.filters import is_later, is_moment
from corpus.labelstudio.wire.listing import ServerTask, task_pages
from corpus.labelstudio.work import Work

__all__ = [
    "capped",
    "differing_tasks",
    "is_behind",
    "misses_some",
    "note_clock",
    "note_unseen",
    "set_back",
]

_TOLERANCE = 5.0
"""Seconds by which clocks may differ from one look to the next: dates are whole seconds, and answers take time."""
_AT_ONCE = 60.0
"""Seconds that may lie between a task's time and an annotation's, where a large import makes both."""
_PAGE = 1000


def set_back(work: Work) -> bool:
    """Tell whether the server's clock was set back since the last look."""
    ahead, before = work.client.ahead, work.ledger.fact(work.mark, "clock")
    cursor, now = work.ledger.fact(work.mark, "cursor"), _now(work)
    if ahead is None or now is None:
        return False
    return (before is not None and ahead < float(before) - _TOLERANCE) or is_later(cursor, _later(now, _TOLERANCE))


def note_clock(work: Work) -> None:
    """Note how the server's clock stands to this one's, where that has changed."""
    ahead, before = work.client.ahead, work.ledger.fact(work.mark, "clock")
    if ahead is not None and (before is None or abs(ahead - float(before)) > _TOLERANCE):
        work.ledger.set_fact(work.mark, "clock", f"{ahead:.0f}")


def capped(work: Work, moment: str | None) -> str | None:
    """Return a moment that is not in the server's future: what is done until then would lie behind that cursor."""
    now = _now(work)
    return now if now is not None and is_later(moment, _later(now, _TOLERANCE)) else moment


def misses_some(work: Work) -> bool:
    """Tell whether the server has more or fewer annotations than were seen, and not for what cannot be read.

    It is asked before and after all was read: only what was so at either time is no change in between.
    """
    known, told = work.ledger.drawn_on(work.mark).total(), work.ledger.fact(work.mark, "unseen") or "0"
    if str(counts_of(work.project.record)[1] - known) == told:
        return False
    return _unseen(work, known) != told


def note_unseen(work: Work) -> None:
    """Note by how many annotations the server differs though every task was compared: on tasks of others, say."""
    unseen = _unseen(work, work.ledger.drawn_on(work.mark).total())
    with work.ledger.transaction("unseen-noted"):
        work.ledger.set_fact(work.mark, "unseen", unseen)


def differing_tasks(work: Work) -> list[int]:
    """Return the tasks whose time or number of annotations is not what was last seen."""
    drawn, last = work.ledger.drawn_on(work.mark), work.ledger.last_drawn(work.mark) if work.went_back else {}
    known = {task.id: task for task in work.ledger.tasks(work.mark)}
    return [
        task.id
        for page in task_pages(work.client, work.project.id, whole=False, size=_PAGE)
        for task in page
        if _differs(task, known.get(task.id), drawn[task.id]) or is_behind(last.get(task.id), task)
    ]


def is_behind(seen: str | None, task: ServerTask) -> bool:
    """Tell whether a task's time lies before what was seen of it, or done to it from here."""
    return is_moment(task.updated_at) and is_later(seen, _later(task.updated_at, _AT_ONCE))


def _differs(task: ServerTask, known: KnownTask | None, drawn: int) -> bool:
    """Tell whether a task changed since it was seen; one that was only made, and never listed, has no time."""
    if known is None:
        return True
    other_time = bool(task.drawn) if known.updated_at is None else known.updated_at != task.updated_at
    return other_time or (known.state != "foreign" and task.drawn != drawn)


def _unseen(work: Work, known: int) -> str:
    try:
        record = work.client.get(f"/api/projects/{work.project.id}/")
    except RefusedError:
        record = work.project.record
    return str(counts_of(record if isinstance(record, dict) else {})[1] - known)


def _now(work: Work) -> str | None:
    """Return the server's time, None where it does not say it."""
    ahead = work.client.ahead
    return None if ahead is None else datetime.fromtimestamp(time.time() + ahead, UTC).isoformat()


def _later(moment: str, seconds: float) -> str:
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()
