"""The agency's mark that closes an article: "… said the mayor. (dpa)", or "red/dpa" on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.metadata.agencies import is_agency
from corpus.metadata.layout import NOWHERE, Layout
from corpus.metadata.values import Line, Value
from corpus.model.roles import Role

__all__ = ["MARK_CUES", "MARK_RULES", "closing_mark", "mark_values"]

MARK_RULES = ("abroad.agencies", "abroad.office", "alone.agency", "credit.agency")
"""The rules of the cleaner that a mark on a line of its own falls under."""

MARK_CUES = r"(?:[(\[][\p{L}/ .-]{2,24}[)\]]|[.!?…»”\"] [\p{L}/]{2,12})\W{0,2}$"
"""What a last paragraph with a mark ends with, for Polars."""

_AT_END = re.compile(
    r"(?:[(\[](?=[^()\[\]]{2,24}[)\]]\W{0,2}$)|(?<=[.!?…»”\"]\s))([^\W\d_][\w/ .-]{1,23}?)[)\]]?\W{0,2}$"
)
_ALONE = re.compile(r"^[\W_]{0,3}([^\W\d_][\w/ .,-]{1,24}?)[\W_]{0,3}$")
_CODE = re.compile(r"[a-zà-ÿ]{2,4}\.?|red\.?", re.IGNORECASE)
"""A writer's or the editors' short sign beside the agency's: "red/dpa"."""


def closing_mark(text: str, alone: bool) -> tuple[int, int] | None:
    """Return where the first agency stands in the mark that ends the text, or that the text is if ``alone``.

    >>> closing_mark("The bridge stays closed. (dpa)", False), closing_mark("red/dpa", True)
    ((26, 29), (4, 7))
    >>> closing_mark("Los caminos estarán listos. EFE", False)
    (28, 31)
    >>> closing_mark("It was built in 1912 (Harbour).", False), closing_mark("Maren Holt/dpa", True)
    (None, None)
    """
    match = (_ALONE if alone else _AT_END).search(text)
    if match is None:
        return None
    pieces = [(p.group(), match.start(1) + p.start()) for p in re.finditer(r"[^/,]+", match.group(1))]
    told = [(name.strip(), at + len(name) - len(name.lstrip())) for name, at in pieces]
    agencies = [(at, at + len(name)) for name, at in told if is_agency(name)]
    rest = [name for name, _ in told if not is_agency(name)]
    return agencies[0] if agencies and all(_CODE.fullmatch(name) for name in rest) else None


def mark_values(lines: Sequence[Line], layout: Layout = NOWHERE) -> list[Value]:
    """Return the ``agency`` whose mark ends the article's last paragraph or is the line right below it."""
    for line in lines:
        if layout.last_text is None or line.block not in (layout.last_text, layout.last_text + 1):
            continue
        alone = line.rule in MARK_RULES
        if alone == (line.block == layout.last_text) or not (alone or line.role == Role.BODY.value):
            continue
        span = closing_mark(line.text, alone)
        if span:
            start, end = (line.start + at for at in span)
            return [Value(line.doc_id, "agency", line.text[slice(*span)], start, end, "mark.agency")]
    return []
