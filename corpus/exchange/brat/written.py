"""One document as brat's lines: an annotation each, which cannot hold a line's end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.exchange.brat.line_ends import LINE_BREAKS, joined
from corpus.exchange.brat.settings import Seen
from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.model.span import Span

__all__ = ["Written", "stored_text"]

_OWN_ID = re.compile(r"T[1-9]\d{0,8}", re.ASCII)
_UNSTORED = re.compile(r"[^a-zA-Z0-9_-]")
"""What brat's configuration does not take in a name (its "storage form")."""
_ENDS = "".join(sorted(LINE_BREAKS))
_IN_LINES = re.compile(f"[^{_ENDS}]+")
_NO_LINE = re.compile(f"[{_ENDS}\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_WITH_BASE = re.compile(r"[^\s:]+:\S+")


def stored_text(document: Standoff, losses: Losses) -> str:
    """Return the text as it can be stored, of the same length.

    A CRLF is two characters for brat on Python 3 up to 3.10, and may be one for others.
    """
    text, name = document.text, document.name or "its beginning"
    if "\r\n" in text:
        losses.add("export-text", "a carriage return before a line feed becomes a blank", name)
        text = text.replace("\r\n", " \n")
    if _HALF.search(text):
        losses.add("export-text", "halves of surrogate pairs become U+FFFD", name)
        text = _HALF.sub("\ufffd", text)
    return text


class Written:
    """The lines of one document's annotations; counts what they do not hold, and notes what they use."""

    def __init__(self, document: Standoff, text: str, losses: Losses, seen: Seen) -> None:
        """Take the document, and its text as it is stored."""
        self._document, self._text, self._losses, self._seen = document, text, losses, seen
        self._end = len(text.rstrip())
        """Where the text's last blanks begin: brat's server fails over a document with a mark on them."""
        own = all(_OWN_ID.fullmatch(span.id) for span in document.spans)
        self._ids = {span.id: span.id if own else f"T{n}" for n, span in enumerate(document.spans, 1)}
        self._labels: dict[str, str] = {}
        """What the spans that are written are called, by their ids in the document."""

    def lines(self) -> Iterator[str]:
        """Yield marks, relations, attributes, normalizations and notes, each with its line's end."""
        yield from (f"{self._ids[span.id]}\t{line}\n" for span in self._document.spans for line in self._mark(span))
        written = [span for span in self._document.spans if span.id in self._labels]
        kinds = {
            "R": self._relations(),
            "A": (line for span in written for line in self._attributes(span)),
            "N": (line for span in written for line in self._normalization(span)),
            "#": (line for span in written for line in self._note(span)),
        }
        for kind, lines in kinds.items():
            yield from (f"{kind}{number}\t{line}\n" for number, line in enumerate(lines, 1))

    def _mark(self, span: StandoffSpan) -> Iterator[str]:
        inked = [(start, min(end, self._end)) for start, end in span.spans if start < self._end]
        pieces = [Span(*line.span()) for piece in inked for line in _IN_LINES.finditer(self._text, *piece)]
        if not any(piece.slice(self._text).strip() for piece in pieces):  # brat takes it for a line without words
            self._losses.add("export-spans", "a span of nothing but blanks is left out", span.id)
            return
        if tuple(joined(self._text, pieces)) != span.spans:
            what = (
                "pieces that only a line's end parts become one, and line ends at a span's edges and blanks at the "
                "text's end go"
            )
            self._losses.add("export-pieces", what, span.id)
        self._labels[span.id] = label = self._stored(span.label, span.id)
        self._seen.labels.add(label)
        yield f"{label} {_offsets(pieces)}\t{' '.join(piece.slice(self._text) for piece in pieces)}"

    def _relations(self) -> Iterator[str]:
        for relation in self._document.relations:
            ends = (relation.source, relation.target)
            if not self._labels.keys() >= {*ends}:
                what = "a relation of a span that is not there is left out"
                self._losses.add("export-relations", what, f"{relation.label} of {relation.source}")
                continue
            label = self._stored(relation.label, relation.source)
            self._seen.relations.add((label, self._labels[ends[0]], self._labels[ends[1]]))
            yield f"{label} Arg1:{self._ids[ends[0]]} Arg2:{self._ids[ends[1]]}"

    def _attributes(self, span: StandoffSpan) -> Iterator[str]:
        for told, values in span.attributes.items():
            held = [kept for value in values if (kept := self._value(value, span.id))]
            if values and not held:
                continue
            name = self._stored(told, span.id)
            self._seen.attribute(name, self._labels[span.id], held)
            yield from (f"{name} {self._ids[span.id]} {value}".rstrip() for value in held or [""])

    def _value(self, value: str, owner: str) -> str:
        kept = _NO_LINE.sub(" ", value.replace("\t", " ")).strip()
        if kept != value:
            what = "values lose the blanks at their edges, and tabs and line ends become blanks"
            self._losses.add("export-attributes", what, owner)
        return kept

    def _normalization(self, span: StandoffSpan) -> Iterator[str]:
        entry = span.kb_id or ""
        if any(sign.isspace() for sign in entry) or _HALF.search(entry):
            self._losses.add("export-kb-id", "an id of a knowledge base with blanks is left out", span.id)
        elif entry:
            based = entry if _WITH_BASE.fullmatch(entry) else f"Wikidata:{entry}"
            yield f"Reference {self._ids[span.id]} {based}"

    def _note(self, span: StandoffSpan) -> Iterator[str]:
        words = _NO_LINE.sub(" ", span.note or "")
        if words != (span.note or ""):
            self._losses.add("export-note", "line ends in notes become blanks", span.id)
        if words:
            yield f"AnnotatorNotes {self._ids[span.id]}\t{words}"

    def _stored(self, name: str, owner: str) -> str:
        stored = _UNSTORED.sub("_", name) or "_"
        if stored != name:
            what = "names of labels, relations and attributes have _ for what is no ASCII letter, digit, _ or -"
            self._losses.add("export-names", what, owner)
        return stored


def _offsets(pieces: Sequence[Span]) -> str:
    return ";".join(f"{piece.start} {piece.end}" for piece in pieces)
