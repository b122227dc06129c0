"""Where two spans lie to one another, and whether one lies in a text."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

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


class Pair(NamedTuple):
    """What a span is to behave like."""

    start: int
    end: int


@pytest.mark.parametrize("ends", [(1, 4), (2, 2), (0, 99), (3, 2)])
@pytest.mark.parametrize(
    "of",
    [
        bool,
        tuple,
        hash,
        copy.copy,
        copy.deepcopy,
        lambda pair: list(reversed(pair)),
        lambda pair: (pair[0], pair[1], pair[-1], pair[:1]),
        lambda pair: pair._asdict(),
        lambda pair: pair._replace(end=7),
        lambda pair: pair._make([5, 6]),
        lambda pair: pickle.loads(pickle.dumps(pair)) if isinstance(pair, Span) else pair,
        lambda pair: sorted([pair, type(pair)(2, 3), type(pair)(1, 9)]),
        lambda pair: pair == (pair.start, pair.end),
    ],
)
def test_a_span_is_the_pair_of_its_ends(ends: tuple[int, int], of: Callable[[Any], Any]) -> None:
    """Whatever it covers: an empty one is no false value, and is copied and changed like any other."""
    found = of(Span(*ends))
    assert found == of(Pair(*ends))
    assert not isinstance(of(Pair(*ends)), Pair) or isinstance(found, Span)


@pytest.mark.parametrize(("span", "length"), [(Span(1, 4), 3), (Span(2, 2), 0), (Span(3, 2), 0)])
def test_its_length_is_that_of_what_it_covers(span: Span, length: int) -> None:
    assert len(span) == length == len(span.slice("twelve chars"))
