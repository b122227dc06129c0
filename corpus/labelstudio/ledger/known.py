"""What the ledger knows of tasks, annotations, revisions, imports and conflicts, as records."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Batch", "Conflict", "Key", "KnownTask", "Line", "SeenAnnotation", "Step"]

Key = tuple[str, str]
"""A document's id and an annotator's pseudonym."""


@dataclass(frozen=True, slots=True)
class KnownTask:
    """A task of ours; ``state`` is "current", "retiring" (to be marked there), "retired", "twin", "foreign"
    (not ours), or "left-out" (deleted, to stay away)."""

    id: int
    doc_id: str
    text_sha256: str
    anchor_sha256: str
    state: str
    updated_at: str | None = None
    asked: str = ""
    """What is asked about the text, where anything is (:mod:`corpus.labelstudio.questions`)."""


@dataclass(frozen=True, slots=True)
class SeenAnnotation:
    """An annotation as it was last seen on the server; ``digest`` is of what it holds."""

    id: int
    task: int
    doc_id: str
    annotator: str
    digest: str
    updated_at: str | None = None
    cancelled: bool = False
    lead_time: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The local revision last in step with the current task, the last one that a pull wrote, and a hash of what the
    screen showed when they were in step (:mod:`corpus.labelstudio.format.shown`)."""

    revision: int | None
    pulled: int | None
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What the line of a version in step said: hashes of its bytes and of its JSON."""

    revision: int
    raw: str
    content: str


@dataclass(frozen=True, slots=True)
class Batch:
    """An import whose fate is not yet known: when it was sent (Unix time), and (doc_id, text_sha256) in order."""

    number: int
    sent_at: float
    documents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same annotation changed on both sides, and nobody has said yet which one counts."""

    doc_id: str
    annotator: str
    kind: str
    place: str
    message: str
