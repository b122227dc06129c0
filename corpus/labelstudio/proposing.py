"""What makes predictions for tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from corpus.labelstudio.regions import Row
from corpus.labelstudio.tasks import prediction_body
from corpus.model.document import Document
from corpus.model.scheme import Scheme
from corpus.preannotation.protocol import Preannotator

__all__ = ["Preannotated", "Proposer"]


class Proposer(Protocol):
    """Turns documents into predictions for the server."""

    @property
    def version(self) -> str:
        """The name under which the server shows its predictions; what stands before a space is its maker."""

    def bodies(self, documents: Sequence[Document]) -> list[Row]:
        """Return one prediction a document, in their order; its ``result`` is empty where nothing is proposed."""


class Preannotated:
    """What a pre-annotator proposes."""

    def __init__(self, maker: Preannotator, scheme: Scheme) -> None:
        self.maker, self.scheme = maker, scheme
        self.version = f"{maker.name} {maker.version}"

    def bodies(self, documents: Sequence[Document]) -> list[Row]:
        """Return its predictions."""
        made = zip(self.maker.annotate(documents), documents, strict=True)
        return [prediction_body(prediction, document, self.scheme) for prediction, document in made]
