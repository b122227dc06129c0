"""The tables of words agree with themselves."""

from __future__ import annotations

import pytest

from corpus.metadata.publishers import publisher_cues, publisher_values
from corpus.metadata.shapes import month_number
from corpus.metadata.values import Line
from corpus.metadata.words import table

ROWS = table("publishers")["pattern"]


def test_a_month_name_means_one_month_in_every_language() -> None:
    for language, months in table("calendar")["months"].items():
        assert len(months) == 12, language
        for number, names in enumerate(months, start=1):
            assert [month_number(name) for name in names] == [number] * len(names), language


def test_an_agency_form_belongs_to_one_agency() -> None:
    forms = [
        form.casefold() for row in table("agencies")["agency"] for form in {f.casefold() for f in row["forms"]}
    ]
    assert len(forms) == len(set(forms))


def test_a_label_says_one_thing() -> None:
    labels = [word for words in table("calendar")["labels"].values() for word in words]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_publisher_rows_hold_on_their_own_cases(row: dict[str, list[list[str]]]) -> None:
    """Each row's `yes` gives the name by that row and passes the first sieve; each `no` gives none."""
    import re

    assert row["yes"] and row["no"]
    for text, name in row["yes"]:
        values = publisher_values([Line("a", text, 0, 0, 0, "boilerplate", "r")])
        assert [(value.value, value.source) for value in values] == [(name, row["id"])]
        assert re.search(publisher_cues(), text)
    for text in row["no"]:
        assert publisher_values([Line("a", str(text), 0, 0, 0, "boilerplate", "r")]) == []
