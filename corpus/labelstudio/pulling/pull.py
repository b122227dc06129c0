"""Pull: what changed on the server becomes new versions here, decided against what was last seen on both sides.

What that means for one document and annotator is decided in :mod:`corpus.labelstudio.pulling.deciding`.

Safe at any interruption: a page of tasks is handled inside one transaction of the ledger; the new versions are
written to the annotation files first (whole files, atomically), then the transaction ends. Stopped between the
two, the next run reads the same tasks again, finds that the files already say what the server says, and only
catches up the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from corpus.annotation.history import History
from corpus.errors import DataError
from corpus.labelstudio.format.drawing import ORPHAN_KEY
from corpus.labelstudio.ledger.journal import durable
from corpus.labelstudio.ledger.store import KnownTask, SeenAnnotation
from corpus.labelstudio.pulling.deciding import KeyPull
from corpus.labelstudio.pulling.looking import (
    capped,
    differing_tasks,
    misses_some,
    note_clock,
    note_unseen,
    set_back,
)
from corpus.labelstudio.pulling.matching import author, author_of, is_given_anew, learn, meet
from corpus.labelstudio.pulling.reading import task_text
from corpus.labelstudio.pulling.redirecting import today
from corpus.labelstudio.pulling.restored import is_put_back
from corpus.labelstudio.pulling.scanning import adds_up, changed_tasks, chosen_tasks, missing_tasks
from corpus.labelstudio.wire.filters import is_later, is_moment
from corpus.labelstudio.wire.listing import ServerAnnotation, ServerTask
from corpus.labelstudio.work import Work
from corpus.model.counted import count
from corpus.model.document import Document, sha256_text
from corpus.model.finding import Severity

__all__ = ["EVER", "Puller"]


class Puller:
    """The pull of one run; with ``work.reading_only`` it only learns what is there and what is unread."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger

    @property
    def history(self) -> History:
        """The versions here."""
        return self.work.history

    def pull(self) -> None:
        """Bring this side up to the server's."""
        work = self.work
        work.progress.step("reading what changed on the server")
        before = self.ledger.fact(work.mark, "cursor")
        if before is None and not self.history.is_empty:
            for page in changed_tasks(work).pages:
                learn(work, [today(work, task) for task in page])
        work.went_back = before is not None and is_put_back(work)
        looks = work.went_back or (before is not None and set_back(work))
        done, changes = 0, changed_tasks(work)
        for page in changes.pages:
            self._page(page)
            done += len(page)
            work.progress.advance(done, None)
        if looks:
            self._look()
        contested = sorted({t.id for c in self.ledger.conflicts(work.mark) for t in self._tasks_of(c.doc_id)})
        for page in chosen_tasks(work, contested):
            self._page(page)
        for page in chosen_tasks(work, self._to_read_again()):
            self._page(page)
        self._vanished_tasks()
        if before is not None and misses_some(work):
            self._look()
            note_unseen(work)
        if not (work.reading_only and work.blocked):
            self._move_on(changes.newest)

    def _look(self) -> None:
        """Read every task that differs from what was last seen of it."""
        for page in chosen_tasks(self.work, differing_tasks(self.work)):
            self._page(page)

    def _move_on(self, newest: str | None) -> None:
        mark = self.work.mark
        newest = capped(self.work, newest)
        note_clock(self.work)
        if newest == self.ledger.fact(mark, "cursor") and self.ledger.fact(mark, "fresh_from") is None:
            return
        with self.ledger.transaction("cursor"):
            self.ledger.set_fact(
                self.work.mark, "cursor", newest or self.ledger.fact(self.work.mark, "cursor") or EVER
            )
            self.ledger.set_fact(self.work.mark, "fresh_from", None)
            self.ledger.set_fact(self.work.mark, "fresh_until", None)

    def _tasks_of(self, doc_id: str) -> Iterable[KnownTask]:
        return [task for task in self.ledger.tasks(self.work.mark, doc_id) if task.state != "left-out"]

    def _to_read_again(self) -> list[int]:
        """Return the present tasks with rows that could not be read, where the screen has got other names since."""
        work = self.work
        if self.ledger.fact(work.mark, "shown") in (None, work.shown):
            return []
        found = []
        for key in self.history.all_keys():
            task, own = self.ledger.current_task(work.mark, key[0]), self.history.latest(key)
            if task is None or task.state != "current" or own is None:
                continue
            if any(ORPHAN_KEY in orphan.item for orphan in own.orphans):
                work.read_again.add(key)
                found.append(task.id)
        return sorted(set(found))

    # -- tasks ---------------------------------------------------------------------------------------------

    def _page(self, listed: Sequence[ServerTask]) -> None:
        tasks = [today(self.work, task) for task in listed]
        meet(self.work, tasks)
        with self.ledger.transaction("pulled"):
            for task in tasks:
                self._adopt(task)
            known = {task.id: self.ledger.task(self.work.mark, task.id) for task in tasks if task.annotations}
            documents = self.work.material.documents.some({k.doc_id for k in known.values() if k and k.doc_id})
            for task in tasks:
                this = known.get(task.id)
                self._task(task, documents.get(this.doc_id) if this is not None else None)
            if not self.work.reading_only:
                self._write()

    def _write(self) -> None:
        if self.work.has_read_history and self.history.unwritten and self.history.kept:
            with durable("annotation-files"):
                self.work.report.files += self.history.flush()

    def _adopt(self, task: ServerTask) -> None:
        """Note a task, and which of a document's tasks is the one that counts."""
        work, mark = self.work, self.work.mark
        known = self.ledger.task(mark, task.id)
        if not task.readable and task.doc_id is None:
            return
        if known is not None and _is_another(task, known):
            self._vanished(task.id)
            known = None
        if task.doc_id is None or task.text_sha256 is None:
            if known is None or (known.state == "foreign" and known.updated_at != task.updated_at):
                self._tell_foreign(task)
                self.ledger.set_task(mark, KnownTask(task.id, "", "", "", "foreign", task.updated_at))
            return
        if known is None:
            state = self._state_of_new(task)
            shows = (task.doc_id, task.text_sha256, task.anchor_sha256 or "")
            known = KnownTask(task.id, *shows, state, asked=task.asked)
            work.keep_text(task.data)
        elif task.is_retired and known.state in ("current", "retiring"):
            known = replace(known, state="retired")
        elif work.went_back and known.state == "retired" and not task.is_retired:
            known = replace(known, state="retiring")
        self.ledger.set_task(mark, replace(known, updated_at=task.updated_at))
        self.ledger.set_predictions(mark, task.id, self._predictions(task))

    def _tell_foreign(self, task: ServerTask) -> None:
        drawn = count(len(task.annotations), "annotation")
        what = f"It was not made by corpus, so {drawn} on it cannot be pulled." if task.annotations else _FOREIGN
        severity = Severity.WARNING if task.annotations else Severity.NOTE
        self.work.report.note("task-foreign", f"task {task.id}", what, severity)

    def _predictions(self, task: ServerTask) -> list[tuple[str, int | None]]:
        """Return the server's predictions, and the versions that are known to propose nothing."""
        empty = [(v, None) for v, n in self.ledger.predictions(self.work.mark, task.id).items() if n is None]
        return [*empty, *((p.model_version, p.id) for p in task.predictions)]

    def _state_of_new(self, task: ServerTask) -> str:
        if task.is_retired:
            return "retired"
        other = self.ledger.current_task(self.work.mark, task.doc_id or "")
        if other is None or other.state == "left-out":
            return "current"
        if (other.text_sha256, other.asked) == (task.text_sha256, task.asked):
            return "twin"
        if self._is_stray(task):
            message = (
                f"It shows another text of {other.doc_id!r} than task {other.id}, and no sync made it: it is taken "
                f"out of circulation, and what is drawn on it moves to task {other.id}."
            )
            self.work.report.note("task-stray", f"task {task.id}", message)
            return "retiring"
        self.ledger.set_task(self.work.mark, replace(other, state="retiring"))
        return "current"

    def _is_stray(self, task: ServerTask) -> bool:
        """Tell whether a further task of a document was imported by hand: no sync made it, and none would now."""
        work = self.work
        if work.material.questions is not None or work.project.ledger != self.ledger.id:
            return False
        document = work.material.documents.some({task.doc_id or ""}).get(task.doc_id or "")
        is_wanted = document is not None and sha256_text(document.reading().text) == task.text_sha256
        return not is_wanted and not self.ledger.batches(work.mark)

    def _vanished_tasks(self) -> None:
        """Notice tasks that were deleted there: their number tells, and only then are all ids listed."""
        work = self.work
        if work.project.is_new or adds_up(work):
            return
        gone, unknown = missing_tasks(work)
        for page in chosen_tasks(work, unknown):
            self._page(page)
        with self.ledger.transaction("tasks-gone"):
            for number in gone:
                self._vanished(number)

    def _vanished(self, number: int) -> None:
        task = self.ledger.task(self.work.mark, number)
        self.ledger.forget_task(self.work.mark, number)
        if task is None or task.state != "current":
            return
        self.ledger.set_fact(self.work.mark, "documents", None)  # so that the push compares all documents
        if self._has_twin(task):
            return
        leave = self.work.options.leave_deleted_tasks is True
        leave = leave or self.ledger.fact(self.work.mark, "leave_deleted_tasks") == "yes"
        leave = leave and not self.work.went_back
        if leave:
            self.ledger.set_task(self.work.mark, replace(task, state="left-out"))
        else:
            self.work.report.tasks_restored += 1
        what = "it stays away" if leave else "it is put back with the next push"
        is_gone = "is missing" if self.work.went_back else "was deleted"
        message = f"The task of {task.doc_id!r} {is_gone} on the server; {what}."
        self.work.report.note("task-deleted", f"task {number}", message)
        for key in self.history.keys(task.doc_id):
            self.ledger.out_of_step(self.work.mark, key)

    def _has_twin(self, gone: KnownTask) -> bool:
        """Let the twin of a deleted task take its place: another checkout made it, and removed this one's."""
        of_document = self.ledger.tasks(self.work.mark, gone.doc_id)
        same = [t for t in of_document if (t.text_sha256, t.asked) == (gone.text_sha256, gone.asked)]
        twin = next((task for task in same if task.state == "twin"), None)
        if twin is None:
            return False
        self.ledger.set_task(self.work.mark, replace(twin, state="current"))
        for key in self.history.keys(gone.doc_id):
            self.ledger.out_of_step(self.work.mark, key)
        return True

    # -- one task's annotations ------------------------------------------------------------------------------

    def _task(self, task: ServerTask, document: Document | None) -> None:
        work, mark = self.work, self.work.mark
        known = self.ledger.task(mark, task.id)
        if known is None or known.state == "foreign" or not task.readable:
            if not task.readable:
                message = "The server does not tell what stands on it (its log may say why); it was left as it was."
                work.report.note("task-unreadable", f"task {task.id}", message, Severity.ERROR)
            return
        live: dict[str, list[ServerAnnotation]] = {}
        for annotation in task.annotations:
            live.setdefault(author(work, task, annotation), []).append(annotation)
        there = {annotation.id for annotation in task.annotations}
        gone = self._of_ids_given_anew(task)
        gone += [seen for seen in self.ledger.annotations(mark, task=task.id) if seen.id not in there]
        gone += self._never_listed(task, known)
        if not task.annotations and not gone:
            return
        try:
            text = replace(task_text(work, task, document), asked=known.asked)
        except DataError as error:
            work.report.note("task-unusable", f"task {task.id}", f"Nothing was pulled: {error}.", Severity.ERROR)
            return
        if task.doc_id not in (None, known.doc_id):
            message = (
                f"It was made of {known.doc_id!r}, and its data name another document now; what is drawn on it "
                "counts for the one it was made of."
            )
            work.report.note("task-changed-there", f"task {task.id}", message)
        pushed = task.data.get("pushed") if isinstance(task.data, dict) else None
        for name in dict.fromkeys([*live, *(seen.annotator for seen in gone)]):
            missing = [seen for seen in gone if seen.annotator == name]
            KeyPull(work, known, text, document, (known.doc_id, name), pushed).run(live.get(name, []), missing)

    def _of_ids_given_anew(self, task: ServerTask) -> list[SeenAnnotation]:
        """Return, and forget the ids of, what is gone from a task although other annotations have its ids now."""
        again = [a for a in task.annotations if is_given_anew(self.work, task, a)]
        seen = [self.ledger.annotation(self.work.mark, annotation.id) for annotation in again]
        if not self.work.reading_only:
            for annotation in again:
                self.ledger.unsee(self.work.mark, annotation.id)
        return [replace(one, id=0) for one in seen if one is not None]

    def _never_listed(self, task: ServerTask, known: KnownTask) -> list[SeenAnnotation]:
        """Return what was sent inside this task's import, and was deleted before it was ever listed.

        On a task that nobody has touched since it was made, nothing was deleted: the server dropped it then (see
        :mod:`corpus.labelstudio.pushing.imports`), and who sent it sends it again.
        """
        if _is_untouched(task):
            return []
        live = {author(self.work, task, annotation) for annotation in task.annotations}
        authors = task.data.get("authors") if isinstance(task.data, dict) else None
        entries = authors.values() if isinstance(authors, dict) and known.state == "current" else ()
        names = [name for entry in entries if (name := author_of(entry)) is not None]
        found = []
        for name in (name for name in names if name not in live):
            key = (known.doc_id, name)
            seen = self.ledger.annotations(self.work.mark, key=key)
            on = (self.ledger.task(self.work.mark, annotation.task) for annotation in seen)
            elsewhere = any(other is not None and other.state in ("current", "twin") for other in on)
            if self.ledger.step_of(self.work.mark, key).revision is not None and not elsewhere:
                found.append(SeenAnnotation(0, task.id, *key, ""))
        return found


def _is_another(task: ServerTask, known: KnownTask) -> bool:
    """Tell whether a task was made after the known one of its id was last seen, and shows something else.

    On SQLite an import gives the ids of deleted tasks again. A task whose data were changed there is no other one.
    """
    if (task.doc_id or "", task.text_sha256 or "", task.asked) == (known.doc_id, known.text_sha256, known.asked):
        return False
    return known.updated_at is None or is_later(task.created_at, known.updated_at)


def _is_untouched(task: ServerTask) -> bool:
    """Tell whether a task is as the server made it, which sets both its times within microseconds."""
    if not is_moment(task.created_at) or not is_moment(task.updated_at):
        return False
    return datetime.fromisoformat(task.updated_at) - datetime.fromisoformat(task.created_at) < _AT_ONCE


_AT_ONCE = timedelta(milliseconds=50)
EVER = "1970-01-01T00:00:00Z"
"""The cursor of a project in which nothing was seen yet."""
_FOREIGN = "It was not made by corpus; it was left alone."
