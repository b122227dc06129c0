"""A task says whose the annotations are that are sent to it one by one, as it does of what it was imported with.

Another checkout that has not got their lines yet would else take them for ones by the key's owner. Tasks are told
before the annotations come: a name without an annotation does no harm. A task's data can only be written whole, so
they are read right before, those of a few tasks at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.labelstudio.wire.client import RefusedError
from corpus.labelstudio.wire.filters import filters, ids_filter
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet
from corpus.model.drawn import annotation_number

__all__ = ["AT_ONCE", "Authors"]

AT_ONCE = 25
"""How many tasks' data are read at once: what another checkout writes there until ours is written is lost."""


class Authors:
    """The names that tasks were told in this run."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._told: dict[tuple[int, str], RefusedError | None] = {}

    def tell(self, coming: Iterable[tuple[int, AnnotationSet]]) -> None:
        """Let tasks, by their ids, say whose annotations are coming; :meth:`check` raises what is refused."""
        wanted: dict[int, dict[str, list[str]]] = {}
        for task, own in coming:
            number = str(annotation_number(own.annotation_id))
            wanted.setdefault(task, {})[number] = [own.annotation_id, own.annotator]
        if not wanted or self.work.options.dry_run:
            return
        query = filters(ids_filter(wanted))
        for record in list(self.work.client.tasks(self.work.project.id, "id,data", query=query)):
            self._tell(record["id"], record.get("data"), wanted.get(record["id"], {}))

    def check(self, task: int, own: AnnotationSet) -> None:
        """Make sure that a task was told of an annotation.

        Raises:
            RefusedError: the server refused it.
        """
        key = (task, str(annotation_number(own.annotation_id)))
        if key not in self._told:
            self.tell([(task, own)])
        refusal = self._told.get(key)
        if refusal is not None:
            raise refusal

    def _tell(self, task: int, data: Any, entries: dict[str, list[str]]) -> None:
        authors = data.get("authors") if isinstance(data, dict) else None
        refused = None
        if isinstance(authors, dict) and any(authors.get(number) != entry for number, entry in entries.items()):
            body = {"data": {**data, "authors": {**authors, **entries}}}
            try:
                self.work.send("task-author", "PATCH", f"/api/tasks/{task}/", body, repeatable=True)
            except RefusedError as refusal:
                refused = refusal
        self._told |= {(task, number): refused for number in entries}
