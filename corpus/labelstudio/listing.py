"""What stands on the server: tasks, annotations and predictions as records that were checked for shape."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.labelstudio.client import Client

__all__ = ["ServerAnnotation", "ServerPrediction", "ServerTask", "list_tasks"]

_KNOWN = "id,data,annotations,predictions,completed_by,was_cancelled,created_at,updated_at,import_id,model_version"
_WHOLE = f"{_KNOWN},result,lead_time,updated_by"


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


@dataclass(frozen=True, slots=True)
class ServerPrediction:
    """One prediction."""

    id: int
    model_version: str


@dataclass(frozen=True, slots=True)
class ServerTask:
    """One task; ``doc_id`` and ``text_sha256`` are None where its data are not ours."""

    id: int
    data: Any
    annotations: tuple[ServerAnnotation, ...] = ()
    predictions: tuple[ServerPrediction, ...] = field(default=())

    @property
    def doc_id(self) -> str | None:
        """The document it was made of."""
        return _text(self.data.get("doc_id")) if isinstance(self.data, dict) else None

    @property
    def text_sha256(self) -> str | None:
        """The hash of the text it shows."""
        return _text(self.data.get("text_sha256")) if isinstance(self.data, dict) else None


def list_tasks(client: Client, project: int, *, whole: bool) -> Iterator[ServerTask]:
    """Yield a project's tasks in the server's order; ``whole`` brings what was drawn as well."""
    for record in client.tasks(project, _WHOLE if whole else _KNOWN):
        annotations = tuple(_annotation(a) for a in _records(record.get("annotations")))
        predictions = tuple(_prediction(p) for p in _records(record.get("predictions")))
        yield ServerTask(record["id"], record.get("data"), annotations, predictions)


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
    )


def _prediction(record: dict[str, Any]) -> ServerPrediction:
    return ServerPrediction(record["id"], str(record.get("model_version") or ""))


def _records(value: object) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, dict) and _number(item.get("id")) is not None]


def _number(value: object) -> int | None:
    """Return an id, which some answers wrap in a record."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if type(value) is int else None


def _seconds(value: object) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if usable else None  # type: ignore[arg-type]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
