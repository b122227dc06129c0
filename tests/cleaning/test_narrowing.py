"""Patterns rewritten for Western letters find the same, in any script."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.cleaning.patterns.narrowing import are_wide, narrowed
from corpus.cleaning.patterns.plainlines import Plain
from corpus.cleaning.rules import load_rules, regex

PATTERNS = sorted({pattern for rule in load_rules() for pattern in (rule.pattern, rule.unless) if pattern})
LOW = [chr(code) for code in range(0x3000)]
NARROW = [sign for sign, wide in zip(LOW, are_wide(pl.Series(LOW)), strict=True) if not wide]


@pytest.mark.parametrize("flags", ["(?i:", "(?-i:"])
@pytest.mark.parametrize("sign", [r"\p{L}", r"\p{Lu}", r"\p{Ll}", r"\p{N}", r"[^\p{Lu}]", r"[\p{L}.]"])
def test_a_narrowed_class_has_the_same_members_among_narrow_characters(flags: str, sign: str) -> None:
    pattern = f"^{flags}{sign})$"
    signs = pl.Series(NARROW)
    assert len(signs) > 256
    assert signs.str.contains(narrowed(pattern)).to_list() == signs.str.contains(pattern).to_list()


CASES = sorted({line for rule in load_rules() for line in (*rule.match, *rule.not_match)})
WORDS = sorted({word for line in CASES for word in line.split()})
OTHERS = (
    "Łódź", "şehir", "Яна", "петрова", "Ελένη", "नई", "दिल्ली", "क्‍ष", "東京", "김", "محمد", "٣", "²", "ⁿ", "e\u0301",
    "Ǆ", "ǅ", "ß", "ẞ", "ÿ", "Ÿ", "Ð", "ð", "ª", "¼", "‿", "@яна", "#тег", "œuvre", "İstanbul", "ı",
)  # fmt: skip
LINES = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(OTHERS)), min_size=1, max_size=9).map(" ".join)


def foreign(line: str, word: str) -> str:
    """Put a foreign word in the place of the line's last name."""
    names = [piece for piece in line.split() if piece[0].isupper()]
    return line.replace(names[-1], word) if names else line


def seen(text: pl.Series) -> Plain:
    lines = {"plain": text, "lowered": text.str.to_lowercase(), "wide": pl.Series(are_wide(text), dtype=pl.Boolean)}
    return Plain.of(pl.DataFrame(lines))


@settings(max_examples=25)
@given(st.lists(st.one_of(LINES, st.builds(foreign, st.sampled_from(CASES), st.sampled_from(OTHERS))), max_size=30))
@example(texts=['2010, "Read İstanbul', "2010, ĸĸĸĸ word ℂℂℂ"])
def test_every_pattern_finds_the_same_lines_as_before_it_was_rewritten(texts: list[str]) -> None:
    text = pl.Series("text", texts, dtype=pl.String)
    lines, rows = seen(text), np.arange(len(texts))
    for pattern in PATTERNS:
        found = sorted(lines.matched([(rows, pattern)])[0].tolist())
        assert found == text.str.contains(regex(pattern)).arg_true().to_list(), pattern


@settings(max_examples=25)
@given(st.lists(st.one_of(LINES, st.builds(foreign, st.sampled_from(CASES), st.sampled_from(OTHERS))), max_size=30))
def test_every_piece_is_as_long_as_before(texts: list[str]) -> None:
    text = pl.Series("text", texts, dtype=pl.String)
    lines, rows = seen(text), np.arange(len(texts))
    for rule in load_rules():
        if rule.place != "line" and rule.pattern:
            pieces = text.str.extract(regex(rule.pattern)).str.len_chars().fill_null(0)
            found, size = lines.pieces([(rows, rule.pattern)])[0]
            whole = np.zeros(len(texts), dtype=np.int64)
            whole[found] = size
            assert whole.tolist() == pieces.to_list(), rule.id
