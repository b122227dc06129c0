"""The map between an anchor text and a text made of some of its blocks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from corpus.errors import DataError, UsageError
from corpus.model.span import Span

__all__ = ["JOINS", "Piece", "Projection"]

JOINS = ("", " ", "\n", "\n\n")
"""What may stand before a block in a projection."""


class Piece(NamedTuple):
    """One block as a projection needs it: anchor offsets, and what stands before it."""

    start: int
    end: int
    join: str


@dataclass(frozen=True, slots=True)
class Projection:
    """An ordered choice of blocks, its text, and the offset maps both ways.

    The first piece's join is not drawn. Pieces need not be in anchor order (a headline may stand
    at the end of the file), but they must not overlap.

    A start that falls into a join maps to the character that follows it, an end to the character
    before it; a span that lies in a join alone maps to nothing.

    >>> anchor = "Menu\\nOne two.\\nShare\\nThree."
    >>> p = Projection.of(anchor, [Piece(5, 13, "\\n"), Piece(20, 26, "\\n\\n")])
    >>> p.text
    'One two.\\n\\nThree.'
    >>> p.to_raw(Span(4, 15))
    (Span(start=9, end=13), Span(start=20, end=25))
    >>> p.from_raw(p.to_raw(Span(4, 15)))
    (Span(start=4, end=15),)
    """

    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    """Where each piece starts in ``text`` (its join stands before that)."""

    @classmethod
    def of(cls, anchor: str, pieces: Iterable[Piece]) -> Projection:
        """Build the projection of ``anchor`` that is exactly these pieces, in this order.

        Raises:
            DataError: a piece is empty, out of range, overlaps another, or has an unknown join.
            UsageError: the anchor is not a str, or a piece is not (start, end, join).
        """
        if not isinstance(anchor, str):
            raise UsageError(f"An anchor text must be a str, got {type(anchor).__name__}; give document.raw_text.")
        chosen = tuple(map(_piece, pieces))
        _check(chosen, len(anchor))
        parts: list[str] = []
        starts: list[int] = []
        position = 0
        for number, piece in enumerate(chosen):
            join = piece.join if number else ""
            parts += (join, anchor[piece.start : piece.end])
            starts.append(position + len(join))
            position = starts[-1] + piece.end - piece.start
        return cls("".join(parts), chosen, tuple(starts))

    def to_raw(self, span: Span) -> tuple[Span, ...]:
        """Map a span of ``text`` to anchor spans, one per piece it touches, in this text's order.

        Raises:
            DataError: the span is empty, reversed or out of range.
            UsageError: it is no span.
        """
        _check_spans((span,))
        if not span.within(len(self.text)):
            raise DataError(
                f"A span must lie inside the projected text of {len(self.text)} characters and not be empty, "
                f"got [{span.start}, {span.end})."
            )
        found: list[Span] = []
        for index in range(max(0, bisect_right(self.starts, span.start) - 1), len(self.pieces)):
            if self.starts[index] >= span.end:
                break
            here = self._span_of(index).intersection(span)
            if here is not None:
                shift = self.pieces[index].start - self.starts[index]
                found.append(Span(here.start + shift, here.end + shift))
        return tuple(found)

    def from_raw(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Map anchor spans to spans of ``text``, sorted; what no piece covers is left out.

        Parts that reach across the joins between neighbouring pieces come back as one span.

        Raises:
            DataError: a span is empty, reversed or negative.
            UsageError: one of them is no span.
        """
        _check_spans(spans)
        wrong = next((span for span in spans if not 0 <= span.start < span.end), None)
        if wrong is not None:
            raise DataError(
                "A span of the anchor text must begin at 0 or later and not be empty, "
                f"got [{wrong.start}, {wrong.end})."
            )
        parts: list[tuple[int, Span]] = []
        for index, piece in enumerate(self.pieces):
            own = Span(piece.start, piece.end)
            for span in spans:
                here = own.intersection(span)
                if here is not None:
                    shift = self.starts[index] - piece.start
                    parts.append((index, Span(here.start + shift, here.end + shift)))
        return self._merge_neighbours(sorted(parts, key=lambda part: part[1]))

    def covered(self, spans: Sequence[Span]) -> int:
        """Count the code points of the anchor spans that some piece of this projection shows.

        Raises:
            UsageError: one of them is no span.
        """
        _check_spans(spans)
        return sum(
            len(here)
            for piece in self.pieces
            for span in spans
            if (here := Span(piece.start, piece.end).intersection(span)) is not None
        )

    def _span_of(self, index: int) -> Span:
        start = self.starts[index]
        return Span(start, start + self.pieces[index].end - self.pieces[index].start)

    def _merge_neighbours(self, parts: list[tuple[int, Span]]) -> tuple[Span, ...]:
        merged: list[Span] = []
        last_index = -1
        for index, span in parts:
            touches = bool(merged) and (
                span.start <= merged[-1].end
                or (
                    index == last_index + 1
                    and merged[-1].end == self._span_of(last_index).end
                    and span.start == self.starts[index]
                )
            )
            if touches:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
            last_index = index
        return tuple(merged)


def _piece(value: object) -> Piece:
    if isinstance(value, tuple) and [type(part) for part in value] == [int, int, str]:
        return Piece(*value)
    raise UsageError(f"A piece must be a tuple of start, end and join, got {value!r:.80}; write Piece(0, 4, '').")


def _check_spans(spans: object) -> None:
    if isinstance(spans, Span) or not isinstance(spans, Sequence):
        raise UsageError(
            f"Spans must be a list of corpus.Span, got {type(spans).__name__}; write [corpus.Span(0, 4)]."
        )
    for span in spans:
        if not (isinstance(span, Span) and isinstance(span.start, int) and isinstance(span.end, int)):
            raise UsageError(
                f"A span must be a corpus.Span of two ints, got {span!r:.80}; write corpus.Span(0, 4)."
            )


def _check(pieces: tuple[Piece, ...], length: int) -> None:
    for piece in pieces:
        if not Span(piece.start, piece.end).within(length):
            raise DataError(
                f"A block must lie inside its anchor text of {length} characters and not be empty, "
                f"got [{piece.start}, {piece.end})."
            )
        if piece.join not in JOINS:
            raise DataError(f"A block's join must be one of {JOINS!r}, got {piece.join!r}.")
    ordered = sorted(pieces)
    for before, after in pairwise(ordered):
        if after.start < before.end:
            raise DataError(f"Blocks must not overlap, got {before[:2]} and {after[:2]}.")
