"""Whether a document may be passed on is decided from what it and its sources say, and is withheld when unsure."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.metadata.decisions import licence_verdict, rights_records, statement_verdict
from corpus.metadata.describe import describe_frame
from corpus.metadata.known import apply_known
from corpus.metadata.words import table
from corpus.model.document import KnownValue
from corpus.model.rights import PARTS, Decision, RightsRecord
from corpus.model.roles import Role

BODY = ("body", "The council said on Wednesday that the harbour would be closed for repairs until winter.")
LICENCES = [(row, case) for row in table("permissions")["licence"] for case in row["yes"]]
STATEMENTS = [(row, case) for row in table("permissions")["statement"] for case in row["yes"]]


def known(column: str, value: str, kind: str = "sources.toml") -> KnownValue:
    return KnownValue(column, value, kind, f"where {column} is known from")


@pytest.fixture
def record(frames: Any) -> Any:
    """Return a function from the lines of a document and what is known of it to its record."""

    def decide(lines: list[tuple[str, str]], *values: KnownValue) -> RightsRecord:
        raw, blocks = frames({"a": [BODY, *lines]})
        described = apply_known(describe_frame(raw, blocks), {"a": values})
        return rights_records(described, blocks, {"a": values})[0]

    return decide


@pytest.mark.parametrize(("row", "case"), LICENCES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_licence_is_known_by_name_and_address(row: dict[str, Any], case: str) -> None:
    verdict = licence_verdict(case)
    assert verdict is not None
    assert verdict.rule == row["id"]


@pytest.mark.parametrize("row", table("permissions")["licence"], ids=lambda row: row["id"])
def test_another_licence_is_not_taken_for_it(row: dict[str, Any]) -> None:
    for case in row["no"]:
        verdict = licence_verdict(case)
        assert verdict is None or verdict.rule != row["id"], case


@pytest.mark.parametrize(("row", "case"), STATEMENTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_statement_forbids(record: Any, row: dict[str, Any], case: str) -> None:
    """Every case is found in a line of the page, and denies."""
    assert statement_verdict(case) is not None
    found = record([("copyright", case)])
    assert found.decision is Decision.DENIED, row["id"]
    assert found.statement == case


@pytest.mark.parametrize("row", table("permissions")["statement"], ids=lambda row: row["id"])
def test_prose_is_no_statement(row: dict[str, Any]) -> None:
    assert not [case for case in row["no"] if statement_verdict(case)]


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("CC BY-SA 3.0", "CC-BY-SA-3.0"),
        ("CC BY-NC-ND 4.0", "CC-BY-NC-ND-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/licenses/by-nd/4.0/", "CC-BY-ND-4.0"),
        ("Creative Commons Attribution-NonCommercial 4.0", "CC-BY-NC-4.0"),
        ("under a Creative Commons Attribution licence", "LicenseRef-CC-BY"),
        ("Open Government Licence v3.0", "OGL-UK-3.0"),
    ],
)
def test_the_licence_has_an_spdx_identifier(text: str, spdx: str) -> None:
    """With a version where one is told; else a LicenseRef, since SPDX has none without."""
    verdict = licence_verdict(text)
    assert verdict is not None
    assert verdict.licence == spdx


def test_where_nothing_speaks_it_is_unknown(record: Any) -> None:
    found = record([])
    assert (found.decision, found.rule) == (Decision.UNKNOWN, "rights.nothing")
    assert {part.decision for part in found.parts} == {Decision.UNKNOWN}


def test_the_statement_has_its_span(record: Any, frames: Any) -> None:
    line = "Copyright 2021 Daily Tide Ltd. All rights reserved."
    found = record([("copyright", line)])
    raw, _ = frames({"a": [BODY, ("copyright", line)]})
    assert raw["text"][0][found.start : found.end] == line
    assert found.holder == "Daily Tide Ltd."


def test_a_licence_in_the_page_frees_the_text_and_not_the_pictures(record: Any) -> None:
    lines = [
        ("caption", "The harbour. Photo: Ana Ruiz"),
        ("copyright", "Text: CC BY 4.0"),
        ("boilerplate", "Share"),
    ]
    found = record(lines)
    assert (found.decision, found.licence) == (Decision.ALLOWED, "CC-BY-4.0")
    assert {part.part: part.decision for part in found.parts} == {
        "text": Decision.ALLOWED,
        "captions": Decision.UNKNOWN,
        "furniture": Decision.UNKNOWN,
    }


@pytest.mark.parametrize(
    "line",
    ["Photo: Ana Ruiz, CC BY 2.0", "Image licensed under CC BY-SA 4.0", "Picture in the public domain."],
)
def test_a_pictures_licence_is_not_the_texts(record: Any, line: str) -> None:
    assert record([("boilerplate", line)]).decision is Decision.UNKNOWN


def test_contradictions_are_withheld(record: Any) -> None:
    """A licence and a reservation side by side: nobody can say which one counts."""
    found = record([("copyright", "CC BY 4.0"), ("copyright", "© Tide. All rights reserved.")])
    assert (found.decision, found.rule) == (Decision.UNKNOWN, "rights.contradiction")


@pytest.mark.parametrize(
    ("line", "decision"),
    [
        ("Not for redistribution.", Decision.UNKNOWN),
        ("All content is ours and may not be republished.", Decision.UNKNOWN),
        ("Перепечатка запрещена.", Decision.UNKNOWN),
        ("The draft “may not be published,” the mayor said.", Decision.ALLOWED),
        ("The boats sail again on Friday.", Decision.ALLOWED),
    ],
)
def test_a_last_line_that_was_kept_forbids_all_the_same(record: Any, line: str, decision: Decision) -> None:
    """What the cleaner was not sure about may withhold a text that is free by its publisher's licence."""
    free = known("rights", "CC BY 4.0")
    assert record([("body", line)], free).decision is decision
    nothing = record([("body", line)])
    assert nothing.decision is (Decision.UNKNOWN if decision is Decision.ALLOWED else Decision.DENIED)
    assert nothing.statement == (None if decision is Decision.ALLOWED else line)


def test_a_line_in_the_text_allows_nothing(record: Any) -> None:
    """An article that speaks of a licence, or quotes a ban far above its end, is neither free nor barred by it."""
    assert record([("body", "The files are licensed under CC BY 4.0.")]).decision is Decision.UNKNOWN
    rest = [("body", f"The boats sail again on day {number}, the harbour master said.") for number in range(3)]
    barred = record([("body", "Copies may not be published."), *rest], known("rights", "CC BY 4.0"))
    assert barred.decision is Decision.ALLOWED


def test_a_steward_goes_before_the_text(record: Any) -> None:
    """Who has the owner's leave says so in sources.toml; the statement stays on record."""
    line = "© Tide. All rights reserved."
    found = record([("copyright", line)], known("redistribution", "allowed"))
    assert (found.decision, found.statement) == (Decision.ALLOWED, line)
    barred = record([("copyright", "CC BY 4.0")], known("redistribution", "denied"))
    assert barred.decision is Decision.DENIED
    licensed = record([("copyright", line)], known("licence", "CC-BY-4.0"))
    assert (licensed.decision, licensed.licence) == (Decision.ALLOWED, "CC-BY-4.0")


def test_an_unknown_licence_is_withheld_under_a_reference(record: Any) -> None:
    found = record([], known("licence", "Tide Terms, 2nd edition"))
    assert (found.decision, found.licence) == (Decision.UNKNOWN, "LicenseRef-Tide-Terms-2nd-edition")


def test_only_parts_that_are_there_are_decided_on(record: Any) -> None:
    """A plain text under a licence may be passed on whole; a steward's word is of every part."""
    assert [part.part for part in record([("copyright", "CC BY 4.0")]).parts] == ["text"]
    told = record(
        [("caption", "A boat. Photo: Ana Ruiz"), ("boilerplate", "Share")], known("redistribution", "allowed")
    )
    assert {part.part: str(part.decision) for part in told.parts} == dict.fromkeys(
        ("text", "captions", "furniture"), "allowed"
    )


def test_a_publishers_own_work_is_free_but_not_an_agencys(record: Any) -> None:
    own = record([], known("publisher", "Voice of America"))
    assert own.decision is Decision.ALLOWED
    assert record([], known("site", "voanews.com")).decision is Decision.ALLOWED
    agency = record([], known("publisher", "Voice of America"), known("agency", "Reuters"))
    assert agency.decision is Decision.UNKNOWN


def test_a_publisher_that_only_the_text_names_frees_nothing(record: Any) -> None:
    """Furniture can name anybody."""
    assert record([("boilerplate", "Follow Voice of America on Google News")]).decision is Decision.UNKNOWN


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (known("tdm_reservation", "1", "markup"), "tdm-reservation"),
        (known("robots", "index, noai, noimageai", "markup"), "robots"),
        (known("robots", "googlebot: noarchive", "input record"), "robots"),
        (known("rsl", "https://example.org/license.xml", "markup"), "rsl"),
    ],
)
def test_reservations_are_kept_and_withhold(record: Any, value: KnownValue, kind: str) -> None:
    found = record([], value)
    assert [item.kind for item in found.reservations] == [kind]
    assert found.decision is Decision.DENIED


@pytest.mark.parametrize("value", [known("tdm_reservation", "0"), known("robots", "index, follow")])
def test_what_reserves_nothing_is_no_reservation(record: Any, value: KnownValue) -> None:
    assert record([], value).reservations == ()


def test_every_role_belongs_to_one_part() -> None:
    roles = [role for part in PARTS.values() for role in part]
    assert sorted(roles) == sorted(Role)
