"""Whose annotation is this? The server's annotations matched with the versions that are known here.

An annotation is known by having been seen before, else by the number it was pushed under, else by the time it
was made (it was pulled before, and the ledger was lost), else by its author.
"""

from __future__ import annotations

from collections.abc import Iterable

from corpus.labelstudio.ledger import PSEUDONYM, Key
from corpus.labelstudio.listing import ServerAnnotation, ServerTask
from corpus.labelstudio.regions import annotation_number
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet

__all__ = ["author", "author_of", "counting_order", "learn", "meet", "person"]


def author(work: Work, task: ServerTask, annotation: ServerAnnotation) -> str:
    """Return the pseudonym an annotation belongs to, a new one for a person who was never seen."""
    seen = work.ledger.annotation(work.mark, annotation.id)
    if seen is not None and seen.task == task.id:  # an import may give a deleted one's id again
        return seen.annotator
    return _numbered(work, task, annotation.number) or _remembered(work, task, annotation)


def meet(work: Work, tasks: Iterable[ServerTask]) -> None:
    """Give every newcomer a pseudonym, noted in the ledger before anything is written under it."""
    for task in tasks:
        for annotation in task.annotations if task.doc_id is not None else ():
            author(work, task, annotation)


def person(work: Work, user: int | None) -> str:
    """Return a user's pseudonym."""
    taken = work.history.annotators() | work.material.pseudonyms()
    return work.ledger.pseudonym(work.users.get(user or 0, f"user {user}"), taken)


def learn(work: Work, tasks: Iterable[ServerTask]) -> None:
    """Learn from what was pulled before who is behind which pseudonym; for a ledger that was lost."""
    for task in tasks:
        keys = work.history.keys(task.doc_id or "") if task.annotations else []
        pulled = {item.created_at: key[1] for key in keys if (item := _pulled(work, key)) is not None}
        for annotation in task.annotations:
            name = pulled.get(annotation.created_at)
            if name is not None and annotation.number is None and annotation.person in work.users:
                work.ledger.learn(work.users[annotation.person or 0], name)


def counting_order(annotation: ServerAnnotation) -> tuple[bool, str, int]:
    """Order one person's annotations of a task: skipped ones first, then by their last change."""
    return not annotation.cancelled, annotation.updated_at or "", annotation.id


def _remembered(work: Work, task: ServerTask, annotation: ServerAnnotation) -> str:
    """Return the author's pseudonym; the annotation files say it where the ledger does not know the person."""
    email = work.users.get(annotation.person or 0)
    if email is not None and annotation.number is None and email.casefold() not in work.ledger.people:
        for key in work.history.keys(task.doc_id or ""):
            item = _pulled(work, key)
            if item is not None and item.created_at == annotation.created_at:
                work.ledger.learn(email, key[1])
    return person(work, annotation.person)


def _pulled(work: Work, key: Key) -> AnnotationSet | None:
    item = work.history.latest(key)
    return item if item is not None and item.created_at and item.origin.kind == "labelstudio" else None


def _numbered(work: Work, task: ServerTask, number: int | None) -> str | None:
    if number is None:
        return None
    for key in work.history.keys(task.doc_id or ""):
        if any(annotation_number(v.annotation_id) == number for v in work.history.heads.versions[key][:1]):
            return key[1]
    return _author_in_data(task, number)


def _author_in_data(task: ServerTask, number: int) -> str | None:
    """Return the pseudonym that a task carries for an annotation pushed with it, from another checkout."""
    authors = task.data.get("authors") if isinstance(task.data, dict) else None
    entry = authors.get(str(number)) if isinstance(authors, dict) else None
    return author_of(entry)


def author_of(entry: object) -> str | None:
    """Return the pseudonym in an entry of a task's ``authors``, None where it is none of ours."""
    usable = isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)
    return str(entry[1]) if usable and isinstance(entry, list) and PSEUDONYM.fullmatch(entry[1]) else None
