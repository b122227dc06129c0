"""Whose annotation is this? The server's annotations matched with the sets that are known here.

An annotation is known by the number it was pushed under, else by the time it was made (it was pulled
before), else by its author: one person has one annotation of a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corpus.annotation.store import current
from corpus.labelstudio.ledger import Key, Ledger
from corpus.labelstudio.listing import ServerAnnotation, ServerTask
from corpus.labelstudio.regions import annotation_number
from corpus.model.annotation import AnnotationSet

__all__ = ["Matcher"]


class Matcher:
    """Matches by what is known here, and learns who is who on the way.

    ``users`` are the server's e-mail addresses by user id; the ledger keeps a pseudonym for each.
    """

    def __init__(self, sets: Iterable[AnnotationSet], ledger: Ledger, users: Mapping[int, str]) -> None:
        known = list(sets)
        self._ledger, self._users = ledger, users
        self._taken = {item.annotator for item in known}
        self._by_number = {(s.doc_id, annotation_number(s.annotation_id)): s for s in known}
        pulled = [s for s in current(known) if s.created_at is not None and s.origin.kind == "labelstudio"]
        self._by_time = {(s.doc_id, s.created_at): s for s in pulled}

    def keys(self, task: ServerTask) -> dict[Key, list[ServerAnnotation]]:
        """Return a task's annotations by document and pseudonym, the one that counts first.

        A finished one counts before a skipped one, then the one that changed last.
        """
        found: dict[Key, list[ServerAnnotation]] = {}
        ordered = sorted(task.annotations, key=lambda a: (not a.cancelled, a.updated_at or "", a.id), reverse=True)
        for annotation in ordered:
            found.setdefault((task.doc_id or "", self._author(task, annotation)), []).append(annotation)
        return found

    def person(self, user: int | None) -> str:
        """Return a user's pseudonym."""
        return self._ledger.pseudonym(self._users.get(user or 0, f"user {user}"), self._taken)

    def learn(self, tasks: Iterable[ServerTask]) -> None:
        """Learn from what was pulled before who is behind which pseudonym; call it before :meth:`keys`."""
        for task in tasks:
            for annotation in task.annotations:
                pulled = self._by_time.get((task.doc_id or "", annotation.created_at))
                if pulled is not None and annotation.number is None and annotation.person in self._users:
                    self._ledger.learn(self._users[annotation.person or 0], pulled.annotator)

    def _author(self, task: ServerTask, annotation: ServerAnnotation) -> str:
        return self._known(task, annotation) or self.person(annotation.person)

    def _known(self, task: ServerTask, annotation: ServerAnnotation) -> str | None:
        if annotation.number is None:
            return None
        pushed = self._by_number.get((task.doc_id or "", annotation.number))
        return pushed.annotator if pushed else _author_in_data(task, annotation.number)


def _author_in_data(task: ServerTask, number: int) -> str | None:
    """Return the pseudonym that a task carries for an annotation pushed with it, from another checkout."""
    authors = task.data.get("authors") if isinstance(task.data, dict) else None
    entry = authors.get(str(number)) if isinstance(authors, dict) else None
    usable = isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)
    return entry[1] if usable and entry is not None else None
