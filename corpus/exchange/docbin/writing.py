"""Documents as spaCy's DocBin, on the tokens of spaCy's blank pipeline for many languages."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from corpus.errors import ExtraMissingError
from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.files import atomic_write
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = ["ENTITIES", "MEMBER", "write_docbin"]

MEMBER = "newscorpus"
"""The member of the user data that holds, as JSON, what spaCy has no place for."""
ENTITIES = "entities"
"""The group of the entities that ``doc.ents`` cannot hold."""
_ATTRS = ("ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID")
_HALF = re.compile("[\ud800-\udfff]")


class _Piece(NamedTuple):
    """A piece of a span, and its tokens: ``first``, and the one after its last."""

    span: StandoffSpan
    at: Span
    first: int
    end: int


def write_docbin(documents: Iterable[Standoff], path: Path, scheme: Scheme) -> Iterator[Finding]:
    """Write entities to ``doc.ents``, claims, sources and cues to ``doc.spans``, with their attributes.

    spaCy marks whole tokens, so spans grow to theirs, and ``doc.ents`` does not overlap: the longer entity stays,
    as in the ``ner`` config, others go to ``doc.spans["entities"]``; both is told. Exact places, pieces, notes and
    relations stand in ``doc.user_data["newscorpus"]``, so that they are read again.

    Raises:
        ExtraMissingError: spaCy is not installed.
        OSError: the file cannot be written.
    """
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError:
        raise ExtraMissingError("spacy", "spacy") from None
    nlp = spacy.blank("xx")
    nlp.max_length = 2**31  # which is meant for parsers
    held = DocBin(attrs=_ATTRS, store_user_data=True)
    with atomic_write(path) as stream:
        for document in documents:
            losses = Losses(document)
            text = _HALF.sub("\ufffd", document.text)
            held.add(_Writing(nlp.make_doc(text), document, scheme, losses).doc())
            yield from losses.findings("DocBin")
        stream.write(held.to_bytes())


class _Writing:
    """One document while it is written."""

    def __init__(self, doc: Any, document: Standoff, scheme: Scheme, losses: Losses) -> None:
        self._doc, self._document, self._losses = doc, document, losses
        self._groups = {span.label: span.layer for span in scheme.spans}
        self._starts = [token.idx for token in doc]
        self._ends = [token.idx + len(token) for token in doc]

    def doc(self) -> Any:
        """Return the document as spaCy's, with all that is said of it."""
        document, doc = self._document, self._doc
        pieces = [self._piece(span, at) for span in document.spans for at in span.spans]
        groups = self._placed(pieces)
        self._mark(pieces, groups)
        doc.user_data |= {"doc_id": document.name} if document.name is not None else {}
        doc.user_data |= {"annotator": document.annotator} if document.annotator is not None else {}
        own: dict[str, list[tuple[_Piece, str]]] = {}
        for piece, group in zip(pieces, groups, strict=True):
            own.setdefault(piece.span.id, []).append((piece, group))
        by_attributes = sorted(document.spans, key=lambda span: not span.attributes)
        first = {self._place(own[span.id][0][0]): span.id for span in reversed(by_attributes)}
        spans = [self._kept(span, own[span.id], first) for span in document.spans]
        relations = [[one.label, one.source, one.target] for one in document.relations]
        doc.user_data[MEMBER] = json.dumps({"spans": spans, "relations": relations})
        return doc

    def _mark(self, pieces: list[_Piece], groups: list[str]) -> None:
        """Mark the tokens; a mark's id is the entity's, as of spaCy's rules, in other groups the span's."""
        from spacy.tokens import Span as Marked

        marked: dict[str, list[Any]] = {"": []}
        for (span, _, first, end), group in zip(pieces, groups, strict=True):
            own = _entity_id(span) or "" if group in ("", ENTITIES) else span.id
            one = Marked(self._doc, first, end, label=span.label, kb_id=span.kb_id or "", span_id=own)
            marked.setdefault(group, []).append(one)
        self._doc.set_ents(marked.pop(""), default="outside")
        for group, spans in marked.items():
            self._doc.spans[group] = spans

    def _piece(self, span: StandoffSpan, at: Span) -> _Piece:
        """Return a piece with its tokens; a blank between two tokens is of both."""
        first = min(bisect_right(self._ends, at.start), len(self._ends) - 1)
        last = max(bisect_left(self._starts, at.end) - 1, 0)
        first, last = min(first, last), max(first, last)
        if (self._starts[first], self._ends[last]) != at:
            self._losses.add("export-alignment", "spans that begin or end inside a token grow to it", span.id)
        return _Piece(span, at, first, last + 1)

    def _placed(self, pieces: list[_Piece]) -> list[str]:
        """Return each piece's group, "" for ``doc.ents``, where the longer ones stay, then the earlier ones."""
        groups = [self._groups.get(piece.span.label, "") for piece in pieces]
        taken = [False] * len(self._starts)
        entities = [number for number, group in enumerate(groups) if not group]
        for number in sorted(entities, key=lambda n: (pieces[n].first - pieces[n].end, pieces[n].first, n)):
            piece = pieces[number]
            if any(taken[piece.first : piece.end]):
                what = f'entities that overlap longer ones stand in doc.spans["{ENTITIES}"]'
                self._losses.add("export-overlap", what, piece.span.id)
                groups[number] = ENTITIES
            else:
                taken[piece.first : piece.end] = [True] * (piece.end - piece.first)
        return groups

    def _place(self, piece: _Piece) -> tuple[int, int]:
        return self._starts[piece.first], self._ends[piece.end - 1]

    def _kept(
        self, span: StandoffSpan, own: list[tuple[_Piece, str]], first: dict[tuple[int, int], str]
    ) -> dict[str, Any]:
        """Return what our reader needs to know of a span; its attributes become extension attributes.

        spaCy knows whose these are by their place alone: those of other than the ``first`` span there are returned.
        """
        told: dict[str, Any] = {"id": span.id, "label": span.label}
        told["pieces"] = [list(piece.at) for piece, _ in own]
        told["as"] = [[group, piece.first, piece.end] for piece, group in own]
        if span.note:
            told["note"] = span.note
        place = self._place(own[0][0])
        if first[place] != span.id:
            return told | {"attributes": {name: list(held) or True for name, held in span.attributes.items()}}
        for name, held in span.attributes.items():
            if name != "entity_id" or _entity_id(span) is None or own[0][1] not in ("", ENTITIES):
                value = held[0] if len(held) == 1 else list(held) or True
                self._doc.user_data["._.", name, *place] = value
        return told


def _entity_id(span: StandoffSpan) -> str | None:
    """Return an entity's id where it has one: spaCy has a place for it."""
    held = span.attributes.get("entity_id", ())
    return held[0] if len(held) == 1 else None
