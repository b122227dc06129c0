"""Markdown is read as its reader sees it: links, pictures and signs gone, front matter known, nothing lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.errors import UsageError
from corpus.model.document import RawDocument, sha256_text
from corpus.model.finding import Severity
from corpus.readers.encoding.decoding import repair_text
from corpus.readers.markdown import as_markdown
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

PAGE = """\
[Skip to main content](#main)

![Logo](https://courier.example/logo.svg)

* [Home](/)
* [News](/news)
* [Sport](/sport)

# Council backs plan for new bridge at Kellmouth

By **Jane Doe** | Published 12 March 2024, 10:32 GMT

![A drawing of the bridge](https://courier.example/b.jpg)
*An artist's impression of the bridge. Photo: Kellmouth Council*

KELLMOUTH — Councillors voted 21 to 14 on Tuesday night to back a £42m plan for a new bridge over the river, ending
a decade of argument about where it should stand.

The crossing, which will carry buses, bicycles and people on foot but no cars, is due to open in 2028, according to
[a report](https://courier.example/report) laid before the meeting.

> "It is the **wrong** bridge in the wrong place," said Peter Lang, who sits for the harbour ward.

**Read more:** [Ferry fares to rise by a fifth](https://courier.example/ferry)

## Related articles

* [Ferry fares to rise](https://courier.example/1)
* [Storm closes harbour](https://courier.example/2)

[Sign up for our newsletter](https://courier.example/newsletter)

© 2024 Kellmouth Courier. All rights reserved. [Privacy policy](/privacy) | [Terms](/terms)
"""
PROSE = "The port of Ahlen reopened on Monday, its operator said."


def read(text: str) -> RawDocument:
    return as_markdown(RawDocument("a", repair_text(text).text, sha256_text(text), "utf-8", "a.md"))


def known(raw: RawDocument) -> dict[str, object]:
    return {value.column: value.value for value in raw.known}


def built(folder: Path, *sources: Path) -> tuple[list[RawDocument], ReadReport]:
    report = ReadReport()
    return list(read_sources(sources or [folder], ReadOptions(), report)), report


def test_a_page_as_markdown_is_cleaned_like_its_visible_text() -> None:
    document = corpus.clean(PAGE, media_type="text/markdown")
    assert document.title == "Council backs plan for new bridge at Kellmouth"
    assert document.published == "2024-03-12T10:32Z"
    assert document.text.startswith("KELLMOUTH — Councillors voted")
    assert 'a report laid before the meeting.\n\n"It is the wrong bridge' in document.text
    for gone in ("Skip to", "Home", "](", "**", "Read more", "Related", "newsletter", "rights reserved"):
        assert gone not in document.text
    assert all(document.raw_text[block.start : block.end] == block.text for block in document.blocks)


@pytest.mark.parametrize(
    "front",
    [
        '---\ntitle: "Port reopens"\nauthor: [Jane Doe, Max Roe]\ndate: 2024-03-12\nsource: https://a.example/p\n---\n',
        "\ufeff---\nTitle: Port reopens\nauthors:\n  - Jane Doe\n  - Max Roe\nDate: 2024-03-12\nurl: https://a.example/p\n...\n",
        '+++\ntitle = "Port reopens"\nauthors = ["Jane Doe", "Max Roe"]\ndate = 2024-03-12\nurl = "https://a.example/p"\n+++\n',
    ],
)
def test_front_matter_is_known_and_no_text(front: str) -> None:
    raw = read(f"{front}\n{PROSE}\n")
    assert raw.text == PROSE
    assert known(raw) == {
        "title": "Port reopens",
        "authors": ("Jane Doe", "Max Roe"),
        "published": "2024-03-12",
        "url": "https://a.example/p",
        "site": "a.example",
    }


def test_what_a_reading_service_puts_before_a_page_is_known() -> None:
    raw = read(
        "Title: Port reopens\n\nURL Source: https://a.example/p\n\nPublished Time: 2024-03-12T08:00:00Z\n\n"
        f"Markdown Content:\n{PROSE}"
    )
    assert raw.text == PROSE
    assert known(raw)["title"] == "Port reopens"
    assert known(raw)["url"] == "https://a.example/p"
    assert known(raw)["published"] == "2024-03-12T08:00:00Z"


def test_other_fields_are_carried() -> None:
    assert read(f"---\ntitle: A\ntags: [port, ships]\nrating: 5\n---\n{PROSE}").extra == {
        "tags": ["port", "ships"],
        "rating": "5",
    }


@pytest.mark.parametrize("title", ["Rhythm &Blues festival opens", "Tax of 5 *percent* agreed", "[R &B] wins"])
def test_a_title_with_the_signs_of_an_alias_is_a_title(title: str) -> None:
    raw = read(f"---\ntitle: '{title}'\ntags: a &b\n---\n{PROSE}")
    assert (raw.text, known(raw)) == (PROSE, {"title": title})


@pytest.mark.parametrize(
    "text",
    [
        f"---\nno field here\n---\n{PROSE}",
        f"---\na: &a [1]\nb: [*a, *a]\n---\n{PROSE}",
        "---\n" + "k: v\n" * 20_000 + f"---\n{PROSE}",
        f'---\nx: {{"a":&a [1, 2],"b":[{{"k":*a}}]}}\n---\n{PROSE}',
        f"---\na: [\n---\n{PROSE}",
        f"+++\nno = toml here\n+++\n{PROSE}",
        f"Title: A\n\n{PROSE}",
    ],
    ids=["no-mapping", "aliases", "aliases-behind-signs", "too-long", "broken-yaml", "broken-toml", "no-service"],
)
def test_what_is_no_front_matter_stays_text(text: str) -> None:
    raw = read(text)
    assert not raw.known
    assert PROSE in raw.text
    assert len(raw.text) > len(PROSE)


def test_html_inside_is_a_pages_html() -> None:
    hidden = "<script>alert('x')</script>\n\n<p hidden>secret</p>"
    text = f"<div>{PROSE}</div>\n\n{hidden}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert read(text).text.split("\n") == [PROSE, "", "a \tb", "1 \t2"]


@pytest.mark.parametrize("depth", [1, 20, 40, 70, 300])
def test_nothing_is_lost_however_deep_it_is_nested(depth: int) -> None:
    quoted = read("> " * depth + PROSE)
    listed = read("".join("  " * level + f"- item {level}.\n" for level in range(depth)))
    assert PROSE in quoted.text
    assert all(f"item {level}." in listed.text for level in range(depth))
    assert bool(quoted.repairs) == (depth > 58)


@settings(max_examples=40)
@given(st.text(alphabet=st.sampled_from("ab \n*_`[]()<>!#-+|~&\\:1.\t\"'"), max_size=120))
def test_any_text_is_read_and_its_letters_are_not_reordered(text: str) -> None:
    raw = read(text)
    assert "\r" not in raw.text
    document = corpus.clean(text, media_type="text/markdown")
    assert document.raw_text == raw.text


@pytest.mark.parametrize("piece", ["[", "![", "*a **a ", "> ", "`", "<a ", "- a\n", "| a ", "](", "&amp;", "# a\n"])
def test_time_grows_with_the_length(piece: str) -> None:
    """Four times the text may take at most ten times as long: what is quadratic takes sixteen times."""
    times = []
    for size in (20_000, 80_000):
        text = piece * (size // len(piece))
        begin = time.process_time()
        read(text)
        times.append(time.process_time() - begin)
    assert times[1] < 10 * times[0] + 0.3


def test_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "bridge.md").write_text(f"---\ntitle: A bridge\n---\n{PROSE}")
    (tmp_path / "bridge.json").write_text('{"publisher": "Kellmouth Courier"}')
    (tmp_path / "ferry.markdown").write_text(PROSE.replace("port", "ferry"))
    (tmp_path / "empty.md").write_text("---\ntitle: Nothing\n---\n\n![](x.png)\n")
    (tmp_path / "README.md").write_text("# What lies here\n\nThese are articles that we took from the site.")
    documents, report = built(tmp_path)
    assert [(raw.doc_id, raw.media_type) for raw in documents] == [
        ("bridge", "text/markdown"),
        ("ferry", "text/markdown"),
    ]
    assert known(documents[0]) == {"title": "A bridge", "publisher": "Kellmouth Courier"}
    assert [(finding.code, finding.place) for finding in report.findings] == [
        ("empty-document", f"{tmp_path.name}/empty.md")
    ]
    assert report.skipped == [f"{tmp_path.name}/README.md"]
    named, _ = built(tmp_path, tmp_path / "README.md")
    assert [raw.doc_id for raw in named] == ["README"]


def test_another_media_type_is_refused() -> None:
    with pytest.raises(UsageError, match="text/markdown"):
        corpus.clean(PROSE, media_type="text/x-markdown")


HEADLINE = "Council backs plan for new bridge at Kellmouth"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"# {HEADLINE}\n\n{PROSE}", HEADLINE),
        (f"{HEADLINE}\n===\n\n{PROSE}", HEADLINE),
        (f"# [{HEADLINE}](/b)\n\n{PROSE}\n\n# {HEADLINE}", HEADLINE),
        (f"# 渡船停航三个月后肯港重新开放\n\n{PROSE}", "渡船停航三个月后肯港重新开放"),
        (f"# The Kellmouth Courier\n\n## {HEADLINE}\n\n{PROSE}", None),
        (f"# {HEADLINE}\n\n{PROSE}\n\n# Storm closes the harbour for three days", None),
        (f"## {HEADLINE}\n\n{PROSE}", None),
    ],
    ids=["sign", "underlined", "again", "chinese", "name", "two", "second level"],
)
def test_the_only_heading_of_the_first_level_says_the_title(text: str, title: str | None) -> None:
    """Where it is long enough to be no site's name."""
    assert known(read(text)).get("title") == title


def test_a_title_of_front_matter_goes_before_the_heading() -> None:
    document = corpus.clean(f"---\ntitle: Port reopens\n---\n# {HEADLINE}\n\n{PROSE}", media_type="text/markdown")
    assert document.title == "Port reopens"


def test_the_heading_is_the_title_whatever_the_lines_look_like() -> None:
    page = f"Kellmouth Courier\n\nPort, weather and tides of today\n\n# {HEADLINE}\n\n{PROSE} {PROSE}\n\n{PROSE}"
    document = corpus.clean(page, media_type="text/markdown")
    assert document.title == HEADLINE
    assert {e.kind for e in document.evidence if e.column == "title"} <= {"markup", "text span"}


def test_a_field_of_front_matter_that_cannot_be_carried_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "port.md").write_text(f'---\ntitle: A\n"\\x07": 1\ntags: [a]\n---\n{PROSE}', "utf-8")
    (document,), report = built(tmp_path)
    assert document.extra == {"tags": ["a"]}
    (note,) = report.findings
    assert (note.code, note.place, note.severity) == (
        "omitted-column",
        f"{tmp_path.name}/port.md",
        Severity.NOTE,
    )
    assert "of the front matter is not carried" in note.message
