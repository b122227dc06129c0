"""The agency that an article closes with: "… said the mayor. (dpa)", "Źródło: PAP" on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.metadata.authorship.attributions import attributed
from corpus.metadata.authorship.credits import names_picture
from corpus.metadata.authorship.layout import NOWHERE, Layout
from corpus.metadata.authorship.signoffs import closing_mark, signs_end
from corpus.metadata.values import Line, Value
from corpus.model.roles import Role

__all__ = ["MARK_REACH", "mark_values"]

MARK_REACH = 2
"""How many blocks below the last sentence an article may still tell whose material it holds."""

_MARK_RULES = (
    "abroad.agencies",
    "abroad.office",
    "alone.agency",
    "credit.agency",
    "german.initials",
    "legal.agency_end",
)
"""The rules of the cleaner that a mark on a line of its own falls under."""
_LAST_PART = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]\W{0,2}$|(?<=[.!?…»”\"]\s)([^.!?…()\[\]]{4,120})\W{0,2}$")
"""What stands in brackets at the end, or the last sentence."""
_RESERVED = re.compile(r"(?:©|\(c\)|copyright|\b(?:19|20)\d\d\b)[\s,.]*", re.IGNORECASE)
"""The sign and the year of a statement of rights, beside whom it names."""
_OTHER_ROLES = (Role.CAPTION.value, Role.TITLE.value, Role.DUPLICATE.value, Role.DATELINE.value)


def mark_values(lines: Sequence[Line], layout: Layout = NOWHERE) -> list[Value]:
    """Return the ``agency`` that ends the article's last paragraph or stands on a line right below it."""
    if layout.last_text is None:
        return []
    for line in lines:
        below = line.block - layout.last_text
        span = _of_text(line) if below == 0 else _below(line) if 0 < below <= MARK_REACH else None
        if span:
            start, end = (line.start + at for at in span)
            return [Value(line.doc_id, "agency", line.text[slice(*span)], start, end, "mark.agency")]
    return []


def _of_text(line: Line) -> tuple[int, int] | None:
    """Return the agency of the text's last line: what ends it, or the line itself where it was kept."""
    if line.role != Role.BODY.value:
        return None
    if alone := closing_mark(line.text, True) or _owner(line.text):
        return alone
    part = _LAST_PART.search(line.text)
    inner = part.span(1 if part[1] else 2) if part else None
    said = attributed(line.text[slice(*inner)]) if inner and not names_picture(line.text[slice(*inner)]) else None
    return (
        closing_mark(line.text, False)
        or attributed(line.text)
        or ((inner[0] + said[0], inner[0] + said[1]) if inner and said else None)
    )


def _below(line: Line) -> tuple[int, int] | None:
    if line.role == Role.COPYRIGHT.value:
        return _owner(line.text)
    if line.rule in _MARK_RULES and (span := closing_mark(line.text, True)):
        return span
    if line.role in _OTHER_ROLES or names_picture(line.text):
        return None
    begin = signs_end(line.text)
    behind = attributed(line.text[begin:]) if begin else None
    return attributed(line.text) or ((behind[0] + begin, behind[1] + begin) if behind else None)


def _owner(text: str) -> tuple[int, int] | None:
    """Return the agency that a statement with a year or in brackets names: "© 2024 AFP"; "© AFP" is a picture's."""
    told = len(_RESERVED.findall(text)) > 1 or (text.startswith("(") and _RESERVED.search(text) is not None)
    return closing_mark(_RESERVED.sub(lambda match: " " * len(match[0]), text), True) if told else None
