"""Tasks: a document as its annotators see it, with the map back to the anchor text inside.

A task carries the pieces of its text (``segments``), so that what is drawn on it can be mapped back in any
checkout, even after the cleaner has changed its mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from corpus.errors import DataError
from corpus.labelstudio.format.carried import carried
from corpus.labelstudio.format.regions import Row, items_of, label_of, result_of, shown_pieces
from corpus.model.annotation import AnchoredSpan, AnnotationSet
from corpus.model.characters import kept
from corpus.model.counted import count
from corpus.model.document import Document, sha256_text
from corpus.model.drawn import annotation_number
from corpus.model.finding import Finding, Severity
from corpus.model.projection import JOINS, Piece, Projection
from corpus.model.scheme import Scheme
from corpus.model.span import Span
from corpus.preannotation.protocol import Prediction

__all__ = ["TaskText", "annotation_body", "prediction_body", "task_data", "unique_id", "unsendable"]

_HASH = re.compile(r"[0-9a-f]{64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTEXT = 32
_MAX_NAME = 1000


@dataclass(frozen=True, slots=True)
class TaskText:
    """The text of one task, and its map to the anchor text."""

    doc_id: str
    anchor_sha256: str
    scheme: str
    scheme_version: str
    projection: Projection
    anchor: str | None = None
    """The anchor text itself where it is at hand; without it, contexts stay inside the pieces."""
    asked: str = ""
    """What is asked about it (:mod:`corpus.labelstudio.questions`)."""

    @classmethod
    def of_data(cls, data: object) -> TaskText:
        """Read a task's ``data``, believing nothing.

        Raises:
            DataError: it was not made here, or was changed on the server.
        """
        if not isinstance(data, dict):
            raise DataError("the task's data are no JSON object")
        names = ("doc_id", "text", "text_sha256", "anchor_sha256", "scheme", "scheme_version")
        missing = [name for name in names if not isinstance(data.get(name), str)]
        if missing:
            raise DataError(f"the task's data lack {', '.join(missing)}: it was not made by corpus")
        if max(len(data[name]) for name in names if name != "text") > _MAX_NAME:
            raise DataError(f"one of the task's names is longer than {_MAX_NAME} characters")
        if not _HASH.fullmatch(data["anchor_sha256"]) or not data["doc_id"]:
            raise DataError("the task's anchor_sha256 or doc_id is not one")
        if _is_broken(data["text"]) or sha256_text(data["text"]) != data["text_sha256"]:
            raise DataError("the task's text is not the one that was pushed: it was changed on the server")
        projection = _projection(data["text"], data.get("segments"))
        keys = (data["doc_id"], data["anchor_sha256"], data["scheme"], data["scheme_version"])
        return cls(*keys, projection)

    def with_anchor(self, document: Document | None) -> TaskText:
        """Return the same with the document's anchor text, where that is the one it was made from."""
        if document is None or document.anchor_sha256 != self.anchor_sha256:
            return self
        for piece, start in zip(self.projection.pieces, self.projection.starts, strict=True):
            length = piece.end - piece.start
            if document.raw_text[piece.start : piece.end] != self.projection.text[start : start + length]:
                raise DataError("the task's segments do not fit its anchor text: they were changed on the server")
        return replace(self, anchor=document.raw_text)

    def anchored(self, spans: Iterable[Span]) -> tuple[AnchoredSpan, ...]:
        """Map spans of the seen text to anchored spans, in reading order.

        Raises:
            DataError: a span lies in a join alone.
        """
        found = tuple(self._anchored(raw) for span in spans for raw in self.projection.to_raw(span))
        if not found:
            raise DataError("it covers nothing but the gap between two blocks")
        return found

    def _anchored(self, raw: Span) -> AnchoredSpan:
        if self.anchor is not None:
            return AnchoredSpan.of(self.anchor, raw)
        for piece, start in zip(self.projection.pieces, self.projection.starts, strict=True):
            if piece.start <= raw.start and raw.end <= piece.end:
                shown = self.projection.text[start : start + piece.end - piece.start]
                return _within(shown, piece.start, raw)
        raise AssertionError("a projection maps into its own pieces")


def task_data(document: Document, scheme: Scheme) -> dict[str, Any]:
    """Return a document's task ``data``; ``about`` is what stands beside the text, never empty."""
    reading = document.reading()
    about = [document.publisher or document.agency, document.published, document.url]
    beside = {
        "about": " · ".join(part for part in about if part) or document.doc_id,
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published,
        "url": document.url,
    }
    return {
        "doc_id": document.doc_id,
        "text": reading.text,
        "text_sha256": sha256_text(reading.text),
        "anchor_sha256": document.anchor_sha256,
        "segments": [list(piece) for piece in reading.pieces],
        **kept(beside),
        "scheme": scheme.name,
        "scheme_version": scheme.version,
    }


def unsendable(document: Document) -> str | None:
    """Return why a document cannot be a task, or None where it can."""
    text = document.reading().text
    if not text.strip():
        return "it has nothing to read"
    if _is_broken(text) or _is_broken(document.doc_id):
        return "it holds a lone surrogate, which breaks a Label Studio project"
    if "\0" in text or "\r" in text or "\0" in document.doc_id:
        return "it holds a NUL or carriage return, which Label Studio cannot keep"
    return None


def annotation_body(
    annotations: AnnotationSet, document: Document, scheme: Scheme, user: int
) -> tuple[Row, list[Finding]]:
    """Return an annotation for the server, and a note of what could not be drawn."""
    projection = document.reading()
    body: Row = {
        "id": annotation_number(annotations.annotation_id),
        "result": result_of(annotations, projection, scheme, partial(carried, linked=annotations.linked_entities)),
        "ground_truth": False,
        "completed_by": user,
        "lead_time": annotations.lead_time,
    }
    return body, list(_not_drawn(annotations, projection, scheme))


def unique_id(annotation_id: str, mark: str) -> str:
    """Return the server's idempotency key for an annotation in a project: the same for the same two."""
    return str(uuid5(NAMESPACE_URL, f"newscorpus:{mark}:{annotation_id}"))


def prediction_body(prediction: Prediction, document: Document, scheme: Scheme) -> Row:
    """Return a prediction for the server."""
    return {
        "model_version": prediction.model_version,
        "score": prediction.score,
        "result": result_of(prediction, document.reading(), scheme),
    }


def _not_drawn(annotations: AnnotationSet, projection: Projection, scheme: Scheme) -> Iterator[Finding]:
    unknown = [i.id for i in items_of(annotations) if label_of(i, scheme) is None]
    drawable = (i for i in items_of(annotations) if i.id not in unknown)
    outside = [i.id for i in drawable if not shown_pieces(i, projection)]
    for ids, why in (
        (outside, "outside what annotators see (in a repeated caption, say)"),
        (unknown, "with a label that the scheme lacks"),
    ):
        if ids:
            message = f"Kept here and not shown: {count(len(ids), 'item')} {why}, {ids[0]!r} first."
            yield Finding("not-drawn", annotations.annotation_id, message, Severity.NOTE)


def _projection(text: str, segments: object) -> Projection:
    """Rebuild a projection from a task's text and segments, checking that they fit each other."""
    pieces: list[Piece] = []
    starts: list[int] = []
    position = 0
    for segment in segments if isinstance(segments, list) else []:
        piece = _piece(segment)
        join = piece.join if pieces else ""
        if not text.startswith(join, position):
            raise DataError("the task's segments do not fit its text")
        pieces.append(piece)
        starts.append(position + len(join))
        position = starts[-1] + piece.end - piece.start
    if position != len(text) or not pieces:
        raise DataError("the task's segments do not fit its text")
    ordered = sorted(pieces)
    if any(after.start < before.end for before, after in pairwise(ordered)):
        raise DataError("the task's segments overlap")
    return Projection(text, tuple(pieces), tuple(starts))


def _piece(segment: object) -> Piece:
    if isinstance(segment, list) and len(segment) == 3:
        start, end, join = segment
        if type(start) is int and type(end) is int and 0 <= start < end and join in JOINS:
            return Piece(start, end, join)
    raise DataError("the task's segments are not [start, end, join]")


def _within(shown: str, offset: int, raw: Span) -> AnchoredSpan:
    """Anchor a span with the context that its own piece gives."""
    start, end = raw.start - offset, raw.end - offset
    return AnchoredSpan(
        start=raw.start,
        end=raw.end,
        exact=shown[start:end],
        prefix=shown[max(0, start - _CONTEXT) : start],
        suffix=shown[end : end + _CONTEXT],
    )


def _is_broken(text: str) -> bool:
    return _SURROGATE.search(text) is not None
