"""A writer's name below a page's headline, in an element that is called so, is its byline; names elsewhere stay."""

from __future__ import annotations

import pytest

import corpus

PARAGRAPHS = (
    "The council voted on Tuesday to reopen the old ferry line between the islands after months of repairs.",
    "Engineers found cracks in two of the eleven pylons during an inspection last spring, its operator said.",
    "The ministry is expected to publish a final schedule before the end of the month, a spokesman added.",
)


def page(below: str = "", among: str = "") -> corpus.Document:
    """A page of few elements, with something below its headline or between its paragraphs."""
    first, *others = (f"<p>{words}</p>" for words in PARAGRAPHS)
    body = f"<h1>Council backs new pier budget</h1>{below}{first}{among}{''.join(others)}"
    return corpus.clean(f"<body><nav><a href='/'>home</a></nav><main>{body}</main></body>", media_type="text/html")


SIGNED = {
    '<p class="byline">Maren Holt</p>': "Maren Holt",
    '<div class="article-author"><span>Tom Quill</span></div>': "Tom Quill",
    '<p itemprop="author">Анна Кузнецова</p>': "Анна Кузнецова",
    '<p class="standfirst">It may rain until then</p><p class="byline">Maren Holt</p>': "Maren Holt",
    '<p class="byline">Maren Holt, political reporter</p>': "Maren Holt",
}
NOT_SIGNED = {
    "no such element": ("<p>Maren Holt</p>", "Maren Holt"),
    "no name": ('<p class="byline">A long wait is over</p>', "A long wait is over"),
    "a heading": ('<h2 class="author">Maren Holt</h2>', "Maren Holt"),
}


@pytest.mark.parametrize("below", SIGNED)
def test_a_name_in_an_element_for_it_is_the_byline(below: str) -> None:
    document = page(below)
    assert document.authors == (SIGNED[below],)
    assert SIGNED[below] not in document.text
    assert all(words in document.text for words in PARAGRAPHS)


@pytest.mark.parametrize(("below", "words"), NOT_SIGNED.values(), ids=NOT_SIGNED)
def test_words_or_element_alone_are_not_enough(below: str, words: str) -> None:
    assert words in page(below).text


@pytest.mark.parametrize("tag", ["p", "cite"])
def test_whom_a_quotation_is_of_stays(tag: str) -> None:
    who = f'<{tag} class="author">Maren Holt</{tag}>'
    quoted = f"<blockquote><p>We have waited for nine winters.</p>{who}</blockquote>"
    assert "Maren Holt" in page(among=quoted).text
