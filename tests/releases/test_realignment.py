"""Recorded blocks are found again in a changed text, and every character of it lies in exactly one block."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus.model.span import Span
from corpus.releases.realignment import realign

LINES = ("Harbour to reopen", "The harbour will open in May.", "Works cost two million euros", "Share", "© Tide")


def blocks_of(text: str) -> list[dict[str, Any]]:
    """Return one block a line that is not blank."""
    rows: list[dict[str, Any]] = []
    position = 0
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            start = position + len(line) - len(line.lstrip())
            own = {"block": len(rows), "line": number, "start": start, "end": start + len(line.strip())}
            rows.append({**own, "role": "body", "reason": "prose", "rule": "r", "join": "\n\n", "score": 1.0})
        position += len(line) + 1
    return rows


def test_lines_that_moved_are_found() -> None:
    old = "\n\n".join(LINES)
    new = "A banner, quite new\n\n" + old
    laid = realign(blocks_of(old), new)
    assert laid.share == 1.0
    assert [row["rule"] for row in laid.blocks] == ["hydrate.not_recorded", *["r"] * 5]
    start = old.index("harbour will")
    moved = laid.moved(Span(start, start + 12))
    assert moved is not None
    assert moved.slice(new) == "harbour will"
    whole = Span(old.index("Works"), old.index("Works") + len(LINES[2]))
    assert laid.moved(whole) == Span(new.index("Works"), new.index("Works") + len(LINES[2]))
    assert laid.moved(Span(whole.start, whole.end + 1)) is None


def test_a_reworded_line_is_kept_and_its_spans_are_lost() -> None:
    old = "\n".join(LINES)
    new = old.replace("in May", "in the middle of May")
    laid = realign(blocks_of(old), new)
    assert [row["rule"] for row in laid.blocks] == ["r", "hydrate.reworded", "r", "r", "r"]
    assert laid.blocks[1]["text"] == "The harbour will open in the middle of May."
    start = old.index("harbour will")
    assert laid.moved(Span(start, start + 5)) is None


def test_another_text_shares_little() -> None:
    assert realign(blocks_of("\n".join(LINES)), "Something else.\nOf two lines, no more than that.").share < 0.5
    assert realign([], "Text").share == 0.0


@given(
    st.lists(st.sampled_from([*LINES, "", "  ", " x ", "Über 🚢"])),
    st.lists(st.sampled_from([*LINES, "", "  ", "new"])),
)
def test_any_two_texts_are_laid_soundly(one: list[str], other: list[str]) -> None:
    """In order, without overlap, every character that is not blank in one block; shifts keep lengths."""
    old, new = "\n".join(one), "\n".join(other)
    laid = realign(blocks_of(old), new)
    position = 0
    for number, row in enumerate(laid.blocks):
        assert row["block"] == number
        assert not new[position : row["start"]].strip()
        assert row["text"] == new[row["start"] : row["end"]] != ""
        assert row["line"] == new.count("\n", 0, row["start"])
        position = row["end"]
    assert not new[position:].strip()
    assert 0 <= laid.share <= 1
    for span, shift in laid.shifts:
        assert len(span.slice(old)) == len(new[span.start + shift : span.end + shift])
