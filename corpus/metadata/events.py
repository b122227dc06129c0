"""Whether a date beside a line's words is an event's, a deadline's or an end of a span of days."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.months import weekday_names
from corpus.metadata.shapes import shapes
from corpus.metadata.words import alternatives, table

__all__ = ["is_of_event"]

_APART = re.compile(r"[|•·⋅\n;]|\s[–—/-]\s")
"""What parts a rubric from the date: "Concerts | 5 March 2024"."""


_SHORT = 3
"""A word of so few letters may be another in a text of another language: "Do 25.04.24" is a Thursday's."""


def is_of_event(before: str, after: str, language: str | None = None) -> bool:
    """Tell whether the words right before or behind a date say that something else than a text is of that day.

    >>> is_of_event("Concert on Tue, ", " at 8pm"), is_of_event("Du 3 au ", ""), is_of_event("", "'e kadar")
    (True, True, True)
    >>> is_of_event("do ", "", "pl"), is_of_event("Do ", "", "de")
    (True, False)
    >>> is_of_event("Concert | ", ""), is_of_event("By Maren Holt from Lisk, ", ""), is_of_event("", ", 10:15")
    (False, False, False)
    """
    piece = _APART.split(before)[-1]
    return (
        _before(language).search(piece) is not None
        or _behind(language).match(after) is not None
        or _held().match(_APART.split(after)[0]) is not None
    )


def _words(name: str, language: str | None) -> list[str]:
    rows = table("events")["event"]
    return [
        word
        for row in rows
        for word in row[name]
        if language is None or language in row["languages"] or len(word) > _SHORT
    ]


@cache
def _before(language: str | None) -> re.Pattern[str]:
    links = [*table("calendar")["stamps"]["fillers"], *table("events")["links"]["words"], *weekday_names()]
    fillers = alternatives(links)
    between = rf"(?:[\s:,.(]*(?<!\w)(?:{fillers}|\d{{1,2}}(?:[:.h]\d{{2}})?)(?!\w)\.?)*[\s:,.(]*$"
    named, edges = _words("named", language), alternatives(_words("edges", language))
    ends = alternatives(word[1:] for word in named if word.startswith("-"))
    named_there = rf"(?:(?<![\w-]){alternatives(word.removeprefix('-') for word in named)}|{ends})(?!\w)"
    edged = rf"(?:^\W*{edges}|(?<!\w)(?-i:{edges}))(?!\w)"
    joined = rf"\d\.?(?:\s+[^\W\d]+\.?){{0,2}}\s+{alternatives(_words('joints', language))}(?!\w)"
    return re.compile(rf"(?:{named_there}|{edged}|{joined}){between}", re.IGNORECASE)


@cache
def _behind(language: str | None) -> re.Pattern[str]:
    words = _words("behind", language)
    glued = alternatives(word for word in words if not word[0].isalpha()).replace("'", "['’]")
    apart = alternatives(word for word in words if word[0].isalpha())
    return re.compile(rf"(?:{glued}|\s+{apart})(?!\w)", re.IGNORECASE)


@cache
def _held() -> re.Pattern[str]:
    """Return the pattern of an hour and a place behind a date."""
    venue = alternatives(table("events")["venues"]["words"])
    hour = rf"(?:{shapes().clock.pattern}|\d{{1,2}}\s?(?:h|uhr|hrs)\b)"
    return re.compile(rf"[^\w]*(?:\w{{1,3}}\.?\s+)?{hour}[^\d]*?(?<!\w){venue}(?!\w)", re.IGNORECASE)
