"""Offsets of browsers, which count UTF-16 units, in code points; and which of the two a tool has counted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from corpus.model.span import Span

__all__ = ["Units", "fits_words"]


class Units:
    """The places of a text's UTF-16 units."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._point_of: dict[int, int] | None = None
        """None where there are as many units as code points, which most texts have."""
        if not text.isascii() and max(text) > "\uffff":
            starts = accumulate((1 + (char > "\uffff") for char in text), initial=0)
            self._point_of = {unit: point for point, unit in enumerate(starts)}

    def points(self, span: Span) -> Span:
        """Return a span of units in code points; one that is none where it leaves the text or cuts a character.

        >>> Units("😀 Lena").points(Span(3, 7)), Units("😀").points(Span(0, 1)).within(1)
        (Span(start=2, end=6), False)
        """
        if self._point_of is None:
            return Span(*(unit if 0 <= unit <= self._length else -1 for unit in span))
        return Span(*(self._point_of.get(unit, -1) for unit in span))


def fits_words(spans: Iterable[Span], text: str) -> int:
    """Return how many of the spans begin and end as words do: not in one, and not with a blank.

    >>> fits_words([Span(0, 4), Span(1, 4), Span(0, 5), Span(0, 99)], "Lena Voss")
    1
    """
    return sum(span.within(len(text)) and _fits(span, text) for span in spans)


def _fits(span: Span, text: str) -> bool:
    inside = span.slice(text)
    before, after = text[: span.start][-1:], text[span.end : span.end + 1]
    cut = ((before + inside[0]).isalnum() and before != "") or ((inside[-1] + after).isalnum() and after != "")
    return inside == inside.strip() and not cut
