"""A text cut into words as spaCy and Prodigy hold them: nothing between two of them but one blank at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpus.model.span import Span
from corpus.model.tokens import Mention, token_lines

__all__ = ["Word", "words_of"]


class Word(NamedTuple):
    """A token, or white space that is more than the one blank behind a token."""

    start: int
    end: int
    blank: bool
    """Whether one blank follows it."""


def words_of(text: str, marks: Iterable[Span]) -> list[Word]:
    """Return the words of a text: the ``ner`` config's tokens, cut where a mark begins or ends.

    Put together again, with their blanks, they are the text; every mark begins with a word and ends with one.

    >>> text = "U.S.-based  in"
    >>> [text[w.start : w.end] + "_" * w.blank for w in words_of(text, [Span(0, 4), Span(7, 10)])]
    ['U', '.', 'S', '.', '-', 'ba', 'sed_', ' ', 'in']
    """
    held = list(marks)
    starts, ends = {mark.start for mark in held}, {mark.end for mark in held}
    words: list[Word] = []
    at = 0
    for start, end in _pieces(text, starts | ends):
        if start < at:
            continue
        blank = text[end : end + 1] == " " and not (end in starts or end + 1 in ends or text[start].isspace())
        words.append(Word(start, end, blank))
        at = end + blank
    return words


def _pieces(text: str, edges: set[int]) -> Iterator[Span]:
    """Yield tokens and single blanks, then all other white space in runs, cut at the edges."""
    at = 0
    none: tuple[Mention[str], ...] = ()
    for line in token_lines(text, none, lambda *_: None):
        for token in line.tokens:
            yield from _blanks(at, token.start, text, edges)
            yield from _cut(token, edges)
            at = token.end
    yield from _blanks(at, len(text), text, edges)


def _blanks(start: int, end: int, text: str, edges: set[int]) -> Iterator[Span]:
    """Yield the white space between two tokens, its first blank apart."""
    first = start + (text[start : start + 1] == " " and start < end)
    for piece in (Span(start, first), Span(first, end)):
        if len(piece):
            yield from _cut(piece, edges)


def _cut(span: Span, edges: set[int]) -> Iterator[Span]:
    start = span.start
    for end in range(span.start + 1, span.end + 1):
        if end == span.end or end in edges:
            yield Span(start, end)
            start = end
