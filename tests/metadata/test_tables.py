"""The tables of words agree with themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.metadata.authorship.agencies import agency_cues
from corpus.metadata.authorship.attributions import attributed
from corpus.metadata.paywalls import paywall_cues, paywall_values
from corpus.metadata.publication import published_values
from corpus.metadata.publishers import publisher_cues, publisher_values
from corpus.metadata.times.dates import find_dates, unsettled_dates
from corpus.metadata.times.months import month_names, months_of
from corpus.metadata.times.shapes import shapes
from corpus.metadata.times.stamps import stamps_of
from corpus.metadata.values import Line
from corpus.metadata.words import table

ROWS = table("publishers")["pattern"]


SEVERAL = {"listopad", "listopada", "lis", "lip", "srp"}
"""Names of two months: Croatian beside Polish and Czech."""


@pytest.mark.parametrize("language", table("calendar")["months"])
def test_a_month_name_means_its_month_in_its_language(language: str) -> None:
    months = table("calendar")["months"][language]
    assert len(months) == 12
    for number, names in enumerate(months, start=1):
        for name in names:
            assert [month.number for month in months_of(name, language)] == [number], name


def test_only_known_names_mean_several_months() -> None:
    """Whoever adds a language learns here which of its names another has for another month."""
    assert {name for name, months in month_names().items() if len(months) > 1} == SEVERAL


@pytest.mark.parametrize("language", table("calendar")["months"])
def test_a_date_is_read_however_its_month_is_cased(language: str) -> None:
    """Capitals, with accents or without, never break the reading: KASIM is kasım."""
    for number, names in enumerate(table("calendar")["months"][language], start=1):
        for name in (form for own in names for form in (own, own.upper(), own.title())):
            found = find_dates(f"3 {unicodedata.normalize('NFC', name)} 2024", language=language)
            assert [item.value for item in found] in ([f"2024-{number:02}-03"], []), name
        assert find_dates(f"3 {names[0]} 2024", language=language), names[0]
        assert find_dates(f"3 {names[0].upper()} 2024", language=language), names[0]


def test_a_line_of_products_names_no_days() -> None:
    """Neither "13 Pro" nor "5 Mac" is a day and a month where no year stands beside it."""
    found = shapes().day_and_month
    assert not found.search("Phone 13 Pro and 5 Mac") and not found.search("Pay 5 NIS")
    assert found.search("on 13 Nov in Lisk") and found.search("13 listopada w Lisku")


PARTS = st.one_of(
    st.sampled_from(
        [*month_names(), *table("calendar")["eras"], "年", "月", "日", "พ.ศ.", "năm", "gada", "м", " ", "/"]
    ),
    st.from_regex(r"\A[-./ ]?(?:\d{1,2}|[12]\d{3}|[०-९]{4})[-./ ,]?\Z"),
)
CASINGS = st.sampled_from([str, str.upper, str.title])


@settings(max_examples=200)
@given(st.lists(st.tuples(CASINGS, PARTS), max_size=8), st.sampled_from([None, "en", "pl", "hr", "th", "fa", "ko"]))
def test_whatever_looks_like_a_date_gives_a_day_that_there_is(
    parts: list[tuple[Callable[[str], str], str]], language: str | None
) -> None:
    text = "".join(casing(part) for casing, part in parts)
    for found in (*find_dates(text, None, language), *unsettled_dates(text, language)):
        date.fromisoformat((found.value + "-01-01")[:10] if len(found.value) < 10 else found.value[:10])
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize("language", table("calendar")["solar_months"])
def test_solar_months_are_twelve_and_no_others(language: str) -> None:
    months = table("calendar")["solar_months"][language]
    for number, names in enumerate(months, start=1):
        assert [(m.number, m.solar) for name in names for m in months_of(name)] == [(number, True)] * len(names)
    assert len(months) == 12


def test_an_agency_form_belongs_to_one_agency() -> None:
    forms = [
        form.casefold() for row in table("agencies")["agency"] for form in {f.casefold() for f in row["forms"]}
    ]
    assert len(forms) == len(set(forms))


def test_a_label_says_one_thing() -> None:
    labels = [word for words in table("calendar")["labels"].values() for word in words]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("row", table("attributions")["attribution"], ids=lambda row: row["language"])
def test_attribution_rows_hold_on_their_own_cases(row: dict[str, list[Any]]) -> None:
    """Each `yes` gives its agency and passes the first sieve; each `no` gives none."""
    assert row["yes"] and row["no"]
    for text, agency in row["yes"]:
        span = attributed(text)
        assert span and text[slice(*span)] == agency, text
        assert pl.Series([text]).str.contains(agency_cues()).all(), text
    for text in row["no"]:
        assert attributed(text) is None, text


@pytest.mark.parametrize("row", table("events")["event"], ids=lambda row: row["languages"][0])
def test_event_rows_hold_on_their_own_cases(row: dict[str, list[str]]) -> None:
    """No day of publication comes out of a `yes` line, and one out of each `no` line."""
    for kind, count in (("yes", 0), ("no", 1)):
        assert row[kind]
        for text in row[kind]:
            stamps = stamps_of([Line("a", text, 0, 0, 0, "timestamp", "r")], row["languages"][0])
            assert stamps, text
            days = [value.value for value in published_values(stamps) if value.column == "published"]
            assert len(days) == count, text


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
