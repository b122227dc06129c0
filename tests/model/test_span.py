"""Where two spans lie to one another, and whether one lies in a text."""

from __future__ import annotations

import pytest

from corpus.model.span import Span


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Span(2, 5), Span(4, 9), Span(4, 5)),
        (Span(2, 5), Span(3, 4), Span(3, 4)),
        (Span(2, 5), Span(2, 5), Span(2, 5)),
        (Span(2, 5), Span(5, 9), None),
        (Span(2, 5), Span(7, 9), None),
    ],
)
def test_spans_overlap_where_they_share_a_character(one: Span, other: Span, shared: Span | None) -> None:
    for left, right in ((one, other), (other, one)):
        assert left.intersection(right) == shared
        assert left.overlaps(right) is (shared is not None)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(0, 1), True),
        (Span(2, 4), True),
        (Span(2, 5), False),
        (Span(-1, 2), False),
        (Span(2, 2), False),
        (Span(3, 2), False),
    ],
)
def test_a_span_lies_in_a_text_of_four(span: Span, expected: bool) -> None:
    assert span.within(4) is expected
