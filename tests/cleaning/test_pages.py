"""Whole pages: each line becomes what its mark says, and the kept text survives its own cleaning."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conftest import MARKS, Page, blocks_of, pages, text_of

CASES = [
    pytest.param(
        page,
        id=page.name,
        marks=[pytest.mark.xfail(strict=True, reason="a known failure, listed in docs/cleaning.md")]
        if page.kind == "known-failure"
        else [],
    )
    for page in pages()
]


@pytest.mark.parametrize("page", CASES)
def test_each_line_becomes_what_its_mark_says(page: Page) -> None:
    blocks = blocks_of(page.text)
    wrong = []
    for number, mark in page.marks:
        roles = {str(block["role"]) for block in blocks if block["line"] == number}
        if mark != "M" and not (roles and roles <= MARKS[mark]):
            wrong.append((number, mark, roles, page.text.split("\n")[number][:60]))
    assert not wrong
    named = [(block["text"], block["role"]) for block in blocks]
    for piece in page.pieces:
        assert piece in named


@pytest.mark.parametrize("page", [p for p in pages() if p.kind != "known-failure"], ids=lambda page: page.name)
def test_the_kept_text_survives_its_own_cleaning(page: Page) -> None:
    text = text_of(blocks_of(page.text))
    assert text_of(blocks_of(text)) == text


def test_there_are_pages_of_every_kind_and_enough_of_them() -> None:
    kinds = [page.kind for page in pages()]
    assert len(kinds) >= 30
    assert {"wild-like", "synthetic", "negative", "known-failure"} == set(kinds)
    assert len({page.name for page in pages()}) == len(kinds)


def test_hard_wrapped_lines_become_one_paragraph() -> None:
    page = next(page for page in pages() if page.name == "hard-wrapped paragraphs are healed")
    assert text_of(blocks_of(page.text)) == page.text.replace("\n", " ")


def test_a_hyphen_that_only_breaks_a_word_is_a_block_of_its_own() -> None:
    lines = (
        "the harbour board has decided to close the eastern basin for the win-",
        "ter, since the ice of last year broke two of its gates and the repair",
        "cost more than the fees of three seasons, as the chairman of the board",
        "told the members at their meeting, which ended without a vote by mid-",
        "night on Thursday.",
    )
    blocks = blocks_of("\n".join(lines))
    assert [(b["text"], b["reason"]) for b in blocks if not b["kept"]] == [("-", "line_end_hyphen")]
    assert "for the winter, since" in text_of(blocks)
    assert "by mid-night on" in text_of(blocks)
