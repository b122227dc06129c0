"""The agency that an article closes with: "… said the mayor. (dpa)", "Źródło: PAP" on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.metadata.agencies import is_agency
from corpus.metadata.attributions import attributed
from corpus.metadata.credits import names_picture
from corpus.metadata.layout import NOWHERE, Layout
from corpus.metadata.values import Line, Value
from corpus.model.roles import Role

__all__ = ["MARK_REACH", "closing_mark", "mark_values"]

MARK_REACH = 2
"""How many blocks below the last sentence an article may still tell whose material it holds."""

_MARK_RULES = ("abroad.agencies", "abroad.office", "alone.agency", "credit.agency", "german.initials")
"""The rules of the cleaner that a mark on a line of its own falls under."""
_LONGEST = 26
"""The longest line (in code points) that is a mark, kept as text or not."""
_AT_END = re.compile(
    r"(?:[(\[](?=[^()\[\]]{2,24}[)\]]\W{0,2}$)|(?<=[.!?…»”\"]\s)(?:[–—-]{1,2}\s?)?)"
    r"([^\W\d_][\w/ .-]{1,23}?)[)\]]?\W{0,2}$"
)
_ALONE = re.compile(r"^[\W_]{0,3}([^\W\d_][\w/ .,–—-]{1,24}?)[\W_]{0,3}$")
_LAST_PART = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]\W{0,2}$|(?<=[.!?…»”\"]\s)([^.!?…()\[\]]{4,120})\W{0,2}$")
"""What stands in brackets at the end, or the last sentence."""
_CODE = re.compile(r"[a-zà-ÿ]{2,4}\.?|red\.?", re.IGNORECASE)
"""A writer's or the editors' short sign beside the agency's: "red/dpa"."""
_PARTS = re.compile(r"[^/,–—]+")
_OTHER_ROLES = (Role.CAPTION.value, Role.TITLE.value, Role.DUPLICATE.value, Role.DATELINE.value)


def closing_mark(text: str, alone: bool) -> tuple[int, int] | None:
    """Return where the first agency stands in the mark that ends the text, or that the text is if ``alone``.

    >>> closing_mark("The bridge stays closed. (dpa)", False), closing_mark("red/dpa", True)
    ((26, 29), (4, 7))
    >>> closing_mark("Los caminos estarán listos. EFE", False), closing_mark("It stays closed. — AFP", False)
    ((28, 31), (19, 22))
    >>> closing_mark("It was built in 1912 (Harbour).", False), closing_mark("Maren Holt/dpa", True)
    (None, None)
    """
    match = (_ALONE if alone else _AT_END).search(text)
    if match is None:
        return None
    told = [(p.group().strip(), match.start(1) + p.start() + _blanks(p.group())) for p in _PARTS.finditer(match[1])]
    told = [piece for name, at in told for piece in _halves(name, at)]
    agencies = [(at, at + len(name)) for name, at in told if is_agency(name)]
    rest = [name for name, _ in told if not is_agency(name)]
    return agencies[0] if agencies and all(_CODE.fullmatch(name) for name in rest) else None


def mark_values(lines: Sequence[Line], layout: Layout = NOWHERE) -> list[Value]:
    """Return the ``agency`` that ends the article's last paragraph or stands on a line right below it."""
    if layout.last_text is None:
        return []
    for line in lines:
        below = line.block - layout.last_text
        span = _of_text(line) if below == 0 else _below(line, below) if 0 < below <= MARK_REACH else None
        if span:
            start, end = (line.start + at for at in span)
            return [Value(line.doc_id, "agency", line.text[slice(*span)], start, end, "mark.agency")]
    return []


def _of_text(line: Line) -> tuple[int, int] | None:
    """Return the agency of the text's last line: what ends it, or the line itself where it was kept."""
    if line.role != Role.BODY.value:
        return None
    if len(line.text) <= _LONGEST and (alone := closing_mark(line.text, True)):
        return alone
    part = _LAST_PART.search(line.text)
    inner = part.span(1 if part[1] else 2) if part else None
    said = attributed(line.text[slice(*inner)]) if inner and not names_picture(line.text[slice(*inner)]) else None
    return (
        closing_mark(line.text, False)
        or attributed(line.text)
        or ((inner[0] + said[0], inner[0] + said[1]) if inner and said else None)
    )


def _below(line: Line, below: int) -> tuple[int, int] | None:
    bracketed = line.role == Role.COPYRIGHT.value and line.text.startswith("(")
    if below == 1 and (line.rule in _MARK_RULES or bracketed) and (span := closing_mark(line.text, True)):
        return span
    return None if line.role in _OTHER_ROLES or names_picture(line.text) else attributed(line.text)


def _halves(name: str, at: int) -> list[tuple[str, int]]:
    """Part two agencies with a hyphen between them: "TT-AFP", never "Keystone-SDA"."""
    first, sign, second = name.partition("-")
    if not sign or is_agency(name) or not is_agency(first):
        return [(name, at)]
    return [(first, at), (second, at + len(first) + 1)]


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip())
