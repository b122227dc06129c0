"""What a page's head gives: every case of heads.toml, and nothing but values whatever stands in it."""

from __future__ import annotations

import json
import time
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.metadata.decisions import TERMS_COLUMNS
from corpus.metadata.heads.claims import claims_of
from corpus.metadata.heads.json_ld import LONGEST_SCRIPT, objects_of
from corpus.metadata.heads.markup import known_from_head
from corpus.metadata.known import KNOWN_COLUMNS, apply_known, known_findings
from corpus.metadata.times.moments import moment_of
from corpus.metadata.words import table
from corpus.model.markup import Head
from corpus.model.tables import PAYWALLS

Case = dict[str, Any]
TEXT = st.text(max_size=40) | st.sampled_from(
    [
        "NewsArticle",
        "2021-06-05T00:00:00Z",
        "https://a.example/2021/06/05/x",
        "Maren Holt, Li Wen",
        "\ud800",
        "9" * 99,
    ]
)
NAMES = st.sampled_from(
    sorted({p.partition(":")[2] for places in table("heads")["places"].values() for p in places})
) | st.text(max_size=9)
PAIRS = st.lists(st.tuples(NAMES, TEXT), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.sampled_from(["@type", "@id"]), inner),
    max_leaves=12,
)


def head_of(case: Case) -> Head:
    lists = {name: tuple(map(tuple, case.get(name, []))) for name in ("metas", "links", "items")}
    scalars = {name: case.get(name) for name in ("language", "title", "url")}
    return Head(json_ld=tuple(case.get("json_ld", [])), **lists, **scalars)


@pytest.mark.cases("heads.toml", "heads")
def test_heads(case: Case) -> None:
    """All that comes out is named by the case, and each value is one that apply_known can use."""
    known = known_from_head(head_of(case), case.get("page_text"))
    given = {item.column: list(item.value) if isinstance(item.value, tuple) else item.value for item in known}
    assert given == case["gives"]
    assert known_findings("a", known) == []
    assert {item.kind for item in known} <= {"markup"}
    sources = {item.column: item.known_from for item in known}
    assert {column: sources[column] for column in case.get("known_from", {})} == case.get("known_from", {})


def test_the_tables_places_are_of_known_kinds_and_columns() -> None:
    places = table("heads")["places"]
    assert set(places) <= {*KNOWN_COLUMNS, *TERMS_COLUMNS}
    kinds = {place.partition(":")[0] for listed in places.values() for place in listed}
    assert kinds <= {"article", "page", "site", "meta", "item", "link", "head", "card"}
    assert all(len(listed) == len(set(listed)) for listed in places.values())
    assert tuple(table("heads")["paywall"]) == PAYWALLS


@given(PAIRS, PAIRS, PAIRS, st.lists(TEXT | VALUES.map(json.dumps), max_size=3), TEXT, TEXT, TEXT)
def test_any_strings_give_usable_values_or_none(
    metas: Any, links: Any, items: Any, scripts: list[str], title: str, url: str, text: str
) -> None:
    """Never an error; at most one value a column; what comes out can be written as UTF-8."""
    head = Head(title[:2], title, tuple(metas), tuple(links), tuple(scripts), tuple(items), url)
    known = known_from_head(head, text)
    assert len({item.column for item in known}) == len(known)
    assert {item.column for item in known} <= {*KNOWN_COLUMNS, *TERMS_COLUMNS}
    for item in known:
        for value in [item.value] if isinstance(item.value, str) else item.value:
            assert value.encode("utf-8").strip()


@given(st.text(max_size=90) | st.from_regex(r"[0-9TZ:+./ -]{4,30}", fullmatch=True))
def test_a_moment_is_iso_and_in_range_or_none(text: str) -> None:
    found = moment_of(text, epoch=True)
    if found is not None:
        value, precision = found
        assert len(value) == {"year": 4, "month": 7, "day": 10, "minute": 17, "second": 20}[precision]
        assert value == moment_of(value)[0]  # type: ignore[index]


@pytest.mark.parametrize(
    "script",
    [
        '{"a":' * 50_000,
        "[" * 100_000,
        '\\"' * 100_000,
        '"' * 100_001,
        ",   " * 50_000,
        "--> " * 50_000 + " " * 50_000,
        "{}" * 100_000,
        '{"@type": "NewsArticle", "headline": ' + "9" * 100_000 + "}",
        '{"@type": "NewsArticle", "author": [' + ", ".join(['{"name": "Maren Holt"}'] * 5_000) + "]}",
        " " * 200_000,
    ],
    ids=lambda script: script[:12],
)
def test_hostile_scripts_are_read_in_linear_time(script: str) -> None:
    started = time.process_time()
    known_from_head(Head(json_ld=(script,)))
    assert time.process_time() - started < 5


def test_a_script_too_long_is_not_read() -> None:
    assert objects_of(json.dumps({"a": " " * LONGEST_SCRIPT})) == []


@pytest.mark.parametrize("text", ["<a " * 50_000, "&amp" * 50_000, "A, " * 50_000, "a - " * 50_000, "By " * 50_000])
def test_hostile_values_are_read_in_linear_time(text: str) -> None:
    names = ("og:title", "author", "date", "copyright", "og:url", "description")
    started = time.process_time()
    known_from_head(Head(title=text, metas=tuple((n, text) for n in names), items=(("author", text),)), text)
    assert time.process_time() - started < 5


def test_references_that_run_in_circles_end() -> None:
    circle = (
        '{"@type": "Article", "@id": "#a", "headline": "Circle", "author": {"@id": "#b"}, "about": {"@id": "#a"}}'
    )
    claims = claims_of(Head(json_ld=(circle, '{"@id": "#b", "author": {"@id": "#a"}}')))
    assert claims.by_place["article:headline"] == ["Circle"]


PAGE = [
    ("title", "Harbour to close"),
    ("byline", "By Maren Holt"),
    ("timestamp", "Published June 5, 2021, 14:05 UTC"),
    ("dateline", "LISK (AP) —"),
    ("body", "The council said on Wednesday that the harbour would be closed for repairs until winter. " * 5),
]


def described(frames: Any, head: Head, page: Any = PAGE) -> dict[str, Any]:
    from corpus.metadata.describe import describe_frame

    raw, blocks = frames({"a": page})
    known = known_from_head(head, raw["text"][0])
    return dict(apply_known(describe_frame(raw, blocks), {"a": known}).row(0, named=True))


def kinds_of(row: dict[str, Any]) -> dict[str, str]:
    return {item["column"]: item["kind"] for item in row["evidence"]}


def test_where_the_text_says_as_much_it_keeps_its_spans(frames: Any) -> None:
    """The same title in other signs, a bare day, an organisation as author, an agency: the text's stay."""
    metas = (
        ("og:title", "Harbour – to close"),
        ("date", "2021-06-05"),
        ("author", "Newsroom"),
        ("agency", "Reuters"),
    )
    row = described(frames, Head(metas=metas))
    assert (row["title"], row["published"]) == ("Harbour to close", "2021-06-05T14:05Z")
    assert (row["authors"], row["agency"]) == (["Maren Holt"], "AP")
    assert {kinds_of(row)[name] for name in ("title", "published", "authors", "agency")} == {"text span"}


def test_where_the_head_says_more_it_goes_first(frames: Any) -> None:
    declared = '{"@type": "NewsArticle", "headline": "Norland’s harbour to close"}'
    metas = (
        ("article:published_time", "2021-06-05T14:05:10Z"),
        ("article:modified_time", "2021-06-07T08:00:00Z"),
        ("author", "Maren Holt, Li Wen"),
    )
    row = described(frames, Head(metas=metas, json_ld=(declared,)))
    assert row["title"] == "Norland’s harbour to close"
    assert (row["published"], row["published_precision"]) == ("2021-06-05T14:05:10Z", "second")
    assert (row["modified"], row["modified_precision"]) == ("2021-06-07T08:00:00Z", "second")
    assert row["authors"] == ["Maren Holt", "Li Wen"]
    assert {kinds_of(row)[name] for name in ("title", "published", "authors")} == {"markup"}


def test_a_title_that_no_line_has_yields_to_the_headline_on_the_page(frames: Any) -> None:
    """Search engines' titles differ from the headline; the one that JSON-LD declares does not."""
    told = (
        Head(metas=(("og:title", "Harbour closure 2021: all you need to know"),)),
        Head(title="Harbour closing"),
    )
    rows = [described(frames, head) for head in told]
    assert [row["title"] for row in rows] == ["Harbour to close"] * 2
    assert described(frames, told[0], [("body", "Ships wait.")])["title"].startswith("Harbour closure")


def test_a_declared_headline_that_is_cut_off_is_completed() -> None:
    declared = '{"@type": "NewsArticle", "headline": "Harbour to close for repairs until the"}'
    head = Head(json_ld=(declared,), metas=(("og:title", "Harbour to close for repairs until the spring"),))
    titles = {
        value.column: value.value
        for value in known_from_head(head, "Harbour to close for repairs until the spring")
    }
    assert titles["title"] == "Harbour to close for repairs until the spring"


def test_the_zone_of_a_time_is_told(frames: Any) -> None:
    """The value is in UTC; the local day can be had from the note."""
    head = Head(metas=(("article:published_time", "2021-06-05T22:05:10-05:00"),))
    row = described(frames, head)
    assert row["published"] == "2021-06-06T03:05:10Z"
    sources = {item["column"]: item["source"] for item in row["evidence"]}
    assert sources["published"] == "meta:article:published_time (at -05:00)"


def test_a_declared_language_raises_the_score_of_the_same_and_yields_to_another(frames: Any) -> None:
    alone, same, other = (described(frames, Head(language=tag)) for tag in (None, "en-US", "de"))
    assert alone["language"] == same["language"] == other["language"] == "en"
    assert alone["language_score"] <= same["language_score"] <= 1
    assert other["language_score"] == alone["language_score"]
    assert kinds_of(other)["language"] == "derived"


def test_a_declared_language_counts_where_the_text_is_too_short(frames: Any) -> None:
    row = described(frames, Head(language="de"), [("title", "Hafen"), ("body", "Zu.")])
    assert (row["language"], row["language_score"], kinds_of(row)["language"]) == ("de", None, "markup")


def test_what_is_known_otherwise_goes_before_the_head(frames: Any) -> None:
    from corpus.metadata.describe import describe_frame
    from corpus.model.document import KnownValue

    raw, blocks = frames({"a": PAGE})
    record = KnownValue("title", "The record's title", "input record", "title")
    head = known_from_head(Head(title="The head's title"))
    row = apply_known(describe_frame(raw, blocks), {"a": (record, *head)}).row(0, named=True)
    assert row["title"] == "The record's title"
    assert isinstance(row["language_score"], float)


def test_other_documents_of_the_batch_stay_as_they_are(frames: Any) -> None:
    from corpus.metadata.describe import describe_frame

    raw, blocks = frames({"a": PAGE, "b": PAGE})
    before = apply_known(describe_frame(raw, blocks), {})
    after = apply_known(describe_frame(raw, blocks), {"a": known_from_head(Head(title="Else", language="en"))})
    assert before.filter(pl.col("doc_id") == "b").equals(
        after.filter(pl.col("doc_id") == "b").select(before.columns)
    )
