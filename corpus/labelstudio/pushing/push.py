"""Push: what changed here goes to the server, each thing once.

Tasks are imported in batches. No import of Label Studio's is idempotent, so each batch is noted in the ledger
before it is sent (:class:`corpus.labelstudio.ledger.store.Batch`) and closed when it is known what became of it; a
batch that is found open is looked for on the server before anything is repeated (:mod:`…imports`).

Single annotations follow (:mod:`corpus.labelstudio.pushing.annotating`), then predictions (:mod:`…predicting`).

After every act the ledger notes it. Stopped between the two, the next run finds the server changed, reads what
it holds, recognises this side's own version, and notes it then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice

from corpus.labelstudio.format.tasks import unsendable
from corpus.labelstudio.pulling.scanning import note_import
from corpus.labelstudio.pushing.annotating import AnnotationPush
from corpus.labelstudio.pushing.imports import Importer
from corpus.labelstudio.pushing.predicting import PredictionPush
from corpus.labelstudio.pushing.retirement import Retirement
from corpus.labelstudio.work import Work
from corpus.model.counted import count
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity

__all__ = ["Pusher"]

_DOCUMENTS = 250


class Pusher:
    """The push of one run."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger
        self.importer = Importer(work)
        self.retirement = Retirement(work, self.importer)
        self.met = 0
        """How many present tasks have a document that was compared with them."""

    def push(self) -> None:
        """Bring the server up to this side."""
        try:
            self._push()
        finally:
            self.importer.close()

    def _push(self) -> None:
        self.retirement.keep_out()
        self.retirement.finish()
        self._tasks()
        AnnotationPush(self.work, self.importer).push()
        PredictionPush(self.work).push()

    # -- tasks -------------------------------------------------------------------------------------------------

    def _tasks(self) -> None:
        """Compare all documents with their tasks where some may have changed, else those that had to wait."""
        work, documents = self.work, self.work.material.documents
        noted = (self.ledger.fact(work.mark, "documents"), self.ledger.fact(work.mark, "waiting"))
        all_of_them = noted[0] != documents.digest
        if not all_of_them and noted[1] is None:
            return
        work.progress.step("comparing the documents with their tasks")
        some = documents if all_of_them else documents.some(json.loads(noted[1] or "[]")).values()
        tasks = self.ledger.count(work.mark, "current")
        waiting = self._documents(some)
        if all_of_them and self.met < tasks and work.material.questions is None:
            message = (
                f"This dataset lacks the documents of {count(tasks - self.met, 'task')}, which stay on the server; "
                "what is done there is pulled. Where they have other ids now, `corpus annotations rename --from "
                "BEFORE` (the dataset before this one) brings their tasks along."
            )
            work.report.note("documents-gone", "tasks", message, Severity.NOTE)
        few = len(waiting) <= _DOCUMENTS
        now = (documents.digest if few else None, json.dumps(waiting) if few and waiting else None)
        if now != noted:
            with self.ledger.transaction("documents-done"):
                self.ledger.set_fact(work.mark, "documents", now[0])
                self.ledger.set_fact(work.mark, "waiting", now[1])
        self.retirement.finish()
        work.all_annotations = all_of_them

    def _documents(self, compared: Iterable[Document]) -> list[str]:
        """Compare documents with their tasks; return those that wait for a decision, or that the server refuses."""
        waiting: list[str] = []
        documents = iter(compared)
        done = 0
        while batch := list(islice(documents, _DOCUMENTS)):
            new: list[Document] = []
            for document in batch:
                task = self.ledger.current_task(self.work.mark, document.doc_id)
                self.met += task is not None and task.state == "current"
                reason = unsendable(document)
                if reason is not None:
                    finding = Finding(
                        "not-sendable", document.doc_id, f"It became no task: {reason}.", Severity.WARNING
                    )
                    self.work.report.add([finding])
                elif task is None:
                    new.append(document)
                elif task.state == "left-out":
                    continue
                elif self.work.is_outdated(task, document):
                    if self.retirement.may_replace(task, document):
                        new.append(document)
                    else:
                        waiting.append(document.doc_id)
            self.importer.create(new)
            done += len(batch)
            self.work.progress.advance(done, None)
        self.importer.finish()
        if not self.work.options.dry_run:
            note_import(self.work)
        if self.work.material.questions is not None:
            waiting += self.retirement.withdraw(self.work.material.questions)
        return sorted({*waiting, *self.importer.refused})
