"""What stands on the server: tasks, annotations and predictions as records that were checked for shape."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any

from corpus.errors import ServerError
from corpus.labelstudio.local.install import pinned_version
from corpus.labelstudio.wire.client import Client, is_id, records
from corpus.labelstudio.wire.filters import Condition, filters
from corpus.labelstudio.wire.versions import left_out

__all__ = [
    "PAGE",
    "ServerAnnotation",
    "ServerPrediction",
    "ServerTask",
    "digest_of",
    "drafted_tasks",
    "list_tasks",
    "task_pages",
]

_NUMBERS = "id,updated_at,total_annotations,cancelled_annotations"
_KNOWN = "id,data,annotations,predictions,completed_by,was_cancelled,created_at,updated_at,import_id,model_version"
_WHOLE = f"{_KNOWN},result,lead_time,updated_by,overlap"
_SURROGATE = re.compile("[\ud800-\udfff]")
PAGE = 250
"""How many whole tasks are asked for at once."""


@dataclass(frozen=True, slots=True)
class ServerAnnotation:
    """One annotation; ``number`` is what an import gave it (see ``annotation_number``)."""

    id: int
    number: int | None
    person: int | None
    edited_by: int | None
    cancelled: bool
    created_at: str | None
    updated_at: str | None
    lead_time: float | None
    result: Any
    readable: bool = True
    """Whether the server could say what it holds; where it could not, nothing follows from ``result``."""

    @property
    def digest(self) -> str:
        """A hash of what the annotation holds, whoever changed it and when."""
        return digest_of(self.cancelled, self.result)


@dataclass(frozen=True, slots=True)
class ServerPrediction:
    """One prediction."""

    id: int
    model_version: str
    result: Any = None


@dataclass(frozen=True, slots=True)
class ServerTask:
    """One task; ``doc_id`` and ``text_sha256`` are None where its data are not ours."""

    id: int
    data: Any
    annotations: tuple[ServerAnnotation, ...] = ()
    predictions: tuple[ServerPrediction, ...] = field(default=())
    updated_at: str | None = None
    readable: bool = True
    """Whether the server says what stands on it; where it does not, nothing follows from that."""
    created_at: str | None = None
    drawn: int | None = None
    """How many annotations it has, skipped ones included, where the server was asked for numbers alone."""

    @property
    def doc_id(self) -> str | None:
        """The document it was made of."""
        return self._text("doc_id")

    @property
    def text_sha256(self) -> str | None:
        """The hash of the text it shows."""
        return self._text("text_sha256")

    @property
    def anchor_sha256(self) -> str | None:
        """The hash of the anchor text behind it."""
        return self._text("anchor_sha256")

    @property
    def asked(self) -> str:
        """What is asked about the text, "" where nothing is."""
        return self._text("asked") or ""

    @property
    def is_retired(self) -> bool:
        """Whether it was marked as replaced by a task with a newer text."""
        return isinstance(self.data, dict) and bool(self.data.get("retired"))

    def _text(self, name: str) -> str | None:
        return _text(self.data.get(name)) if isinstance(self.data, dict) else None


def digest_of(cancelled: bool, result: object) -> str:
    """Return a hash of what an annotation holds."""
    held = json.dumps([cancelled, result], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(held.encode("ascii")).hexdigest()


def list_tasks(client: Client, project: int, *, whole: bool) -> Iterator[ServerTask]:
    """Yield a project's tasks in the server's order; ``whole`` brings what was drawn as well."""
    for record in client.tasks(project, _WHOLE if whole else _KNOWN):
        yield _task(record, whole=whole)


def drafted_tasks(client: Client, project: int) -> set[int]:
    """Return the tasks on which anybody has a draft."""
    query = filters(("draft_exists", "equal", "Boolean", True))
    return {record["id"] for record in client.tasks(project, "id", page_size=1000, query=query)}


def task_pages(
    client: Client, project: int, *conditions: Condition, whole: bool = True, size: int = PAGE
) -> Iterator[list[ServerTask]]:
    """Yield the tasks for which the conditions hold, by id, a page at a time.

    Each page asks for ids above the last one's, so that a task which leaves or joins the list meanwhile
    shifts no other past a page's edge.

    Raises:
        ServerError: the server lists tasks that were not asked for, so that the list would never end.
    """
    last = 0
    while True:
        query = filters(*conditions, ("id", "greater", "Number", last))
        include = _WHOLE if whole else _NUMBERS
        found = list(islice(client.tasks(project, include, page_size=size, query=query), size))
        if any(record["id"] <= last for record in found):
            raise ServerError(
                f"{client.url} does not narrow its list of tasks as asked: expected a Label Studio that works as "
                f"{pinned_version()} does, got another version, or none."
            )
        if found:
            yield [_task(record, whole=whole) for record in found]
            last = max(record["id"] for record in found)
        if len(found) < size:
            return


def _task(record: dict[str, Any], *, whole: bool) -> ServerTask:
    """Read a task; one without a list of annotations is not one that has none, or all would seem deleted.

    Nor is one read of whose annotations something was left out: without its number one of ours would seem deleted,
    and a stranger's in its place; without its rows it would seem empty.
    """
    needed = ("import_id", "result") if whole else ("import_id",)
    listed = _with_ids(record.get("annotations"))
    tells = isinstance(record.get("annotations"), list) and not any(left_out(one, *needed) for one in listed)
    return ServerTask(
        record["id"],
        record.get("data"),
        tuple(map(_annotation, listed)),
        tuple(_prediction(p) for p in _with_ids(record.get("predictions"))),
        _text(record.get("updated_at")),
        tells and record.get("unreadable") is not True,
        _text(record.get("created_at")),
        _sum(record.get("total_annotations"), record.get("cancelled_annotations")),
    )


def _sum(*numbers: object) -> int | None:
    usable = [number for number in numbers if type(number) is int]
    return sum(usable) if len(usable) == len(numbers) else None


def _annotation(record: dict[str, Any]) -> ServerAnnotation:
    return ServerAnnotation(
        id=record["id"],
        number=_number(record.get("import_id")),
        person=_number(record.get("completed_by")),
        edited_by=_number(record.get("updated_by")),
        cancelled=record.get("was_cancelled") is True,
        created_at=_text(record.get("created_at")),
        updated_at=_text(record.get("updated_at")),
        lead_time=_seconds(record.get("lead_time")),
        result=record.get("result"),
        readable=record.get("unreadable") is not True,
    )


def _prediction(record: dict[str, Any]) -> ServerPrediction:
    return ServerPrediction(record["id"], _text(record.get("model_version")) or "", record.get("result"))


def _with_ids(value: object) -> list[dict[str, Any]]:
    """Return the records that have an id, by id: PostgreSQL gives those of a task in any order."""
    return sorted((record for record in records(value) if is_id(record.get("id"))), key=itemgetter("id"))


def _number(value: object) -> int | None:
    """Return an id, which some answers wrap in a record."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if is_id(value) else None


def _seconds(value: object) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if usable else None  # type: ignore[arg-type]


def _text(value: object) -> str | None:
    """Return a text that can be kept; one with a lone surrogate was never ours."""
    return value if isinstance(value, str) and not _SURROGATE.search(value) else None
