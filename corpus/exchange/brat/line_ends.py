"""Line ends in brat: an annotation's line cannot hold one, so spans that run over some are in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.model.span import Span

__all__ = ["LINE_BREAKS", "joined"]

LINE_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
"""What ends a line for brat's server (Python's ``splitlines``)."""


def joined(text: str, pieces: Sequence[Span]) -> Iterator[Span]:
    """Yield pieces, given in order, one again where brat broke them at a line's end."""
    last, *others = pieces
    for piece in others:
        between = text[last.end : piece.start]
        if between.isspace() and not LINE_BREAKS.isdisjoint(between):
            last = Span(last.start, piece.end)
        else:
            yield last
            last = piece
    yield last
