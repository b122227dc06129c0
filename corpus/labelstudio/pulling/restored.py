"""A server that was put back to an earlier state: what is missing there was not deleted by anybody.

The tasks that changed last tell: where one says an earlier time than it did, the server was put back. Then every
task that differs is read. What an annotation said before is no news, and the newer version here is sent again; what
nobody here has seen is a conflict, for nothing tells which of the two is wanted. What is gone is sent again too.
"""

from __future__ import annotations

from corpus.annotation.history import History
from corpus.labelstudio.ledger.known import Key
from corpus.labelstudio.pulling.looking import capped, is_behind
from corpus.labelstudio.pulling.reading import content
from corpus.labelstudio.wire.filters import ids_filter, is_later
from corpus.labelstudio.wire.listing import ServerAnnotation, task_pages
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet

__all__ = ["is_older", "is_put_back", "revision_again"]

_WITNESSES = 20


def is_put_back(work: Work) -> bool:
    """Tell whether the server was put back to an earlier state, and say so; the tasks that changed last tell."""
    seen = work.ledger.last_changes(work.mark, _WITNESSES)
    last = {task: moment for task, moment in seen.items() if capped(work, moment) == moment}  # else its clock was
    for page in task_pages(work.client, work.project.id, ids_filter(last), whole=False) if last else ():
        for task in page:
            if is_behind(last[task.id], task):
                message = (
                    f"The server was put back to an earlier state: task {task.id} changed at {last[task.id]}, and "
                    f"now says {task.updated_at}. What is missing there since is sent again, and nothing is taken "
                    "for deleted."
                )
                work.report.note("server-put-back", "project", message)
                return True
    return False


def is_older(work: Work, annotation: ServerAnnotation) -> bool:
    """Tell whether an annotation stands as it did before it was last seen."""
    seen = work.ledger.annotation(work.mark, annotation.id)
    return seen is not None and is_later(seen.updated_at, annotation.updated_at)


def revision_again(history: History, key: Key, theirs: AnnotationSet) -> int | None:
    """Return the newest revision that says what the server says again, None where none does."""
    versions = history.newest_first(key)
    return next((version.revision for version in versions if content(version) == content(theirs)), None)
