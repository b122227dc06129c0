"""Push: what changed here goes to the server, each thing once.

Tasks are imported in batches. No import of Label Studio's is idempotent, so each batch is noted in the ledger
before it is sent (:class:`corpus.labelstudio.ledger.Batch`) and closed when it is known what became of it; a
batch that is found open is looked for on the server before anything is repeated (:mod:`…imports`).

A single annotation is created under an idempotency key (``unique_id``: a repeat answers 409) and changed or
deleted under its id, so both can be repeated. Right before a change the annotation is read again: where it is
no longer what was last seen, it is left to the next pull (:mod:`corpus.labelstudio.rewriting` says what remains).

After every act the ledger notes it. Stopped between the two, the next run finds the server changed, reads what
it holds, recognises this side's own version, and notes it then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from corpus.annotation.history import History, folder_digest
from corpus.labelstudio.client import RefusedError, is_id
from corpus.labelstudio.filters import ids_filter
from corpus.labelstudio.imports import Importer
from corpus.labelstudio.ledger import Key, KnownTask, SeenAnnotation
from corpus.labelstudio.listing import ServerTask, digest_of, task_pages
from corpus.labelstudio.proposing import Proposer
from corpus.labelstudio.retirement import Retirement
from corpus.labelstudio.rewriting import draft_holds, read_again, write_over
from corpus.labelstudio.rewritten import note_lines
from corpus.labelstudio.scanning import note_import
from corpus.labelstudio.shown import names_in
from corpus.labelstudio.tasks import annotation_body, unique_id, unsendable
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document, sha256_text
from corpus.model.finding import Finding, Severity

__all__ = ["Pusher"]

_SENT = ("submitted", "skipped")
_DOCUMENTS = 250


class Pusher:
    """The push of one run."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger
        self.importer = Importer(work)
        self.retirement = Retirement(work, self.importer)
        self.met = 0
        """How many present tasks have a document that was compared with them."""

    @property
    def history(self) -> History:
        """The versions here."""
        return self.work.history

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
        self._annotations()
        self._predictions()

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
                f"{tasks - self.met} tasks are of documents that this dataset lacks; they stay on the server, and "
                "what is done on them is pulled."
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
                elif self._is_outdated(task, document):
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

    def _is_outdated(self, task: KnownTask, document: Document) -> bool:
        """Tell whether a document needs another task: for its text, or for what is asked about it."""
        if task.text_sha256 != sha256_text(document.reading().text):
            return True
        questions = self.work.material.questions
        return questions is not None and not questions.stands(task.doc_id, task.asked)

    # -- annotations ---------------------------------------------------------------------------------------------

    def _annotations(self) -> None:
        """Send what is newer here than what was last in step; equal files were compared before.

        What somebody adds to the files meanwhile is not compared here, so the hash from before counts: the next
        run sees that they have changed.
        """
        files = folder_digest(self.work.material.folder)
        shows_more = self.ledger.fact(self.work.mark, "shown") != self.work.shown
        has_news = files != self.ledger.fact(self.work.mark, "files") or shows_more
        if not has_news and not self.work.all_annotations:
            return
        self.work.progress.step("comparing the annotations")
        self.history.catch_up()
        keys = [key for key in self.history.all_keys() if self._is_newer(key) or (shows_more and self._gains(key))]
        for first in range(0, len(keys), _DOCUMENTS):
            some = keys[first : first + _DOCUMENTS]
            documents = self.work.material.documents.some({key[0] for key in some})
            for key in some:
                task = self.ledger.current_task(self.work.mark, key[0])
                if task is not None and task.state == "current" and key[0] not in documents:
                    message = f"{key[1]!r}'s annotation of {key[0]!r} is not sent: the dataset lacks the document."
                    self.work.report.note("annotation-waits", f"task {task.id}", message)
                    self.work.incomplete = True
                elif task is not None and task.state == "current":
                    with self._apart(f"task {task.id}", f"{key[1]!r}'s annotation of {key[0]!r}"):
                        self._annotation(key, task, documents[key[0]])
        note_lines(self.work)
        if not self.work.incomplete and not self.work.blocked:
            with self.ledger.transaction("annotations-done"):
                self.ledger.set_fact(self.work.mark, "files", files)
                self.ledger.set_fact(self.work.mark, "shown", self.work.shown)

    @contextmanager
    def _apart(self, place: str, what: str) -> Iterator[None]:
        """Name one thing that the server refuses for what it holds, or has no task for any more, and go on."""
        try:
            yield
        except RefusedError as refusal:
            if refusal.status not in (400, 404, 413):
                raise
            self.work.incomplete = True
            if refusal.status == 404:
                self.work.report.note("task-moved-on", place, f"It was deleted before {what} came: sync again.")
                return
            message = f"The server does not take {what}: {refusal}"
            self.work.report.note("content-refused", place, message, Severity.ERROR)

    def _is_newer(self, key: Key) -> bool:
        last = self.history.last(key)
        step = self.ledger.step_of(self.work.mark, key)
        if last is None or last.revision == step.revision or key in self.work.blocked:
            return False
        if step.revision is not None and last.revision < step.revision:
            self._tell_behind(key, last.revision, step.revision)
            return False
        return last.state in _SENT or (last.state == "deleted" and step.revision is not None)

    def _tell_behind(self, key: Key, newest: int, in_step: int) -> None:
        """Tell of a version that went missing here: an older one must not replace it on the server."""
        message = (
            f"The newest version of {key[1]!r}'s annotation that can be read here is {newest}, but {in_step} is in "
            "step with the server; nothing is sent. Restore the line, or append what is right as a later revision."
        )
        self.work.report.note("annotation-behind", key[0], message, Severity.ERROR)
        self.work.incomplete = True

    def _gains(self, key: Key) -> bool:
        """Tell whether the scheme has a name by now for what could not be drawn when both sides were in step."""
        work, step = self.work, self.ledger.step_of(self.work.mark, key)
        if step.shown in (None, work.shown) or key in work.blocked:
            return False
        own = self.history.latest(key)
        news = work.shown_at(None) - work.shown_at(step.shown)
        return own is not None and own.state in _SENT and not news.isdisjoint(names_in(own))

    def _annotation(self, key: Key, task: KnownTask, document: Document) -> None:
        own = self.history.latest(key)
        if own is None:
            return
        own = self.importer.on_this_text(own, document)
        there = [seen for seen in self.ledger.annotations(self.work.mark, key=key) if seen.task == task.id]
        if task.text_sha256 != sha256_text(document.reading().text):
            message = f"{key[1]!r}'s annotation waits until the document has a task with its present text."
            self.work.report.note("annotation-waits", f"task {task.id}", message, Severity.NOTE)
            self.work.incomplete = True
        elif own.state == "deleted":
            for seen in there:
                self._delete(key, seen)
            if not there:
                self.ledger.out_of_step(self.work.mark, key)
        elif self._is_answer_to_another(own, task):
            return
        elif there:
            self._update(key, _counting(there), own, document)
        else:
            self._create(key, task, own, document)

    def _is_answer_to_another(self, own: AnnotationSet, task: KnownTask) -> bool:
        """Tell whether a set answers what was asked on another task: then it is no annotation of this one."""
        questions = self.work.material.questions
        return questions is not None and not questions.answers(own, task.asked)

    def _create(self, key: Key, task: KnownTask, own: AnnotationSet, document: Document) -> None:
        body = self._body(own, document)
        number = body.pop("id")
        body |= {"import_id": number, "unique_id": unique_id(f"{own.annotation_id} {task.id}", self.work.mark)}
        path = f"/api/tasks/{task.id}/annotations/"
        try:
            made = self.work.send("annotation-new", "POST", path, body, repeatable=True)
        except RefusedError as refusal:
            if refusal.status != 409:
                raise
            self.work.incomplete = True  # it was made by a request whose answer was lost: the next pull sees it
            return
        self.work.report.annotations_new += 1
        self._noted(key, own, task.id, made, body)

    def _update(self, key: Key, seen: SeenAnnotation, own: AnnotationSet, document: Document) -> None:
        before = self._as_seen(key, seen)
        if before is None:
            return
        body = self._body(own, document)
        body = {"result": body["result"], "was_cancelled": own.state == "skipped"}
        made = write_over(self.work, "annotation-update", _place(seen), before, body)
        self.work.report.annotations_updated += 1
        self._noted(key, own, seen.task, {"id": seen.id} if made is None else made, body)

    def _delete(self, key: Key, seen: SeenAnnotation) -> None:
        if self._as_seen(key, seen) is None:
            return
        try:
            self.work.send("annotation-delete", "DELETE", f"/api/annotations/{seen.id}/")
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
        with self.ledger.transaction("annotation-noted"):
            self.ledger.unsee(self.work.mark, seen.id)
            self.ledger.out_of_step(self.work.mark, key)
        self.work.report.annotations_deleted += 1

    def _as_seen(self, key: Key, seen: SeenAnnotation) -> dict[str, Any] | None:
        """Read an annotation again before it is changed; None where it must not be, or is no longer as it was."""
        if draft_holds(self.work, seen.task, seen.id):
            return None
        if self.work.options.dry_run:
            return {"id": seen.id}
        record = read_again(self.work, seen.id)
        if record is not None and record.get("id") == seen.id and _digest(record) == seen.digest:
            return record
        what = "'s was deleted" if record is None else " changed it"
        self.work.incomplete = True
        self.work.report.note("annotation-moved-on", _place(seen), f"{key[1]!r}{what} just now: sync again.")
        return None

    def _body(self, own: AnnotationSet, document: Document) -> dict[str, Any]:
        user = self.work.user_of(own.annotator)
        body, findings = annotation_body(own, document, self.work.scheme, user)
        self.work.report.add(findings)
        body["was_cancelled"] = own.state == "skipped"
        return body

    def _noted(self, key: Key, own: AnnotationSet, task: int, made: Any, body: dict[str, Any]) -> None:
        with self.ledger.transaction("annotation-noted"):
            if isinstance(made, dict) and is_id(made.get("id")):
                digest, at = _digest({**body, **made}), made.get("updated_at")
                at = at if isinstance(at, str) else None
                seen = SeenAnnotation(made["id"], task, *key, digest, at, own.state == "skipped", own.lead_time)
                self.ledger.see(self.work.mark, seen)
            self.ledger.in_step(self.work.mark, key, own.revision, self.work.shown)

    # -- predictions -------------------------------------------------------------------------------------------

    def _predictions(self) -> None:
        """Give every current task the newest prediction, and take older ones of the same maker away."""
        for proposer in self.work.material.proposers:
            self._proposals(proposer)

    def _proposals(self, proposer: Proposer) -> None:
        lacking = self.ledger.lacking(self.work.mark, proposer.version)
        while batch := list(islice(lacking, _DOCUMENTS)):
            documents = self.work.material.documents.some(task.doc_id for task in batch)
            tasks = [task for task in batch if task.doc_id in documents]
            proposed = proposer.bodies([documents[task.doc_id] for task in tasks])
            there = {task.id: task for task in self._listed([task.id for task in tasks])}
            for task, body in zip(tasks, proposed, strict=True):
                if not self._is_outdated(task, documents[task.doc_id]) and task.id in there:
                    with self._apart(f"task {task.id}", f"the prediction of {task.doc_id!r}"):
                        self._predict(there[task.id], proposer.version, body)

    def _listed(self, ids: list[int]) -> Iterator[ServerTask]:
        for first in range(0, len(ids), 100):
            for page in task_pages(self.work.client, self.work.project.id, ids_filter(ids[first : first + 100])):
                yield from page

    def _predict(self, task: ServerTask, version: str, body: dict[str, Any]) -> None:
        """Replace older predictions of the same maker; one of this version is enough.

        Stopped after the new one was made, the next run sees both on the task, and removes the older.
        """
        same = [p for p in task.predictions if p.model_version == version]
        older = [p for p in task.predictions if _family(p.model_version) == _family(version) and p not in same]
        if body["result"] and not same:
            self.work.send("prediction-new", "POST", "/api/predictions/", {**body, "task": task.id})
            self.work.report.predictions_new += 1
        for old in (*older, *same[1:]):
            self._unpredict(old.id)
        kept = [(p.model_version, p.id) for p in task.predictions if p not in older and p not in same[1:]]
        with self.ledger.transaction("prediction-noted"):
            self.ledger.set_predictions(self.work.mark, task.id, [*kept, (version, same[0].id if same else None)])

    def _unpredict(self, prediction: int) -> None:
        try:
            self.work.send("prediction-delete", "DELETE", f"/api/predictions/{prediction}/")
        except RefusedError as refusal:
            if refusal.status != 404:
                raise


def _place(seen: SeenAnnotation) -> str:
    return f"task {seen.task}/annotation {seen.id}"


def _digest(record: dict[str, Any]) -> str:
    return digest_of(record.get("was_cancelled") is True, record.get("result"))


def _family(model_version: str) -> str:
    """Return the pre-annotator's name, which stands before its version."""
    return model_version.partition(" ")[0]


def _counting(there: Sequence[SeenAnnotation]) -> SeenAnnotation:
    return max(there, key=lambda seen: (not seen.cancelled, seen.updated_at or "", seen.id))
