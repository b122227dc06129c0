"""A text is cut into the lines that one sees, each where it stands."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.cleaning.lines import lines_frame

SIGNS = (
    "\n",
    "\n",
    " ",
    "\t",
    "\r",
    "\x0b",
    "\x1c",
    "\x85",
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2028",
    "\u202f",
    "\u205f",
)
SIGNS += ("\u3000", "\u200b", "\ufeff", "\x00", "a", "b", "é", "Ā", "…", "中", "؟", "😀", "\U0010ffff")
TEXTS = st.lists(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join), max_size=8)


def seen(texts: list[str]) -> list[tuple[int, int, int, int, str]]:
    """Return what a loop sees: of a line its text's number, its own, where it starts and ends, and itself."""
    found = []
    for doc, text in enumerate(texts):
        start = 0
        for number, line in enumerate(text.split("\n")):
            begin = start + len(line) - len(line.lstrip())
            if line.strip():
                found.append((doc, number, begin, begin + len(line.strip()), line.strip()))
            start += len(line) + 1
    return found


@given(texts=TEXTS, skipped=st.booleans())
@example(texts=[], skipped=False)
@example(texts=["", "\n", "a", "", "\n\nb\n", " "], skipped=True)
@example(texts=["\u00a0a\u00a0\r\n\u3000\n é\u2028"], skipped=False)
def test_lines_are_those_that_a_loop_sees(texts: list[str], skipped: bool) -> None:
    """A column may be the rest of a longer one."""
    column = pl.Series("text", ["x\ny", *texts] if skipped else texts, dtype=pl.String)[int(skipped) :]
    lines = lines_frame(column)
    assert lines.select("doc", "line", "start", "end", "text").rows() == seen(texts)


@given(texts=TEXTS)
def test_lines_of_one_gap_follow_each_other(texts: list[str]) -> None:
    rows = lines_frame(pl.Series("text", texts, dtype=pl.String)).select("doc", "line", "gap").rows()
    for (doc, line, gap), (next_doc, next_line, next_gap) in pairwise(rows):
        assert next_gap - gap == int((next_doc, next_line) != (doc, line + 1))
