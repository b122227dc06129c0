"""Pages that nobody wrote for readers: any string renders, soundly, in time linear in its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.readers.html import Rendered, render

TAGS = (
    "<p> </p> <div> </div> <table> <tr> <td> </td> </table> <b> </i> <br> <pre> </pre> <li> <ul> </ul> <!-- --> "
    "<script> </script> <style> <title> <h1> </h1> <article> <svg> <math> <plaintext> <xmp> <template> <dialog> <td"
)
ODD = (
    "<a href=x>", "</a>", "<p hidden>", '<p class="', "<p style='display:none'>", "&amp;", "&#0;", "&#xD800;",
    "&#13;", "&nbsp", "&bogus;", "<", ">", '"', "'", "\0", "\ud800", "\u2028", "\x0b", "\xa0", "é", "語", "word",
)  # fmt: skip
PIECES = st.sampled_from((*TAGS.split(), *ODD))
SOURCES = st.lists(st.one_of(PIECES, st.just(" "), st.just("\n"), st.text(max_size=8)), max_size=40).map("".join)

CROWD = " ".join(f"a{n}=1" for n in range(100_000))
WILD = " ".join(f"a{n}='<>'" for n in range(100_000))
BOMBS = {
    "attributes after a sign in quotes": f'<p a=">" {CROWD}>x',
    "signs in all attributes": f"<p {WILD}>x",
    "attributes behind a script": f"<script>a<b c='\"</script><p {WILD}>x",
    "attributes in foreign raw text": f"<svg><style><p {WILD}></style></svg>x",
    "attributes behind a false comment": f"<!--><p {WILD}>x",
    "attributes that begin with a sign": "<p " + " ".join(f"={n}=" for n in range(100_000)) + ">x",
    "body after body": "<body>" + "".join(f"<body a{n}=1>" for n in range(100_000)) + "x",
    "tags that open tags": "<a<b" * 300_000,
    "raw texts without an end": "<title><" * 200_000,
    "quotes without an end": "<a b='" * 50 + '<a b="' * 100_000,
    "nested elements": "<div>" * 100_000 + "x",
    "nested and closed": "<div>" * 50_000 + "x" + "</div>" * 50_000,
    "nested formatting": "<b>" * 100_000 + "x",
    "nested lists": "<ul><li>" * 50_000 + "x",
    "nested tables": "<table>" * 50_000 + "x",
    "formatting over paragraphs": "".join(f"<font size={n}>" for n in range(2_000)) + "<p>x" * 2_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x",
    "attributes without an end": '<a b="c/' * 100_000,
    "comments without an end": "<!--" * 500_000,
    "references": "&amp;" * 500_000,
    "openers": "<" * 1_000_000,
    "named elements": "".join(f"<span class=a{n}>" for n in range(50_000)) + "x",
    "a long line": "word " * 1_000_000,
    "a long class": '<p class="' + "a " * 500_000 + '">x',
    "a long style": '<p style="' + "display" * 200_000 + '">x',
    "scripts": "<script>" * 200_000,
}


def sound(page: Rendered) -> None:
    lines = page.text.split("\n")
    assert len(lines) == len(page.markup.tags) == len(page.markup.places)
    assert len(lines) == len(page.markup.link_shares) == len(page.markup.hints)
    assert all(0.0 <= share <= 1.0 for share in page.markup.link_shares)
    assert not set("\r\0") & set(page.text)
    page.text.encode("utf-8")


@given(SOURCES)
def test_any_source_renders_soundly(source: str) -> None:
    page = render(source)
    sound(page)
    assert render(source) == page


@settings(max_examples=25)
@given(SOURCES)
def test_any_page_is_cleaned_into_blocks_that_cover_its_text(source: str) -> None:
    document = corpus.clean(source, media_type="text/html")
    covered = bytearray(len(document.raw_text))
    for block in document.blocks:
        assert block.text == document.raw_text[block.start : block.end] == block.text.strip() != ""
        assert block.place is not None
        for place in range(block.start, block.end):
            assert not covered[place]
            covered[place] = 1
    assert all(covered[at] or char.isspace() for at, char in enumerate(document.raw_text))
    assert any(block.kept for block in document.blocks) == bool(document.raw_text.strip())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_no_longer_than_its_length(name: str) -> None:
    begun = time.process_time()
    sound(render(BOMBS[name]))
    assert time.process_time() - begun < 20


def test_too_deep_nesting_keeps_the_text_and_is_recorded() -> None:
    page = render("<div>" * 100_000 + "<p>still here")
    assert page.text == "still here"
    assert [repair.kind for repair in page.repairs] == ["nesting"]
    assert len(page.markup.places[0]) < 1_000


def test_too_many_attributes_keep_the_text_and_are_recorded() -> None:
    page = render("<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">still <b>here")
    assert page.text == "still here"
    assert [repair.kind for repair in page.repairs] == ["attributes"]


@pytest.mark.parametrize(
    "before", ["", "<script>if (a<b) c = '\"'</script>", "<!-- ' -->", "<svg></svg>", "<p title='it\"s'>"]
)
def test_a_crowd_of_attributes_is_found_wherever_it_stands(before: str) -> None:
    page = render(before + "<p " + " ".join(f"a{n}='<{n}>'" for n in range(2_000)) + ">still <b>here")
    assert page.text == "still here"
    assert [repair.kind for repair in page.repairs] == ["attributes"]


def test_bodies_without_end_keep_their_text() -> None:
    page = render("".join(f"<body class=a{n}><p>line {n}" for n in range(100)))
    assert page.text.split("\n\n") == [f"line {n}" for n in range(100)]
    assert [repair.kind for repair in page.repairs] == ["attributes"]


def test_a_long_paragraph_is_no_crowd_of_attributes() -> None:
    text = "a word, " * 4_000
    assert render(f"<p>{text}</p>").text == text.strip()
