"""Build a project anew from a backup, on a server that lacks it; run again, it goes on where it ended.

The restored project has a mark of its own, made from the backup: no ledger takes its new tasks for the old ones,
and a second run finds what the first one made. A task is there if its data are; so nothing is made twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.backup import Backup, Counts, tabs_of
from corpus.labelstudio.project import find_project
from corpus.labelstudio.pulling.scanning import counts_of
from corpus.labelstudio.wire.batches import batches, came_whole
from corpus.labelstudio.wire.client import Client, NotSentError, UnreachableError
from corpus.labelstudio.wire.versions import refuse_old
from corpus.model.characters import kept, unkept
from corpus.model.counted import count
from corpus.model.drawn import annotation_number
from corpus.model.finding import Finding, Severity
from corpus.progress import SILENT, Progress

__all__ = ["RestoreReport", "restore"]

_MARK = re.compile(r"newscorpus:(?P<name>[^\s:]+):[0-9a-f]{32}")
_ATTEMPTS = 3
_PATIENCE, _PATIENCE_EACH, _PAUSE = 2.0, 0.05, 0.5
"""Seconds that an import may be under way, more for each of its tasks, and between two looks."""


@dataclass(slots=True)
class RestoreReport:
    """What was made; what was there already is not counted."""

    project: int = 0
    url: str = ""
    there: int = 0
    """Tasks that an earlier run had made."""
    made: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        found = [finding.as_record() for finding in self.findings]
        return {
            "project": self.project,
            "url": self.url,
            "there": self.there,
            **asdict(self.made),
            "findings": found,
        }


def restore(client: Client, backup: Backup, name: str, progress: Progress = SILENT) -> RestoreReport:
    """Make the project of ``backup`` under ``name``, with all its tasks, annotations and predictions.

    An annotation belongs to its author where that address has an account here, else to the key's owner, and
    the task says by pseudonym whose it is. Drafts stay in the file: the server takes them from their authors
    only.

    Raises:
        UsageError: the server already has a project of that name, which this backup did not make.
        ServerError: it cannot be reached or refuses; what was made stays, and the next run goes on from there.
    """
    mark = hashlib.sha256(json.dumps([backup.project, name], sort_keys=True).encode()).hexdigest()[:32]
    report = RestoreReport()
    refuse_old(client)
    report.project = _project(client, backup, name, mark)
    report.url = f"{client.url}/projects/{report.project}/data"
    restorer = _Restorer(client, report)
    restorer.tasks(backup, progress)
    restorer.tabs(backup.tabs)
    restorer.tell(backup.counts)
    return report


def _project(client: Client, backup: Backup, name: str, mark: str) -> int:
    found = find_project(client, name)
    if found is not None and found.mark != mark:
        raise UsageError(
            f"{client.url} already has a project of the name {name!r} (id {found.id}), which this backup did not "
            "make; delete it, or name a new one with `project=`."
        )
    if found is not None:
        return found.id
    description = str(backup.project.get("description") or "")
    line = f"newscorpus:{quote(name, safe='')}:{mark}"
    marked = _MARK.sub(line, description) if _MARK.search(description) else f"{description} {line}".strip()
    made = client.send("POST", "/api/projects/", {**backup.project, "description": marked})
    if not isinstance(made, dict) or type(made.get("id")) is not int:
        raise ServerError(f"{client.url} made no project: it answered without an id.")
    return int(made["id"])


class _Restorer:
    def __init__(self, client: Client, report: RestoreReport) -> None:
        self.client, self.report = client, report
        self.owner, _ = client.whoami()
        self.accounts = {email.casefold(): number for number, email in client.users().items()}
        self.strangers: Counter[str] = Counter()
        self.mended = 0

    def tasks(self, backup: Backup, progress: Progress) -> None:
        there = self._there()
        for batch in batches(map(self._mend, backup.tasks()), lambda task: len(json.dumps(task))):
            missing = []
            for task in batch:
                identity = _identity(task["data"])
                if there[identity]:
                    there[identity] -= 1
                    self.report.there += 1
                else:
                    missing.append(task)
            self._import(missing)
            progress.advance(self.report.there + self.report.made.tasks, backup.counts.tasks)
        self._close(backup)

    def _mend(self, task: dict[str, Any]) -> dict[str, Any]:
        if not unkept(task):
            return task
        self.mended += 1
        mended: dict[str, Any] = kept(task)
        return mended

    def _there(self) -> Counter[str]:
        records = self.client.tasks(self.report.project, "id,data", page_size=1000)
        return Counter(_identity(record.get("data")) for record in records)

    def _import(self, tasks: list[dict[str, Any]]) -> None:
        """Import a batch, which the server takes whole or not at all; look before repeating it.

        The server has at least the tasks that were found or made so far, so its number tells; a request whose
        answer was lost may still be under way, so it is looked for a while.
        """
        if not tasks:
            return
        bodies = [self._body(task) for task in tasks]
        for attempt in range(_ATTEMPTS):
            try:
                path = f"/api/projects/{self.report.project}/import"
                answer = self.client.send("POST", path, bodies, return_task_ids="true")
                is_last = attempt == _ATTEMPTS - 1  # a prediction that the server finds wrong never comes
                if came_whole(answer, bodies) or (is_last and came_whole(answer, bodies, ["annotations"])):
                    break
                self._take_back(answer)
                if is_last:
                    raise ServerError(
                        f"{self.client.url} keeps dropping annotations: restore again when it is idle."
                    )
            except UnreachableError as error:
                if not isinstance(error, NotSentError) and self._arrived(len(tasks)):
                    break
                if attempt == _ATTEMPTS - 1:
                    raise
        for task in tasks:
            self.report.made.add({**task, "drafts": []})

    def _take_back(self, answer: dict[str, Any]) -> None:
        """Remove tasks whose annotations the server dropped, its database being busy; they are sent again."""
        ids = answer.get("task_ids")
        for number in ids if isinstance(ids, list) else ():
            self.client.send("DELETE", f"/api/tasks/{number}/")

    def _arrived(self, number: int) -> bool:
        """Wait for so many more tasks; tell whether they came."""
        wanted = self.report.there + self.report.made.tasks + number
        until = time.monotonic() + _PATIENCE + _PATIENCE_EACH * number
        while self._there().total() < wanted:
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        return True

    def _body(self, task: dict[str, Any]) -> dict[str, Any]:
        data = task["data"]
        doc_id = data.get("doc_id") if isinstance(data, dict) else None
        authors = dict(data.get("authors") or {}) if isinstance(doc_id, str) else {}
        annotations, used = [], Counter[str]()
        for item in task["annotations"]:
            body = self._annotation(item)
            if isinstance(doc_id, str) and body["id"] is None and item["annotator"]:
                used[item["annotator"]] += 1
                again = f"+{used[item['annotator']]}" if used[item["annotator"]] > 1 else ""
                identity = f"{doc_id}.{item['annotator']}{again}"
                body["id"] = annotation_number(identity)
                authors[str(body["id"])] = [identity, item["annotator"]]
            annotations.append({name: value for name, value in body.items() if value is not None})
        if isinstance(doc_id, str):
            data = {**data, "authors": authors}
        return {"data": data, "annotations": annotations, "predictions": task["predictions"]}

    def _annotation(self, item: dict[str, Any]) -> dict[str, Any]:
        email = item["completed_by"] or ""
        number = self.accounts.get(email.casefold())
        if number is None:
            self.strangers[email or "somebody unknown"] += 1
        return {
            "id": item["import_id"],
            "result": item["result"],
            "was_cancelled": item["was_cancelled"],
            "ground_truth": bool(item["ground_truth"]),
            "lead_time": item["lead_time"],
            "completed_by": self.owner if number is None else number,
        }

    def _close(self, backup: Backup) -> None:
        """Take from the stream what the backup's project offered to nobody: retired tasks above all."""
        closed = {_identity(kept(t["data"])) for t in backup.tasks() if t["overlap"] == 0}
        if not closed:
            return
        for record in list(self.client.tasks(self.report.project, "id,data,overlap", page_size=1000)):
            if _identity(record.get("data")) in closed and record.get("overlap") != 0:
                body = {"overlap": 0, "is_labeled": True}
                self.client.send("PATCH", f"/api/tasks/{record['id']}/", body, repeatable=True)

    def tabs(self, tabs: list[dict[str, Any]]) -> None:
        """Make the tabs that are not there; of several with one title, or with none, so many as lack."""
        project = self.report.project
        there = Counter(str(data.get("title")) for data in tabs_of(self.client, project))
        for tab in tabs:
            title = str(tab.get("title"))
            there[title] -= 1
            if there[title] < 0:
                self.client.send("POST", "/api/dm/views/", {"project": project, "data": tab})

    def tell(self, counts: Counts) -> None:
        place = f"project {self.report.project}"
        record = self.client.get(f"/api/projects/{self.report.project}/")
        if isinstance(record, dict) and (there := counts_of(record)[1]) < counts.annotations:
            message = (
                f"It has {there} of the {count(counts.annotations, 'annotation')} in the file: the server dropped "
                "the rest, or somebody deleted them. Delete the project, and restore it again on an idle server."
            )
            self.report.findings.append(Finding("restored-in-part", place, message, Severity.ERROR))
        if self.mended:
            message = (
                f"{count(self.mended, 'task')} held a NUL or a lone surrogate, which a server on PostgreSQL "
                "refuses: U+FFFD stands in its place; the file has it still."
            )
            self.report.findings.append(Finding("characters-replaced", place, message, Severity.WARNING))
        for email, number in sorted(self.strangers.items()):
            message = (
                f"{count(number, 'annotation')} by {email}, who has no account here, went to your account; the "
                "annotation files still tell whose work it is."
            )
            self.report.findings.append(Finding("author-unknown", place, message, Severity.WARNING))
        if counts.drafts:
            drafts = count(counts.drafts, "unfinished draft")
            message = f"Left in the file: {drafts}, for only their authors could save them."
            self.report.findings.append(Finding("drafts-left", place, message, Severity.WARNING))


def _identity(data: object) -> str:
    """Return what tells a task from others: a hash of its data without what a restoration adds."""
    kept = {name: value for name, value in data.items() if name != "authors"} if isinstance(data, dict) else data
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
