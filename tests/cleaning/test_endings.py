"""What bytes tell of how lines begin and end is what patterns tell that look at all their signs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.cleaning.endings import asking, lower, stopped
from corpus.cleaning.features import PLAIN_LIMIT, add_features
from corpus.cleaning.patterns.narrowing import are_wide
from corpus.cleaning.utf8 import Utf8

SIGNS = (
    "a", "Z", "0", "_", " ", ".", "!", "?", "…", "。", "？", "؟", "।", "։", "|", '"', "'", "”", "’", "」", "«", "»",
    "›", ")", "]", "*", ":", "：", "\u00a0", "\u202f", "\t", "\r", "\x1c", "\u3000", "é", "ß", "À", "Ł", "ż", "ς",
    "中", "あ", "😀", "𝔞", "\u0301", "\u200b", "\x7f", "\x00", "–", "→", "₤", "ↄ",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(SIGNS), max_size=9).map("".join)

WHOLE: list[tuple[Callable[[pl.Series, Utf8], NDArray[np.bool_]], str]] = [
    (lower, r"^\p{Ll}"),
    (asking, r"[?？؟]\W*$"),
    (stopped, r"""[.!?…。！？؟।။።։|](?:["'”’」』“‘«)\]*]|\s?[»›])*$"""),
]
"""What is told of a text, and the pattern that tells it; of ``stopped`` it sees the last six signs."""


@pytest.mark.parametrize(("told", "pattern"), WHOLE)
@given(texts=st.lists(TEXT, max_size=40))
@example(texts=[])
@example(texts=["", "", "?", ""])
@example(
    texts=['.""""""', '."""""', ".”»»»»", ". »", "He asked.\u00a0", "He asked?\u00a0", "He asked? »\r", "𝔞?", "？é"]
)
def test_bytes_tell_what_a_pattern_tells(
    told: Callable[[pl.Series, Utf8], NDArray[np.bool_]], pattern: str, texts: list[str]
) -> None:
    text = pl.Series("text", texts, dtype=pl.String)
    seen = text.str.slice(-6) if told is stopped else text
    assert told(text, Utf8.of(text)).tolist() == seen.str.contains(pattern).to_list()


@given(
    texts=st.lists(TEXT.map(lambda text: 11 * text), max_size=40),
    sign=st.sampled_from("a \t?"),
    skipped=st.booleans(),
)
def test_signs_are_counted_in_each_text(texts: list[str], sign: str, skipped: bool) -> None:
    """A column may be the rest of a longer one."""
    text = pl.Series("text", texts, dtype=pl.String)[int(skipped) :]
    raw = Utf8.of(text)
    assert raw.counts(raw.data == ord(sign)).tolist() == [one.count(sign) for one in text]


def test_wide_is_what_has_a_letter_beyond_latin_1() -> None:
    """Every sign there is, by itself and in a text that is narrow without it."""
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    narrow = {*range(0x100), *range(0x2010, 0x2028), *range(0x2030, 0x203F), 0x20AC}
    narrow |= {*range(0x2190, 0x2200), *range(0x25A0, 0x2600)}
    wide = [code not in narrow for code in codes]
    assert are_wide(pl.Series([chr(code) for code in codes])).tolist() == wide
    assert are_wide(pl.Series([f"a’{chr(code)}é" for code in codes])).tolist() == wide


def test_typographic_signs_of_long_lines_are_plain_at_both_ends() -> None:
    long = "“" + "a" * PLAIN_LIMIT + "”"
    plain = add_features(pl.DataFrame({"text": [long, "a" + long[1:-1] + "’", "l’été", "", "a" * PLAIN_LIMIT]}))[
        "plain"
    ]
    half = PLAIN_LIMIT // 2 - 1
    assert plain.to_list() == [
        f'"{"a" * half} … {"a" * half}"',
        f"{'a' * (half + 1)} … {'a' * half}'",
        "l'été",
        "",
        "a" * PLAIN_LIMIT,
    ]
