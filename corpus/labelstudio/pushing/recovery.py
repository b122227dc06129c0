"""What became of an import without an answer is looked for on the server before anything is repeated.

Where no answer came (the connection was cut, this program or the server was killed), the batch stays open in the
ledger, and the tasks with ids above all known ones are looked at: what the batch made is recognised by document and
text. The request may still be under way then, so an empty look counts only when some time has passed since it was
sent. Should a request be held up even longer than that, its tasks are twins of those that were sent in the
meantime; the next sync finds and removes them (:mod:`corpus.labelstudio.pushing.retirement`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from corpus.labelstudio.ledger.store import KnownTask
from corpus.labelstudio.pulling.matching import author_of
from corpus.labelstudio.wire.listing import ServerTask, task_pages
from corpus.labelstudio.work import Work
from corpus.model.finding import Severity

__all__ = ["authors_lacking", "look", "note_task", "question_of", "recover", "tell_lacking"]

_PATIENCE, _PATIENCE_EACH = 1.0, 0.02
"""Seconds that an import may be under way, and more for each of its tasks."""
_PAUSE = 0.25


def recover(work: Work) -> None:
    """Find out what became of the batches that an earlier run left open."""
    for batch in work.ledger.batches(work.mark):
        found = look(work, dict(batch.documents), batch.sent_at)
        with work.ledger.transaction("batch-recovered"):
            for doc_id, task in found.items():
                for annotator in authors_lacking(task, task.data):
                    work.ledger.out_of_step(work.mark, (doc_id, annotator))
                    tell_lacking(work, task.id)
            work.ledger.close_batch(work.mark, batch.number)


def look(work: Work, texts: Mapping[str, str], sent_at: float) -> dict[str, ServerTask]:
    """Return the tasks that a batch made; an empty look counts when enough time has passed."""
    until = sent_at + _PATIENCE + _PATIENCE_EACH * len(texts)
    while True:
        found: dict[str, ServerTask] = {}
        last = work.ledger.last_task(work.mark)
        for page in task_pages(work.client, work.project.id, ("id", "greater", "Number", last)):
            for task in page:
                doc_id = task.doc_id or ""
                if doc_id in texts and texts[doc_id] == question_of(task.data):
                    found.setdefault(doc_id, task)
        if found or not 0 <= until - time.time() <= _PATIENCE + _PATIENCE_EACH * len(texts):
            with work.ledger.transaction("batch-found"):
                for doc_id, task in found.items():
                    note_task(work, task.id, doc_id, task.data)
            return found
        time.sleep(_PAUSE)


def authors_lacking(task: ServerTask, data: Any) -> set[str]:
    """Return whose annotations were sent inside a task's import, by its data, and are surely not there."""
    if not task.readable:
        return set()
    authors = data.get("authors") if isinstance(data, dict) else None
    there = {str(annotation.number) for annotation in task.annotations}
    entries = authors.items() if isinstance(authors, dict) else ()
    return {name for number, entry in entries if number not in there and (name := author_of(entry)) is not None}


def tell_lacking(work: Work, task: int) -> None:
    """Say that annotations which came with a task are not on it, and have them sent."""
    message = "The server made it without the annotations that came with it; they are sent one by one."
    work.report.note("import-incomplete", f"task {task}", message, Severity.NOTE)
    work.ledger.set_fact(work.mark, "files", None)  # so that all annotations are compared again


def note_task(work: Work, task: int, doc_id: str, data: Any) -> None:
    """Note a new task as the document's present one."""
    ledger, mark = work.ledger, work.mark
    for old in ledger.tasks(mark, doc_id):
        if old.id != task and old.state == "current":
            is_twin = (old.text_sha256, old.asked) == (data["text_sha256"], data.get("asked") or "")
            ledger.set_task(mark, replace(old, state="twin" if is_twin else "retiring", updated_at=None))
    anchor = data.get("anchor_sha256")
    shows = (data["text_sha256"], anchor if isinstance(anchor, str) else "")
    ledger.set_task(mark, KnownTask(task, doc_id, *shows, "current", asked=str(data.get("asked") or "")))
    work.keep_text(data)


def question_of(data: Any) -> str:
    """Return what a task shows: its text by its hash, and what is asked about it."""
    text, asked = (data.get(name) if isinstance(data, dict) else None for name in ("text_sha256", "asked"))
    return f"{text} {asked}" if isinstance(asked, str) else str(text)
