"""How a project stands, as tables: the annotators' progress, skipped tasks, conflicts, what has no place."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.cli.rim import out
from corpus.cli.tables import show_table
from corpus.labelstudio.status import AnnotatorProgress, Status
from corpus.model.counted import count

__all__ = ["show_standing"]

_MOST = 20
"""How many rows a list shows; --json has all of them."""


def show_standing(found: Status) -> None:
    """Print the tables that have rows."""
    out.print(
        f"\n{count(found.tasks, 'task')}, {found.tasks_retired} retired, {found.tasks_left_out} left out; "
        f"{count(found.labels_in_drafts, 'label')} in drafts."
    )
    if found.adjudication is not None:
        told = found.adjudication
        out.print(
            f"Adjudication: {count(told.open_disputes, 'dispute')} open in {told.open_documents:,} of "
            f"{count(told.documents, 'document')}; {told.settled} settled by a person."
        )
    head = ("annotator", "who", "done", "skipped", "left", "a task", "in all", "a day", "last")
    _table("Annotators", head, (_row(progress) for progress in found.annotators))
    skipped = ((item.doc_id, item.annotator, item.comment) for item in found.skipped)
    _table("Skipped", ("document", "annotator", "comment"), skipped)
    conflicts = ((c.doc_id, c.annotator, c.kind) for c in found.plan.conflicts)
    _table("Conflicts (--prefer local or server decides)", ("document", "annotator", "what"), conflicts)
    orphans = ((item.doc_id, item.annotator, item.item, item.reason) for item in found.orphans)
    _table("Without a place", ("document", "annotator", "item", "reason"), orphans)


def _row(progress: AnnotatorProgress) -> tuple[str, ...]:
    return (
        progress.annotator,
        progress.person or "",
        str(progress.submitted),
        str(progress.skipped),
        str(progress.left),
        _time(progress.seconds_per_task),
        _time(progress.seconds) + _of_how_many(progress),
        "" if progress.per_day is None else f"{progress.per_day:g}",
        (progress.last or "")[:16].replace("T", " "),
    )


def _of_how_many(progress: AnnotatorProgress) -> str:
    """Say how many tasks a sum of times is of, where some of those done have none."""
    return f" (of {progress.timed})" if 0 < progress.timed < progress.submitted else ""


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    listed = list(rows)
    show_table(head, listed[:_MOST], title=title)
    if len(listed) > _MOST:
        out.print(f"… and {len(listed) - _MOST} more; --json lists all of them.")
