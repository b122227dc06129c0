"""What makes predictions for tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from corpus.labelstudio.format.regions import Row
from corpus.labelstudio.format.tasks import prediction_body
from corpus.model.document import Document
from corpus.model.scheme import Scheme
from corpus.preannotation.protocol import Preannotator, Prediction

__all__ = ["Preannotated", "Proposer", "Remembering", "maker_of"]


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


class Remembering:
    """A pre-annotator that keeps what it said of the last documents: several proposers ask it of the same ones.

    It serves one run, in which a document's id stands for one text.
    """

    def __init__(self, maker: Preannotator, kept: int) -> None:
        self.name, self.version, self.labels = maker.name, maker.version, maker.labels
        self._maker, self._kept = maker, kept
        self._said: dict[str, Prediction] = {}

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        """Return one prediction a document, in their order."""
        new = [document for document in documents if document.doc_id not in self._said]
        made = self._maker.annotate(new) if new else []
        self._said |= {document.doc_id: one for document, one in zip(new, made, strict=True)}
        found = [self._said[document.doc_id] for document in documents]
        for doc_id in list(self._said)[: -self._kept]:
            del self._said[doc_id]
        return found


def maker_of(version: str) -> str:
    """Return who made a prediction: what stands before the version.

    >>> maker_of("rules 1+0f"), maker_of("proposal")
    ('rules', 'proposal')
    """
    return version.partition(" ")[0]
