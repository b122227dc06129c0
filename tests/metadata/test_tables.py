"""The tables of words agree with themselves."""

from __future__ import annotations

import pytest

from corpus.metadata.paywalls import paywall_cues, paywall_values
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


@pytest.mark.parametrize("row", table("paywalls")["pattern"], ids=lambda row: row["yes"][0])
def test_paywall_rows_hold_on_their_own_cases(row: dict[str, list[str]]) -> None:
    """Each `yes` line is a marker of the row's kind and passes the first sieve; no `no` line is one."""
    import re

    for text in row["yes"]:
        values = paywall_values([Line("a", text, 0, 0, 0, "boilerplate", "r")])
        assert [value.value for value in values] == [row["kind"]], text
        assert re.search(paywall_cues(), text)
    for text in row["no"]:
        assert paywall_values([Line("a", text, 0, 0, 0, "boilerplate", "r")]) == [], text


def test_a_locked_article_is_locked_though_some_are_free() -> None:
    texts = ["You have 2 free articles left this month", "This article is for subscribers only"]
    lines = [Line("a", text, 100 * n, n, n, "boilerplate", "r") for n, text in enumerate(texts)]
    assert [(value.value, value.start) for value in paywall_values(lines)] == [("locked", 100)]
