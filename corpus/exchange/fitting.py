"""From offsets in a text as another tool has it to the anchor text of the dataset's document.

The tool's text may be the text as received, what annotators read, or the clean text, with other blanks (tokens with
one blank between them, other line ends) or accents written otherwise, or a part of one of them, or more than one of
them: then offsets are arithmetic, counted in characters that are no blanks. Where it differs in more, each span is
looked for by its words and their context (:mod:`corpus.annotation.anchoring`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.annotation.anchoring import find_span
from corpus.exchange.ink import ink_places, inked
from corpus.model.annotation import AnchoredSpan
from corpus.model.document import Document
from corpus.model.projection import Piece, Projection
from corpus.model.span import Span, merge_spans

__all__ = ["ENOUGH", "Fit", "fit", "is_version", "views"]

ENOUGH = 40
"""So many characters, blanks not counted, one text must have to be known as a part of another."""

_PIECE, _PIECES, _COMMON = 12, 500, 0.35
"""Characters of a piece, about how many pieces are looked for, and the share that two forms of a text have."""

Likeness = Literal["same", "part", "unlike"]


@dataclass(frozen=True, slots=True)
class _Ink:
    """A text without its blanks, decomposed, and where each of its characters stands in the text itself."""

    text: str
    at: NDArray[np.int64]

    @classmethod
    def of(cls, text: str) -> _Ink:
        return cls(inked(text), np.fromiter(ink_places(text), dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Fit:
    """How a tool's text lies in a document."""

    likeness: Likeness
    """Whether all of it is one of the document's texts, or one has the other in it, or neither."""
    text: str
    raw: str
    view: Projection | None = None
    ink: tuple[_Ink, _Ink] | None = None
    """Of the tool's text and of the view; None where they are equal to the character."""
    shift: int = 0
    """By how many characters without blanks the view begins before the tool's text (below 0: after it)."""

    def anchored(self, spans: Sequence[Span]) -> tuple[AnchoredSpan, ...] | str:
        """Return pieces in the anchor text for those of one item, or why there are none."""
        seen = [self._seen(span) for span in spans]
        if self.view is None or (self.likeness == "part" and None in seen):
            return self._looked_for(spans)
        counted = merge_spans(span for span in seen if span is not None)
        raw = [piece for span in counted for piece in self.view.to_raw(span)]
        return tuple(AnchoredSpan.of(self.raw, span) for span in raw) or "it covers nothing but blanks"

    def _seen(self, span: Span) -> Span | None:
        """Return where the span lies in the view's text."""
        if self.ink is None:
            return span
        theirs, ours = self.ink
        first, last = np.searchsorted(theirs.at, span) + self.shift
        if not 0 <= first < last <= len(ours.at):
            return None
        return Span(int(ours.at[first]), int(ours.at[last - 1]) + 1)

    def _looked_for(self, spans: Sequence[Span]) -> tuple[AnchoredSpan, ...] | str:
        found = [find_span(AnchoredSpan.of(self.text, span), self.raw) for span in spans]
        lost = next((one.reason for one in found if one.span is None), None)
        if lost is not None:
            return lost
        places = merge_spans(one.span for one in found if one.span is not None)
        return tuple(AnchoredSpan.of(self.raw, span) for span in places)


def fit(text: str, document: Document) -> Fit:
    """Tell how a tool's text lies in a document: as one of its texts, as a part of one, or unlike all of them."""
    found = list(views(document))
    equal = next((view for view in found if view.text == text), None)
    if equal is not None:
        return Fit("same", text, document.raw_text, equal)
    theirs = _Ink.of(text)
    in_ink = [(view, _Ink.of(view.text)) for view in found]
    for view, ours in in_ink:
        if ours.text == theirs.text:
            return Fit("same", text, document.raw_text, view, (theirs, ours))
    for view, ours in in_ink:
        shift = _part(theirs.text, ours.text)
        if shift is not None:
            return Fit("part", text, document.raw_text, view, (theirs, ours), shift)
    return Fit("unlike", text, document.raw_text)


def is_version(text: str, document: Document) -> bool:
    """Tell whether a text may be an edited form of the document's: whether enough of its pieces stand there, too.

    Of two articles on one subject that have a site and names in common, some per cent do; of an edited one, most.
    Case and the form of accents do not count.
    Where the document's text is the shorter one, its pieces are looked for in the tool's.
    """
    theirs, ours = (
        "".join(unicodedata.normalize("NFKC", each).casefold().split()) for each in (text, document.raw_text)
    )
    short, long = sorted((theirs, ours), key=len)
    starts = range(0, max(1, len(short) - _PIECE + 1), max(1, len(short) // _PIECES))
    return sum(short[at : at + _PIECE] in long for at in starts) >= _COMMON * len(starts)


def _part(theirs: str, ours: str) -> int | None:
    """Return by how much our text begins before theirs, where one has the other in it, once; else None."""
    if min(len(theirs), len(ours)) < ENOUGH:
        return None
    short, long = sorted((theirs, ours), key=len)
    at = long.find(short)
    if at < 0 or long.find(short, at + 1) >= 0:
        return None
    return at if long is ours else -at


def views(document: Document) -> Iterator[Projection]:
    """Yield the document's texts that another tool may have: as received, as annotators read it, and clean."""
    if document.raw_text:
        yield Projection.of(document.raw_text, [Piece(0, len(document.raw_text), "")])
    yield document.reading()
    yield document.projection()
