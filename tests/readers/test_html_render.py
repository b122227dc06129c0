"""What a page looks like as text: lines, spaces, rows, what is left out, and what is known of each line."""

from __future__ import annotations

import pytest

from corpus.readers.html import RENDERER, render

CASES = {
    "inline elements never break a line": (
        "<p>The <b>har</b>bour <a href=x>re<i>opened</i></a>.",
        "The harbour reopened.",
    ),
    "white space collapses, also across elements": ("<p> a \n\t b <b> c</b> d </p>", "a b c d"),
    "no-break spaces stay": ("<p>10&nbsp;000  km", "10\u00a0000 km"),
    "soft hyphens stay": ("<p>Donau&shy;dampf\u200bschiff", "Donau\u00addampf\u200bschiff"),
    "paragraphs stand apart": ("<p>a</p><p>b</p>", "a\n\nb"),
    "divisions break the line alone": ("<div>a</div><div>b</div>c", "a\nb\nc"),
    "br breaks the line": ("<p>a<br>b<br><br>c", "a\nb\nc"),
    "a row is a line, a tab between its cells": (
        "<table><tr><th>Town<th>Dead<tr><td><p>Ahlen</p><td></td><td> 2 </table>",
        "Town\tDead\n\nAhlen\t2",
    ),
    "list items are lines": ("<p>a<ul><li>b<li>c <b>d</b></ul>e", "a\n\nb\nc d\n\ne"),
    "preformatted text keeps its lines and spaces": ("<pre>\na  b\n\n  c</pre>", "a  b\n\n  c"),
    "scripts, styles, templates and fields are no text": (
        "a<script>b</script><style>c</style><template>d</template><select><option>e</select><textarea>f</textarea>g",
        "ag",
    ),
    "hidden elements are left out, with all that is in them": (
        "<div hidden>a<p>b<br>c</div><p style='color:red; DISPLAY : none'>d</p><dialog>e</dialog><p>f",
        "f",
    ),
    "what only looks like hidden is there": (
        "<p class=hidden>a</p><p hidden=until-found>b</p><dialog open>c",
        "a\n\nb\n\nc",
    ),
    "references are resolved once": ("<p>&lt;b&gt; &amp;lt; &eacute;", "<b> &lt; é"),
    "comments are no text": ("a<!-- b --><!-- > -->c", "ac"),
    "old elements show their content as it stands": ("<xmp><b>a</b></xmp>", "<b>a</b>"),
    "a lone carriage return is white space": ("<p>a&#13;b", "a b"),
    "unclosed and crossing elements": ("<div><p>a<div>b</p><b>c<p>d</b>e", "a\n\nb\n\nc\n\nde"),
    "no text at all": ("<script>only()</script>", ""),
    "an empty string": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_page_reads_as_a_browser_shows_it(name: str) -> None:
    source, text = CASES[name]
    assert render(source).text == text


def test_every_line_has_its_markup_and_blank_lines_have_empty_items() -> None:
    page = render("<main><h1>A b</h1><article id='Story x'><p>one</p><p class=Lead>two <a href=x>three</a></main>")
    assert page.text.split("\n") == ["A b", "", "one", "", "two three"]
    assert page.markup.tags == ("h1", "", "p", "", "p")
    assert page.markup.link_shares == (0.0, 0.0, 0.0, 0.0, 0.625)
    assert page.markup.hints == ("", "", "story x", "", "lead / story x")
    assert page.markup.places[2:] == ("body/main/article/p", "", "body/main/article/p[2]")


def test_a_place_is_that_of_the_innermost_block_around_the_whole_line() -> None:
    page = render("<div><p><span>a</span> <em>b</em></p></div><table><tr><td>c</td><td>d</td></tr></table>")
    assert page.markup.places[0] == "body/div/p"
    assert page.markup.places[2] == "body/table/tbody/tr"


def test_words_for_roles_and_properties_say_so() -> None:
    page = render('<div role="navigation"><p itemprop="articleBody" class="c">a')
    assert page.markup.hints == ("itemprop-articlebody c / role-navigation",)


def test_a_head_is_gathered_as_it_stands() -> None:
    page = render(
        '<html lang="de"><title> A  b </title><meta name=author content="Jane Doe"><link rel=canonical href=/c>'
        '<script type="application/ld+json">{"a": 1}</script><time datetime=2024-03-01>1 March</time>'
        "<a rel=author href=/d>Jane Doe</a>",
        "https://example.org/a",
    )
    head = page.head
    assert (head.language, head.title, head.url) == ("de", "A b", "https://example.org/a")
    assert head.metas == (("author", "Jane Doe"),)
    assert head.links == (("canonical", "/c"),)
    assert head.json_ld == ('{"a": 1}',)
    assert head.items == (("time", "2024-03-01"), ("author", "Jane Doe"))


def test_the_renderer_names_itself_and_its_parser() -> None:
    assert RENDERER.startswith("newscorpus-html 1 (selectolax ")


def test_times_of_other_stories_are_not_gathered_and_a_publications_is_named() -> None:
    """RDFa counts as microdata does; a time in a list or a link of an aside is another story's."""
    page = (
        "<article><aside><time class='entry-date published' datetime=2024-03-01>1 March</time></aside>"
        "<time class=updated datetime=2024-03-02>2 March</time><b property='schema:author dc:title'>Jane Doe</b>"
        "</article><aside><ul><li><a href=/b>Other <time datetime=2023-01-01>1 January</time></a></ul></aside>"
    )
    assert render(page).head.items == (
        ("time", "2024-03-01"),
        ("time.published", "2024-03-01"),
        ("time", "2024-03-02"),
        ("time.updated", "2024-03-02"),
        ("author", "Jane Doe"),
    )
