"""Pages made of pages to train on: labels stay right, folds stay apart, and the same pages make the same."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from made_pages import FIRST, OPENERS, made_pages

PARAGRAPHS = 9


def page(number: int, fold: int, lang: str = "nl") -> dict[str, object]:
    """A page with a menu, nine paragraphs that name their page, and a foot."""
    own = [
        f"Paragraph {part} of story {number} runs on for rather more than ten words here."
        for part in range(PARAGRAPHS)
    ]
    text, labels = "\n".join(["Menu", *own, "Contact"]), [0, *[1] * PARAGRAPHS, 0]
    columns = {
        f"{kind}_{variant}": value
        for variant in ("full", "mid", "left")
        for kind, value in (("text", text), ("labels", labels))
    }
    told = {"page": number, "fold": fold, "news": True, "site": f"{number}.example", "lang": lang}
    return told | {"title": f"Headline of story {number}", "body": "\n".join(own)} | columns


@pytest.fixture
def pages() -> pl.DataFrame:
    rows = [page(number, number % 2) for number in range(8)]
    return pl.DataFrame(rows, schema_overrides={"page": pl.UInt32, "fold": pl.Int64})


def test_only_the_pages_own_paragraphs_are_its_text(pages: pl.DataFrame) -> None:
    """What was put in from another page is labelled as furniture, wherever it stands."""
    for number, text, label in made_pages(pages).select("page", "text", "label").iter_rows():
        assert label == (f"of story {number} runs" in text)


def test_other_stories_are_of_the_same_fold(pages: pl.DataFrame) -> None:
    made = made_pages(pages).with_columns(other=pl.col("text").str.extract(r"of story (\d+)").cast(pl.Int64))
    assert made.filter(pl.col("other") != pl.col("page"))["other"].n_unique() == 8
    assert made.filter(pl.col("other") % 2 != pl.col("fold")).is_empty()


def test_stories_are_announced_in_the_pages_language(pages: pl.DataFrame) -> None:
    made = set(made_pages(pages)["text"])
    assert made & set(OPENERS["nl"])
    assert not made & {opener for lang, openers in OPENERS.items() if lang != "nl" for opener in openers}


def test_the_same_pages_make_the_same_pages(pages: pl.DataFrame) -> None:
    assert made_pages(pages).equals(made_pages(pages))


def test_each_made_page_is_a_document_of_its_own(pages: pl.DataFrame) -> None:
    made = made_pages(pages)
    assert made["doc"].min() == FIRST
    assert made.group_by("doc").agg(pl.col("page").n_unique())["page"].to_list() == [1] * made["doc"].n_unique()


def test_a_page_without_two_paragraphs_makes_none(pages: pl.DataFrame) -> None:
    assert made_pages(pages.with_columns(pl.col("^labels_.*$").list.eval(pl.element() * 0))).is_empty()
