"""The offset maps between an anchor text and its projections."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError, UsageError
from corpus.model.projection import JOINS, Piece, Projection
from corpus.model.span import Span, merge_spans

ANCHORS = st.text(alphabet="ab \n\u0301\u200f\u2028é😀ש", min_size=1, max_size=60)


@st.composite
def projections(draw: st.DrawFn) -> tuple[str, Projection]:
    """Draw an anchor text and a projection of some disjoint pieces of it, in any order."""
    anchor = draw(ANCHORS)
    cuts = sorted(draw(st.sets(st.integers(0, len(anchor)), min_size=2, max_size=12)))
    if len(cuts) < 2:
        cuts = [0, len(anchor)]
    pairs = [(a, b) for a, b in itertools.pairwise(cuts) if draw(st.booleans())] or [(cuts[0], cuts[1])]
    pieces = [Piece(a, b, draw(st.sampled_from(JOINS))) for a, b in draw(st.permutations(pairs))]
    return anchor, Projection.of(anchor, pieces)


@given(projections())
def test_text_is_exactly_the_pieces_and_their_joins(drawn: tuple[str, Projection]) -> None:
    """Nothing but the chosen blocks and their joins stands in a projection."""
    anchor, projection = drawn
    expected = "".join((p.join if i else "") + anchor[p.start : p.end] for i, p in enumerate(projection.pieces))
    assert projection.text == expected
    for piece, start in zip(projection.pieces, projection.starts, strict=True):
        assert projection.text[start : start + piece.end - piece.start] == anchor[piece.start : piece.end]


@given(projections(), st.data())
def test_there_and_back_is_the_identity_outside_joins(drawn: tuple[str, Projection], data: st.DataObject) -> None:
    """Projected span → anchor spans → projected span gives the span back if no end lies in a join."""
    anchor, projection = drawn
    shown = sorted(
        index
        for piece, start in zip(projection.pieces, projection.starts, strict=True)
        for index in range(start, start + piece.end - piece.start)
    )
    first, last = sorted(data.draw(st.lists(st.sampled_from(shown), min_size=2, max_size=2)))
    span = Span(first, last + 1)
    raw = projection.to_raw(span)
    assert projection.from_raw(raw) == (span,)
    assert projection.from_raw(raw[::-1]) == (span,)
    assert "".join(part.slice(anchor) for part in raw) == "".join(
        projection.text[i] for i in range(first, last + 1) if i in set(shown)
    )


@given(projections(), st.data())
def test_an_end_in_a_join_moves_inwards(drawn: tuple[str, Projection], data: st.DataObject) -> None:
    """A start in a join maps to the character after it, an end to the one before; joins alone to nothing."""
    _, projection = drawn
    if not projection.text:
        return
    start = data.draw(st.integers(0, len(projection.text) - 1))
    end = data.draw(st.integers(start + 1, len(projection.text)))
    back = projection.from_raw(projection.to_raw(Span(start, end)))
    for part in back:
        assert start <= part.start < part.end <= end
    assert sum(map(len, projection.to_raw(Span(start, end)))) == projection.covered(
        projection.to_raw(Span(start, end))
    )


@pytest.mark.parametrize("span", [Span(3, 3), Span(4, 2), Span(-1, 2), Span(0, 99)])
def test_a_span_outside_the_text_is_refused(span: Span) -> None:
    """Empty, reversed and out-of-range spans are errors, never an empty answer."""
    projection = Projection.of("One two.", [Piece(0, 8, "")])
    with pytest.raises(DataError, match="must lie inside"):
        projection.to_raw(span)


@pytest.mark.parametrize("span", [Span(5, 2), Span(3, 3), Span(-1, 4)], ids=str)
def test_from_raw_refuses_what_is_no_span(span: Span) -> None:
    """A reversed span is not quietly nothing, also where others beside it are sound."""
    projection = Projection.of("One two.", [Piece(0, 8, "")])
    with pytest.raises(DataError, match="not be empty"):
        projection.from_raw([Span(0, 3), span])


@pytest.mark.parametrize("spans", [[(0, 3)], [Span(0, 3), Span(4, 5.0)], Span(0, 3), "ab"], ids=str)
def test_what_is_no_list_of_spans_is_refused(spans: Any) -> None:
    """A pair of numbers is none: from where to where, or from where how much?"""
    projection = Projection.of("One two.", [Piece(0, 8, "")])
    for take in (projection.from_raw, projection.covered):
        with pytest.raises(UsageError, match=r"corpus\.Span"):
            take(spans)
    if isinstance(spans, list):
        with pytest.raises(UsageError, match=r"corpus\.Span"):
            projection.to_raw(spans[-1])


@pytest.mark.parametrize(
    ("anchor", "pieces"), [("One two.", [(0, 4)]), ("One two.", [("0", 4, "")]), (b"One two.", [Piece(0, 4, "")])]
)
def test_what_is_no_piece_of_a_text_is_refused(anchor: Any, pieces: Any) -> None:
    with pytest.raises(UsageError, match="must be a"):
        Projection.of(anchor, pieces)


def test_a_span_that_is_given_twice_is_one() -> None:
    projection = Projection.of("One two.", [Piece(4, 8, ""), Piece(0, 3, "\n")])
    assert projection.from_raw([Span(0, 2), Span(4, 6), Span(0, 2)]) == (Span(0, 2), Span(5, 7))


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ([Piece(0, 4, ""), Piece(3, 6, "\n")], "overlap"),
        ([Piece(2, 2, "")], "not be empty"),
        ([Piece(0, 99, "")], "must lie inside"),
        ([Piece(0, 4, "\t")], "join must be one of"),
    ],
)
def test_blocks_that_cannot_be_are_refused(pieces: list[Piece], message: str) -> None:
    """Overlapping, empty, out-of-range pieces and unknown joins are errors."""
    with pytest.raises(DataError, match=message):
        Projection.of("One two.", pieces)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=8))
def test_merged_spans_cover_the_same_and_never_touch(drawn: list[tuple[int, int]]) -> None:
    """Merging keeps exactly the covered positions."""
    spans = [Span(start, start + length) for start, length in drawn]
    merged = merge_spans(spans)
    assert {i for s in merged for i in range(s.start, s.end)} == {i for s in spans for i in range(s.start, s.end)}
    assert all(a.end < b.start for a, b in itertools.pairwise(merged))
