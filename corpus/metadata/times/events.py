"""Whether a date beside a line's words is an event's, a deadline's or an end of a span of days."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.times.months import weekday_names
from corpus.metadata.times.shapes import shapes
from corpus.metadata.words import alternatives, table

__all__ = ["event_label"]

_APART = re.compile(r"[|•·⋅\n;]|\s[–—/-]\s")
"""What parts a rubric from the date: "Concerts | 5 March 2024"."""


_SHORT = 3
"""A word of so few letters may be another in a text of another language: "Do 25.04.24" is a Thursday's."""


def event_label(before: str, after: str, language: str | None = None) -> str:
    """Return "event" where the words right before or behind a date say that something takes place or ends that day.

    "other" where a colon makes them a label of something else: "Next review due: 11 Jan 2029".

    >>> event_label("Concert on Tue, ", " at 8pm"), event_label("Du 3 au ", ""), event_label("", "'e kadar")
    ('event', 'event', 'event')
    >>> event_label("do ", "", "pl"), event_label("Do ", "", "de"), event_label("Next review due: ", "")
    ('event', '', 'other')
    >>> event_label("Concert | ", ""), event_label("By Maren Holt from Lisk, ", ""), event_label("", ", 10:15")
    ('', '', '')
    """
    piece = _APART.split(before)[-1]
    if _named(language).search(piece) or _held().match(_APART.split(after)[0]):
        return "event"
    if _edges(language).search(piece) or _behind(language).match(after):
        return "other" if ":" in piece[-4:] else "event"
    return ""


def _words(name: str, language: str | None) -> list[str]:
    rows = table("events")["event"]
    return [
        word
        for row in rows
        for word in row[name]
        if language is None or language in row["languages"] or len(word) > _SHORT
    ]


@cache
def _between() -> str:
    links = [*table("calendar")["stamps"]["fillers"], *table("events")["links"]["words"], *weekday_names()]
    fillers = alternatives(links)
    return rf"(?:[\s:,.(]*(?<!\w)(?:{fillers}|\d{{1,2}}(?:[:.h]\d{{2}})?)(?!\w)\.?)*[\s:,.(]*$"


@cache
def _named(language: str | None) -> re.Pattern[str]:
    words = _words("named", language)
    ends = alternatives(word[1:] for word in words if word.startswith("-"))
    named = rf"(?:(?<![\w-]){alternatives(word.removeprefix('-') for word in words)}|{ends})(?!\w)"
    return re.compile(rf"{named}{_between()}", re.IGNORECASE)


@cache
def _edges(language: str | None) -> re.Pattern[str]:
    edges = alternatives(_words("edges", language))
    edged = rf"(?:^\W*{edges}|(?<!\w)(?-i:{edges}))(?!\w)"
    joined = rf"\d\.?(?:\s+[^\W\d]+\.?){{0,2}}\s+{alternatives(_words('joints', language))}(?!\w)"
    return re.compile(rf"(?:{edged}|{joined}){_between()}", re.IGNORECASE)


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
