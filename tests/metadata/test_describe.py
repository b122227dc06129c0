"""The described frame: its columns, its text, its evidence."""

from __future__ import annotations

import time
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.metadata.describe import COLUMNS, describe_frame
from corpus.metadata.text import texts
from corpus.model.document import Block, text_pieces
from corpus.model.projection import JOINS, Projection
from corpus.model.roles import Reason, Role
from corpus.model.tables import documents_table

ARTICLE = [
    ("title", "Harbour to close for repairs"),
    ("byline", "By Maren Holt and Idris Okafor, Associated Press"),
    ("timestamp", "Published: June 5, 2021, 14:05 UTC | Updated June 6, 2021"),
    ("caption", "Maren Holt, Li Wen"),
    ("caption", "Ministers meet in Lisk, June 4, 2021. (Li Wen/The Courier)"),
    ("dateline", "LISK, Norland (AP) —"),
    ("body", "The council said on Wednesday that the harbour would be closed for repairs until winter."),
    ("heading", "What comes next"),
    ("body", "“We will see,” she said."),
    ("credit", "Graphic: Li Wen"),
    ("copyright", "Copyright 2021 Northern Courier Ltd. All rights reserved."),
    ("boilerplate", "Follow Harbour Times on Google News"),
]


@pytest.fixture
def described(frames: Any) -> dict[str, Any]:
    raw, blocks = frames({"a": ARTICLE})
    return dict(describe_frame(raw, blocks).row(0, named=True)) | {"anchor": raw["text"][0]}


def test_every_column_says_what_the_page_says(described: dict[str, Any]) -> None:
    said = {
        k: v for k, v in described.items() if k not in ("evidence", "anchor", "text", "language_score", "doc_id")
    }
    assert said == {
        "title": "Harbour to close for repairs",
        "authors": ["Maren Holt", "Idris Okafor"],
        "published": "2021-06-05T14:05Z",
        "published_precision": "minute",
        "modified": "2021-06-06",
        "modified_precision": "day",
        "date_hint": None,
        "publisher": "Harbour Times",
        "agency": "AP",
        "dateline": "LISK, Norland",
        "language": "en",
        "headings": ["What comes next"],
        "captions": ["Maren Holt, Li Wen", "Ministers meet in Lisk, June 4, 2021. (Li Wen/The Courier)"],
        "credits": ["Li Wen/The Courier", "Graphic: Li Wen"],
        "copyright": "Copyright 2021 Northern Courier Ltd. All rights reserved.",
        "copyright_holder": "Northern Courier Ltd.",
        "paywall": None,
    }


def test_evidence_points_at_the_values_own_characters(described: dict[str, Any]) -> None:
    """Verbatim values are the slice of the anchor text; every value has evidence, sorted."""
    evidence = described["evidence"]
    spans: dict[str, list[str]] = {}
    for item in evidence:
        if item["kind"] == "text span":
            spans.setdefault(item["column"], []).append(described["anchor"][item["start"] : item["end"]])
    for column in ("title", "publisher", "agency", "dateline", "copyright", "copyright_holder"):
        assert spans[column] == [described[column]]
    for column in ("authors", "headings", "captions", "credits"):
        assert spans[column] == described[column]
    assert spans["published"] == ["June 5, 2021, 14:05 UTC"]
    derived = [item for item in evidence if item["kind"] == "derived"]
    assert [item["column"] for item in derived] == ["language"]
    assert derived[0]["source"].startswith("py3langid ")
    assert evidence == sorted(evidence, key=lambda item: (item["column"], item["start"] or 0))


def test_types_fit_the_documents_table(frames: Any) -> None:
    """Every column can be cast to the dataset's schema, precision aside (it is a name here)."""
    raw, blocks = frames({"a": ARTICLE, "b": [("body", "Short.")], "c": []})
    frame = describe_frame(raw, blocks)
    assert frame.columns == list(COLUMNS)
    assert frame.schema["published_precision"] == frame.schema["modified_precision"] == pl.String
    schema = documents_table().schema
    table = frame.drop("published_precision", "modified_precision").to_arrow()
    table.cast(pa.schema([schema.field(name) for name in table.column_names]))


def test_a_text_that_says_nothing_gives_nulls_and_empty_lists(frames: Any) -> None:
    raw, blocks = frames({"b": [("body", "Short.")], "c": []})
    for row in describe_frame(raw, blocks).drop("doc_id", "text").iter_rows(named=True):
        assert all(value is None or value == [] for value in row.values()), row


def test_no_blocks_and_no_documents_at_all(frames: Any) -> None:
    raw, blocks = frames({"a": []})
    assert describe_frame(raw, blocks)["text"].to_list() == [""]
    assert describe_frame(raw.clear(), blocks).height == 0


def test_rows_stand_in_the_order_of_the_input(frames: Any) -> None:
    names = ["z", "a", "m", "b"]
    raw, blocks = frames({name: [("body", f"Text of {name}")] for name in names})
    assert describe_frame(raw, blocks)["doc_id"].to_list() == names


def test_a_document_is_described_the_same_alone_and_among_others(frames: Any) -> None:
    alone = describe_frame(*frames({"a": ARTICLE}))
    others = {"x": ARTICLE[:3], "a": ARTICLE, "y": [("timestamp", "Updated 15/04/2021")]}
    assert describe_frame(*frames(others)).filter(pl.col("doc_id") == "a").equals(alone)


def test_a_monstrous_line_is_passed_over(frames: Any) -> None:
    """A line of a million characters is kept as a value where it is one, but not parsed."""
    raw, blocks = frames({"a": [("byline", "By Maren Holt " * 80_000), ("caption", "8 April 2021 " * 80_000)]})
    row = describe_frame(raw, blocks).row(0, named=True)
    assert (row["authors"], row["date_hint"], len(row["captions"])) == ([], None, 1)


@pytest.mark.parametrize("filling", [" ", "\u3000", "1 ", "A, ", "© ", "(", "2021-", "10:00 GMT ", "Photo: "])
def test_no_filling_of_a_long_line_takes_long(frames: Any, filling: str) -> None:
    """The longest lines that are parsed, of every role, made of what makes patterns backtrack: seconds at most."""
    roles = ("byline", "timestamp", "dateline", "caption", "copyright", "credit", "boilerplate")
    parts = [(role, start + (filling * 3_000)[:length] + ".") for role in roles for start, length in LONG_LINES]
    began = time.process_time()
    describe_frame(*frames({"a": parts}))
    assert time.process_time() - began < 20


LONG_LINES = [("By ", 590), ("© ", 590), ("Follow A", 2_900), ("Copyright 2021 ", 2_900)]


ROLES = st.sampled_from(list(Role))
PIECES = st.lists(st.tuples(ROLES, st.text(min_size=1, max_size=12), st.sampled_from(JOINS)), max_size=8)


@given(st.lists(PIECES, min_size=1, max_size=4))
def test_the_text_is_the_projection_of_the_blocks(documents: list[list[tuple[Role, str, str]]]) -> None:
    """The columnar text of each document equals the model's projection, whatever roles, joins and characters."""
    anchors, rows, expected = [], [], []
    for number, pieces in enumerate(documents):
        anchor, blocks = "", []
        for index, (role, text, join) in enumerate(pieces):
            start = len(anchor) + 1
            anchor += " " + text
            block = Block(index, 0, start, len(anchor), text, role, Reason.PROSE, "r", 1.0, True, join, 0)
            blocks.append(block)
            rows.append((str(number), role.value, join, text))
        anchors.append((str(number), anchor))
        expected.append(Projection.of(anchor, text_pieces(blocks)).text)
    raw = pl.DataFrame(anchors, schema=["doc_id", "text"], orient="row")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(["doc_id", "role", "join", "text"], pl.String), orient="row")
    assert texts(raw, frame)["text"].to_list() == expected


@given(
    st.sampled_from(["byline", "timestamp", "dateline", "caption", "copyright", "credit", "boilerplate"]), st.text()
)
def test_any_line_is_survived_and_its_evidence_is_inside(role: str, text: str) -> None:
    """Whatever stands in a line, nothing raises, and every span lies in the anchor text."""
    from corpus.metadata.lines import document_values
    from corpus.metadata.values import Line

    for value in document_values([Line("a", text, 5, 0, 0, role, "r")], "en"):
        assert value.start is not None and value.end is not None
        assert 5 <= value.start < value.end <= 5 + len(text) or not text


def test_a_second_name_that_is_where_the_article_plays_is_a_place(frames: Any) -> None:
    """Nothing else tells "Torr Lisk" from "Idris Okafor" behind a comma."""
    parts = [("title", "Harbour to close"), ("byline", "By Maren Holt, Torr Lisk")]
    told = [("body", "The old harbour in Torr Lisk will be closed until winter, the council said on Wednesday.")]
    other = [("body", "The old harbour will be closed until winter, said Torr Lisk, who runs it for the council.")]
    authors = [describe_frame(*frames({"a": [*parts, *body]}))["authors"][0].to_list() for body in (told, other)]
    assert authors == [["Maren Holt"], ["Maren Holt", "Torr Lisk"]]
