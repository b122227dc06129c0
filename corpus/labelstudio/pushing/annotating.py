"""Push of annotations: what is newer here than what was last in step goes to the present tasks, one by one.

A single annotation is created under an idempotency key (``unique_id``: a repeat answers 409) and changed or
deleted under its id, so both can be repeated. Right before a change the annotation is read again: where it is
no longer what was last seen, it is left to the next pull (:mod:`corpus.labelstudio.pushing.rewriting` says what
remains).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.annotation.heads import SUFFIX
from corpus.annotation.history import History, folder_digest
from corpus.labelstudio.format.shown import names_in
from corpus.labelstudio.format.tasks import annotation_body, unique_id
from corpus.labelstudio.ledger.store import Key, KnownTask, SeenAnnotation
from corpus.labelstudio.pushing.doubled import is_doubled
from corpus.labelstudio.pushing.imports import Importer
from corpus.labelstudio.pushing.naming import AT_ONCE, Authors
from corpus.labelstudio.pushing.rewriting import draft_holds, read_again, write_over
from corpus.labelstudio.rewritten import note_lines
from corpus.labelstudio.wire.client import RefusedError, is_id
from corpus.labelstudio.wire.listing import digest_of
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document, sha256_text
from corpus.model.finding import Severity

__all__ = ["AnnotationPush"]

_SENT = ("submitted", "skipped")
_DOCUMENTS = 250


class AnnotationPush:
    """The push of the annotations of one run."""

    def __init__(self, work: Work, importer: Importer) -> None:
        self.work, self.ledger, self.importer = work, work.ledger, importer
        self.authors = Authors(work)

    @property
    def history(self) -> History:
        """The versions here."""
        return self.work.history

    def push(self) -> None:
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
        keys.sort()  # what goes to one task goes there together
        for first in range(0, len(keys), _DOCUMENTS):
            some = keys[first : first + _DOCUMENTS]
            documents = self.work.material.documents.some({key[0] for key in some})
            self._some([(key, task, documents[key[0]]) for key in some if (task := self._task(key, documents))])
        note_lines(self.work)
        if not self.work.incomplete and not self.work.blocked:
            with self.ledger.transaction("annotations-done"):
                self.ledger.set_fact(self.work.mark, "files", files)
                self.ledger.set_fact(self.work.mark, "shown", self.work.shown)

    def _task(self, key: Key, documents: Mapping[str, Document]) -> KnownTask | None:
        """Return the task that an annotation goes to, None where it goes to none now."""
        task = self.ledger.current_task(self.work.mark, key[0])
        if task is None or task.state != "current":
            return None
        if key[0] not in documents:
            message = f"The annotation of {key[0]!r} by {key[1]!r} is not sent: the dataset lacks the document."
            self.work.report.note("annotation-waits", f"task {task.id}", message)
            self.work.incomplete = True
            return None
        return None if key[0] in self.work.replaced else task

    def _some(self, ready: list[tuple[Key, KnownTask, Document]]) -> None:
        for first in range(0, len(ready), AT_ONCE):
            few = ready[first : first + AT_ONCE]
            owns = [(task, document, self.history.counting(key)) for key, task, document in few]
            self.authors.tell([(task.id, own) for task, doc, own in owns if own and self._is_new(own, task, doc)])
            for key, task, document in few:
                with self.work.apart(f"task {task.id}", f"the annotation of {key[0]!r} by {key[1]!r}"):
                    self._annotation(key, task, document)

    def _is_new(self, own: AnnotationSet, task: KnownTask, document: Document) -> bool:
        """Tell whether a set is to be made on a task, which has none of its author yet."""
        shows = task.text_sha256 == sha256_text(document.reading().text)
        key = (own.doc_id, own.annotator)
        if not shows or self._there(key, task) or own.state not in _SENT:
            return False
        return not self._is_answer_to_another(own, task) and not is_doubled(self.work, key)

    def _there(self, key: Key, task: KnownTask) -> list[SeenAnnotation]:
        return [seen for seen in self.ledger.annotations(self.work.mark, key=key) if seen.task == task.id]

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
            f"The newest version of the annotation by {key[1]!r} that can be read here is {newest}, but {in_step} "
            "is in step with the server; nothing is sent. Restore the line, or append what is right as a later "
            "revision."
        )
        self.work.report.note("annotation-behind", key[0], message, Severity.ERROR)
        self.work.incomplete = True

    def _tell_damaged(self, key: Key) -> None:
        """Tell of a newest version that cannot be read: the one before it must not be sent for it."""
        message = (
            f"The newest version of the annotation by {key[1]!r} cannot be read, or a damaged line in "
            f"{key[1]}{SUFFIX} may hold it; nothing is sent. Repair the line."
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
        own = self.history.counting(key)
        if own is None:
            self._tell_damaged(key)
            return
        own = self.importer.on_this_text(own, document)
        there = self._there(key, task)
        if task.text_sha256 != sha256_text(document.reading().text):
            message = f"The annotation by {key[1]!r} waits until the document has a task with its present text."
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
        elif not is_doubled(self.work, key):
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
        self.authors.check(task.id, own)
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


def _place(seen: SeenAnnotation) -> str:
    return f"task {seen.task}/annotation {seen.id}"


def _digest(record: dict[str, Any]) -> str:
    return digest_of(record.get("was_cancelled") is True, record.get("result"))


def _counting(there: Sequence[SeenAnnotation]) -> SeenAnnotation:
    return max(there, key=lambda seen: (not seen.cancelled, seen.updated_at or "", seen.id))
