"""Documents as JSON Lines in the shape that Prodigy writes, with members beside it for what that shape lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.exchange.words import Word, words_of
from corpus.files import atomic_write
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = ["write_jsonl"]

Record = dict[str, Any]

_BREAKS = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
"""What programs take for a line's end that look for more than LF; and halves of pairs, which UTF-8 lacks."""


def write_jsonl(documents: Iterable[Standoff], path: Path, _scheme: Scheme) -> Iterator[Finding]:
    """Write a line a document and annotator.

    ``span_id``, ``attributes`` and ``note`` of a span, and ``head_id`` and ``child_id`` of a relation are ours, and
    others pass over them: read by us, nothing is lost. The pieces of a span are spans of one ``span_id``. Relations
    are between tokens there, so a document that has some has its tokens, cut at the spans' edges.

    Raises:
        OSError: the file cannot be written.
    """
    with atomic_write(path) as stream:
        for document in documents:
            losses = Losses(document)
            line = json.dumps(_record(document, losses), ensure_ascii=False)
            stream.write(_BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", line).encode() + b"\n")
            yield from losses.findings("JSON Lines")


def _record(document: Standoff, losses: Losses) -> Record:
    record: Record = {"text": document.text}
    if document.name is not None:
        record["meta"] = {"doc_id": document.name}
    marks = [piece for span in document.spans for piece in span.spans]
    words = words_of(document.text, marks) if document.relations else []
    if words:
        record["tokens"] = [
            {"text": document.text[w.start : w.end], "start": w.start, "end": w.end, "id": number, "ws": w.blank}
            for number, w in enumerate(words)
        ]
    tokens = _Tokens(words)
    record["spans"] = [each for span in document.spans for each in _spans(span, tokens)]
    if document.relations:
        record["relations"] = list(_relations(document, tokens, losses))
    if document.annotator is not None:
        record["_annotator_id"] = document.annotator
    return record | {"answer": "accept"}


class _Tokens:
    """Which tokens a mark has: the first's and the last's number."""

    def __init__(self, words: list[Word]) -> None:
        self._first = {word.start: number for number, word in enumerate(words)}
        self._last = {word.end: number for number, word in enumerate(words)}

    def of(self, mark: Span) -> Record:
        if not self._first:
            return {}
        return {"token_start": self._first[mark.start], "token_end": self._last[mark.end]}


def _spans(span: StandoffSpan, tokens: _Tokens) -> Iterator[Record]:
    for piece in span.spans:
        told: Record = {"start": piece.start, "end": piece.end, **tokens.of(piece), "label": span.label}
        told["span_id"] = span.id
        if piece is span.spans[0]:
            told |= {"kb_id": span.kb_id} if span.kb_id else {}
            told |= {"attributes": {k: list(v) for k, v in span.attributes.items()}} if span.attributes else {}
            told |= {"note": span.note} if span.note else {}
        yield told


def _relations(document: Standoff, tokens: _Tokens, losses: Losses) -> Iterator[Record]:
    """Yield relations as Prodigy has them: ends are the last tokens of spans."""
    spans = {span.id: span for span in document.spans}
    for relation in document.relations:
        if relation.source not in spans or relation.target not in spans:
            losses.add("export-relations", "relations without both their spans are left out", relation.label)
            continue
        ends = {}
        for side, own in (("head", spans[relation.source]), ("child", spans[relation.target])):
            place = tokens.of(own.spans[0])
            ends[side] = place["token_end"]
            at = {"start": own.spans[0].start, "end": own.spans[0].end, **place, "label": own.label}
            ends |= {f"{side}_span": at, f"{side}_id": own.id}
        yield {**ends, "label": relation.label}
