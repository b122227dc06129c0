"""Keep a page from the parser's weak points: more depth, or more attributes, than a page for people has."""

from __future__ import annotations

import re

from corpus.model.document import Repair
from corpus.readers.html.elements import VOID

__all__ = ["ATTRIBUTES", "DEEPEST", "guarded"]

DEEPEST = 512
"""Elements nested deeper lose their tags, not their text; browsers stop at the same depth."""

ATTRIBUTES = 500
"""An element loses its further attributes (the parser compares each with all before it)."""

_FEW = 6_000
"""A page with fewer tags is quick however they are nested (the parser's time grows with their square)."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_LONG = 4_000
"""A shorter tag has no more attributes than the parser can bear."""

_ATTRIBUTE = re.compile(r"""[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?[\s/]*""")
_BEGIN = re.compile("<(?=[a-zA-Z])")
_IMPLIED = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot", "rp", "rt"})
"""Elements that need no end tag, and do not nest without another element between."""


def guarded(html: str) -> tuple[str, tuple[Repair, ...]]:
    """Return the page without tags nested too deep and without an element's endless attributes."""
    narrow, crowded = _without_crowds(html)
    shallow, deep = _without_depth(narrow)
    return shallow, (*crowded, *deep)


def _without_crowds(html: str) -> tuple[str, tuple[Repair, ...]]:
    kept: list[str] = []
    cut = done = 0
    for start in _long_tags(html):
        spare = _spare_attributes(html, start) if start >= done else None
        if spare is not None:
            kept.append(html[done : spare[0]])
            done = spare[1]
            cut += 1
    if not cut:
        return html, ()
    kept.append(html[done:])
    detail = f"elements kept the first {ATTRIBUTES} of their attributes"
    return "".join(kept), (Repair("attributes", cut, detail),)


def _long_tags(html: str) -> list[int]:
    """Return where tags begin that may be long: long stretches up to the next "<", or without any ">"."""
    starts = set()
    at = 0
    for piece in html.split("<"):
        if len(piece) > _LONG and at and piece[0].isalpha():
            starts.add(at)
        at += len(piece) + 1
    at = 0
    for piece in html.split(">"):
        if len(piece) > _LONG and (found := _BEGIN.search(piece)) is not None:
            starts.add(at + found.end())
        at += len(piece) + 1
    return sorted(starts)


def _spare_attributes(html: str, start: int) -> tuple[int, int] | None:
    """Return from where to where the attributes stand that an element has too many."""
    end, count, kept = start, 0, 0
    while (found := _ATTRIBUTE.match(html, end)) is not None:
        end = found.end()
        count += 1
        if count == ATTRIBUTES:
            kept = end
    return (kept, end) if count > ATTRIBUTES else None


def _without_depth(html: str) -> tuple[str, tuple[Repair, ...]]:
    if html.count("<") < _FEW:
        return html, ()
    kept: list[str] = []
    depth = cut = end = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in VOID or name in _IMPLIED:
            continue
        deep = depth > DEEPEST
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if deep or depth > DEEPEST:
            kept.append(html[end : tag.start()])
            end = tag.end()
            cut += 1
    if not cut:
        return html, ()
    kept.append(html[end:])
    detail = f"tags nested deeper than {DEEPEST} elements were left out"
    return "".join(kept), (Repair("nesting", cut, detail),)
