"""Pull: what annotators did becomes new versions of annotation sets, written only where something changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.annotation.checks import check_set
from corpus.annotation.store import append, read_folder
from corpus.errors import DataError, UsageError
from corpus.labelstudio.client import Client
from corpus.labelstudio.ledger import Key, Ledger
from corpus.labelstudio.listing import ServerAnnotation, ServerTask, list_tasks
from corpus.labelstudio.matching import Matcher
from corpus.labelstudio.project import Project, find_project
from corpus.labelstudio.results import read_result
from corpus.labelstudio.tasks import TaskText
from corpus.model.annotation import AnnotationSet, Origin, State
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.progress import SILENT, Progress

__all__ = ["PullReport", "pull"]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_CONTENT = ("state", "entities", "sources", "claims", "cues", "orphans")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(slots=True)
class PullReport:
    """What was pulled: counts of annotations, the files that grew, and what was wrong."""

    project: int = 0
    tasks: int = 0
    annotations: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    files: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        names = ("project", "tasks", "annotations", "new", "changed", "deleted")
        record: dict[str, Any] = {name: getattr(self, name) for name in names}
        record["files"] = [path.name for path in self.files]
        return record | {"findings": [finding.as_record() for finding in self.findings]}


def pull(
    client: Client,
    name: str,
    documents: Mapping[str, Document],
    scheme: Scheme,
    folder: Path,
    ledger: Ledger,
    progress: Progress = SILENT,
) -> PullReport:
    """Append what changed on the server to the annotation files of ``folder``; twice writes nothing.

    ``documents`` bring the anchor texts; a task whose document is not among them is mapped by its own
    segments. What cannot be used is a finding, and an orphan in the set.

    Raises:
        ServerError: the server cannot be reached or refuses; nothing was written.
        UsageError: the server has no project of that name, or two.
        DataError: an annotation file that would grow is damaged.
    """
    project = find_project(client, name)
    if project is None:
        raise UsageError(f"{client.url} has no project that was pushed as {name!r}: corpus labelstudio push.")
    return _Puller(client, project, documents, scheme, folder, ledger, progress).pull()


@dataclass(slots=True)
class _Puller:
    client: Client
    project: Project
    documents: Mapping[str, Document]
    scheme: Scheme
    folder: Path
    ledger: Ledger
    progress: Progress
    report: PullReport = field(default_factory=PullReport)
    versions: dict[Key, dict[int, AnnotationSet]] = field(default_factory=dict)
    added: list[AnnotationSet] = field(default_factory=list)

    def pull(self) -> PullReport:
        self.report.project = self.project.id
        self.progress.step("reading the tasks")
        tasks = list(self._tasks())
        stored = self._stored()
        matcher = Matcher(stored, self.ledger, self.client.users())
        matcher.learn(tasks)
        self.progress.step("reading the annotations")
        seen: set[Key] = set()
        for number, task in enumerate(tasks, 1):
            seen |= self._task(task, matcher)
            self.progress.advance(number, len(tasks))
        self._tombstones(seen)
        if self.added:
            self.report.files = append(self.folder, self.added)
        self.ledger.save()
        return self.report

    def _tasks(self) -> Iterable[ServerTask]:
        listed = sorted(list_tasks(self.client, self.project.id, whole=True), key=lambda task: task.id)
        self.report.tasks = len(listed)
        first: dict[str | None, int] = {}
        for task in listed:
            if task.doc_id is not None and first.setdefault(task.doc_id, task.id) != task.id:
                self._note("task-twice", f"task {task.id}", f"{task.doc_id!r} has an earlier task, which counts.")
            elif task.doc_id is not None:
                yield task

    def _stored(self) -> list[AnnotationSet]:
        if not self.folder.is_dir():
            return []
        stored = read_folder(self.folder)
        self.report.findings += stored.findings
        for item in stored.sets:
            self.versions.setdefault((item.doc_id, item.annotator), {})[item.revision] = item
        return list(stored.sets)

    def _note(self, code: str, place: str, message: str, severity: Severity = Severity.WARNING) -> None:
        self.report.findings.append(Finding(code, f"project {self.project.id}/{place}", message, severity))

    def _task(self, task: ServerTask, matcher: Matcher) -> set[Key]:
        """Pull one task's annotations; return the keys that are on the server, usable or not."""
        keys = matcher.keys(task)
        self.report.annotations += len(task.annotations)
        try:
            text = TaskText.of_data(task.data).with_anchor(self.documents.get(task.doc_id or ""))
            if text.scheme != self.scheme.name:
                raise DataError(f"the task is of the scheme {text.scheme!r}, not {self.scheme.name!r}")
        except DataError as error:
            if task.annotations:
                self._note("task-unusable", f"task {task.id}", f"Nothing was pulled: {error}.", Severity.ERROR)
            return set(keys)
        for key, drawn in keys.items():
            place = f"task {task.id}/annotation {drawn[0].id}"
            for other in drawn[1:]:
                message = f"{key[1]!r} has several annotations of this task; annotation {drawn[0].id} counts."
                self._note("annotation-second", f"task {task.id}/annotation {other.id}", message)
            self._annotation(key, drawn[0], text, place, matcher)
        return set(keys)

    def _annotation(self, key: Key, drawn: ServerAnnotation, text: TaskText, place: str, matcher: Matcher) -> None:
        """Append a new version where the drawing differs from the one that was last in step."""
        if not _NAME.fullmatch(key[1]):
            self._note("annotation-unusable", place, "Its author's name is no pseudonym.", Severity.ERROR)
            return
        versions = self.versions.get(key, {})
        latest = versions[max(versions)] if versions else None
        base = versions.get(self.ledger.revision(self.project.mark, key) or 0, latest)
        if base is not None and base.anchor_sha256 != text.anchor_sha256:
            message = "The set here points into another version of the text; nothing was pulled: re-anchor it."
            self._note("annotation-anchor", place, message, Severity.ERROR)
            return
        made = self._made(key, drawn, text, base, place, matcher)
        if made is None:
            return
        if base is not None and _content(made) == _content(base):
            self.ledger.in_step(self.project.mark, key, base.revision)
            return
        if base is not None and latest is not None and latest.revision > base.revision:
            if _content(made) != _content(latest):
                message = f"It changed here too (revision {latest.revision}); the server's is the newest now."
                self._note("annotation-both-changed", place, message)
            else:
                self.ledger.in_step(self.project.mark, key, latest.revision)
                return
        self._append(made.model_copy(update={"revision": (latest.revision if latest else 0) + 1}))
        if latest is None:
            self.report.new += 1
        else:
            self.report.changed += 1

    def _append(self, made: AnnotationSet) -> None:
        self.added.append(made)
        self.ledger.in_step(self.project.mark, (made.doc_id, made.annotator), made.revision)

    def _made(
        self,
        key: Key,
        drawn: ServerAnnotation,
        text: TaskText,
        base: AnnotationSet | None,
        place: str,
        matcher: Matcher,
    ) -> AnnotationSet | None:
        read = read_result(drawn.result, text, self.scheme, base, f"project {self.project.id}/{place}")
        state: State = "skipped" if drawn.cancelled else "submitted"
        edited = drawn.edited_by is not None and drawn.edited_by != drawn.person
        note = f"edited by {matcher.person(drawn.edited_by)}" if edited else ""
        values: dict[str, Any] = {
            **read.content(),
            "state": state,
            "scheme_version": text.scheme_version,
            "updated_at": _time(drawn.updated_at),
            "lead_time": drawn.lead_time,
            "origin": Origin(kind="labelstudio", note=note),
        }
        try:
            made = AnnotationSet(**{**(dict(base) if base else self._blank(key, drawn, text)), **values})
        except ValidationError as error:
            self._note(
                "annotation-unusable", place, f"It makes no set: {error.errors()[0]['msg']}.", Severity.ERROR
            )
            return None
        self.report.findings += read.findings
        faults = check_set(made, self.scheme, text.anchor, f"project {self.project.id}/{place}")
        self.report.findings += [fault for fault in faults if fault.severity is Severity.ERROR]
        return made

    def _blank(self, key: Key, drawn: ServerAnnotation, text: TaskText) -> dict[str, Any]:
        """Return what a set that was born on the server starts from."""
        return {
            "annotation_id": f"{key[0]}.{key[1]}",
            "revision": 1,
            "doc_id": key[0],
            "annotator": key[1],
            "anchor_sha256": text.anchor_sha256,
            "scheme": text.scheme,
            "guideline_version": self.scheme.guideline_version,
            "created_at": _time(drawn.created_at),
        }

    def _tombstones(self, seen: set[Key]) -> None:
        """Record as deleted what was seen on this project before and is not there any more."""
        for key in self.ledger.keys(self.project.mark):
            versions = self.versions.get(key)
            if key in seen or not versions:
                continue
            latest = versions[max(versions)]
            self.ledger.gone(self.project.mark, key)
            if latest.state != "deleted":
                self.added.append(_tombstone(latest))
                self.report.deleted += 1


def _content(item: AnnotationSet) -> tuple[object, ...]:
    return tuple(getattr(item, name) for name in _CONTENT)


def _tombstone(latest: AnnotationSet) -> AnnotationSet:
    empty: dict[str, Sequence[object]] = dict.fromkeys(("entities", "sources", "claims", "cues"), ())
    update = {"revision": latest.revision + 1, "state": "deleted", "updated_at": None, "lead_time": None}
    origin = Origin(kind="labelstudio", note="deleted on the server")
    return latest.model_copy(update={**empty, **update, "linked_entities": (), "origin": origin})


def _time(value: str | None) -> str | None:
    return value if value is not None and _TIME.fullmatch(value) else None
