"""Whole pages through the cleaner: what is the article's is kept, the rest goes, each line with its place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import corpus
from corpus.model.roles import Role
from corpus.readers.html import RENDERER

FOLDER = Path(__file__).parent / "html_cases"
NAMES = sorted(path.stem for path in FOLDER.glob("*.html"))


def case(name: str) -> tuple[corpus.Document, dict[str, Any]]:
    source = (FOLDER / f"{name}.html").read_text("utf-8")
    expected = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    return corpus.clean(source, media_type="text/html"), expected


@pytest.mark.parametrize("name", NAMES)
def test_a_page_keeps_its_article_and_nothing_else(name: str) -> None:
    document, expected = case(name)
    lines = document.text.split("\n")
    assert [line for line in expected["kept"] if line not in lines] == []
    assert [line for line in expected["dropped"] if line in lines] == []
    assert document.title == expected["title"]
    assert list(document.captions) == expected["captions"]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_page_says_where_it_stood(name: str) -> None:
    document, _ = case(name)
    places = [block.place or "" for block in document.blocks]
    assert all(place.startswith("body/") for place in places)
    assert len(set(places)) > len(places) // 2


def test_the_posts_of_a_live_blog_are_sections() -> None:
    document, expected = case("live_blog")
    sections = {block.text: block.section for block in document.blocks if block.kept}
    assert [sections[line] for line in expected["kept"]] == expected["sections"]


def test_headings_list_items_and_rows_have_their_reasons() -> None:
    document, _ = case("news")
    reasons = {block.text: (block.role, block.reason.value) for block in document.blocks}
    assert reasons["What was broken"] == (Role.HEADING, "section_heading")
    assert reasons["The western gate is bent but can be closed by hand"] == (Role.BODY, "list_item")
    assert reasons["Eastern gate\t2.1 million"] == (Role.BODY, "table_row")
    assert reasons["Politics"] == (Role.BOILERPLATE, "navigation")


_SIGNED = """<article><h1>Hafen öffnet wieder nach dem Sturm</h1><p class="{name}">{line}</p>
<p>Der Hafen ist am Montag wieder geöffnet worden, nachdem der Sturm nachgelassen hatte.</p>
<p>Die Stadt teilte mit, dass alle Schiffe wieder fahren können und die Arbeiter zurück sind.</p>
<p>Am Dienstag sollen auch die Fähren wieder fahren, sagte ein Sprecher der Reederei.</p></article>"""


def test_a_line_that_words_and_element_call_a_byline_is_one_on_a_page_without_furniture() -> None:
    signed = corpus.clean(_SIGNED.format(name="byline", line="Von Max Muster"), media_type="text/html")
    assert signed.authors == ("Max Muster",)
    assert "Von Max Muster" not in signed.text
    prose = "Von Max Muster kam am Montag kein Wort dazu, obwohl alle ihn danach fragten."
    assert prose in corpus.clean(_SIGNED.format(name="byline", line=prose), media_type="text/html").text


def test_pages_and_texts_are_cleaned_alike_alone_and_together() -> None:
    sources = [(FOLDER / f"{name}.html").read_text("utf-8") for name in NAMES]
    together = corpus.clean_many(sources, media_type="text/html")
    for document, source in zip(together, sources, strict=True):
        alone = corpus.clean(source, media_type="text/html")
        assert (alone.text, alone.title) == (document.text, document.title)
        assert [b.rule for b in alone.blocks] == [b.rule for b in document.blocks]


def test_a_page_without_text_is_an_empty_document() -> None:
    document = corpus.clean("<script>only()</script>", media_type="text/html")
    assert (document.text, document.blocks) == ("", ())


def test_another_media_type_is_refused() -> None:
    with pytest.raises(corpus.CorpusError, match="text/html"):
        corpus.clean("x", media_type="application/pdf")


def test_a_plain_text_has_no_places() -> None:
    assert {block.place for block in corpus.clean("The port reopened on Monday.\n\nShare").blocks} == {None}


def test_the_renderer_is_named_with_its_version() -> None:
    assert "selectolax" in RENDERER
