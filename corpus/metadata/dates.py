"""Find dates and zoned times in a line, as precise as they are written and no more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from corpus.metadata.shapes import month_number, shapes
from corpus.metadata.words import table
from corpus.metadata.zones import utc_of

__all__ = ["FIRST_YEAR", "LAST_YEAR", "FoundDate", "Order", "find_dates", "order_shown", "unsettled_dates"]

FIRST_YEAR, LAST_YEAR = 1600, 2100

Order = Literal["day", "month"] | None
"""Which part of 03/04/2021 comes first; None where nothing tells."""
_ORDERS: tuple[Order, ...] = ("day", "month")

_DIGIT = re.compile(r"\d")
_BEFORE = 40
"""How many characters before a date its clock time may begin."""
_NEAR = 24
"""How many characters beside a date a clock time without a zone may stand."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a line: half-open offsets into the line, ISO 8601 value (UTC where it has a time)."""

    start: int
    end: int
    value: str
    precision: str
    """"year", "month", "day", "minute" or "second"."""
    shape: str
    """Which form it has, with ".local_time" where a time without a known zone was left out."""


class _Parts(NamedTuple):
    year: int
    month: int
    day: int | None

    def iso(self) -> str:
        parts = (f"{self.year:04d}", f"{self.month:02d}", *([] if self.day is None else [f"{self.day:02d}"]))
        return "-".join(parts)


def find_dates(text: str, order: Order = None, language: str | None = None) -> list[FoundDate]:
    """Return the dates of ``text`` in order; impossible, relative and ambiguous ones give none.

    ``order`` settles 03/04/2021, ``language`` whether 08.04.21 may be read.

    >>> [(d.value, d.precision) for d in find_dates("Posted April 8th, 2021, 16:05 CEST")]
    [('2021-04-08T14:05Z', 'minute')]
    >>> find_dates("03/04/2021"), find_dates("31 April 2021"), find_dates("2 hours ago")
    ([], [], [])
    """
    found = []
    for shape, match in _matches(text):
        parts = _parts(shape, match, order, language)
        if parts is not None:
            found.append(_with_time(text, match.span(), parts, shape))
    return found


def unsettled_dates(text: str) -> list[FoundDate]:
    """Return the dates like 03/04/2021 that can be read in two ways: their year, with both readings as the shape.

    >>> [(d.value, d.precision, d.shape) for d in unsettled_dates("03/04/2021")]
    [('2021', 'year', 'numeric (2021-04-03 or 2021-03-04)')]
    """
    found = []
    for shape, match in _matches(text):
        readings = [_numeric_parts(match, order, None) for order in _ORDERS] if shape == "numeric" else []
        if len(match.groupdict().get("year") or "") == 4 and all(readings) and len(set(readings)) == len(_ORDERS):
            told = " or ".join(parts.iso() for parts in readings if parts)
            found.append(FoundDate(*match.span(), match["year"], "year", f"numeric ({told})"))
    return found


def order_shown(texts: Iterable[str]) -> Order:
    """Return the order that the numeric dates of the texts show, None where they show none or both.

    >>> order_shown(["03/04/2021", "Updated 15/04/2021"])
    'day'
    """
    shown: set[Order] = set()
    for text in texts:
        for shape, match in _matches(text):
            if shape == "numeric" and len(match["year"]) == 4:
                first, second = int(match["first"]), int(match["second"])
                shown |= {"day"} if first > 12 >= second else set()
                shown |= {"month"} if second > 12 >= first else set()
    return shown.pop() if len(shown) == 1 else None


@lru_cache(maxsize=512)
def _matches(text: str) -> tuple[tuple[str, re.Match[str]], ...]:
    """Return what looks like dates, in order; a line is asked several times in a row."""
    if _DIGIT.search(text) is None:
        return ()
    taken: list[tuple[str, re.Match[str]]] = []
    for shape, pattern in shapes().dates:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or other.end() <= match.start() for _, other in taken):
                taken.append((shape, match))
    return tuple(sorted(taken, key=lambda item: item[1].start()))


def _parts(shape: str, match: re.Match[str], order: Order, language: str | None) -> _Parts | None:
    if shape == "numeric":
        return _numeric_parts(match, order, language)
    groups = match.groupdict()
    month = month_number(groups["name"]) if groups.get("name") else int(groups["month"])
    if shape == "year_month" and month == int(groups["year"][2:]) + 1:
        return None  # 2003-04 is a season or a fiscal year as likely as a month
    return _possible(int(groups["year"]), month, int(groups["day"]) if groups.get("day") else None)


def _numeric_parts(match: re.Match[str], order: Order, language: str | None) -> _Parts | None:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    dots, rules = match["sep"].strip() == ".", table("calendar")["numeric"]
    if len(match["year"]) == 2:
        known = dots and language in rules["two_digit_years"]
        return _possible(2000 + year, second, first) if known else None
    if dots or first > 12 or first == second or (order is None and language in rules["day_first"]):
        order = "day"
    elif second > 12:
        order = "month"
    if order is None:
        return None
    return _possible(year, *((second, first) if order == "day" else (first, second)))


def _possible(year: int, month: int, day: int | None) -> _Parts | None:
    try:
        date(year, month, 1 if day is None else day)
    except ValueError:
        return None
    return _Parts(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None


def _with_time(text: str, span: tuple[int, int], parts: _Parts, shape: str) -> FoundDate:
    start, end = span
    if parts.day is None:
        return FoundDate(start, end, parts.iso(), "month", shape)
    shift = max(0, start - _BEFORE)
    after, before = shapes().time_after.match(text, end), shapes().time_before.search(text[shift:start])
    for clock, origin in ((after, 0), (before, shift)):
        moment = _moment(parts, clock) if clock else None
        if clock and moment:
            form, precision = ("%H:%M:%S", "second") if clock["second"] else ("%H:%M", "minute")
            value = f"{moment.date().isoformat()}T{moment.strftime(form)}Z"
            edges = min(start, clock.start() + origin), end if origin or clock is before else clock.end()
            return FoundDate(*edges, value, precision, shape)
    near = text[max(0, start - _NEAR) : start] + " | " + text[end : end + _NEAR]
    local = ".local_time" if shapes().clock.search(near) else ""
    return FoundDate(start, end, parts.iso(), "day", shape + local)


def _moment(parts: _Parts, clock: re.Match[str]) -> datetime | None:
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    bare = clock["zone"][0] in "+-−" and not clock["second"] and clock["joint"] not in ("T", "t")
    if bare or parts.day is None:
        return None  # "10:00 -12:00" is a span of time, not an offset
    try:
        local = datetime(parts.year, parts.month, parts.day, hour, int(clock["minute"]), int(clock["second"] or 0))
        moment = utc_of(local, clock["zone"])
    except (ValueError, OverflowError):
        return None
    return moment if moment and FIRST_YEAR <= moment.year <= LAST_YEAR else None
