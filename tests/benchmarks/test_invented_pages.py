"""The invented pages are read as they are marked, and what is to be measured on is not trained on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from invented_pages import LEARN, TEST, invented_lines, pages


@pytest.mark.parametrize("folder", [LEARN, TEST])
def test_every_page_has_an_article_and_something_else(folder: Path) -> None:
    for name, _, lines in pages(folder):
        marks = {mark for mark, _ in lines}
        assert "K" in marks and marks & set("tbwcdD"), name


def test_no_article_is_both_learned_and_measured() -> None:
    learned, measured = (
        {text for *_, lines in pages(folder) for mark, text in lines if mark == "K" and len(text) > 60}
        for folder in (LEARN, TEST)
    )
    assert learned and measured and not learned & measured


def test_a_page_is_trained_on_whole_and_as_leftovers(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "## one en\nD Menu\nt Title\nK It rained.\nd Read also\n## two de\nK Es regnete.\n"
    )
    rows = invented_lines(tmp_path).select("doc", "text", "label").rows()
    one, two = rows[0][0], rows[-1][0] - 1
    assert [row for row in rows if row[0] == one] == [
        (one, "Menu", 0), (one, "Title", 0), (one, "It rained.", 1), (one, "Read also", 0)
    ]  # fmt: skip
    assert [text for doc, text, _ in rows if doc == one + 1] == ["Title", "It rained.", "Read also"]
    assert [text for doc, text, _ in rows if doc in (two, two + 1)] == ["Es regnete."] * 2


def test_a_line_without_a_mark_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("## one en\nIt rained.\n")
    with pytest.raises(ValueError, match=r"a\.txt, line 2: expected a mark of .*, got 'It rained\.'"):
        list(pages(tmp_path))
