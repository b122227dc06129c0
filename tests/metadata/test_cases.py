"""Every case of tests/metadata/cases: what is read from one line, and what must not be."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from corpus.metadata.authorship.bylines import byline_values
from corpus.metadata.authorship.credits import caption_credit
from corpus.metadata.authorship.datelines import dateline_values
from corpus.metadata.authorship.glued import parted
from corpus.metadata.language import language_of
from corpus.metadata.publication import event_values, modified_values, published_values
from corpus.metadata.publishers import publisher_values
from corpus.metadata.rights import holder_span
from corpus.metadata.times.dates import find_dates
from corpus.metadata.times.stamps import hint_values, is_stamp, stamps_of
from corpus.metadata.values import Line, Value

Case = dict[str, Any]


def lines(role: str, texts: list[str]) -> list[Line]:
    starts = [sum(len(text) + 1 for text in texts[:number]) for number in range(len(texts))]
    return [
        Line("a", text, start, n, n, role, "r") for n, (text, start) in enumerate(zip(texts, starts, strict=True))
    ]


def read(values: list[Value], column: str) -> list[str]:
    return [value.value for value in values if value.column == column]


def wanted(case: Case, column: str) -> list[str]:
    return [case[column]] if column in case else []


@pytest.mark.cases("dates.toml", "dates")
def test_dates(case: Case) -> None:
    found = find_dates(case["text"], case.get("order"), case.get("language"))
    assert [f"{item.value} {item.precision}" for item in found] == case["gives"]


@pytest.mark.cases("dates.toml", "stamps")
def test_published(case: Case) -> None:
    values = published_values(stamps_of(lines("timestamp", case["lines"]), "en"))
    assert read(values, "published") == wanted(case, "published")
    assert read(values, "published_precision") == wanted(case, "precision")


@pytest.mark.cases("dates.toml", "stamps")
def test_modified(case: Case) -> None:
    stamps = stamps_of(lines("timestamp", case["lines"]), "en")
    values = modified_values(stamps, published=case.get("published"))
    assert read(values, "modified") == wanted(case, "modified")


def test_both_readings_of_an_ambiguous_date_are_told() -> None:
    stamps = stamps_of(lines("timestamp", ["Posted 03/04/2021"]), "en")
    sources = {value.source for value in published_values(stamps)}
    assert sources == {"stamp.published.numeric (2021-04-03 or 2021-03-04)"}


@pytest.mark.cases("dates.toml", "events")
def test_days_of_events(case: Case) -> None:
    """They are hints, and no publications."""
    stamps = stamps_of(lines("timestamp", case["lines"]), case.get("language"))
    assert read(event_values(stamps), "date_hint") == wanted(case, "hint")
    assert read(published_values(stamps), "published") == []


@pytest.mark.cases("dates.toml", "loose")
def test_time_stamps_of_any_role(case: Case) -> None:
    told = is_stamp(case["text"], case.get("language"), case.get("in_head", False))
    assert told == case.get("stamp", False)


@pytest.mark.cases("dates.toml", "hints")
def test_date_hint(case: Case) -> None:
    datelines = lines("dateline", case.get("datelines", []))
    values = hint_values(lines("caption", case["captions"]), datelines, "en")
    assert read(values, "date_hint") == wanted(case, "hint")


@pytest.mark.cases("datelines.toml", "datelines")
def test_datelines(case: Case) -> None:
    values = dateline_values(lines("dateline", [case["text"]])[0])
    assert read(values, "dateline") == wanted(case, "place")
    assert read(values, "agency") == wanted(case, "agency")


@pytest.mark.cases("datelines.toml", "glued")
def test_datelines_with_a_byline(case: Case) -> None:
    """Both parts point at their own characters of the line."""
    whole = lines("dateline", [case["text"]])[0]
    own = parted(whole)
    values = [v for line in own for v in (byline_values if line.role == "byline" else dateline_values)(line)]
    assert read(values, "authors") == case.get("authors", [])
    assert read(values, "dateline") == wanted(case, "place")
    assert read(values, "agency")[:1] == wanted(case, "agency")
    assert all(whole.text[v.start : v.end] == v.value for v in values)


@pytest.mark.cases("bylines.toml", "bylines")
def test_bylines(case: Case) -> None:
    values = byline_values(lines("byline", [case["text"]])[0])
    assert read(values, "authors") == case["authors"]
    assert read(values, "agency") == wanted(case, "agency")


@pytest.mark.cases("credits.toml", "credits")
def test_credits(case: Case) -> None:
    value = caption_credit(lines("caption", [case["text"]])[0])
    assert (value.value if value else None) == case.get("credit")


@pytest.mark.cases("rights.toml", "rights")
def test_rights(case: Case) -> None:
    span = holder_span(case["text"])
    assert (case["text"][slice(*span)] if span else None) == case.get("holder")


@pytest.mark.cases("publishers.toml", "publishers")
def test_publishers(case: Case) -> None:
    values = publisher_values(lines("boilerplate", case["lines"]))
    assert read(values, "publisher") == wanted(case, "publisher")


@pytest.mark.cases("languages.toml", "languages")
def test_languages(case: Case) -> None:
    found = language_of(case["text"])
    assert (found[0] if found else None) == case.get("language")


def test_the_cases_are_many_and_hold_negatives() -> None:
    """Each family has cases that must give nothing."""
    folder = Path(__file__).parent / "cases"
    wanted = (
        "gives",
        "published",
        "hint",
        "place",
        "agency",
        "authors",
        "credit",
        "holder",
        "publisher",
        "language",
        "stamp",
    )
    families = [rows for path in folder.glob("*.toml") for rows in tomllib.loads(path.read_text("utf-8")).values()]
    assert sum(map(len, families)) >= 60
    for rows in families:
        assert any(not any(row.get(name) for name in wanted) for row in rows)
