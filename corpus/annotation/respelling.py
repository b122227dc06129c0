"""Finding words that were respelled: where text most like a quotation with its context stands now.

The place is the window of the text with the best indel similarity to context, quotation and context together
(RapidFuzz's partial ratio); inside it the Levenshtein alignment says where the quotation begins and ends, and no
word is cut that was not cut before. A place counts only if the quotation itself is still much alike, and no other
place is nearly as good.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from corpus.model.annotation import AnchoredSpan
from corpus.model.span import Span

__all__ = ["AHEAD", "Likely", "find_respelled", "likeness"]

WHOLE = 75.0
"""How alike quotation and context together must be to what stands there, in per cent."""
WORDS = 70.0
"""How alike the quotation must be."""
AHEAD = 5.0
"""By how much the second best place must be less alike."""
LONGEST = 2_000
"""Quotations longer than this are not looked for: the search takes time by length of text and quotation."""


@dataclass(frozen=True, slots=True)
class Likely:
    """The place most like a quotation in its context: where the quotation stands, and how alike (per cent)."""

    span: Span
    score: float


def find_respelled(piece: AnchoredSpan, text: str) -> Likely | None:
    """Return where the perhaps respelled words stand in ``text``, or None where that is not certain.

    >>> piece = AnchoredSpan.of("Foreign Minister Shah Mehmood Qureshi met him.", Span(17, 37))
    >>> find_respelled(piece, "The foreign minister Shah Mahmood Quraishi met him.").span
    Span(start=21, end=42)
    """
    pattern = piece.prefix + piece.exact + piece.suffix
    if len(piece.exact) > LONGEST or not piece.exact.strip() or len(pattern) > len(text):
        return None
    best = fuzz.partial_ratio_alignment(pattern, text, score_cutoff=WHOLE)
    if best is None:
        return None
    start, end = _widened(best.dest_start, best.dest_end, len(text))
    inside = _inside(piece, pattern, text[start:end], start)
    span = _of_whole_words(piece, text, inside) if inside is not None else None
    if span is None or fuzz.ratio(piece.exact, span.slice(text)) < WORDS:
        return None
    rivalled = _is_rivalled(pattern, text, best.dest_start, best.dest_end, best.score)
    return None if rivalled else Likely(span, best.score)


def likeness(piece: AnchoredSpan, text: str, span: Span) -> float:
    """Return how alike the words with their context are to what stands at ``span`` and around it, in per cent."""
    there = text[max(0, span.start - len(piece.prefix)) : span.end + len(piece.suffix)]
    return float(fuzz.ratio(piece.prefix + piece.exact + piece.suffix, there))


def _widened(start: int, end: int, size: int) -> tuple[int, int]:
    """Return a window with some room, since the best one is as long as the pattern, not as what stands there."""
    room = max(4, (end - start) // 8)
    return max(0, start - room), min(size, end + room)


def _inside(piece: AnchoredSpan, pattern: str, window: str, offset: int) -> Span | None:
    """Follow the alignment of pattern and window to the quotation's ends."""
    first, last = len(piece.prefix), len(piece.prefix) + len(piece.exact) - 1
    there: dict[int, int] = {}
    for step in Levenshtein.opcodes(pattern, window):
        if step.tag in ("equal", "replace"):
            there |= dict(
                zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)
            )
    kept = [there[at] for at in range(first, last + 1) if at in there]
    return Span(offset + kept[0], offset + kept[-1] + 1) if kept else None


def _of_whole_words(piece: AnchoredSpan, text: str, span: Span) -> Span:
    """Widen a span by the rest of a word that it begins or ends in, where the quotation did not."""
    start, end = span.start, span.end
    if not _in_word(piece.prefix + piece.exact, len(piece.prefix)):
        while _in_word(text, start):
            start -= 1
    if not _in_word(piece.exact + piece.suffix, len(piece.exact)):
        while _in_word(text, end):
            end += 1
    return Span(start, end)


def _in_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _is_rivalled(pattern: str, text: str, start: int, end: int, score: float) -> bool:
    """Tell whether a place apart from the best one is nearly as good."""
    rivals = [part for part in (text[:start], text[end:]) if len(part) >= len(pattern)]
    return any(fuzz.partial_ratio(pattern, part, score_cutoff=score - AHEAD) > 0 for part in rivals)
