"""Documents that have other ids since: what bears the old ones, in the ledger and on the server, follows them.

``corpus annotations rename`` renames in the annotation files alone, and leaves a record there (renamed.json).
Whoever syncs next, from this checkout or another, with a ledger or without, reads the server's tasks by today's
ids, and tells the ledger once; a sync or push tells the server's tasks and annotators' tabs as well. The text is
the same, so a task keeps its number, what is drawn on it, and its drafts.

Safe at any interruption: the ledger's rows change in one transaction, with the note that they did. A task is told
again until all were, which is noted last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from corpus.annotation.identifying import with_id
from corpus.errors import UsageError
from corpus.labelstudio.pulling.scanning import chosen_tasks
from corpus.labelstudio.rewritten import renote_lines
from corpus.labelstudio.team import assign, assignments
from corpus.labelstudio.wire.client import RefusedError
from corpus.labelstudio.wire.listing import ServerTask, list_tasks
from corpus.labelstudio.work import Work
from corpus.model.counted import count
from corpus.model.drawn import annotation_number
from corpus.model.finding import Severity

__all__ = ["follow_here", "follow_there", "today"]

_HERE, _THERE = "renamed", "renamed_there"
"""The facts that tell up to which renaming the ledger, and the server, were told."""


def follow_here(work: Work) -> None:
    """Bring the ledger's rows to the ids of today.

    Raises:
        UsageError: a renaming in the annotation files was begun and not ended.
    """
    renames = work.renames
    if renames.unfinished:
        raise UsageError(
            f"A renaming of documents in {work.material.home} was interrupted; corpus annotations rename finishes "
            "it."
        )
    if not renames.digest or work.ledger.fact(work.mark, _HERE) == renames.digest:
        return
    ledger, mark = work.ledger, work.mark
    tasks = {task.id: task for task in ledger.tasks(mark) if task.doc_id in renames.former_ids}
    documents = {doc_id: _of_document(work, doc_id) for doc_id in renames.former_ids}
    with ledger.transaction("ids-followed"):
        moves: dict[int, str] = {}
        for task in tasks.values():
            after = renames.today(task.doc_id, task.anchor_sha256)
            if task.state != "current" and after == task.doc_id:
                after = documents[task.doc_id]  # an older text of the same document
            if after != task.doc_id:
                moves[task.id] = after
                ledger.set_task(mark, replace(task, doc_id=after))
                for seen in ledger.annotations(mark, task=task.id):
                    ledger.see(mark, replace(seen, doc_id=after))
        moved = {before: after for before, after in documents.items() if before != after}
        keys = ledger.rename_keys(mark, moved)
        for doc_id in set(moves.values()):
            _leave_one(work, doc_id, moves.keys())
        ledger.rename_in_batches(mark, moved)
        renote_lines(work, keys)
        for fact in ("documents", "waiting", "files"):
            ledger.set_fact(mark, fact, None)
        ledger.set_fact(mark, _HERE, renames.digest)


def _leave_one(work: Work, doc_id: str, moved: Collection[int]) -> None:
    """Choose the task that counts, where a document got one under its new id before its older one followed.

    Of two with one text it is the older one; what is drawn on the other is sent there, and the other goes.
    """
    ledger, mark = work.ledger, work.mark
    present = [task for task in ledger.tasks(mark, doc_id) if task.state == "current"]
    news = [task for task in present if task.id not in moved]
    shown = {(task.text_sha256, task.asked) for task in news}
    stays = next((task for task in present if not shown or (task.text_sha256, task.asked) in shown), None)
    for task in present:
        if stays is None or task.id == stays.id:
            continue
        same = (task.text_sha256, task.asked) == (stays.text_sha256, stays.asked)
        ledger.set_task(mark, replace(task, state="twin" if same else "retiring"))
        for seen in ledger.annotations(mark, task=task.id):
            ledger.out_of_step(mark, (seen.doc_id, seen.annotator))


def _of_document(work: Work, doc_id: str) -> str:
    """Return what became of what is known under an id: of the text on its task, or of all that had it."""
    task = work.ledger.current_task(work.mark, doc_id)
    if task is not None:
        return work.renames.today(doc_id, task.anchor_sha256)
    return doc_id if work.history.keys(doc_id) else work.renames.today(doc_id)


def follow_there(work: Work) -> None:
    """Bring the data of the server's tasks, and the tabs that show some of them, to the ids of today."""
    digest = work.renames.digest
    if not digest or work.ledger.fact(work.mark, _THERE) == digest:
        return
    work.progress.step("comparing ids")
    listed = list_tasks(work.client, work.project.id, whole=False)
    ids = [task.id for task in listed if today(work, task) is not task]
    number = len(ids) if work.options.dry_run else _rename(work, ids)
    if not work.options.dry_run:
        _follow_in_tabs(work)
        with work.ledger.transaction("ids-told"):
            work.ledger.set_fact(work.mark, _THERE, digest)
    if number:
        what = "would get" if work.options.dry_run else "got"
        message = f"{count(number, 'task')} {what} the ids that the documents were renamed to."
        work.report.note("tasks-renamed", "tasks", message, Severity.NOTE)


def today(work: Work, task: ServerTask) -> ServerTask:
    """Return a server's task under its document's id of today, the same task where that is its id."""
    before = task.doc_id
    if before is None or before not in work.renames.former_ids or not isinstance(task.data, dict):
        return task
    known = work.ledger.task(work.mark, task.id)
    after = known.doc_id if known is not None and known.doc_id else work.renames.today(before, task.anchor_sha256)
    return task if after == before else replace(task, data=_data(work, task.data, before, after))


def _data(work: Work, data: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """Return a task's data under another id; what was pushed is known by the number that it had, and has."""
    own = (data.get("authors"), data.get("pushed"))
    authors, pushed = (dict(part) if isinstance(part, dict) else {} for part in own)
    for old_id, new_id, annotator in _identities(work, before, after):
        old, new = str(annotation_number(old_id)), str(annotation_number(new_id))
        authors |= {old: [new_id, annotator], new: [new_id, annotator]}
        pushed |= {new: pushed[old]} if old in pushed else {}
    about = after if data.get("about") == before else data.get("about")
    return {**data, "doc_id": after, "about": about, "authors": authors, "pushed": pushed}


def _identities(work: Work, before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """Yield what each annotation of a document was called before, what it is called now, and whose it is."""
    for key in work.history.keys(after):
        annotation_id = work.history.heads.versions[key][0].annotation_id
        yield with_id(annotation_id, after, before), annotation_id, key[1]


def _rename(work: Work, ids: list[int]) -> int:
    """Tell each task the id of its document, a few at a time; return how many there were."""
    number = 0
    for page in chosen_tasks(work, ids):
        for task in page:
            named = today(work, task)
            if named is task:  # another checkout was quicker, or the server does not tell what it holds
                continue
            try:
                work.send("task-rename", "PATCH", f"/api/tasks/{task.id}/", {"data": named.data}, repeatable=True)
                number += 1
            except RefusedError as refusal:
                if refusal.status != 404:
                    raise
        work.progress.advance(number, len(ids))
    return number


def _follow_in_tabs(work: Work) -> None:
    """Let each annotator's tab show the documents that it showed, under their ids of today."""
    known = {email.casefold() for email in work.users.values()}
    news = {}
    for email, doc_ids in assignments(work.client, work.project.id).items():
        own = tuple(sorted({work.renames.today(doc_id) for doc_id in doc_ids}))
        if email in known and own != tuple(sorted(doc_ids)):
            news[email] = own
    if news:
        assign(work.client, work.project.id, news)
