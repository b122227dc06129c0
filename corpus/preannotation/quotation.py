"""Where quotations stand in a text: every style of quotation mark, apostrophes told apart.

A quotation is looked for within its paragraph (a line). Where a paragraph opens one without closing it and
the next paragraph opens with the same mark, the quotation runs on, as newspapers print long statements.
A mark that is never closed makes no quotation. The work is linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model.span import Span

__all__ = ["Quote", "find_quotes", "lines_of"]

_CLOSERS = {
    "“": "”“",
    "”": "”",
    '"': '"',
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "「": "」",
    "『": "』",
    "‘": "’'",
    "‚": "‘’",
    "'": "'’",
}
"""What closes a quotation that this mark opened."""

_MIXED = {"“": '"', '"': "”"}
"""What closes it where its own closer is missing in the line: curly and straight marks get mixed."""

_SINGLE = frozenset("‘‚'")
"""Marks whose closer is an apostrophe, too."""

_ALWAYS_OPEN = frozenset("„«‹「『‚")
_LOOK_AHEAD = 160


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks; ``inner`` lies between them."""

    span: Span
    mark: str
    """The opening mark."""

    @property
    def inner(self) -> Span:
        """The quoted words, without the marks."""
        return Span(self.span.start + 1, self.span.end - 1)


def lines_of(text: str) -> Iterator[Span]:
    """Yield the lines of a text that are not empty, without their line breaks."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end > start:
            yield Span(start, end)
        start = end + 1


def find_quotes(text: str, elisions: frozenset[str] = frozenset()) -> list[Quote]:
    """Return the outermost quotations of ``text`` in order; those inside a quotation are part of it.

    ``elisions`` are words that begin with an apostrophe ("tis") and open nothing.
    """
    lines = list(lines_of(text))
    found: list[Quote] = []
    number = 0
    position = 0
    dead: dict[str, int] = {}
    while number < len(lines):
        line = lines[number]
        unclosed: set[str] = set()
        position = max(position, line.start)
        while position < line.end:
            mark = text[position]
            if mark not in _CLOSERS or mark in unclosed or not _opens(text, position, line, elisions):
                position += 1
                continue
            end = _close(text, position, line)
            if end is None:
                unclosed.add(mark)
                end = _close_later(text, mark, lines, number, position, dead)
            if end is None:
                position += 1
                continue
            found.append(Quote(Span(position, end), mark))
            position = end
        while number < len(lines) and lines[number].end <= max(position, line.end):
            number += 1
    return found


def _opens(text: str, at: int, line: Span, elisions: frozenset[str]) -> bool:
    mark = text[at]
    before = text[at - 1] if at > line.start else " "
    after = text[at + 1] if at + 1 < line.end else " "
    if mark in _ALWAYS_OPEN:
        return True
    if after.isspace() or before.isalnum():
        return False
    if mark in _SINGLE:
        return (after.isalnum() or after in '[(…“"') and not _elided(text, at, line, elisions)
    return True


def _elided(text: str, at: int, line: Span, elisions: frozenset[str]) -> bool:
    """Tell whether the mark stands for left-out letters: 'tis, '80s, rock 'n' roll."""
    end = at + 1
    while end < line.end and text[end].isalnum() and end - at < 12:
        end += 1
    word = text[at + 1 : end].casefold()
    decade = len(word) == 3 and word[:2].isdigit() and word.endswith("s")
    year = len(word) == 2 and word.isdigit()
    return decade or year or word in elisions


def _close(text: str, start: int, line: Span) -> int | None:
    """Return where the quotation that opens at ``start`` ends in its line, or None."""
    mark = text[start]
    end = _first_closer(text, start, line, _CLOSERS[mark])
    if end is None and mark in _MIXED:
        end = _first_closer(text, start, line, _MIXED[mark])
    return end


def _first_closer(text: str, start: int, line: Span, closers: str) -> int | None:
    at = start + 1
    while True:
        at = min((p for c in closers if (p := text.find(c, at, line.end)) >= 0), default=-1)
        if at < 0:
            return None
        if _closes(text, at, start, line):
            return at + 1
        at += 1


def _closes(text: str, at: int, start: int, line: Span) -> bool:
    mark, closer = text[start], text[at]
    before = text[at - 1]
    after = text[at + 1] if at + 1 < line.end else " "
    if at == start + 1:
        return False
    if mark in _SINGLE:
        return _closes_single(text, at, line, before, after)
    if closer == mark and mark in '“"”':
        return not (before.isspace() and not after.isspace()) and not (mark == "“" and after.isalnum())
    return True


def _closes_single(text: str, at: int, line: Span, before: str, after: str) -> bool:
    if after.isalnum() or before.isspace():
        return False
    if before not in "sS" or not after.isspace():
        return True
    return not _closed_after(text, at, line)


def _closed_after(text: str, at: int, line: Span) -> bool:
    """Tell whether a plural's apostrophe ("workers' rights,'") is followed by the real closing mark."""
    end = min(line.end, at + _LOOK_AHEAD)
    for later in range(at + 1, end):
        mark = text[later]
        after = text[later + 1] if later + 1 < line.end else " "
        if mark == "‘" or (mark == "'" and text[later - 1].isspace() and after.isalnum()):
            return False
        if mark in "’'" and text[later - 1] in ".,!?…" and not after.isalnum():
            return True
    return False


def _close_later(
    text: str, mark: str, lines: list[Span], number: int, start: int, dead: dict[str, int]
) -> int | None:
    """Follow a quotation over paragraphs that each open with its mark again.

    ``dead`` remembers up to which line such a run was followed in vain, so that none is followed twice.
    """
    if mark in _SINGLE or number < dead.get(mark, 0):
        return None
    here = number
    while here + 1 < len(lines) and text[lines[here + 1].start] == mark and not text[start + 1].isspace():
        here += 1
        end = _close(text, lines[here].start, lines[here])
        if end is not None:
            return end
    dead[mark] = here
    return None
