"""Push: the project, its tasks, its predictions and the annotations that exist, each once.

No import of Label Studio's is idempotent, so nothing is sent that the server's own list of tasks shows to be
there; after a request whose fate is unknown that list is read again before anything is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.labelstudio.client import Client, RefusedError, UnreachableError
from corpus.labelstudio.ledger import Ledger
from corpus.labelstudio.listing import ServerTask, list_tasks
from corpus.labelstudio.matching import Matcher
from corpus.labelstudio.project import Project, open_project
from corpus.labelstudio.tasks import annotation_body, prediction_body, task_data, unique_id, unsendable
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document, sha256_text
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.preannotation.protocol import Prediction
from corpus.progress import SILENT, Progress

__all__ = ["Material", "PushReport", "push"]

_BATCH = 250
_BATCH_CHARACTERS = 20_000_000
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Material:
    """What to push: documents, their current annotation sets, and predictions of one pre-annotator."""

    name: str
    """The project's name here; the server may rename it."""
    scheme: Scheme
    documents: Sequence[Document]
    sets: Sequence[AnnotationSet] = ()
    predictions: Sequence[Prediction] = ()
    guidelines: str | None = None


@dataclass(slots=True)
class PushReport:
    """What was done, and what was found."""

    url: str = ""
    project: int = 0
    is_new: bool = False
    tasks_new: int = 0
    tasks_there: int = 0
    annotations_new: int = 0
    predictions_new: int = 0
    findings: list[Finding] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        names = ("url", "project", "is_new", "tasks_new", "tasks_there", "annotations_new", "predictions_new")
        record: dict[str, Any] = {name: getattr(self, name) for name in names}
        return record | {"findings": [finding.as_record() for finding in self.findings]}


def push(client: Client, material: Material, ledger: Ledger, progress: Progress = SILENT) -> PushReport:
    """Bring a server up to what is known here; running it again changes nothing.

    Raises:
        ServerError: the server cannot be reached or refuses; what was sent before stays, and the next push
            goes on from there.
        UsageError: the server has two projects of the name.
    """
    return _Pusher(client, material, ledger, progress).push()


class _Pusher:
    def __init__(self, client: Client, material: Material, ledger: Ledger, progress: Progress) -> None:
        self.client, self.material, self.ledger, self.progress = client, material, ledger, progress
        self.report = PushReport()
        self.sets = _by_document(s for s in material.sets if s.state == "submitted")
        self.predictions = {prediction.doc_id: prediction for prediction in material.predictions}
        self.user = 0
        self.project = Project(0, "", "", "")

    def push(self) -> PushReport:
        self.user, _ = self.client.whoami()
        self.progress.step("opening the project")
        material = self.material
        self.project, findings = open_project(self.client, material.name, material.scheme, material.guidelines)
        self.report.findings += findings
        self.report.project, self.report.is_new = self.project.id, self.project.is_new
        self.report.url = self.project.url(self.client.url)
        there = {} if self.project.is_new else self._there()
        documents = [document for document in material.documents if self._is_sendable(document)]
        self._import([document for document in documents if document.doc_id not in there])
        self.report.tasks_there = len(documents) - self.report.tasks_new
        self.progress.step("comparing the tasks that are there")
        matcher = Matcher(material.sets, self.ledger, self.client.users())
        matcher.learn(there.values())
        for document in documents:
            if document.doc_id in there:
                self._complete(there[document.doc_id], document, matcher)
        self.ledger.save()
        return self.report

    def _there(self) -> dict[str, ServerTask]:
        """Return the server's tasks by document, the first one where there are two."""
        found: dict[str, ServerTask] = {}
        for task in sorted(list_tasks(self.client, self.project.id, whole=False), key=lambda task: task.id):
            if task.doc_id is None:
                self._note("task-foreign", task, "It was not made by corpus; it was left alone.", Severity.NOTE)
            elif task.doc_id in found:
                self._note("task-twice", task, f"The document {task.doc_id!r} has an earlier task as well.")
            else:
                found[task.doc_id] = task
        return found

    def _note(self, code: str, task: ServerTask, message: str, severity: Severity = Severity.WARNING) -> None:
        place = f"project {self.project.id}/task {task.id}"
        self.report.findings.append(Finding(code, place, message, severity))

    def _is_sendable(self, document: Document) -> bool:
        reason = unsendable(document)
        if reason is not None:
            self.report.findings.append(
                Finding("not-sendable", document.doc_id, f"It became no task: {reason}.", Severity.WARNING)
            )
        return reason is None

    def _import(self, documents: Sequence[Document]) -> None:
        self.progress.step(f"importing {len(documents)} tasks")
        done = 0
        for batch in _batches(documents, self._body):
            self._import_batch(dict(batch))
            done += len(batch)
            self.report.tasks_new = done
            self.progress.advance(done, len(documents))
            self.ledger.save()

    def _import_batch(self, bodies: Mapping[str, dict[str, Any]]) -> None:
        """Import the tasks of a batch; where it is unknown what became of it, look before repeating."""
        waiting = dict(bodies)
        for attempt in range(_ATTEMPTS):
            try:
                self.client.send("POST", f"/api/projects/{self.project.id}/import", list(waiting.values()))
                break
            except UnreachableError:
                there = self._there()
                waiting = {doc_id: body for doc_id, body in waiting.items() if doc_id not in there}
                if not waiting:
                    break
                if attempt == _ATTEMPTS - 1:
                    raise
        for body in bodies.values():
            self.report.annotations_new += len(body["annotations"])
            self.report.predictions_new += len(body["predictions"])
            for _, annotator in body["data"]["authors"].values():
                self._in_step(body["data"]["doc_id"], annotator)

    def _in_step(self, doc_id: str, annotator: str) -> None:
        own = next(item for item in self.sets[doc_id] if item.annotator == annotator)
        self.ledger.in_step(self.project.mark, (doc_id, annotator), own.revision)

    def _body(self, document: Document) -> dict[str, Any]:
        sets = [item for item in self.sets.get(document.doc_id, []) if self._is_current(item, document)]
        drawn = [annotation_body(item, document, self.material.scheme, self.user) for item in sets]
        self.report.findings += [finding for _, findings in drawn for finding in findings]
        authors = {
            str(body["id"]): [s.annotation_id, s.annotator] for s, (body, _) in zip(sets, drawn, strict=True)
        }
        return {
            "data": {**task_data(document, self.material.scheme), "authors": authors},
            "annotations": [body for body, _ in drawn],
            "predictions": [body for _, body in self._prediction(document)],
        }

    def _is_current(self, annotations: AnnotationSet, document: Document) -> bool:
        if annotations.anchor_sha256 == document.anchor_sha256:
            return True
        message = "It points into another version of the text and was not sent: re-anchor it."
        self.report.findings.append(Finding("annotation-anchor", annotations.annotation_id, message))
        return False

    def _prediction(self, document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the document's prediction, if it proposes anything about this very text."""
        prediction = self.predictions.get(document.doc_id)
        if prediction is not None and prediction.anchor_sha256 == document.anchor_sha256:
            body = prediction_body(prediction, document, self.material.scheme)
            if body["result"]:
                yield prediction.model_version, body

    def _complete(self, task: ServerTask, document: Document, matcher: Matcher) -> None:
        """Add to a task that is there what it lacks; never touch its text."""
        if task.text_sha256 != sha256_text(document.reading().text):
            message = (
                f"The text of {document.doc_id!r} changed since it was pushed; the old task was kept, since its "
                "annotations would be misplaced on the new text."
            )
            self._note("task-text-changed", task, message)
            return
        there = matcher.keys(task)
        for own in self.sets.get(document.doc_id, []):
            known = self.ledger.revision(self.project.mark, (own.doc_id, own.annotator))
            if (own.doc_id, own.annotator) not in there:
                if known is None:
                    self._annotate(task, document, own)
                else:
                    self._note(
                        "annotation-gone", task, f"The annotation by {own.annotator!r} was deleted there: pull."
                    )
            elif known is not None and known < own.revision:
                message = f"The annotation by {own.annotator!r} changed here; the server's was not touched."
                self._note("annotation-newer-here", task, message)
        for version, body in self._prediction(document):
            self._predict(task, version, body)

    def _annotate(self, task: ServerTask, document: Document, annotations: AnnotationSet) -> None:
        if not self._is_current(annotations, document):
            return
        body, findings = annotation_body(annotations, document, self.material.scheme, self.user)
        self.report.findings += findings
        number = body.pop("id")
        body |= {"import_id": number, "unique_id": unique_id(annotations.annotation_id, self.project.mark)}
        try:
            self.client.send("POST", f"/api/tasks/{task.id}/annotations/", body)
            self.report.annotations_new += 1
        except RefusedError as refusal:
            if refusal.status != 409:  # a repeat of one whose answer was lost
                raise
        self._in_step(document.doc_id, annotations.annotator)

    def _predict(self, task: ServerTask, version: str, body: dict[str, Any]) -> None:
        """Replace older predictions of the same pre-annotator; one of this version is enough."""
        if any(prediction.model_version == version for prediction in task.predictions):
            return
        self.client.send("POST", "/api/predictions/", {**body, "task": task.id})
        for old in task.predictions:
            if _family(old.model_version) == _family(version):
                self.client.send("DELETE", f"/api/predictions/{old.id}/")
        self.report.predictions_new += 1


def _family(model_version: str) -> str:
    """Return the pre-annotator's name, which stands before its version."""
    return model_version.partition(" ")[0]


def _by_document(sets: Iterable[AnnotationSet]) -> dict[str, list[AnnotationSet]]:
    found: dict[str, list[AnnotationSet]] = {}
    for item in sets:
        found.setdefault(item.doc_id, []).append(item)
    return found


def _batches(documents: Sequence[Document], body_of: Any) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Yield batches of task bodies that keep to the number and size of one request."""
    batch: list[tuple[str, dict[str, Any]]] = []
    size = 0
    for document in documents:
        if batch and (len(batch) == _BATCH or size + len(document.raw_text) > _BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append((document.doc_id, body_of(document)))
        size += len(document.raw_text)
    if batch:
        yield batch
