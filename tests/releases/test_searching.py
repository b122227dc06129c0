"""Pieces are found in one reading of many texts where a search text by text finds them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.releases.public.searching import find_pieces, find_runs

WORDS = st.sampled_from(["sea", "a", "harbour", "seas", "pier's", "ö", "…no", "lighthouse", "\0", "_x"])
GAPS = st.sampled_from([" ", ", ", "\n", ". "])
SAID = st.lists(st.tuples(WORDS, GAPS).map("".join), max_size=12).map("".join)


def reference(piece: str, texts: list[tuple[str, str]]) -> str | None:
    """Look into one text after another, at one place after another."""
    for digest, text in texts:
        for match in re.finditer(f"(?={re.escape(piece)})", text):
            start, end = match.start(), match.start() + len(piece)
            cut = text[:start][-1:].isalnum() or text[end:][:1].isalnum()
            if len(piece) >= 12 or not cut:
                return f"⟦{digest} {start}–{end}⟧"
    return None


def by_runs(piece: str, texts: list[tuple[str, str]]) -> str:
    """Take the longest run from each word on, as long as one word more stands in a text too."""
    words = re.findall(r"\W*\w+\W*|\W+", piece)
    made, at = "", 0
    while at < len(words):
        size, told = 1, words[at]
        for more in range(3, len(words) - at + 1):
            run = "".join(words[at : at + more])
            shown = re.sub(r"\W+$", "", run)
            found = reference(shown, texts)
            if found is None:
                break
            size, told = more, found + run[len(shown) :]
        made += told
        at += size
    return made


@pytest.mark.parametrize("held", [1, 40, 10**6])
@given(
    texts=st.lists(SAID, max_size=5),
    pieces=st.lists(SAID.filter(bool), max_size=4),
    cuts=st.tuples(*[st.integers(0, 20)] * 2),
)
def test_all_at_once_is_one_by_one(held: int, texts: list[str], pieces: list[str], cuts: tuple[int, int]) -> None:
    """However many texts are searched at once; pieces of the texts themselves, cut anywhere, among them."""
    named = [(f"{number:02x}", text) for number, text in enumerate(texts)]
    pieces += [piece for text in texts if (piece := text[cuts[0] : cuts[0] + cuts[1]])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.releases.public.searching._CHARACTERS", held)
        whole = {piece: found for piece in pieces if (found := reference(piece, named)) is not None}
        assert find_pieces(pieces, named) == whole
        assert find_runs(pieces, named) == {piece: by_runs(piece, named) for piece in pieces}


def test_nothing_to_look_for_reads_nothing() -> None:
    unread = (pytest.fail("it was read") for _ in range(1))
    assert find_pieces([], unread) == {}
    assert find_runs(["two words"], unread) == {"two words": "two words"}
