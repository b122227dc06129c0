"""A tool's text and the document's: the same but for blanks, a part, or another one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standoff_drawn import HARD, pieces, texts

import corpus
from corpus.exchange.fitting import fit
from corpus.exchange.ink import inked_hash, is_ink
from corpus.model.document import Document
from corpus.model.span import Span

RAW = (
    "Home | News | Sport\n"
    "Port reopens after storm\n"
    "By Ann Lee\n"
    "The port of Eastmouth reopened on Monday after the storm, the harbour master said.\n"
    "Share this on Facebook\n"
    "“We are back,” said Tom Reed of the port 😀 authority, who had waited for nine days with his crews.\n"
    "Copyright 2024 The Eastmouth Post. All rights reserved.\n"
)
"""With furniture, so that the clean text is not the whole, and an astral character before the last words."""


def document() -> Document:
    """The page, cleaned."""
    return corpus.clean(RAW)


def tokens(text: str) -> str:
    """The text as formats of tokens have it."""
    return " ".join(re.findall(r"\w+|[^\w\s]", text))


FORMS = {
    "raw": lambda made: made.raw_text,
    "reading": lambda made: made.reading().text,
    "clean": lambda made: made.text,
    "Windows line ends": lambda made: made.raw_text.replace("\n", "\r\n"),
    "one line": lambda made: " ".join(made.raw_text.split()),
    "tokens": lambda made: tokens(made.text),
    "a byte order mark": lambda made: f"\ufeff{made.raw_text}",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_words_in_every_form_of_the_text(form: str) -> None:
    """Every word of the tool's text lands on the same word of the text as received, in the same order."""
    made = document()
    text = FORMS[form](made)
    fits = fit(text, made)
    assert fits.likeness == "same"
    last: dict[str, int] = {}
    for word in re.finditer(r"\w+", text):
        placed = fits.anchored([Span(*word.span())])
        assert not isinstance(placed, str)
        assert [piece.exact for piece in placed] == [word[0]]
        assert placed[0].span.slice(RAW) == word[0]
        assert placed[0].start > last.get(word[0], -1), "the second of two equal words must not land on the first"
        last[word[0]] = placed[0].start


def test_a_part_is_counted_and_what_lies_outside_is_looked_for() -> None:
    """A tool that has one paragraph, and one that has more than the document."""
    made = document()
    part = RAW[RAW.index("The port of") : RAW.index("Copyright")]
    fits = fit(part, made)
    assert fits.likeness == "part"
    where = part.index("storm")
    placed = fits.anchored([Span(where, where + 5)])
    assert not isinstance(placed, str)
    assert placed[0].start == RAW.index("storm,")
    more = f"EDITORIAL NOTE of the archive\n{RAW}END OF FILE"
    fits = fit(more, made)
    assert fits.likeness == "part"
    where = more.index("Tom Reed")
    placed = fits.anchored([Span(where, where + 8)])
    assert not isinstance(placed, str)
    assert placed[0].span.slice(RAW) == "Tom Reed"
    assert "no longer in the text" in str(fits.anchored([Span(0, 9)]))


def test_another_text_is_searched_by_words_and_context() -> None:
    """A corrected text: what still stands is found, what does not is told."""
    made = document()
    other = RAW.replace("Monday", "Tuesday morning").replace("nine days", "ten days")
    fits = fit(other, made)
    assert fits.likeness == "unlike"
    where = other.index("harbour master")
    placed = fits.anchored([Span(where, where + 14)])
    assert not isinstance(placed, str)
    assert placed[0].start == RAW.index("harbour master")
    where = other.index("Tuesday morning")
    assert isinstance(fits.anchored([Span(where, where + 15)]), str)


@given(texts(longest=60), st.data())
def test_pieces_come_back_from_other_blanks(raw: str, data: st.DataObject) -> None:
    """Whatever the text: with other blanks between its words, a span covers the same signs as before."""
    made = corpus.clean(raw)
    if made.raw_text != raw or not raw.split():
        return
    spans = data.draw(pieces(len(raw)))
    other = "".join(f"\t{sign}" if sign.isspace() else sign for sign in raw)
    at = [sum(2 if sign.isspace() else 1 for sign in raw[:place]) for place in range(len(raw) + 1)]
    fits = fit(other, made)
    assert fits.likeness == "same"
    placed = fits.anchored([Span(at[span.start], at[span.end]) for span in spans])
    ink = [place for span in spans for place in range(*span) if is_ink(raw[place])]
    if not ink:
        assert isinstance(placed, str)
        return
    assert not isinstance(placed, str)
    found = {place for piece in placed for place in range(piece.start, piece.end) if is_ink(raw[place])}
    assert found == set(ink)
    assert all(piece.span.slice(raw) == piece.exact for piece in placed)


def test_blanks_do_not_count_in_the_hash() -> None:
    """Two texts are one where they differ in blanks, and two where they do not."""
    assert inked_hash("a b\n") == inked_hash("ab") == inked_hash("\ufeffa\u2028b")
    assert inked_hash("ab") != inked_hash("a\u200bb")
    assert HARD
