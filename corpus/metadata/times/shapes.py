"""The shapes in which dates and clock times are written, as patterns made from the calendar's names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.metadata.times.months import name_pattern, weekday_names, wide_name_pattern
from corpus.metadata.times.zones import zone_pattern
from corpus.metadata.words import alternatives, table, trie

__all__ = ["MASK", "Shapes", "shapes"]

MASK = "\ue000"
"""Stands for each letter of a month's name where the date patterns are matched."""
_MONTH = rf"(?P<name>{MASK}+)\.?"

_SEP = r"(?P<sep>\s?[./-]\s?)"
_DAY = r"(?P<day>\d{1,2})"
_GLUED = rf"(?:19|20)\d{{2}}(?=\d{{1,2}}(?:[:h]\d{{2}}(?!\d)|\.\s?(?:[^\W\d]|{MASK})))"
"""A year that a clock time or another day is glued to, two elements of a page: "March 5, 20245:00 AM"."""
_YEAR = rf"(?P<year>\d{{4}}(?!\d)|{_GLUED})"
_START = r"(?<!\d)(?<!\d[./-])(?<!/)"
_REIGN = r"(?:(?P<reign>พ\.?\s?ศ|ค\.?\s?ศ)\.?\s*)?"
"""Which years a Thai date counts: the Buddhist ones or the Gregorian."""
_OF = r"(?:(?:de|del|of|năm)\s+)?"
_LOOSE = r"(?:(?<!\w)|(?<=\D(?:19|20)\d\d)|(?<=[a-zß-öø-ÿ]))"
"""Where a month may begin: also glued to another date or to a name, elements of a page: "HoltMarch 5, 2024"."""
_DATES: tuple[tuple[str, str], ...] = (
    ("year_first", r"{start}(?P<year>\d{{4}}){sep}(?P<month>\d{{1,2}})(?P=sep){day}(?!\d)(?![./-]\d)"),
    ("cjk", r"{start}(?P<year>\d{{4}})\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월](?:\s*{day}\s*[日일])?"),
    ("era", r"(?P<era>{eras})\s?(?P<year>\d{{1,3}}|元)\s?年\s?(?P<month>\d{{1,2}})\s?月(?:\s?{day}\s?日)?"),
    (
        "numeric",
        r"{start}(?P<first>\d{{1,2}}){sep}(?P<second>\d{{1,2}})(?P=sep)"
        r"(?P<year>{glued}|(?:\d{{4}}|\d{{2}})(?!\d)(?:(?![./-]\d)|(?=[/-]\d{{1,2}}:\d{{2}})))",
    ),
    (
        "day_name",
        r"(?:{start}|(?<=[./-](?:19|20)\d\d)){day}(?:st|nd|rd|th|er|º|ª|°|\.)?[\s\-/.]*(?:(?:of|de|d[’'])\s*)?{month}"
        r"(?:\s?[/(]\s?(?P<again>{again})\)?)?[\s\-/.,،]*{of}{reign}{year}",
    ),
    ("day_name_short", r"{start}{day}\s*{month}\s*{reign}(?P<year>\d{{2}})(?!\d)"),
    ("day_number", r"{start}(?:{day}\s*)?(?:tháng|thg)\.?\s*(?P<month>\d{{1,2}})[\s,./-]*(?:năm\s*)?{year}"),
    (
        "year_day_name",
        r"{start}(?P<year>\d{{4}})(?:\.?\s?gada|\s?жыл(?:ғы|ы)|[\s-]?yil|[\s-]?йил)\s{day}[.-]?\s?{month}",
    ),
    ("name_day", r"{loose}{month}[\s\-]*{day}(?:st|nd|rd|th)?(?!\d)[\s\-.,،]*{year}"),
    (
        "year_name",
        r"{start}(?P<year>\d{{4}})(?:\s?m\.|e?ko|\s?թ\.)?[\s\-.,]+{month}[\s\-]*{day}(?!\d)(?:st|nd|rd|th)?",
    ),
    ("name_year", r"(?<!\w){month}[\s,\-/]*{of}{reign}{year}"),
    ("year_month", r"{start}(?P<year>\d{{4}})-(?P<month>\d{{2}})(?!\d)(?![./-]\d)"),
)
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?(?:\s*Uhr)?"
)
_ANY_CLOCK = r"(?<!\d)\d{1,2}\s?(?:[:.h]\s?\d{2}(?!\d)|\s?[ap]\.?m\b)"
_LINK = r"(?:[\s,;|•·–—-]|\s/\s)*(?:(?:at|um|à|a\s+las|alle|kl\.?|ore|às|om|@)\s*)?"


@dataclass(frozen=True, slots=True)
class Shapes:
    """The compiled patterns; each date pattern has the groups of its parts."""

    name: re.Pattern[str]
    """A month's name, to its last letter."""
    dates: tuple[tuple[str, re.Pattern[str]], ...]
    """Name and pattern, the more precise before the less, for a text whose months' names are masked."""
    time_after: re.Pattern[str]
    """A clock time with a zone, to be matched where a date ends."""
    time_before: re.Pattern[str]
    """The same, to be searched in what stands before a date."""
    clock: re.Pattern[str]
    """Anything that looks like a clock time."""
    span: re.Pattern[str]
    """From one clock time to another, as an event's hours are written."""
    day_and_month: re.Pattern[str]
    """A day and month with or without a year, or a weekday, as a dateline writes them."""


@cache
def shapes() -> Shapes:
    """Return the patterns, made once."""
    calendar = table("calendar")
    parts = {
        "start": _START,
        "sep": _SEP,
        "day": _DAY,
        "year": _YEAR,
        "glued": _GLUED,
        "month": _MONTH,
        "again": rf"{MASK}+",
        "eras": alternatives(calendar["eras"]),
        "of": _OF,
        "loose": _LOOSE,
        "reign": _REIGN,
    }
    weekday = trie(weekday_names()) + r"(?!\w)\.?"
    zoned = rf"{_CLOCK}\s*\(?{zone_pattern()}\)?"
    number = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
    wide = wide_name_pattern() + r"(?!\w)\.?"
    day_and_month = rf"(?:(?P<day>{number})\s*(?:de\s+)?)?{wide}(?(day)|\s*{number})"
    return Shapes(
        name=_compiled(rf"{name_pattern()}(?!\w)"),
        dates=tuple((name, _compiled(shape.format(**parts))) for name, shape in _DATES),
        time_after=_compiled(rf"(?P<joint>T|{_LINK}){zoned}"),
        time_before=_compiled(rf"(?<![\d:.])(?P<joint>){zoned}[\s,;|•·–—-]*(?:on\s+)?(?:{weekday}[\s,]*)?$"),
        clock=_compiled(_ANY_CLOCK),
        span=_compiled(rf"{_ANY_CLOCK}(?:\s?Uhr)?\s?(?:-|–|—|\bto\b|\bbis\b|\btot\b|\bà\b|\bdo\b)\s?{_ANY_CLOCK}"),
        day_and_month=_compiled(
            rf"(?<!\w)(?P<weekday>{weekday})?"
            rf"(?:(?(weekday),?\s*){day_and_month}(?!\d)(?:,?\s*\d{{4}}(?!\d))?|(?(weekday)|(?!)))"
        ),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
