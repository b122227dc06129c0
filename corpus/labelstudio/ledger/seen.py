"""What was last seen on the server: tasks, the annotations and the predictions on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from corpus.labelstudio.ledger.database import Database
from corpus.labelstudio.ledger.known import Key, KnownTask, SeenAnnotation

__all__ = ["Seen"]

_TASK = "id, doc_id, text_sha256, anchor_sha256, state, updated_at, asked"
"""The columns of a task, as :class:`KnownTask` has them."""

_ANNOTATION = "id, task, doc_id, annotator, digest, updated_at, cancelled, lead_time"
"""The columns of an annotation, as :class:`SeenAnnotation` has them."""


class Seen(Database):
    """The part of the ledger that knows what stands on the server, by project mark."""

    # -- tasks -------------------------------------------------------------------------------------------

    def tasks(self, mark: str, doc_id: str | None = None) -> Iterator[KnownTask]:
        """Yield the tasks of a project, or of one document, by id."""
        # The index is named, for SQLite would walk all tasks of the project in the order of ids instead.
        where, values = "WHERE mark = ?", [mark]
        if doc_id is not None:
            where, values = "INDEXED BY tasks_of_document WHERE mark = ? AND doc_id = ?", [mark, doc_id]
        query = f"SELECT {_TASK} FROM tasks {where} ORDER BY id"  # noqa: S608
        for row in self._run(query, values):
            yield KnownTask(*row)

    def tasks_in(self, mark: str, *states: str) -> list[KnownTask]:
        """Return the tasks of these states, by id."""
        marks = ", ".join("?" * len(states))
        query = (
            f"SELECT {_TASK} FROM tasks "  # noqa: S608
            f"WHERE mark = ? AND state IN ({marks}) ORDER BY id"
        )
        return [KnownTask(*row) for row in self._all(query, mark, *states)]

    def task(self, mark: str, task: int) -> KnownTask | None:
        """Return one task, or None."""
        query = f"SELECT {_TASK} FROM tasks WHERE mark = ? AND id = ?"  # noqa: S608
        row = self._one(query, mark, task)
        return None if row is None else KnownTask(*row)

    def mark_of(self, tasks: Iterable[tuple[int, str]]) -> str | None:
        """Return the mark of the project that has one of these tasks (id, doc_id), None where none is known."""
        query = "SELECT mark FROM tasks WHERE id = ? AND doc_id = ?"
        found = (self._one(query, number, doc_id) for number, doc_id in tasks)
        return next((row[0] for row in found if row is not None), None)

    def current_task(self, mark: str, doc_id: str) -> KnownTask | None:
        """Return the task that shows a document today (or the one that was left out), or None."""
        found = [task for task in self.tasks(mark, doc_id) if task.state in ("current", "left-out")]
        return found[-1] if found else None

    def set_task(self, mark: str, task: KnownTask) -> None:
        """Note a task."""
        values = (task.id, task.doc_id, task.text_sha256, task.anchor_sha256, task.state, task.updated_at)
        query = "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._do(query, mark, *values, task.asked)

    def forget_task(self, mark: str, task: int) -> None:
        """Forget a task that is no longer there, with its annotations and predictions."""
        for table in ("annotations", "predictions"):
            self._do(f"DELETE FROM {table} WHERE mark = ? AND task = ?", mark, task)  # noqa: S608
        self._do("DELETE FROM tasks WHERE mark = ? AND id = ?", mark, task)

    def count(self, mark: str, *states: str) -> int:
        """Count the tasks of these states."""
        marks = ", ".join("?" * len(states))
        query = f"SELECT count(*) FROM tasks WHERE mark = ? AND state IN ({marks})"  # noqa: S608
        return int(self._run(query, (mark, *states)).fetchone()[0])

    def annotation_count(self, mark: str) -> int:
        """Count the annotations on the server: those that were seen, and those that were sent and not yet seen.

        What was seen on a task with an older text stays there beside what was sent with the present one.
        """
        sent = (
            "SELECT count(*) FROM steps AS s WHERE mark = ? AND revision IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM annotations AS a JOIN tasks AS t ON t.mark = a.mark AND t.id = a.task "
            "WHERE a.mark = s.mark AND a.doc_id = s.doc_id AND a.annotator = s.annotator AND t.state = 'current')"
        )
        queries = ("SELECT count(*) FROM annotations WHERE mark = ?", sent)
        return sum(int(self._run(query, (mark,)).fetchone()[0]) for query in queries)

    def has_gaps(self, mark: str, number: int) -> bool:
        """Tell whether ids are missing between the first and the last known task above an id."""
        query = "SELECT coalesce(max(id) - min(id) + 1, 0) - count(*) FROM tasks WHERE mark = ? AND id > ?"
        return int(self._run(query, (mark, number)).fetchone()[0]) > 0

    def last_task(self, mark: str) -> int:
        """Return the highest task id known, 0 where there is none."""
        return int(self._run("SELECT max(id) FROM tasks WHERE mark = ?", (mark,)).fetchone()[0] or 0)

    # -- annotations -------------------------------------------------------------------------------------

    def annotations(self, mark: str, *, task: int | None = None, key: Key | None = None) -> list[SeenAnnotation]:
        """Return what was last seen of a task's annotations, of a key's, or of all, by id."""
        where, values = "WHERE mark = ?", [mark]
        if task is not None:
            where, values = "INDEXED BY annotations_of_task WHERE mark = ? AND task = ?", [mark, str(task)]
        if key is not None:
            where = "INDEXED BY annotations_of_key WHERE mark = ? AND doc_id = ? AND annotator = ?"
            values = [mark, *key]
        query = f"SELECT {_ANNOTATION} FROM annotations {where} ORDER BY id"  # noqa: S608
        return [_seen(row) for row in self._run(query, values)]

    def annotation(self, mark: str, annotation: int) -> SeenAnnotation | None:
        """Return what was last seen of an annotation, or None."""
        query = f"SELECT {_ANNOTATION} FROM annotations WHERE mark = ? AND id = ?"  # noqa: S608
        row = self._one(query, mark, annotation)
        return None if row is None else _seen(row)

    def see(self, mark: str, seen: SeenAnnotation) -> None:
        """Note how an annotation looks on the server."""
        values = (seen.id, seen.task, seen.doc_id, seen.annotator, seen.digest, seen.updated_at)
        query = "INSERT OR REPLACE INTO annotations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._do(query, mark, *values, int(seen.cancelled), seen.lead_time)

    def unsee(self, mark: str, annotation: int) -> None:
        """Forget an annotation that is no longer on the server."""
        self._do("DELETE FROM annotations WHERE mark = ? AND id = ?", mark, annotation)

    def unlisted(self, mark: str, above: int) -> list[int]:
        """Return the current tasks above an id that should have annotations, and were never seen with one."""
        query = (
            "SELECT t.id FROM tasks t WHERE t.mark = ? AND t.id > ? AND t.state = 'current' AND EXISTS (SELECT 1 "
            "FROM steps s WHERE s.mark = t.mark AND s.doc_id = t.doc_id AND s.revision IS NOT NULL) AND NOT EXISTS "
            "(SELECT 1 FROM annotations a WHERE a.mark = t.mark AND a.task = t.id) ORDER BY t.id"
        )
        return [row[0] for row in self._all(query, mark, above)]

    def drawn_on(self, mark: str) -> Counter[int]:
        """Return how many annotations each task has: those that were seen, and those that were sent and not yet."""
        seen = "SELECT task, count(*) FROM annotations WHERE mark = ? GROUP BY task"
        sent = (
            "SELECT t.id, count(*) FROM tasks AS t JOIN steps AS s ON s.mark = t.mark AND s.doc_id = t.doc_id "
            "WHERE t.mark = ? AND t.state = 'current' AND s.revision IS NOT NULL AND NOT EXISTS (SELECT 1 "
            "FROM annotations AS a WHERE a.mark = s.mark AND a.doc_id = s.doc_id AND a.annotator = s.annotator "
            "AND a.task = t.id) GROUP BY t.id"
        )
        found = Counter[int]()
        for query in (seen, sent):
            found.update(dict(self._all(query, mark)))
        return found

    def last_changes(self, mark: str, number: int) -> dict[int, str]:
        """Return when tasks were last seen to change, or changed from here; those that changed last."""
        tasks = (
            "SELECT id, updated_at FROM tasks WHERE mark = ? AND updated_at IS NOT NULL "
            "AND state != 'left-out' ORDER BY updated_at DESC LIMIT ?"
        )
        found = self._last(mark, number)
        for task, moment in self._all(tasks, mark, number):
            found[task] = max(moment, found.get(task, moment))
        return found

    def last_drawn(self, mark: str) -> dict[int, str]:
        """Return when each task's annotations were last seen to change."""
        return self._last(mark, -1)

    def _last(self, mark: str, number: int) -> dict[int, str]:
        query = (
            "SELECT task, max(updated_at) AS last FROM annotations WHERE mark = ? AND updated_at IS NOT NULL "
            "GROUP BY task ORDER BY last DESC LIMIT ?"
        )
        return dict(self._all(query, mark, number))

    # -- predictions -------------------------------------------------------------------------------------

    def predictions(self, mark: str, task: int) -> dict[str, int | None]:
        """Return a task's predictions: their ids by model version (None: it proposes nothing)."""
        query = "SELECT model_version, id FROM predictions WHERE mark = ? AND task = ?"
        return dict(self._all(query, mark, task))

    def set_predictions(self, mark: str, task: int, listed: Iterable[tuple[str, int | None]]) -> None:
        """Note all the predictions of a task."""
        self._do("DELETE FROM predictions WHERE mark = ? AND task = ?", mark, task)
        for version, number in listed:
            self._do("INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?)", mark, task, version, number)

    def lacking(self, mark: str, model_version: str) -> Iterator[KnownTask]:
        """Yield the current tasks without a prediction of this version."""
        query = (
            f"SELECT {_TASK} FROM tasks AS t WHERE mark = ? "  # noqa: S608
            "AND state = 'current' AND NOT EXISTS (SELECT 1 FROM predictions AS p WHERE p.mark = t.mark "
            "AND p.task = t.id AND p.model_version = ?) ORDER BY doc_id"
        )
        for row in self._all(query, mark, model_version):
            yield KnownTask(*row)

    def proposed(self, mark: str, versions: Iterable[str]) -> list[int]:
        """Return the tasks with a prediction of one of these versions, by id."""
        query = "SELECT DISTINCT task FROM predictions WHERE mark = ? AND model_version = ?"
        return sorted({row[0] for version in versions for row in self._all(query, mark, version)})


def _seen(row: Any) -> SeenAnnotation:
    number, task, doc_id, annotator, digest, updated_at, cancelled, lead_time = row
    return SeenAnnotation(number, task, doc_id, annotator, digest, updated_at, bool(cancelled), lead_time)
