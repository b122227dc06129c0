"""Whose annotation is this? The server's annotations matched with the versions that are known here.

An annotation is known by having been seen before, else by the number it was pushed under, else by the time it
was made (it was pulled before, and the ledger was lost), else by its author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.labelstudio.ledger.store import Key, SeenAnnotation
from corpus.labelstudio.wire.filters import is_later
from corpus.labelstudio.wire.listing import ServerAnnotation, ServerTask
from corpus.labelstudio.work import Work
from corpus.model.annotation import PSEUDONYM, AnnotationSet
from corpus.model.drawn import annotation_number

__all__ = ["author", "author_of", "born_at", "counting_order", "is_given_anew", "learn", "meet", "person"]


def author(work: Work, task: ServerTask, annotation: ServerAnnotation) -> str:
    """Return the pseudonym an annotation belongs to, a new one for a person who was never seen."""
    seen = work.ledger.annotation(work.mark, annotation.id)
    if seen is not None and seen.task == task.id and not is_given_anew(work, task, annotation):
        return seen.annotator
    return _numbered(work, task, annotation) or _remembered(work, task, annotation)


def is_given_anew(work: Work, task: ServerTask, annotation: ServerAnnotation) -> bool:
    """Tell whether an annotation got the id of one that was seen on the task and is there no more.

    An import may give ids again, and so does a server that was put back to an earlier state.
    """
    seen = work.ledger.annotation(work.mark, annotation.id)
    return seen is not None and seen.task == task.id and is_later(annotation.created_at, seen.updated_at)


def meet(work: Work, tasks: Iterable[ServerTask]) -> None:
    """Give every newcomer a pseudonym, noted in the ledger before anything is written under it."""
    for task in tasks:
        for annotation in task.annotations if task.doc_id is not None else ():
            author(work, task, annotation)


def person(work: Work, user: int | None, annotation: int | None = None) -> str:
    """Return a user's pseudonym; ``annotation`` is one that they made, where one is at hand."""
    taken = work.history.annotators() | work.material.pseudonyms()
    return work.ledger.pseudonym(_address(work, user, annotation) or f"user {user}", user, taken)


def _address(work: Work, user: int | None, annotation: int | None) -> str | None:
    """Return a user's address, else the one they had when they were last met in this project."""
    met = f"user {user}"
    known = work.ledger.fact(work.mark, met)
    found = work.users.get(user or 0)
    if found is None and known is None and annotation is not None:
        found = work.addresses.of(user, annotation)
    if found is not None and found != known:
        work.ledger.set_fact(work.mark, met, found)
    return found or known


def learn(work: Work, tasks: Iterable[ServerTask]) -> None:
    """Learn from what was pulled before who is behind which pseudonym; for a ledger that was lost."""
    for task in tasks:
        for annotation in task.annotations:
            names = _pulled_under(work, task, annotation) if annotation.number is None else []
            email = _address(work, annotation.person, annotation.id) if names else None
            if email is not None:
                _learn(work, email, names)


def _learn(work: Work, email: str, names: list[str]) -> None:
    """Learn that somebody is behind one of these names, unless they are other people's."""
    people = work.ledger.people
    if email.casefold() in people:
        return
    free = [name for name in names if name not in people.values()]
    if free:
        work.ledger.learn(email, free[0])
        return
    message = (
        f"In the annotation files {names[0]!r} stands for two people: another checkout, which did not share its "
        "files then, gave the name to somebody else. Who is met here now gets a name of their own."
    )
    work.report.note("annotator-shared", names[0], message)


def counting_order(annotation: ServerAnnotation) -> tuple[bool, str, int]:
    """Order one person's annotations of a task: skipped ones first, then by their last change."""
    return not annotation.cancelled, annotation.updated_at or "", annotation.id


def _remembered(work: Work, task: ServerTask, annotation: ServerAnnotation) -> str:
    """Return the author's pseudonym; the annotation files say it where the ledger does not know the person.

    An older ledger that was put back may have met them anew since, in the other project of the two: what was pulled
    under a name that is nobody's now is not pulled under the new one again.
    """
    email = _address(work, annotation.person, annotation.id)
    names = _pulled_under(work, task, annotation) if email is not None and annotation.number is None else []
    if email is not None and names:
        people = work.ledger.people
        gone = [name for name in names if name not in people.values()]
        if email.casefold() in people and people[email.casefold()] not in names and gone:
            return gone[0]
        _learn(work, email, names)
    return person(work, annotation.person, annotation.id)


def _pulled_under(work: Work, task: ServerTask, annotation: ServerAnnotation) -> list[str]:
    """Return under which names the files have an annotation that was born on the server."""
    keys = work.history.keys(task.doc_id or "") if annotation.created_at else ()
    return [key[1] for key in keys if born_at(work, key) == annotation.created_at]


def born_at(work: Work, key: Key) -> str | None:
    """Return when an annotation was made on the server, None where it was not, or is not known to be."""
    item = _pulled(work, key)
    return None if item is None else item.created_at


def _pulled(work: Work, key: Key) -> AnnotationSet | None:
    """Return the newest version that a pull wrote: what was corrected here since says nothing of where it began."""
    versions = work.history.newest_first(key)
    return next((v for v in versions if v.created_at and v.origin.kind == "labelstudio"), None)


def _numbered(work: Work, task: ServerTask, annotation: ServerAnnotation) -> str | None:
    number = annotation.number
    if number is None:
        return None
    for key in work.history.keys(task.doc_id or ""):
        if any(annotation_number(v.annotation_id) == number for v in work.history.heads.versions[key][:1]):
            return key[1]
    return _author_in_data(task, number) or _author_of_original(work, task, annotation)


def _author_of_original(work: Work, task: ServerTask, annotation: ServerAnnotation) -> str | None:
    """Return whose annotation was exported and imported again by hand, None where nothing tells.

    The import keeps the id that it had, which may be another one's by now: what it says tells. Where its own author
    said that too, or several others, there is nothing to find out.
    """
    names = {seen.annotator for seen in _seen_on(work, task.doc_id) if seen.digest == annotation.digest}
    names |= _pushed_with(task, annotation.digest)
    email = _address(work, annotation.person, annotation.id)
    own = work.ledger.people.get(email.casefold()) if email is not None else None
    return None if own in names or len(names) != 1 else names.pop()


def _seen_on(work: Work, doc_id: str | None) -> Iterator[SeenAnnotation]:
    for key in work.history.keys(doc_id or ""):
        yield from work.ledger.annotations(work.mark, key=key)


def _pushed_with(task: ServerTask, digest: str) -> set[str]:
    """Return whose annotations of this content a task was imported with, as it says."""
    data = task.data if isinstance(task.data, dict) else {}
    authors, pushed = data.get("authors"), data.get("pushed")
    if not isinstance(authors, dict) or not isinstance(pushed, dict):
        return set()
    names = (author_of(authors.get(number)) for number, held in pushed.items() if held == digest)
    return {name for name in names if name is not None}


def _author_in_data(task: ServerTask, number: int) -> str | None:
    """Return the pseudonym that a task carries for an annotation pushed with it, from another checkout."""
    authors = task.data.get("authors") if isinstance(task.data, dict) else None
    entry = authors.get(str(number)) if isinstance(authors, dict) else None
    return author_of(entry)


def author_of(entry: object) -> str | None:
    """Return the pseudonym in an entry of a task's ``authors``, None where it is none of ours."""
    usable = isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)
    return str(entry[1]) if usable and isinstance(entry, list) and PSEUDONYM.fullmatch(entry[1]) else None
