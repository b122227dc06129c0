"""Offsets into a text file held against the words that stand beside them, which tell how was counted.

Code points of the file as it is are expected. Programs may count UTF-16 units (Java, browsers), a CRLF as one
character, or not the byte order mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from corpus.exchange.ink import BOM, inked
from corpus.exchange.units import Units, fits_words
from corpus.model.shortened import told_value
from corpus.model.span import Span, merge_spans

__all__ = ["Counting", "Mark", "apart", "best_counting", "other_words"]

_MOST_BLANKS = 100
"""How many times as long as its words a span may be, by blanks that the words lack."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span as a file says it."""

    id: str
    label: str
    offsets: tuple[tuple[int, int], ...]
    words: str | None
    """The words it covers, as the file has them; None where it has none."""
    place: str


@dataclass(frozen=True)
class Counting:
    """A way to count in a file's text; ``text`` is what the spans point into, a byte order mark too."""

    file: str
    how: tuple[str, ...] = ()
    """What is unlike code points of the file: any of "line ends as one", "no byte order mark", "UTF-16"."""

    @cached_property
    def text(self) -> str:
        """The text that is counted in."""
        text = self.file.removeprefix(BOM) if "no byte order mark" in self.how else self.file
        return text.replace("\r\n", "\n").replace("\r", "\n") if "line ends as one" in self.how else text

    @cached_property
    def _units(self) -> Units:
        return Units(self.text)

    def _span(self, start: int, end: int) -> Span:
        """Return offsets in the text; they are outside of it where they are behind it or cut a character."""
        return self._units.points(Span(start, end)) if "UTF-16" in self.how else Span(start, end)

    def place(self, mark: Mark) -> tuple[Span, ...] | str:
        """Return the mark's pieces in the text, or why there are none."""
        pieces = [self._span(start, end) for start, end in mark.offsets]
        if any(max(piece) > len(self.text) or min(piece) < 0 for piece in pieces):
            return f"it reaches behind the text, which has {len(self.text)} characters, or cuts one of them"
        if not all(piece.within(len(self.text)) for piece in pieces):
            return "a piece of it is empty or ends before it begins"
        others = other_words(self.text, pieces, mark.words)
        if others is not None:
            return f"the text has {told_value(others)} there, not {told_value(mark.words)}"
        return apart(sorted(pieces))


def other_words(text: str, pieces: Iterable[Span], words: str | None) -> str | None:
    """Return what a text has in pieces instead of the words that are told; None where it has those, or none are."""
    if words is None or not words.strip():
        return None
    most = _MOST_BLANKS * len(words)  # nobody should have to read a whole text for each of many marks
    there = " ".join(piece.slice(text)[:most] for piece in pieces)
    return None if inked(words) == inked(there) else there


def best_counting(file: str, marks: Sequence[Mark]) -> Counting:
    """Return the way to count by which most marks lie on their words; code points where they lie there, too.

    Of marks without words those count that begin and end as words do.
    """
    best, most = Counting(file), (-1, -1)
    wordless = sum(not mark.words for mark in marks)
    for how in _ways(file):
        counting = Counting(file, how)
        placed = [(mark, spans) for mark in marks if not isinstance(spans := counting.place(mark), str)]
        bare = [spans for mark, spans in placed if not mark.words]
        fitting = len(placed), sum(fits_words(spans, counting.text) == len(spans) for spans in bare)
        if fitting > most:
            best, most = counting, fitting
        if most == (len(marks), wordless):
            break
    return best


def _ways(file: str) -> Iterator[tuple[str, ...]]:
    each = {
        "line ends as one": "\r" in file,
        "no byte order mark": file.startswith(BOM),
        "UTF-16": any(sign > "\uffff" for sign in file),
    }
    ways: list[tuple[str, ...]] = [()]
    for how in (name for name, there in each.items() if there):
        ways += [(*way, how) for way in ways]
    yield from sorted(ways, key=len)


def apart(pieces: Sequence[Span]) -> tuple[Span, ...]:
    """Return the pieces, in order; those that overlap as one, those that touch as they are."""
    overlap = any(after.start < before.end for before, after in pairwise(pieces))
    return merge_spans(pieces) if overlap else tuple(pieces)
