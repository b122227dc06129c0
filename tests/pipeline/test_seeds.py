"""What the five seeds must give, end to end through the Python face."""

from __future__ import annotations

from pathlib import Path

import pytest

import corpus
from corpus import Document, Role

SEEDS = Path(__file__).parents[2] / "seeds"

EXPECTED: dict[str, dict[str, object]] = {
    "000": {
        "title": "Russia ready to supply ‘special military equipment’",
        "publisher": None,
        "agency": None,
        "dateline": None,
        "published": None,
        "date_hint": None,
        "copyright": None,
    },
    "001": {
        "title": "Russia Will Give Pakistan Military Equipment To Fight Terror — Foreign Minister Lavrov",
        "publisher": "EurAsian Times",
        "agency": None,
        "dateline": None,
        "published": None,
        "date_hint": None,
        "copyright": None,
    },
    "002": {
        "title": "Russia will provide unspecified 'special' military equipment to Pakistan: Lavrov",
        "publisher": None,
        "agency": "PTI",
        "dateline": "ISLAMABAD",
        "published": "2021-04-08",
        "published_precision": "day",
        "date_hint": None,
        "copyright": None,
    },
    "003": {
        "title": "Russia to boost ties with Pakistan, supply military gear",
        "publisher": None,
        "agency": "AP",
        "dateline": "ISLAMABAD",
        "published": None,
        "date_hint": "2021-04-07",
        "copyright_holder": "The Associated Press",
        "headings": (),
    },
    "004": {
        "title": "Russia, Pakistan Agree to Boost Military Cooperation Against Terror, Sea Piracy",
        "publisher": None,
        "agency": None,
        "dateline": None,
        "published": None,
        "date_hint": "2021-04-07",
        "copyright": None,
        "headings": ("Afghan peace", "US-Taliban deal", "Gas pipeline"),
    },
}


def cleaned(number: str) -> Document:
    """Clean the seed of that number."""
    return corpus.clean(next(SEEDS.glob(f"{number}_*.txt")).read_text("utf-8"))


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_described_as_the_table_says(number: str) -> None:
    """Title, publisher, agency, dateline, dates and headings; what the text does not say is None."""
    document = cleaned(number)
    assert {name: getattr(document, name) for name in EXPECTED[number]} == EXPECTED[number]
    assert document.language == "en"
    assert document.authors == ()


GONE = {
    "000": [],
    "001": ["Follow EurAsian Times on Google News"],
    "002": [
        "Article Posted on : - Apr 08, 2021",
        "Other Related News",
        "India, Sri Lanka decide to ramp up defence, energy, trade ties",
    ],
    "003": [
        "Sergey Lavrov, Shah Mahmood Qureshi",
        "Trending Stories",
        "Click here for full list of trending stories",
    ],
    "004": ["Accessibility links", "Breaking News", "XS", "SM", "MD", "LG"],
}


@pytest.mark.parametrize("number", sorted(GONE))
def test_the_body_is_everything_else_in_order_untouched(number: str) -> None:
    """Exactly the lines that the table names are gone; each other line stands whole and in order."""
    document = cleaned(number)
    gone = {document.title, *GONE[number]}
    lines = [line.strip() for line in document.raw_text.split("\n") if line.strip()]
    if number == "002":
        lines = lines[: lines.index("Other Related News")]
    captions = [line for line in lines if line.startswith(("In this photo", "FILE -")) or line.endswith(", 2021.")]
    captions += [line for line in lines if line.endswith("via Reuters)")]
    rights = [line for line in lines if line.startswith("Copyright 2021")]
    kept = [line for line in lines if line not in {*gone, *captions, *rights}]
    assert [line for line in document.text.split("\n") if line] == kept


def test_captions_are_typed_once_and_their_repetitions_are_duplicates() -> None:
    """004 shows each of five captions twice: five captions, five duplicates."""
    document = cleaned("004")
    assert len(document.captions) == 5
    duplicates = [block.text for block in document.blocks if block.role is Role.DUPLICATE]
    assert sorted(duplicates) == sorted(document.captions)


def test_the_rights_statement_is_kept_as_a_value() -> None:
    """003 may not be redistributed, and says so in a column of its own."""
    document = cleaned("003")
    assert document.copyright is not None
    assert document.copyright.startswith("Copyright 2021 The Associated Press.")
    assert document.copyright.endswith("rewritten or redistributed.")


def test_names_and_photo_caption_of_003_are_captions() -> None:
    document = cleaned("003")
    assert document.captions[0] == "Sergey Lavrov, Shah Mahmood Qureshi"
    assert document.captions[1].startswith("In this photo handout photo")
    assert document.captions[1].endswith("via AP)")


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_every_value_has_its_evidence(number: str) -> None:
    """Each described value names a span of the anchor text (or how it was derived)."""
    document = cleaned(number)
    having = {item.column for item in document.evidence}
    for column in ("title", "published", "publisher", "agency", "dateline", "date_hint", "copyright", "language"):
        assert (getattr(document, column) is not None) == (column in having), column
    for item in document.evidence:
        if item.column in {"title", "agency", "dateline", "publisher", "copyright_holder"}:
            assert item.start is not None
            assert document.raw_text[item.start : item.end] == getattr(document, item.column)
