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

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)[^>]*+(?:>|\Z)")
_LONG = 4_000
"""A shorter tag has no more attributes than the parser can bear."""

_ATTRIBUTES = r"""(?:[^>"'=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+')?|["'])?)*+"""
_COMMENT = r"!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+"
_SKIPPED = r"!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+"
_RAW = r"(?:script|style|xmp|iframe|noembed|noframes|textarea|title)(?=[\s/>])"
_RAW_TEXT = r"[^<]*+(?:<(?!/\1)[^<]*+)*+"
_TAGS = re.compile(rf"<(?:{_COMMENT}|(?:({_RAW})|[a-z])({_ATTRIBUTES})(?(1){_RAW_TEXT}))", re.I)
"""Every start tag with its attributes (group 2), where neither comments nor raw text are looked into. Each
repetition is possessive: the search takes time linear in the page's length (HTML Standard, section 13.2.5)."""

_FOREIGN = re.compile(r"<(svg|math)(?=[\s/>])[^<]*+(?:<(?!/\1)[^<]*+)*+", re.I)
_FOREIGN_TAGS = re.compile(rf"<(?:{_COMMENT}|{_SKIPPED}|()[a-z]({_ATTRIBUTES}))", re.I)
"""The same where no element holds raw text, as inside svg."""

_ATTRIBUTE = re.compile(r"""[^\s>"'/][^\s=>/]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?[\s/]*|["'][\s/]*""")
_ROOTS = re.compile(r"<(html|body)[\s/]", re.I)
_MOST_ROOTS = 20
"""The parser adds the attributes of each further html and body to the first, comparing them with all it has."""

_IMPLIED = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot", "rp", "rt"})
"""Elements that need no end tag, and do not nest without another element between."""


def guarded(html: str) -> tuple[str, tuple[Repair, ...]]:
    """Return the page without tags nested too deep and without an element's endless attributes."""
    narrow, crowded = _without_crowds(html)
    single, rooted = _without_roots(narrow)
    shallow, deep = _without_depth(single)
    return shallow, (*crowded, *rooted, *deep)


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
    """Return where long tags begin, after their "<"."""
    found = [tag.span(2) for tag in _TAGS.finditer(html) if tag.end(2) - tag.start(2) > _LONG]
    for part in _FOREIGN.finditer(html):
        if part.end() - part.start() > _LONG:
            found += [tag.span(2) for tag in _FOREIGN_TAGS.finditer(html, *part.span())]
    return sorted({begin - 1 for begin, end in found if end - begin > _LONG})


def _without_roots(html: str) -> tuple[str, tuple[Repair, ...]]:
    """Turn ever more html and body tags into comments; most pages have one of each."""
    starts = [found.start() for found in _ROOTS.finditer(html)]
    if len(starts) <= _MOST_ROOTS:
        return html, ()
    first = starts[_MOST_ROOTS]
    detail = f"of html and body tags the first {_MOST_ROOTS} were read"
    repair = Repair("attributes", len(starts) - _MOST_ROOTS, detail)
    return html[:first] + _ROOTS.sub(r"<!\1 ", html[first:]), (repair,)


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
