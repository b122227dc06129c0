"""Hostile input: everything is answered, in time that grows no faster than the text."""

from __future__ import annotations

import time

import polars as pl
import pytest

from corpus.cleaning.kernel import clean_frame
from corpus.errors import DataError

PROSE = "The minister said that the road would open in May, and the mayor of the town agreed. "
SHAPES = {
    "one line of 5 MB": PROSE * 58_000,
    "200,000 blank lines": "a\n" + "\n" * 200_000 + "b",
    "100,000 lines of one letter": "a\n" * 100_000,
    "nothing but furniture": "Share\n" * 60_000,
    "openers and teasers in turn": ("Related Stories\nStorm hits the northern coast again\n" + PROSE + "\n")
    * 8_000,
    "bait for backtracking": ("aaaa " * 30 + "!\n") * 10_000,
    "brackets without end": "([" * 500_000,
    "wrapped lines without end": "the road would open in may and the mayor agreed with her on the matter of\n"
    * 20_000,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_large_and_odd_texts_finish_quickly(shape: str) -> None:
    begin = time.process_time()
    blocks = clean_frame(pl.DataFrame({"doc_id": ["a"], "text": [SHAPES[shape]]}), line_model=False)
    assert time.process_time() - begin < 20
    assert blocks["kept"].any()


def test_time_grows_with_the_text_and_not_with_its_square() -> None:
    def seconds(times: int) -> float:
        page = pl.DataFrame({"doc_id": ["a"], "text": ["\n".join(f"{n} {PROSE}\nShare" for n in range(times))]})
        begin = time.process_time()
        clean_frame(page, line_model=False)
        return time.process_time() - begin

    seconds(100)
    assert seconds(40_000) < 40 * seconds(4_000) + 1


def test_an_empty_batch_and_empty_texts_have_no_blocks() -> None:
    empty = clean_frame(
        pl.DataFrame(schema={"doc_id": pl.String, "text": pl.String, "site": pl.String}), line_model=False
    )
    blank = clean_frame(pl.DataFrame({"doc_id": ["a", "b"], "text": ["", " \n\x1c\u2003\n"]}), line_model=False)
    assert len(empty) == len(blank) == 0
    assert (
        empty.schema
        == blank.schema
        == clean_frame(pl.DataFrame({"doc_id": ["a"], "text": ["x"]}), line_model=False).schema
    )


def test_blocks_keep_the_order_of_the_documents() -> None:
    frame = clean_frame(
        pl.DataFrame({"doc_id": ["z", "a", "m"], "text": ["one\ntwo", "", "three"]}), line_model=False
    )
    assert frame["doc_id"].to_list() == ["z", "z", "m"]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pl.DataFrame({"text": ["a"]}), "lacks the column 'doc_id'"),
        (pl.DataFrame({"doc_id": ["a"], "text": [None]}), "'text'"),
        (pl.DataFrame({"doc_id": ["a", "a"], "text": ["x", "y"]}), "'a' stands twice"),
    ],
)
def test_a_frame_that_breaks_the_contract_is_refused(frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(DataError, match=words):
        clean_frame(frame, line_model=False)
