"""Tasks are made in batches, each of them once, whatever happens on the way.

A batch is noted in the ledger before it is sent, with the documents and the hashes of their texts. One import
is all or nothing on the server. Its answer names the new tasks in order, and one transaction notes them and
closes the batch. Where no answer came (the connection was cut, this program or the server was killed), the
batch stays open, and before anything is repeated the tasks with ids above all known ones are looked at: what
the batch made is recognised by document and text. The request may still be under way then, so an empty look
counts only when some time has passed since it was sent. Should a request be held up even longer than that, its
tasks are twins of those that were sent in the meantime; the next sync finds and removes them
(:mod:`corpus.labelstudio.retirement`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.annotation.anchoring import reanchor_set
from corpus.annotation.history import History
from corpus.labelstudio.client import UnreachableError
from corpus.labelstudio.journal import durable
from corpus.labelstudio.ledger import KnownTask
from corpus.labelstudio.listing import ServerTask, task_pages
from corpus.labelstudio.tasks import annotation_body, prediction_body, task_data
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet, Origin
from corpus.model.document import Document
from corpus.model.finding import Severity

__all__ = ["Importer"]

_BATCH = 250
_BATCH_CHARACTERS = 20_000_000
_ATTEMPTS = 3
_PATIENCE, _PATIENCE_EACH = 1.0, 0.02
"""Seconds that an import may be under way, and more for each of its tasks."""
_PAUSE = 0.25


class Importer:
    """Makes tasks of documents, with everything that belongs on them."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger

    @property
    def history(self) -> History:
        """The versions here."""
        return self.work.history

    def create(self, documents: Sequence[Document]) -> None:
        """Make a task of each document; the document's older task, if there is one, is to be retired next."""
        for batch in _batches(documents):
            bodies = {document.doc_id: self._body(document) for document in batch}
            self._write_history()
            self._send(bodies)

    def recover(self) -> None:
        """Find out what became of the batches that an earlier run left open."""
        for batch in self.ledger.batches(self.work.mark):
            wanted = dict(batch.documents)
            self._look(wanted, batch.sent_at)
            with self.ledger.transaction("batch-recovered"):
                self.ledger.close_batch(self.work.mark, batch.number)

    def on_this_text(self, own: AnnotationSet, document: Document) -> AnnotationSet:
        """Return an annotation on the document's anchor text, as a new version where that is another one."""
        if own.anchor_sha256 == document.anchor_sha256 or own.state not in ("submitted", "skipped"):
            return own
        moved = reanchor_set(own, own.anchor_sha256, document.raw_text)
        place = f"{own.doc_id} by {own.annotator}"
        for orphan in moved.orphans[len(own.orphans) :]:
            message = f"{orphan.item['id']!r} could not be placed in the new text: {orphan.reason}."
            self.work.report.note("annotation-orphan", place, message)
        note = "placed in a new revision of the text"
        kind = own.origin.kind
        version = moved.model_copy(update={"revision": own.revision + 1, "origin": Origin(kind=kind, note=note)})
        self.history.add(version)
        self.work.report.changed += 1
        self.work.report.note("annotation-reanchored", place, f"It was {note}.", Severity.NOTE)
        step = self.ledger.step_of(self.work.mark, (own.doc_id, own.annotator))
        if own.revision in (step.revision, step.pulled):
            self.ledger.pulled(self.work.mark, (own.doc_id, own.annotator), version.revision)
        self._write_history()
        return version

    def _write_history(self) -> None:
        if self.history.unwritten and self.history.kept:
            with durable("annotation-files"):
                self.work.report.files += self.history.flush()

    # -- what is sent ------------------------------------------------------------------------------------------

    def _sets(self, document: Document) -> Iterator[AnnotationSet]:
        for key in list(self.history.keys(document.doc_id)):
            own = self.history.latest(key)
            if own is not None and own.state in ("submitted", "skipped") and own.scheme == self.work.scheme.name:
                yield self.on_this_text(own, document)

    def _body(self, document: Document) -> dict[str, Any]:
        work = self.work
        sets = list(self._sets(document))
        drawn = [annotation_body(s, document, work.scheme, work.user_of(s.annotator)) for s in sets]
        for own, (body, findings) in zip(sets, drawn, strict=True):
            body["was_cancelled"] = own.state == "skipped"
            work.report.findings += [finding for finding in findings if finding not in work.report.findings]
        authors = {
            str(body["id"]): [s.annotation_id, s.annotator] for s, (body, _) in zip(sets, drawn, strict=True)
        }
        return {
            "data": {**task_data(document, work.scheme), "authors": authors},
            "annotations": [body for body, _ in drawn],
            "predictions": self._prediction(document),
        }

    def _prediction(self, document: Document) -> list[dict[str, Any]]:
        maker = self.work.material.preannotator
        if maker is None:
            return []
        (made,) = maker.annotate([document])
        body = prediction_body(made, document, self.work.scheme)
        return [body] if body["result"] else []

    # -- sending -----------------------------------------------------------------------------------------------

    def _send(self, bodies: Mapping[str, dict[str, Any]]) -> None:
        """Import a batch; where it is unknown what became of it, look before repeating."""
        if self.work.options.dry_run:
            self._count(bodies)
            return
        waiting = dict(bodies)
        for attempt in range(_ATTEMPTS):
            texts = {doc_id: body["data"]["text_sha256"] for doc_id, body in waiting.items()}
            sent_at = time.time()
            with self.ledger.transaction("batch-open"):
                if self.ledger.fact(self.work.mark, "fresh_from") is None:
                    self.ledger.set_fact(self.work.mark, "fresh_from", str(self.ledger.last_task(self.work.mark)))
                number = self.ledger.open_batch(self.work.mark, sent_at, texts.items())
            try:
                path = f"/api/projects/{self.work.project.id}/import"
                answer = self.work.send("import", "POST", path, list(waiting.values()), return_task_ids="true")
                ids = answer.get("task_ids") if isinstance(answer, dict) else None
                if isinstance(ids, list) and len(ids) == len(waiting) and all(type(i) is int for i in ids):
                    with self.ledger.transaction("batch-noted"):
                        for task, body in zip(ids, waiting.values(), strict=True):
                            self._made(task, body)
                        self.ledger.close_batch(self.work.mark, number)
                    break
                failure = None
            except UnreachableError as error:
                failure = error
            found = self._look(texts, sent_at)
            with self.ledger.transaction("batch-looked"):
                for doc_id, task in found.items():
                    self._made(task.id, waiting.pop(doc_id))
                self.ledger.close_batch(self.work.mark, number)
            if not waiting:
                break
            if attempt == _ATTEMPTS - 1:
                raise failure or UnreachableError(f"{self.work.client.url} made no tasks of an import; try again.")
        self._count(bodies)

    def _look(self, texts: Mapping[str, str], sent_at: float) -> dict[str, ServerTask]:
        """Return the tasks that a batch made; an empty look counts when enough time has passed."""
        until = sent_at + _PATIENCE + _PATIENCE_EACH * len(texts)
        while True:
            found: dict[str, ServerTask] = {}
            last = self.ledger.last_task(self.work.mark)
            for page in task_pages(self.work.client, self.work.project.id, ("id", "greater", "Number", last)):
                for task in page:
                    doc_id = task.doc_id or ""
                    if texts.get(doc_id) is not None and texts[doc_id] == task.text_sha256:
                        found.setdefault(doc_id, task)
            if found or time.time() >= until:
                self._adopt(found)
                return found
            time.sleep(_PAUSE)

    def _adopt(self, found: Mapping[str, ServerTask]) -> None:
        with self.ledger.transaction("batch-found"):
            for doc_id, task in found.items():
                self._note_task(task.id, doc_id, task.data)

    def _made(self, task: int, body: dict[str, Any]) -> None:
        data = body["data"]
        self._note_task(task, data["doc_id"], data)
        for _, annotator in data["authors"].values():
            own = self.history.last((data["doc_id"], annotator))
            if own is not None:
                self.ledger.in_step(self.work.mark, (data["doc_id"], annotator), own.revision)
        maker = self.work.material.preannotator
        if maker is not None:
            version = f"{maker.name} {maker.version}"
            self.ledger.set_predictions(self.work.mark, task, [(version, None)])

    def _note_task(self, task: int, doc_id: str, data: Any) -> None:
        mark = self.work.mark
        for old in self.ledger.tasks(mark, doc_id):
            if old.id != task and old.state == "current":
                state = "twin" if old.text_sha256 == data["text_sha256"] else "retiring"
                self.ledger.set_task(mark, KnownTask(old.id, doc_id, old.text_sha256, old.anchor_sha256, state))
        self.ledger.set_task(mark, KnownTask(task, doc_id, data["text_sha256"], data["anchor_sha256"], "current"))
        self.ledger.keep_text(data["text_sha256"], data)

    def _count(self, bodies: Mapping[str, dict[str, Any]]) -> None:
        report = self.work.report
        report.tasks_new += len(bodies)
        for body in bodies.values():
            report.annotations_new += len(body["annotations"])
            report.predictions_new += len(body["predictions"])


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Yield batches of documents that keep to the number and size of one request."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        if batch and (len(batch) == _BATCH or size + len(document.raw_text) > _BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.raw_text)
    if batch:
        yield batch
