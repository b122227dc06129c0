"""A half-open range of Unicode code points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

__all__ = ["Span", "merge_spans"]


class _Ends(NamedTuple):
    start: int
    end: int


class Span(_Ends):
    """Code points ``start`` (inclusive) to ``end`` (exclusive), as in a Python slice.

    It is the pair of its ends (``start, end = span``; equal to ``(start, end)``, ordered and hashed like it), but
    for its length, which is that of what it covers: so match it by name, ``Span(start=…)``, not as a sequence of
    two. It is true also where it covers nothing.

    A span says nothing of the text it points into: the column or field that holds it does
    (``raw…`` points into the anchor text, the others into the named field). Whether it is one there (not empty,
    reversed or outside) tells :meth:`within`; what takes a span and a text refuses one that is not.
    """

    __slots__ = ()

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Self:  # type: ignore[override]
        """Return the span of two ends; ``_replace`` calls it, and a pair's own would count with ``len``.

        >>> Span(3, 7)._replace(end=9)
        Span(start=3, end=9)
        """
        return cls(*iterable)

    def __len__(self) -> int:
        """Return the number of code points covered, 0 where the end lies before the start.

        >>> len(Span(3, 7))
        4
        """
        return max(0, self.end - self.start)

    def __bool__(self) -> bool:
        """Return True: whether a span covers anything, its length tells; whether there is one, None does."""
        return True

    def __reversed__(self) -> Iterator[int]:
        """Yield the end and the start, as of any pair."""
        return iter((self.end, self.start))

    def slice(self, text: str) -> str:
        """Return the covered part of ``text``.

        >>> Span(0, 6).slice("Russia said")
        'Russia'
        """
        return text[self.start : self.end]

    def within(self, length: int) -> bool:
        """Tell whether the span is not empty and lies inside a text of ``length`` code points."""
        return 0 <= self.start < self.end <= length

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Span) -> Span | None:
        """Return the shared part, or None where there is none.

        >>> Span(0, 5).intersection(Span(3, 9))
        Span(start=3, end=5)
        """
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted, those that touch or overlap joined into one.

    >>> merge_spans([Span(5, 9), Span(0, 3), Span(3, 4)])
    (Span(start=0, end=4), Span(start=5, end=9))
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
