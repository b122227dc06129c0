"""The describer behind the real cleaner: what holds for any page."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.kernel import clean_frame
from corpus.metadata.describe import describe_frame
from corpus.model.projection import Piece, Projection
from corpus.model.roles import TEXT_ROLES

PAGE = """Home | News | Sport

Harbour to close for repairs

By Maren Holt and Idris Okafor

Published: June 5, 2021

LISK, Norland (AP) — The council said on Wednesday that the harbour would be closed for repairs until the winter.

“We had no choice,” the mayor, Li Wen, told reporters on the quay after the meeting. “The wall is moving.”

What comes next

Ships will be sent to the neighbouring port of Osk, which is smaller and has two cranes that work, she said.

Copyright 2021 The Associated Press. All rights reserved.

Follow Harbour Times on Google News
"""
LINES = st.one_of(
    st.sampled_from(PAGE.split("\n")),
    st.text(max_size=40),
    st.sampled_from(["© 2021 X", "(AP) —", "By", "Updated 03/04/2021", "FILE - A harbour.", "Photo: Li Wen"]),
)


def frames(*texts: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    cleaned = [text.replace("\r", "").replace("\0", "") for text in texts]
    rows = [(str(number), text, None) for number, text in enumerate(cleaned)]
    raw = pl.DataFrame(rows, schema=dict.fromkeys(["doc_id", "text", "site"], pl.String), orient="row")
    return raw, clean_frame(raw, line_model=False)


def test_a_page_is_cleaned_and_described() -> None:
    row: dict[str, Any] = describe_frame(*frames(PAGE)).row(0, named=True)
    assert row["title"] == "Harbour to close for repairs"
    assert row["authors"] == ["Maren Holt", "Idris Okafor"]
    assert (row["published"], row["published_precision"]) == ("2021-06-05", "day")
    assert (row["dateline"], row["agency"]) == ("LISK, Norland", "AP")
    assert (row["publisher"], row["copyright_holder"]) == ("Harbour Times", "The Associated Press")
    assert row["headings"] == ["What comes next"]


@settings(max_examples=10)
@given(st.lists(st.lists(LINES, max_size=12).map("\n".join), min_size=1, max_size=3))
def test_text_and_evidence_hold_on_any_page(texts: list[str]) -> None:
    """The text is the model's projection of the blocks; each verbatim value is the slice its evidence names."""
    raw, blocks = frames(*texts)
    described = describe_frame(raw, blocks)
    for doc_id, anchor in raw.select("doc_id", "text").iter_rows():
        own = blocks.filter((pl.col("doc_id") == doc_id) & pl.col("role").is_in([r.value for r in TEXT_ROLES]))
        pieces = [Piece(*piece) for piece in own.select("start", "end", "join").iter_rows()]
        row = described.filter(pl.col("doc_id") == doc_id).row(0, named=True)
        assert row["text"] == Projection.of(anchor, pieces).text
        for item in row["evidence"]:
            if item["column"] in VERBATIM:
                value = row[item["column"]]
                assert anchor[item["start"] : item["end"]] in (value if isinstance(value, list) else [value])


VERBATIM = (
    "title",
    "publisher",
    "agency",
    "dateline",
    "copyright",
    "copyright_holder",
    "authors",
    "captions",
    "credits",
)


@pytest.mark.parametrize("line", ["Follow us on Google News", "All rights reserved.", "By", "3 hours ago"])
def test_furniture_that_says_nothing_gives_nothing(line: str) -> None:
    lines = PAGE.splitlines()
    row = describe_frame(*frames("\n\n".join([lines[2], line, lines[10]]))).row(0, named=True)
    for column in ("authors", "published", "publisher", "agency", "copyright_holder", "date_hint"):
        assert not row[column], column
