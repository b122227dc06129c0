"""Where an annotation lies in the published fields: title, text, or one of the captions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.model.document import Document, text_pieces
from corpus.model.projection import Piece, Projection
from corpus.model.roles import Role
from corpus.model.span import Span

__all__ = ["Fields", "Place", "PublishedField"]

GAP = " … "
"""What stands between the pieces of a broken span in its ``text``."""


@dataclass(frozen=True, slots=True)
class PublishedField:
    """One field of a document, and the projection that makes it."""

    name: str
    index: int | None
    """Which caption; None for the others."""
    projection: Projection


@dataclass(frozen=True, slots=True)
class Place:
    """Spans in the chosen field (none: no field), the surface there, and how whole it is."""

    field: str | None
    field_index: int | None
    spans: tuple[Span, ...]
    text: str
    placement: str
    """"exact": every non-blank character lies in the spans; "shrunk": some do; "none": no field."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The published fields of one document, ready to place annotations in.

    The title is a place only where ``document.title`` is the title block's text (a title known from
    outside the text has no offsets), and so for the captions.
    """

    document: Document
    fields: tuple[PublishedField, ...]
    pieces: tuple[tuple[int, int, int], ...]
    """(start, end, number of the field) of every piece of every field, in anchor order."""

    @classmethod
    def of(cls, document: Document) -> Fields:
        """Collect the fields: title, text, captions, in this order."""
        fields = tuple(_fields(document))
        pieces = sorted(
            (piece.start, piece.end, number)
            for number, field in enumerate(fields)
            for piece in field.projection.pieces
        )
        return cls(document, fields, tuple(pieces))

    def place(self, spans: Sequence[Span], *, broken: bool) -> Place:
        """Place raw spans in the field that shows most of them (ties: title, text, caption order).

        ``broken`` allows several spans in the field (claims); else the longest one is taken.
        """
        field = self._choose(spans)
        if field is None:
            pieces = (span.slice(self.document.raw_text) for span in spans)
            return Place(None, None, (), GAP.join(pieces), "none")
        found = field.projection.from_raw(spans)
        if not broken:
            found = (max(found, key=lambda span: (len(span), -span.start)),)
        text = GAP.join(span.slice(field.projection.text) for span in found)
        placement = "exact" if self._whole(spans, found, field.projection) else "shrunk"
        return Place(field.name, field.index, found, text, placement)

    def _choose(self, spans: Sequence[Span]) -> PublishedField | None:
        covered: dict[int, int] = {}
        for span in spans:
            index = max(0, bisect_right(self.pieces, (span.start,)) - 1)
            while index < len(self.pieces) and self.pieces[index][0] < span.end:
                start, end, number = self.pieces[index]
                here = Span(start, end).intersection(span)
                if here is not None:
                    covered[number] = covered.get(number, 0) + len(here)
                index += 1
        if not covered:
            return None
        return self.fields[min(covered, key=lambda number: (-covered[number], number))]

    def _whole(self, raw: Sequence[Span], found: Sequence[Span], projection: Projection) -> bool:
        text = self.document.raw_text
        shown = sum(_ink(text, back) for span in found for back in projection.to_raw(span))
        return shown == sum(_ink(text, span) for span in raw)


def _ink(text: str, span: Span) -> int:
    """Count the non-blank characters of a span."""
    return sum(map(len, span.slice(text).split()))


def _fields(document: Document) -> list[PublishedField]:
    raw = document.raw_text
    titles = [block for block in document.blocks if block.role is Role.TITLE]
    captions = [block for block in document.blocks if block.role is Role.CAPTION]
    found: list[PublishedField] = []
    if len(titles) == 1 and raw[titles[0].start : titles[0].end] == document.title:
        found.append(PublishedField("title", None, _alone(raw, titles[0].start, titles[0].end)))
    found.append(PublishedField("text", None, Projection.of(raw, text_pieces(document.blocks))))
    for index, block in enumerate(captions[: len(document.captions)]):
        if raw[block.start : block.end] == document.captions[index]:
            found.append(PublishedField("caption", index, _alone(raw, block.start, block.end)))
    return found


def _alone(raw: str, start: int, end: int) -> Projection:
    return Projection.of(raw, [Piece(start, end, "")])
