"""A text never changes in place: the document gets a new task, and the old one is retired.

Label Studio has no transactions, and an open browser tab submits the offsets of the text it shows. So the old
task keeps its text and its annotations for ever, and is taken out of circulation: its ``overlap`` becomes 0 and
it counts as labelled, so the label stream offers it to nobody, while a submission from a tab that is still open
succeeds (both tried on the real server). Such a late submission is read on the text it was made on and moved to
the document's present text by the next pull.

The order makes it safe to be stopped anywhere: the new task is made whole (text, prediction, every annotation)
and noted together with the old one's state "retiring"; only then the old one is marked on the server, which can
be repeated. A task with somebody's unsubmitted draft is not retired: a draft cannot be moved in its author's
name. It waits until the draft is submitted or discarded, unless the user decides otherwise. Nor is a task with an
annotation that changed on both sides: on a new task this side's version alone would stand, so it waits for the
decision.

A twin is a second task with the same document and text, made by a request whose fate was unknown for too long.
It is deleted once everything on it is known to this side, and nobody has a draft on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpus.labelstudio.ledger.store import KnownTask, SeenAnnotation
from corpus.labelstudio.pushing.imports import Importer
from corpus.labelstudio.pushing.rewriting import drafts_on
from corpus.labelstudio.questions import Questions
from corpus.labelstudio.wire.client import RefusedError, is_id
from corpus.labelstudio.wire.listing import digest_of
from corpus.labelstudio.work import Work
from corpus.model.document import Document
from corpus.model.finding import Severity

__all__ = ["Retirement"]


class Retirement:
    """Takes tasks out of circulation."""

    def __init__(self, work: Work, importer: Importer) -> None:
        self.work, self.ledger, self.importer = work, work.ledger, importer

    def may_replace(self, task: KnownTask, document: Document) -> bool:
        """Tell whether a task with an outdated text may be replaced now; where not, a finding says why."""
        work = self.work
        what = "The text" if work.material.questions is None else "What is asked"
        if not work.leads:
            message = (
                f"{what} of {document.doc_id!r} here is not the one that another checkout pushed last; it was "
                "left alone. Say `take_over=True` where this checkout's counts."
            )
            work.report.note("task-text-foreign", f"task {task.id}", message)
            return False
        if any(key[0] == document.doc_id for key in work.blocked):
            message = (
                f"{what} of {document.doc_id!r} changed, and so did an annotation of it on the server; its task "
                "is replaced once that is pulled and decided."
            )
            return self._waits("conflict-holds-task", task, message)
        if not work.options.retire_drafts and drafts_on(self.work, task.id):
            message = (
                f"{what} of {document.doc_id!r} changed, but somebody has an unsubmitted draft on its task; it "
                "is replaced once the draft is submitted or discarded (or at once with `retire_drafts=True`)."
            )
            return self._waits("draft-holds-task", task, message)
        return True

    def _waits(self, code: str, task: KnownTask, message: str) -> bool:
        """Say why a task cannot be replaced yet; the next sync tries again."""
        self.work.report.note(code, f"task {task.id}", message)
        self.work.incomplete = True
        return False

    def keep_out(self) -> None:
        """Retire again what a changed number of annotators has put back into the stream.

        Label Studio sets the ``overlap`` of every task anew when that setting of the project changes.
        """
        record = self.work.project.record
        settings = f"{record.get('maximum_annotations')} {record.get('overlap_cohort_percentage')}"
        if self.ledger.fact(self.work.mark, "overlap") != settings and not self.work.project.is_new:
            with self.ledger.transaction("overlap-noted"):
                for task in self.ledger.tasks_in(self.work.mark, "retired"):
                    self.ledger.set_task(self.work.mark, replace(task, state="retiring"))
                self.ledger.set_fact(self.work.mark, "overlap", settings)

    def finish(self) -> None:
        """Mark on the server what is to be retired, and remove twins."""
        for task in self.ledger.tasks_in(self.work.mark, "retiring", "twin"):
            if task.state == "retiring":
                self._retire(task)
            elif task.state == "twin" and self.work.leads:  # else two checkouts would remove each other's
                self._remove_twin(task)

    def _retire(self, task: KnownTask) -> None:
        new = self.ledger.current_task(self.work.mark, task.doc_id)
        if new is None or self.work.options.dry_run:
            self.work.report.tasks_retired += new is not None
            return
        path = f"/api/tasks/{task.id}/"
        was_marked = True
        try:
            record = self.work.client.get(path)
            data = record.get("data") if isinstance(record, dict) else None
            was_marked = isinstance(data, dict) and bool(data.get("retired"))
            body: dict[str, object] = {"overlap": 0, "is_labeled": True}
            if isinstance(data, dict):
                why = "newer text" if new.text_sha256 != task.text_sha256 else "asked anew"
                body["data"] = {**data, "retired": str(new.id), "about": f"Replaced by task {new.id}: {why}"}
            self.work.send("task-retire", "PATCH", path, body, repeatable=True)
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
        with self.ledger.transaction("task-retired"):
            self.ledger.set_task(self.work.mark, replace(task, state="retired"))
        self.work.report.tasks_retired += not was_marked

    def withdraw(self, questions: Questions) -> list[str]:
        """Take tasks out of circulation that ask nothing any more, and that nobody has answered.

        Returns the documents of those on which somebody has a draft: they wait.
        """
        waiting = []
        for task in self.ledger.tasks_in(self.work.mark, "current"):
            if questions.asks(task.doc_id) or self.ledger.annotations(self.work.mark, task=task.id):
                continue
            if not self.work.options.retire_drafts and drafts_on(self.work, task.id):
                waiting.append(task.doc_id)
                continue
            self._withdraw(task)
        return waiting

    def _withdraw(self, task: KnownTask) -> None:
        path = f"/api/tasks/{task.id}/"
        try:
            record = self.work.client.get(path)
            data = record.get("data") if isinstance(record, dict) else None
            body: dict[str, object] = {"overlap": 0, "is_labeled": True}
            if isinstance(data, dict):
                body["data"] = {**data, "retired": "settled", "about": "Nothing is disputed here any more"}
            self.work.send("task-withdraw", "PATCH", path, body, repeatable=True)
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
        with self.ledger.transaction("task-retired"):
            self.ledger.set_task(self.work.mark, replace(task, state="retired"))
        self.work.report.tasks_retired += 1

    def _remove_twin(self, task: KnownTask) -> None:
        known = self.ledger.annotations(self.work.mark, task=task.id)
        path = f"/api/tasks/{task.id}/"
        try:
            record = self.work.client.get(path)
            if not _is_pulled(record, known) or drafts_on(self.work, task.id):
                message = f"{task.doc_id!r} has an earlier task as well; this one goes when its work was pulled."
                self.work.report.note("task-twice", f"task {task.id}", message, Severity.NOTE)
                return
            self.work.send("twin-delete", "DELETE", path)
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
        with self.ledger.transaction("twin-deleted"):
            self.ledger.forget_task(self.work.mark, task.id)
        self.work.report.twins_removed += 1


def _is_pulled(record: object, known: Iterable[SeenAnnotation]) -> bool:
    """Tell whether all that a task's record holds is as it was last seen; what cannot be read is not."""
    drawn = record.get("annotations") if isinstance(record, dict) else None
    if not isinstance(drawn, list) or not all(isinstance(item, dict) and is_id(item.get("id")) for item in drawn):
        return False
    seen = {annotation.id: annotation.digest for annotation in known}
    return all(
        seen.get(item["id"]) == digest_of(item.get("was_cancelled") is True, item.get("result")) for item in drawn
    )
