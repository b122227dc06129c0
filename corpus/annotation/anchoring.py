"""Finding annotated words again in a text that has changed: by their own words and their context.

While the anchor text's hash holds, offsets are arithmetic and nothing is searched. When it differs, a span
is looked for as an exact quotation, and its context (up to 32 characters on either side, white space not
counted) decides between several places. Words that were respelled are found by the likeness of quotation and
context together. What cannot be placed with confidence is an orphan, with the reason; nothing is guessed and
nothing is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.annotation.checks import Item, items_of, span_fault
from corpus.annotation.respelling import AHEAD, find_respelled, likeness
from corpus.errors import DataError
from corpus.model.annotation import CONTEXT, AnchoredSpan, AnnotationSet, Claim, Orphan
from corpus.model.document import sha256_text
from corpus.model.span import Span

__all__ = ["Found", "find_span", "reanchor_set"]

MAX_PLACES = 5_000
"""In how many places a quotation may stand before its context is no longer weighed."""

ENOUGH = 16
"""How many characters of quotation and agreeing context together make a place certain."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the words stand now, or None and the reason."""

    span: Span | None
    reason: str | None = None


def find_span(piece: AnchoredSpan, text: str) -> Found:
    """Place the anchored words in ``text`` by quotation and context.

    >>> piece = AnchoredSpan.of("He said no. She said no.", Span(21, 23))
    >>> find_span(piece, "Yesterday he said no. She said no.").span
    Span(start=31, end=33)
    """
    whole = _places(text, piece.prefix + piece.exact + piece.suffix, 2)
    if len(whole) == 1 and (piece.prefix or piece.suffix):
        return _at(whole[0] + len(piece.prefix), piece)
    places = _places(text, piece.exact, MAX_PLACES + 1)
    if len(places) > MAX_PLACES:
        return Found(None, f"its words stand in more than {MAX_PLACES} places")
    found = _best(piece, text, places) if places else Found(None, "its words are no longer in the text")
    likely = find_respelled(piece, text)
    if likely is None:
        return found
    if found.span is None or likely.score > likeness(piece, text, found.span) + AHEAD:
        return Found(likely.span)  # the words as they were stand elsewhere, in a context of their own
    return found


def reanchor_set(annotations: AnnotationSet, old_sha: str, new_anchor: str) -> AnnotationSet:
    """Return the set pointing into ``new_anchor``; ids, revision and state stay as they are.

    An item that cannot be placed whole goes to ``orphans`` as it was, with its layer, the reason, and the
    claims that named it; those claims lose the reference, which the orphan remembers.

    Raises:
        DataError: the set does not point into the text with the hash ``old_sha``.
    """
    if annotations.anchor_sha256 != old_sha:
        raise DataError(
            f"The annotation {annotations.annotation_id!r} points into the text {annotations.anchor_sha256}, "
            f"not into {old_sha}."
        )
    new_sha = sha256_text(new_anchor)
    if new_sha == old_sha:
        return annotations
    moved: dict[str, list[Item]] = {"entities": [], "sources": [], "claims": [], "cues": []}
    lost: dict[str, tuple[str, Item, str]] = {}
    for layer, item in items_of(annotations):
        placed = _moved(item, new_anchor)
        if isinstance(placed, str):
            lost[item.id] = (layer, item, placed)
        else:
            moved[layer].append(placed)
    moved["claims"] = [_without(claim, lost) for claim in moved["claims"]]
    orphans = (*annotations.orphans, *_orphans(annotations.claims, lost))
    return annotations.model_copy(
        update={
            "anchor_sha256": new_sha,
            "orphans": orphans,
            **{layer: tuple(items) for layer, items in moved.items()},
        }
    )


def _places(text: str, words: str, limit: int) -> list[int]:
    found: list[int] = []
    start = text.find(words)
    while start >= 0 and len(found) < limit:
        found.append(start)
        start = text.find(words, start + 1)
    return found


def _at(start: int, piece: AnchoredSpan) -> Found:
    return Found(Span(start, start + len(piece.exact)))


def _best(piece: AnchoredSpan, text: str, places: Sequence[int]) -> Found:
    scored = sorted(((_agreement(piece, text, start), -start) for start in places), reverse=True)
    best, start = scored[0][0], -scored[0][1]
    if len(scored) > 1 and scored[1][0] == best:
        equal = sum(score == best for score, _ in scored)
        return Found(None, f"its words stand in {equal} places that its context does not tell apart")
    if len(piece.exact) + best < min(ENOUGH, len(piece.exact) + _size(piece)):
        return Found(None, "its words are there, but in another context")
    return _at(start, piece)


def _size(piece: AnchoredSpan) -> int:
    return len(_bare(piece.prefix)) + len(_bare(piece.suffix))


def _agreement(piece: AnchoredSpan, text: str, start: int) -> int:
    """Count the characters of context, outwards from the words, that agree."""
    end = start + len(piece.exact)
    before = _bare(text[max(0, start - 2 * CONTEXT) : start])[::-1]
    after = _bare(text[end : end + 2 * CONTEXT])
    return _common(_bare(piece.prefix)[::-1], before) + _common(_bare(piece.suffix), after)


def _bare(text: str) -> str:
    return "".join(text.split())


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _moved(item: Item, anchor: str) -> Item | str:
    """Return the item in the new text, or why it cannot stand there."""
    spans: list[AnchoredSpan] = []
    for number, piece in enumerate(item.spans, 1):
        found = find_span(piece, anchor)
        if found.span is None:
            which = f"piece {number} of {len(item.spans)}: " if len(item.spans) > 1 else ""
            return f"{which}{found.reason}"
        spans.append(AnchoredSpan.of(anchor, found.span))
    fault = span_fault(tuple(spans), anchor)
    return fault or item.model_copy(update={"spans": tuple(spans)})


def _without(claim: Item, lost: Mapping[str, object]) -> Item:
    if not isinstance(claim, Claim):
        return claim
    names = ("source_ids", "outer_source_ids", "cue_ids")
    kept = {name: tuple(i for i in getattr(claim, name) if i not in lost) for name in names}
    return claim.model_copy(update=kept)


def _orphans(claims: Sequence[Claim], lost: Mapping[str, tuple[str, Item, str]]) -> Iterator[Orphan]:
    for layer, item, reason in lost.values():
        named_by = [
            {"claim": claim.id, "as": name}
            for claim in claims
            for name in ("source_ids", "outer_source_ids", "cue_ids")
            if item.id in getattr(claim, name)
        ]
        record: dict[str, object] = {"layer": layer, **item.model_dump(mode="json"), "named_by": named_by}
        yield Orphan(reason=reason, item=record)
