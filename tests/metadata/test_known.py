"""What is known from outside goes before what the text says, with its own evidence."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.metadata.describe import describe_frame
from corpus.metadata.known import apply_known, known_findings, time_known
from corpus.model.document import KnownValue

ADDED = ("rights", "url", "site", "retrieved_at")
PAGE = [
    ("title", "Harbour to close"),
    ("timestamp", "Published June 5, 2021"),
    ("body", "The council said on Wednesday that the harbour would be closed for repairs until winter."),
]


def known(column: str, value: str | tuple[str, ...], kind: str = "sources.toml") -> KnownValue:
    return KnownValue(column, value, kind, f"where {column} is known from")


@pytest.fixture
def described(frames: Any) -> Any:
    raw, blocks = frames({"a": PAGE, "b": PAGE})
    return describe_frame(raw, blocks)


def row_a(described: Any, *values: KnownValue) -> dict[str, Any]:
    return dict(apply_known(described, {"a": values}).row(0, named=True))


def test_known_values_replace_what_the_text_says(described: Any) -> None:
    row = row_a(
        described,
        known("title", "Harbour closes"),
        known("authors", ("Maren Holt", "Li Wen")),
        known("published", "2021-06-05T16:05:00+02:00"),
        known("publisher", "The Courier"),
        known("language", "en-GB"),
        known("url", "https://www.courier.example/harbour"),
        known("retrieved_at", "2021-06-07T08:00Z"),
    )
    assert row["title"] == "Harbour closes"
    assert row["authors"] == ["Maren Holt", "Li Wen"]
    assert (row["published"], row["published_precision"]) == ("2021-06-05T14:05:00Z", "second")
    assert (row["publisher"], row["language"], row["language_score"]) == ("The Courier", "en", None)
    assert (row["url"], row["site"]) == ("https://www.courier.example/harbour", "courier.example")
    assert row["retrieved_at"] == "2021-06-07T08:00Z"


def test_evidence_of_a_replaced_column_is_replaced(described: Any) -> None:
    """One row with the kind and the place it is known from, no span; other columns keep theirs."""
    row = row_a(described, known("title", "Harbour closes"), known("url", "http://courier.example/"))
    evidence = {item["column"]: item for item in row["evidence"]}
    assert len(evidence) == len(row["evidence"])
    assert (evidence["title"]["kind"], evidence["title"]["source"]) == ("sources.toml", "where title is known from")
    assert evidence["title"]["start"] is None
    assert evidence["published"]["kind"] == "text span"
    assert evidence["site"]["kind"] == "derived"
    assert [item["column"] for item in row["evidence"]] == sorted(evidence)


def test_other_documents_stay_as_they_are(described: Any) -> None:
    frame = apply_known(described, {"a": (known("title", "Other"),)})
    assert frame.drop(ADDED)[1].equals(described[1])


def test_the_first_value_of_a_column_counts(described: Any) -> None:
    """The input record stands before sources.toml; a value that cannot be used makes way for the next."""
    assert row_a(described, known("rights", "Public domain."))["rights"] == "Public domain."
    row = row_a(described, known("publisher", "First", "input record"), known("publisher", "Second"))
    assert row["publisher"] == "First"
    row = row_a(described, known("published", "some day"), known("published", "2020-01"))
    assert (row["published"], row["published_precision"]) == ("2020-01", "month")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("published", "2021-02-31"),
        ("published", "03/04/2021"),
        ("published", "soon"),
        ("title", "   "),
        ("authors", ()),
        ("url", "javascript:alert(1)"),
        ("url", "https://"),
        ("language", "the English language"),
        ("site", "not a host"),
    ],
)
def test_unusable_values_change_nothing_and_are_reported(described: Any, column: str, value: Any) -> None:
    item = known(column, value)
    frame = apply_known(described, {"a": (item,)})
    assert frame.drop(ADDED).equals(described)
    assert [finding.code for finding in known_findings("a", [item])] == ["bad-known-value"]


def test_unknown_columns_are_ignored(described: Any) -> None:
    item = known("split", "test")
    assert "split" not in apply_known(described, {"a": (item,)}).columns
    assert known_findings("a", [item]) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021", ("2021", "year")),
        ("2021-04", ("2021-04", "month")),
        ("2021-04-08", ("2021-04-08", "day")),
        ("2021-04-08T14:05Z", ("2021-04-08T14:05Z", "minute")),
        ("2021-04-08T14:05:30.250Z", ("2021-04-08T14:05:30Z", "second")),
        ("2021-04-08 14:05:30", ("2021-04-08", "day")),
        ("Thu, 08 Apr 2021 14:05:30 GMT", ("2021-04-08T14:05:30Z", "second")),
        ("2021-04-08 to 2021-04-09", None),
        ("9999-01-01", None),
        ("", None),
    ],
)
def test_times_from_outside(value: str, expected: tuple[str, str] | None) -> None:
    """ISO 8601 and RFC 5322 are read; no zone, no time; two dates or an impossible one, nothing."""
    assert time_known(value) == expected
