"""A tool's text and the document's: the same but for blanks, a part, or another one."""

from __future__ import annotations

import re
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standoff_drawn import HARD, pieces, texts

import corpus
from corpus.exchange.fitting import fit, is_version
from corpus.exchange.ink import inked, inked_hash
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


Form = Literal["NFC", "NFD"]
WRITTEN = "Änne Müller of Ångström & 한국 said on Monday that the “façade” of Málaga’s old harbour was reopened."


@pytest.mark.parametrize(("ours", "theirs"), [("NFC", "NFD"), ("NFD", "NFC")])
@pytest.mark.parametrize("part", [0, 12])
def test_accents_count_alike_in_either_form(ours: Form, theirs: Form, part: int) -> None:
    """With the letter or behind it: characters are counted, in the whole text and in a part of it."""
    made = corpus.clean(normalize(ours, WRITTEN))
    text = normalize(theirs, WRITTEN[part:])
    fits = fit(text, made)
    assert fits.likeness == ("part" if part else "same")
    for word in re.finditer(r"\S+", text):
        placed = fits.anchored([Span(*word.span())])
        assert not isinstance(placed, str)
        assert [piece.exact for piece in placed] == [normalize(ours, word[0])]


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


CALLS = "The crowd on the quay called out for hours:\n" + "ahoy " * 30 + "\nand then all of it went home.\n"
"""Of two equal calls no context tells which is which: only counting does."""


@pytest.mark.parametrize(
    ("text", "start"),
    [(CALLS[CALLS.index("ahoy") :], CALLS.index("ahoy")), ("From the archive.\n" + CALLS + "Read more.", -18)],
    ids=["a part of the document's", "more than the document's"],
)
def test_the_same_call_among_many(text: str, start: int) -> None:
    """Whichever has the other in it, every mark of the tool's is counted to its own place."""
    fits = fit(text, corpus.clean(CALLS))
    assert fits.likeness == "part"
    for found in re.finditer("ahoy", text):
        placed = fits.anchored([Span(*found.span())])
        assert not isinstance(placed, str)
        assert [piece.span for piece in placed] == [Span(found.start() + start, found.end() + start)]


def test_a_part_has_forty_signs_and_stands_there_once() -> None:
    """What is shorter or stands twice is looked for by its words."""
    made = document()
    whole = made.raw_text[made.raw_text.index("The port") :]
    enough = next(whole[:n] for n in range(len(whole)) if len("".join(whole[:n].split())) == 40)
    assert fit(enough, made).likeness == "part"
    assert fit(enough[:-1], made).likeness == "unlike"
    line = "The ferry leaves for the islands at noon, as on any other day."
    assert fit(line, corpus.clean(f"{line}\nIt was late.\n{line}\n")).likeness == "unlike"


def test_no_half_of_a_mark_is_placed() -> None:
    """A mark of two pieces, one of them outside the document, is kept without a place."""
    more = f"EDITORIAL NOTE of the archive\n{RAW}END OF FILE"
    both = [Span(0, 9), Span(more.index("Tom Reed"), more.index("Tom Reed") + 8)]
    assert "no longer in the text" in str(fit(more, document()).anchored(both))


def test_blanks_at_a_marks_edges_stay_where_the_texts_are_equal() -> None:
    """Of texts that differ in blanks they go."""
    made = document()
    where = RAW.index("storm, ")
    for text, exact in ((RAW, "storm, "), (RAW.replace("\n", "\r\n"), "storm,")):
        start = text.index("storm, ")
        placed = fit(text, made).anchored([Span(start, start + 7)])
        assert not isinstance(placed, str)
        assert [(piece.start, piece.exact) for piece in placed] == [(where, exact)]


VERSIONS = {
    "other accents and cases": (RAW.replace("Tom Reed", "Tom R\u00e9ed").upper(), True),
    "a third of it": (RAW[RAW.index("The port") : RAW.index("Share")], True),
    "half of it in a longer one": (RAW[: len(RAW) // 2] + "Something else again, and more of it. " * 4, True),
    "another article with its names": (
        "Tom Reed of the port authority spoke in Eastmouth. "
        + "Nothing that he said was of ships or of storms. " * 8,
        False,
    ),
    "a word of it": ("storm", True),
    "a word that is not": ("calm", False),
    "nothing": ("", True),
}


@pytest.mark.parametrize("case", VERSIONS)
def test_what_may_be_an_edited_form(case: str) -> None:
    """Enough of the shorter text stands in the other one, case and the form of accents aside."""
    text, expected = VERSIONS[case]
    assert is_version(text, document()) is expected


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
    ink = [place for span in spans for place in range(*span) if inked(raw[place])]
    if not ink:
        assert isinstance(placed, str)
        return
    assert not isinstance(placed, str)
    found = {place for piece in placed for place in range(piece.start, piece.end) if inked(raw[place])}
    assert found == set(ink)
    assert all(piece.span.slice(raw) == piece.exact for piece in placed)


def test_blanks_do_not_count_in_the_hash() -> None:
    """Two texts are one where they differ in blanks, and two where they do not."""
    assert inked_hash("a b\n") == inked_hash("ab") == inked_hash("\ufeffa\u2028b")
    assert inked_hash("ab") != inked_hash("a\u200bb")
    assert HARD
