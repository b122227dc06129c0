"""Agencies and authors of lines that the cleaner takes for credits and headlines are the article's own."""

from __future__ import annotations

from typing import Any

import pytest

import corpus

PARAGRAPHS = (
    "Maren Holt eröffnet die neue Brücke",
    "Die neue Brücke über den Kanal ist am Montag nach drei Jahren Bauzeit eröffnet worden, teilte sie mit.",
    "Rund zwei Millionen Euro hat sie gekostet, dazu kamen Spenden aus den Dörfern am anderen Ufer des Flusses.",
    "Im Sommer sollen auch die Wege auf beiden Seiten fertig sein, sagte die Bürgermeisterin nach dem Fest.",
)


@pytest.mark.parametrize(
    ("mark", "agency"),
    [
        ("dpa", "dpa"),
        ("(dpa)", "dpa"),
        ("red/dpa", "dpa"),
        ("mkh/AFP", "AFP"),
        ("(PAP)", "PAP"),
        ("Maren Holt/dpa", None),
    ],
)
def test_a_mark_on_the_line_below_the_text_is_its_agency(mark: str, agency: str | None) -> None:
    document = corpus.clean("\n\n".join([*PARAGRAPHS, mark]))
    assert document.agency == agency
    assert mark not in document.text
    if agency:
        assert document.credits == ()


@pytest.mark.parametrize(
    ("end", "agency"),
    [
        (" (dpa)", "dpa"),
        (" Sie dankte. [AFP]", "AFP"),
        (" EFE", "EFE"),
        (" red/dpa", "dpa"),
        (" (mkh/dpa)", "dpa"),
        (" (SPD)", None),
        (" (dpa) Ende.", None),
        (" Danke.", None),
    ],
)
def test_a_mark_behind_the_last_sentence_is_its_agency_and_stays_in_the_text(end: str, agency: str | None) -> None:
    document = corpus.clean("\n\n".join(PARAGRAPHS) + end)
    assert document.agency == agency
    assert document.text.endswith(end)


def test_a_mark_between_two_paragraphs_is_no_agency() -> None:
    """It is a picture's credit there."""
    document = corpus.clean("\n\n".join([*PARAGRAPHS[:3], "(dpa)", PARAGRAPHS[3]]))
    assert document.agency is None


def test_a_dateline_goes_before_the_mark() -> None:
    first = "LISK (Reuters) - " + PARAGRAPHS[1]
    document = corpus.clean("\n\n".join([PARAGRAPHS[0], first, *PARAGRAPHS[2:], "dpa"]))
    assert document.agency == "Reuters"


HEADLINE = "New bridge over the canal opens"
TEXT = (
    "The new bridge over the canal was opened on Monday after three years of building, the town said.",
    "It has cost some two million euros, and the villages on the other bank gave money for the lamps.",
    "In summer the paths on both sides are to be ready too, the mayor said after the feast on the market square.",
)


@pytest.mark.cases("agencies.toml", "agencies")
def test_agencies(case: dict[str, Any]) -> None:
    line = case["text"]
    parts = {
        "below": [HEADLINE, *TEXT, line],
        "end": [HEADLINE, *TEXT[:2], f"{TEXT[2]} {line}"],
        "head": [HEADLINE, line, *TEXT],
        "dated": [HEADLINE, line, "2024-03-05", *TEXT],
    }[case["where"]]
    document = corpus.clean("\n\n".join(parts))
    assert document.agency == case.get("agency")
    assert list(document.authors) == case.get("authors", [])
    assert all(sentence in document.text for sentence in TEXT)
    if case.get("agency"):
        assert line not in document.credits


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Von Maren Holt, Berlin", ["Maren Holt"]),
        ("Par Hélène Petit à Lyon et Luc Moreau à Lille", ["Hélène Petit", "Luc Moreau"]),
        ("Por Ana Ruiz (Madrid)", ["Ana Ruiz"]),
        ("Autor: Jan Nowak, Kraków", ["Jan Nowak"]),
        ("Von Maren Holt lernen viele Städte", []),
        ("Von Maren Holt bis Jan Ruiz", []),
        ("Par Bruxelles, Canal Nord à Paris", []),
    ],
)
def test_an_opener_with_names_and_places_is_a_byline_below_the_headline(line: str, authors: list[str]) -> None:
    """Also where the cleaner took it for a second headline."""
    assert list(corpus.clean("\n\n".join([HEADLINE, line, *TEXT])).authors) == authors
