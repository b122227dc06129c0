"""What a pre-annotator is, and what it hands over: predictions, never annotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.model.annotation import Claim, Cue, Entity, Source
from corpus.model.document import Document

__all__ = ["Preannotator", "Prediction"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one pre-annotator proposes for one document; spans point into the anchor text.

    The items are the same classes as in an annotation set and refer to one another in the same way, so
    whatever reads ``entities``, ``sources``, ``claims`` and ``cues`` of a set reads a prediction too.
    """

    doc_id: str
    anchor_sha256: str
    model_version: str
    """The pre-annotator's name and version; it changes whenever its rules or weights do."""
    score: float
    """The mean of the items' scores, 0 to 1; 0 where nothing is proposed."""
    entities: tuple[Entity, ...] = ()
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    cues: tuple[Cue, ...] = ()


class Preannotator(Protocol):
    """Turns documents into predictions; the same document gives the same prediction, ids included."""

    @property
    def name(self) -> str:
        """A short, stable name ("rules")."""

    @property
    def version(self) -> str:
        """What changes whenever the output may change."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The scheme's labels that it proposes."""

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        """Return one prediction a document, in their order."""
