"""Tasks are made in batches, each of them once, whatever happens on the way.

A batch is noted in the ledger before it is sent, with the documents and the hashes of their texts. One import
is all or nothing on the server. Its answer names the new tasks in order, and one transaction notes them and
closes the batch. Where no answer came, it is looked for on the server before anything is repeated
(:mod:`corpus.labelstudio.pushing.recovery`).

On SQLite a server whose database is busy (somebody submits in that moment) tries an import again by itself, and has
dropped the annotations and predictions by then: it answers 201 for tasks that have none. So its answer's counts are
compared with what was sent, and where they differ, the tasks with what is there. What is not there counts as never
sent, and the push sends it one by one.

A batch that the server refuses (400, or 413 from a gateway) made nothing. Its halves are sent instead, and theirs,
until what is refused is one document, which gets a finding of its own; all others become tasks. A project that
refuses the first hundred documents and has no task is not asked for each of the rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from corpus.annotation.anchoring import reanchor_set
from corpus.annotation.history import History
from corpus.errors import ServerError
from corpus.labelstudio.format.tasks import annotation_body, task_data
from corpus.labelstudio.ledger.journal import durable
from corpus.labelstudio.pulling.scanning import chosen_tasks
from corpus.labelstudio.pushing.doubled import is_doubled
from corpus.labelstudio.pushing.recovery import authors_lacking, look, note_task, question_of, tell_lacking
from corpus.labelstudio.pushing.withdrawing import note_sent
from corpus.labelstudio.wire.batches import batches, came_whole
from corpus.labelstudio.wire.client import RefusedError, UnreachableError, is_id
from corpus.labelstudio.wire.listing import ServerTask, digest_of
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet, Origin
from corpus.model.characters import unkept
from corpus.model.document import Document
from corpus.model.finding import Severity

__all__ = ["Importer"]

_ATTEMPTS = 3
_REFUSALS = 100
"""So many refused documents, and no task at all, are a refusal of the whole project."""


@dataclass(frozen=True, slots=True)
class _Flight:
    """A batch that was sent: its bodies and texts by document, its number, when it was sent, its answer."""

    bodies: dict[str, dict[str, Any]]
    texts: dict[str, str]
    number: int
    sent_at: float
    answer: Future[Any]

    def answered(self) -> bool:
        """Wait, and tell whether the answer names a task for each document."""
        try:
            return len(self.tasks()) == len(self.bodies)
        except ServerError:
            if self.refusal() is None and not isinstance(self.answer.exception(), UnreachableError):
                raise
            return False

    def refusal(self) -> RefusedError | None:
        """Return the refusal of what was sent, None where it was not refused for what it holds."""
        error = self.answer.exception()
        return error if isinstance(error, RefusedError) and error.status in (400, 413) else None

    def tasks(self) -> list[int]:
        """Return the ids of the new tasks in the order of the documents, none where they are not told."""
        answer = self.answer.result()
        ids = answer.get("task_ids") if isinstance(answer, dict) else None
        return ids if isinstance(ids, list) and all(is_id(number) for number in ids) else []

    def failure(self, url: str) -> UnreachableError:
        """Return why it failed."""
        error = self.answer.exception()
        if isinstance(error, UnreachableError):
            return error
        return UnreachableError(f"{url} made no tasks of an import; try again.")


class Importer:
    """Makes tasks of documents, with everything that belongs on them."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger
        self._sender = ThreadPoolExecutor(1, "import")
        self._flight: _Flight | None = None
        self.refused: set[str] = set()
        """Documents that the server does not take."""

    @property
    def history(self) -> History:
        """The versions here."""
        return self.work.history

    def create(self, documents: Sequence[Document]) -> None:
        """Make a task of each document; the document's older task, if there is one, is to be retired next.

        The last batch is under way when this returns: :meth:`finish` waits for it.
        """
        for batch in batches(documents, lambda document: len(document.raw_text)):
            bodies = {document.doc_id: self._body(document) for document in batch}
            self._write_history()
            if self.work.options.dry_run:
                self._count(bodies)
            else:
                self._exchange(bodies)

    def finish(self) -> None:
        """Wait for the last batch, and note it."""
        flight, self._flight = self._flight, None
        if flight is not None:
            self._settle(flight)

    def close(self) -> None:
        """End the sending thread; a batch that is under way stays open in the ledger."""
        self._sender.shutdown()

    def on_this_text(self, own: AnnotationSet, document: Document) -> AnnotationSet:
        """Return an annotation on the document's anchor text, as a new version where that is another one."""
        if own.anchor_sha256 == document.anchor_sha256 or own.state not in ("submitted", "skipped"):
            return own
        moved = reanchor_set(own, own.anchor_sha256, document.raw_text)
        place = f"{own.doc_id} by {own.annotator}"
        for orphan in moved.orphans[len(own.orphans) :]:
            message = f"{orphan.item['id']!r} could not be placed in the new text: {orphan.reason}."
            self.work.report.note("annotation-orphan", place, message)
        note, said = "placed in a new revision of the text", own.origin.note
        origin = Origin(kind=own.origin.kind, note=said if note in said else f"{said}; {note}".removeprefix("; "))
        version = moved.model_copy(update={"revision": own.revision + 1, "origin": origin})
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
        questions = self.work.material.questions
        for key in list(self.history.keys(document.doc_id)):
            own = self.history.counting(key)
            if own is None or own.state not in ("submitted", "skipped") or own.scheme != self.work.scheme.name:
                continue
            if is_doubled(self.work, key):
                continue
            if questions is None or questions.answers(own, questions.asked(document.doc_id)):
                yield self.on_this_text(own, document)

    def _body(self, document: Document) -> dict[str, Any]:
        work = self.work
        drawn: list[tuple[AnnotationSet, dict[str, Any]]] = []
        for own in self._sets(document):
            body, findings = annotation_body(own, document, work.scheme, work.user_of(own.annotator))
            if unkept(body):
                continue  # it is sent alone next, and named
            body["was_cancelled"] = own.state == "skipped"
            work.report.add(findings)
            drawn.append((own, body))
        authors = {str(body["id"]): [own.annotation_id, own.annotator] for own, body in drawn}
        pushed = {str(body["id"]): digest_of(body["was_cancelled"], body["result"]) for _, body in drawn}
        asked = work.material.questions.data(document) if work.material.questions is not None else {}
        proposed = [proposer.bodies([document])[0] for proposer in work.proposers]
        return {
            "data": {**task_data(document, work.scheme), **asked, "authors": authors, "pushed": pushed},
            "annotations": [body for _, body in drawn],
            "predictions": [body for body in proposed if body["result"]],
        }

    # -- sending -----------------------------------------------------------------------------------------------

    def _exchange(self, bodies: dict[str, dict[str, Any]]) -> None:
        """Send a batch while the one before it is noted; one request is under way at a time."""
        before, self._flight = self._flight, None
        if before is not None and not before.answered():
            self._settle(before)
            before = None
        self._flight = self._start(bodies)
        if before is not None:
            self._landed(before)

    def _start(self, bodies: dict[str, dict[str, Any]]) -> _Flight:
        texts = {doc_id: question_of(body["data"]) for doc_id, body in bodies.items()}
        sent_at = time.time()
        note_sent(self.work, {p["model_version"] for body in bodies.values() for p in body["predictions"]})
        with self.ledger.transaction("batch-open"):
            if self.ledger.fact(self.work.mark, "fresh_from") is None:
                self.ledger.set_fact(self.work.mark, "fresh_from", str(self.ledger.last_task(self.work.mark)))
            number = self.ledger.open_batch(self.work.mark, sent_at, texts.items())
        path = f"/api/projects/{self.work.project.id}/import"
        answer = self._sender.submit(
            self.work.send, "import", "POST", path, list(bodies.values()), return_task_ids="true"
        )
        return _Flight(bodies, texts, number, sent_at, answer)

    def _landed(self, flight: _Flight) -> None:
        made = flight.tasks()
        whole = came_whole(flight.answer.result(), flight.bodies.values())
        pages = () if whole else chosen_tasks(self.work, made)
        found = {task.id: task for page in pages for task in page}
        with self.ledger.transaction("batch-noted"):
            for task, body in zip(made, flight.bodies.values(), strict=True):
                self._made(task, body, None if whole else found.get(task, ServerTask(task, body["data"])))
            self.ledger.close_batch(self.work.mark, flight.number)

    def _settle(self, flight: _Flight, attempts: int = _ATTEMPTS) -> None:
        """Wait for a batch and note what became of it; what was not made is sent again, a few times."""
        if flight.answered():
            self._landed(flight)
        elif (refusal := flight.refusal()) is not None:
            self._halve(flight, refusal, attempts)
        else:
            self._repeat(flight, attempts)

    def _repeat(self, flight: _Flight, attempts: int) -> None:
        """Look what became of a batch without an answer, and send the rest again."""
        found = look(self.work, flight.texts, flight.sent_at)
        with self.ledger.transaction("batch-looked"):
            for doc_id, task in found.items():
                self._made(task.id, flight.bodies[doc_id], task)
            self.ledger.close_batch(self.work.mark, flight.number)
        rest = {doc_id: body for doc_id, body in flight.bodies.items() if doc_id not in found}
        if rest and attempts == 1:
            raise flight.failure(self.work.client.url)
        if rest:
            self._settle(self._start(rest), attempts - 1)

    def _halve(self, flight: _Flight, refusal: RefusedError, attempts: int) -> None:
        """Send the halves of a batch that was refused, until what is refused has a name."""
        with self.ledger.transaction("batch-refused"):
            self.ledger.close_batch(self.work.mark, flight.number)
        bodies = list(flight.bodies.items())
        if len(bodies) == 1:
            message = f"The server does not take it as a task: {refusal}"
            self.work.report.note("document-refused", bodies[0][0], message, Severity.ERROR)
            self.refused.add(bodies[0][0])
            if len(self.refused) == _REFUSALS and not self.ledger.count(self.work.mark, "current"):
                raise refusal  # it is not for what they hold
            return
        middle = len(bodies) // 2
        for half in (bodies[:middle], bodies[middle:]):
            self._settle(self._start(dict(half)), attempts)

    def _made(self, task: int, body: dict[str, Any], there: ServerTask | None) -> None:
        """Note a new task and what is in step with it; ``there`` is how it was found, None where all arrived."""
        data, report = body["data"], self.work.report
        note_task(self.work, task, data["doc_id"], data)
        report.tasks_new += 1
        lacking = set() if there is None else authors_lacking(there, data)
        for _, annotator in data["authors"].values():
            key = (data["doc_id"], annotator)
            own = self.history.last(key)
            if annotator in lacking:
                self.ledger.out_of_step(self.work.mark, key)
            elif own is not None:
                self.ledger.in_step(self.work.mark, key, own.revision, self.work.shown)
                report.annotations_new += 1
        if lacking:
            tell_lacking(self.work, task)
        self._note_prediction(task, body, there)

    def _note_prediction(self, task: int, body: dict[str, Any], there: ServerTask | None) -> None:
        sent = {prediction["model_version"] for prediction in body["predictions"]}
        came = sent if there is None else {prediction.model_version for prediction in there.predictions}
        done = [proposer.version for proposer in self.work.proposers]
        done = [version for version in done if version in came or version not in sent]
        if done:
            self.ledger.set_predictions(self.work.mark, task, [(version, None) for version in done])
            self.work.report.predictions_new += len(sent.intersection(done))

    def _count(self, bodies: Mapping[str, dict[str, Any]]) -> None:
        report = self.work.report
        replaced = {doc_id for doc_id in bodies if self.ledger.current_task(self.work.mark, doc_id) is not None}
        self.work.replaced |= replaced
        report.tasks_retired += len(replaced)
        report.tasks_new += len(bodies)
        for body in bodies.values():
            report.annotations_new += len(body["annotations"])
            report.predictions_new += len(body["predictions"])
