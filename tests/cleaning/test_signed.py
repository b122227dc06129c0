"""Names with no other sign of a byline than where they stand: who is named and who is the subject."""

from __future__ import annotations

import tomllib

import pytest

import corpus
from corpus.files import package_text

HEADLINE = "Bridge over the Torr closed until the end of summer"
LEAD = "The council decided on Tuesday that the bridge over the river would be closed until the end of the summer."
REST = "Traffic will be led over the old road, which is narrow in places, the mayor told reporters after a vote."
STANDFIRST = "Drivers will need an hour more, and the shops on the other bank fear for their trade, says the town."


def cleaned(*lines: str) -> corpus.Document:
    return corpus.clean("\n\n".join(lines), line_model=False)


@pytest.mark.parametrize(
    "name",
    [
        "Bart Jansen",
        "José Navarrete",
        "MTHOBISI SITHOLE",
        "Sarah E. Needleman",
        "Anna Lisk and Tom Vale",
        "Елена Орлова",
    ],
)
def test_a_name_below_the_headline_is_the_author(name: str) -> None:
    document = cleaned(HEADLINE, name, LEAD, REST)
    assert document.title == HEADLINE
    assert document.text == f"{LEAD}\n\n{REST}"
    assert list(document.authors) == name.split(" and ")


def test_a_standfirst_may_lie_between() -> None:
    document = cleaned(HEADLINE, STANDFIRST, "Paul Radley", LEAD, REST)
    assert (document.authors, document.text) == (("Paul Radley",), f"{STANDFIRST}\n\n{LEAD}\n\n{REST}")


def test_what_stands_beside_such_a_name_is_read_as_beside_a_byline() -> None:
    document = cleaned(HEADLINE, "Bart Jansen", "Political correspondent", LEAD, REST)
    assert (document.authors, document.text) == (("Bart Jansen",), f"{LEAD}\n\n{REST}")


def test_a_text_without_a_headline_may_begin_with_its_author() -> None:
    document = cleaned("Nathan Martin", LEAD, REST)
    assert (document.title, document.authors, document.text) == (None, ("Nathan Martin",), f"{LEAD}\n\n{REST}")


@pytest.mark.parametrize(
    "heading", ["Torr Valley", "Old Roads", "Harbour Works", "Grant Application", "Hope Street", "Why It Matters"]
)
def test_other_words_in_capitals_stay(heading: str) -> None:
    assert heading in cleaned(HEADLINE, heading, LEAD, REST).text


def test_whom_the_lead_speaks_of_is_not_the_author() -> None:
    about = "Mayor Jansen said on Tuesday that the bridge over the river would be closed until the summer ends."
    document = cleaned(HEADLINE, "Bart Jansen", about, REST)
    assert document.authors == ()


def test_a_name_between_paragraphs_stays() -> None:
    document = cleaned(
        HEADLINE, LEAD, REST, REST.replace("old", "new"), "Bart Jansen", LEAD.replace("Tuesday", "Friday")
    )
    assert document.authors == ()
    assert "Bart Jansen" in document.text


def test_the_table_of_given_names_is_in_small_letters_and_without_repetition() -> None:
    rows = tomllib.loads(package_text("corpus.cleaning.titles", "given_names.toml")).values()
    names = [name for row in rows for name in row.split()]
    assert names == [name.lower() for name in names]
    assert len(names) == len(set(names)) > 5000
