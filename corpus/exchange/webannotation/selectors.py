"""Pieces of texts as selectors say them: by positions, by quotation, or both, and within one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.annotation.anchoring import find_span
from corpus.exchange.counting import Counting, Mark
from corpus.exchange.webannotation.bodies import kinds_of
from corpus.model.annotation import CONTEXT, AnchoredSpan
from corpus.model.shortened import told_value
from corpus.model.span import Span

__all__ = ["Piece", "SelectorError", "piece_of", "placed"]

_CHARACTERS = re.compile(r"char=([0-9]{1,12}),([0-9]{1,12})(?:;.*)?")
"""A fragment of a plain text (RFC 5147)."""
_DEEPEST = 8
_LARGEST = 10**12


class SelectorError(ValueError):
    """Why a selector cannot be used, as a clause."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, and perhaps a piece of that piece."""

    position: tuple[int, int] | None = None
    exact: str | None = None
    prefix: str = ""
    suffix: str = ""
    within: Piece | None = None
    """The piece that this one refines: positions count in it."""

    @property
    def mark(self) -> Mark | None:
        """The piece as a mark that shows how was counted."""
        if self.position is None or self.within is not None:
            return None
        return Mark("", "", (self.position,), self.exact, "")


def piece_of(selectors: object, fragment: str = "") -> Piece:
    """Read a target's selectors, which say the same piece in several ways, or its IRI's fragment.

    Raises:
        SelectorError: none of them is of a kind that selects in a text, or one is broken.
    """
    told = _listed(selectors)
    return _read(told or [{"type": "FragmentSelector", "value": fragment}], None, 0)


def _read(told: list[object], within: Piece | None, depth: int) -> Piece:
    if depth > _DEEPEST:
        raise SelectorError(f"its selectors refine one another more than {_DEEPEST} times")
    selectors = [one for one in told if isinstance(one, dict)]
    refined = next((one for one in selectors if one.get("refinedBy") is not None), None)
    if refined is not None:
        return _refined(refined, within, depth)
    quotes = [one for one in selectors if _kind(one) == "TextQuoteSelector" and _text(one, "exact")]
    positions = [found for one in selectors if (found := _position(one, broken=bool(quotes))) is not None]
    if not positions and not quotes:
        kinds = ", ".join(dict.fromkeys(_kind(one) for one in selectors)) or "none"
        raise SelectorError(f"expected a TextPositionSelector or a TextQuoteSelector, got {kinds[:80]}")
    quote = quotes[0] if quotes else {}
    exact = _text(quote, "exact") or None
    return Piece(next(iter(positions), None), exact, _text(quote, "prefix"), _text(quote, "suffix"), within)


def _refined(selector: Mapping[str, Any], within: Piece | None, depth: int) -> Piece:
    """Return what a selector's refinement selects; of pages' elements, which are not known here, its quotation."""
    known = _position(selector, broken=True) is not None or bool(_text(selector, "exact"))
    outer = _read([{**selector, "refinedBy": None}], within, depth) if known else within
    inner = _read(_listed(selector["refinedBy"]), outer, depth + 1)
    if known:
        return inner
    if inner.exact is None:
        raise SelectorError(f"it counts in what a {_kind(selector)[:40]} selects, which is not known here")
    return replace(inner, position=None)


def _position(selector: Mapping[str, Any], broken: bool = False) -> tuple[int, int] | None:
    """Return a selector's position; a broken one is none where that is allowed, since words tell the place, too."""
    kind, ends = _kind(selector), (selector.get("start"), selector.get("end"))
    if kind == "FragmentSelector":
        found = _CHARACTERS.fullmatch(_text(selector, "value"))
        ends = (int(found[1]), int(found[2])) if found else (None, None)
    elif kind == "RangeSelector":  # from the beginning of what one selects to that of the other
        edges = [selector.get("startSelector"), selector.get("endSelector")]
        starts = [edge.get("start") if isinstance(edge, dict) else None for edge in edges]
        ends = (starts[0], starts[1])
    elif kind != "TextPositionSelector":
        return None
    if kind != "TextPositionSelector" and None in ends:
        return None
    start, end = ends
    if type(start) is int and type(end) is int and 0 <= start < end <= _LARGEST:
        return start, end
    if broken:
        return None
    raise SelectorError(f"its position is {start!r:.40} to {end!r:.40}: expected whole numbers, the first less")


def _kind(selector: Mapping[str, Any]) -> str:
    return next(iter(kinds_of(selector)), "nothing")


def _text(selector: Mapping[str, Any], name: str) -> str:
    told = selector.get(name)
    return told if isinstance(told, str) else ""


def _listed(told: object) -> list[object]:
    return told if isinstance(told, list) else [] if told is None else [told]


def placed(piece: Piece, counting: Counting) -> Span:
    """Return where a piece lies in a text: at its position if its words stand there, else where they stand.

    Raises:
        SelectorError: neither.
    """
    if piece.within is not None:
        outer = placed(piece.within, counting)
        inner = placed(replace(piece, within=None), Counting(outer.slice(counting.text)))
        return Span(outer.start + inner.start, outer.start + inner.end)
    reason = "it has no position"
    if piece.mark is not None:
        spans = counting.place(piece.mark)
        if not isinstance(spans, str):
            return spans[0]
        reason = spans
    if piece.exact is None:
        raise SelectorError(reason)
    if len(piece.exact) > 2 * len(counting.text):
        raise SelectorError("its quotation is longer than the text")
    words = AnchoredSpan(
        start=0,
        end=len(piece.exact),
        exact=piece.exact,
        prefix=piece.prefix[-CONTEXT:],
        suffix=piece.suffix[:CONTEXT],
    )
    found = find_span(words, counting.text)
    if found.span is None:
        raise SelectorError(f"{found.reason} ({told_value(piece.exact)})")
    return found.span
