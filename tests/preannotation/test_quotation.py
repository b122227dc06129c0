"""Where quotations stand: marks of every style, apostrophes, paragraphs, hostile text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.preannotation.lexicon import read_rules
from corpus.preannotation.quotation import find_quotes, lines_of


def quoted(text: str) -> list[str]:
    return [quote.span.slice(text) for quote in find_quotes(text, read_rules().elisions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She said “yes, of course” twice.", ["“yes, of course”"]),
        ('She said "yes, of course" twice.', ['"yes, of course"']),
        ("She said 'yes, of course' twice.", ["'yes, of course'"]),
        ("She said ‘yes, of course’ twice.", ["‘yes, of course’"]),
        ("Sie sagte „ja, sicher“ zweimal.", ["„ja, sicher“"]),
        ("Sie sagte ‚ja, sicher‘ zweimal.", ["‚ja, sicher‘"]),
        ("Sie sagte »ja, sicher« zweimal.", ["»ja, sicher«"]),
        ("Elle a dit « oui, bien sûr » hier.", ["« oui, bien sûr »"]),
        ("Hon sa ”ja, visst” i går.", ["”ja, visst”"]),
        ("彼女は「はい」と言った。", ["「はい」"]),
        ("“One” and “two” and 'three'.", ["“One”", "“two”", "'three'"]),
        ("“He said ‘no’ to me.”", ["“He said ‘no’ to me.”"]),
        ("'It's the boys' turn,' he said.", ["'It's the boys' turn,'"]),
        ("‘It’s the boys’ turn,’ he said.", ["‘It’s the boys’ turn,’"]),
        ("(“inside brackets”)", ["(“inside brackets”)"[1:-1]]),
        ("the dogs' home and the cats' home", []),
        ("the dogs’ home and the cats’ home", []),
        ("rock 'n' roll of the '80s, 'tis said", []),
        ("5' 10\" tall", []),
        ('Mixed “marks of two kinds," he said.', ['“marks of two kinds,"']),
        ('Mixed "marks of two kinds,” he said.', ['"marks of two kinds,”']),
        ("never “closed", []),
        ("“”", []),
        ('say ""', []),
    ],
)
def test_styles(text, expected):
    assert quoted(text) == expected


def test_an_unclosed_mark_swallows_nothing_of_the_next_paragraph():
    assert quoted("He said “no and left.\nShe said “yes, dear” to all.") == ["“yes, dear”"]


def test_paragraphs_that_open_again_are_one_quotation():
    text = "He said: “One thing.\n“Another thing.\n“The last thing.” He left."
    assert quoted(text) == ["“One thing.\n“Another thing.\n“The last thing.”"]


@given(st.text(alphabet="ab s.,\n“”‘’\"'«»„「」", max_size=80))
def test_quotations_are_in_order_apart_and_marked(text):
    """Whatever the text: each opens and closes with marks, holds something, and none overlaps the next."""
    found = find_quotes(text)
    position = 0
    for quote in found:
        assert position <= quote.span.start < quote.inner.start <= quote.inner.end < quote.span.end
        assert text[quote.span.start] == quote.mark
        assert text[quote.span.end - 1] in "”“\"'’‘«»」"
        position = quote.span.end


@given(st.text(alphabet="ab \n\u2028", max_size=40))
def test_lines_break_at_line_feeds_alone(text):
    assert [line.slice(text) for line in lines_of(text)] == [line for line in text.split("\n") if line]


@pytest.mark.parametrize("unit", ['"', "“", "“a\n", "'a ", "'xs' ", "« ", "„a “"])
def test_hostile_repetition_stays_linear(unit):
    """Twelve times the text may take far more than twelve times the time only if the work is not linear."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        find_quotes(text)
        return time.process_time() - start

    small = max(min(seconds(10_000) for _ in range(3)), 0.002)
    assert min(seconds(120_000) for _ in range(3)) < 60 * small
