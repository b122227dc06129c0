"""Find dates and zoned times in a line, as precise as they are written and no more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from corpus.metadata.times.eras import era_year, gregorian_of_solar, gregorian_year, is_solar_year
from corpus.metadata.times.months import Month, months_of
from corpus.metadata.times.shapes import shapes
from corpus.metadata.times.written import Written, written_dates
from corpus.metadata.times.zones import utc_of
from corpus.metadata.words import table

__all__ = ["FIRST_YEAR", "LAST_YEAR", "FoundDate", "Order", "find_dates", "order_shown", "unsettled_dates"]

FIRST_YEAR, LAST_YEAR = 1600, 2100

Order = Literal["day", "month"] | None
"""Which part of 03/04/2021 comes first; None where nothing tells."""
_ORDERS: tuple[Order, ...] = ("day", "month")
_MONTHS = 12
Groups = Mapping[str, str]
_SHORT_YEAR = 2
"""How many digits a year has whose century is not written."""
_UNSURE_YEARS = range(45, 90)
"""Two digits that are a year of either century; fewer are of this one, more of the last."""
_BUDDHIST, _GREGORIAN = "พ", "ค"
"""What the Thai words for Buddhist and for Gregorian years begin with."""
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
    found = ((written, _parts(written, order, language)) for written in written_dates(text))
    return [_with_time(text, written, parts) for written, parts in found if parts is not None]


def unsettled_dates(text: str, language: str | None = None) -> list[FoundDate]:
    """Return the dates that can be read in several ways in one year: their year, with the readings as the shape.

    So is 03/04/2021, and 13 listopada 2024 in a text that is neither Polish nor Croatian.

    >>> [(d.value, d.precision, d.shape) for d in unsettled_dates("03/04/2021")]
    [('2021', 'year', 'numeric (2021-04-03 or 2021-03-04)')]
    """
    found = []
    for item in written_dates(text):
        readings = list(dict.fromkeys(parts for parts in _readings(item, None, language) if parts))
        if len(readings) > 1 and len({parts.year for parts in readings}) == 1:
            told = " or ".join(parts.iso() for parts in readings)
            found.append(FoundDate(item.start, item.end, str(readings[0].year), "year", f"{item.shape} ({told})"))
    return found


def order_shown(texts: Iterable[str]) -> Order:
    """Return the order that the numeric dates of the texts show, None where they show none or both.

    >>> order_shown(["03/04/2021", "Updated 15/04/2021"])
    'day'
    """
    shown: set[Order] = set()
    for text in texts:
        for shape, _, _, written in written_dates(text):
            if shape == "numeric" and len(written["year"]) == 4:
                first, second = int(written["first"]), int(written["second"])
                shown |= {"day"} if first > 12 >= second else set()
                shown |= {"month"} if second > 12 >= first else set()
    return shown.pop() if len(shown) == 1 else None


def _parts(written: Written, order: Order, language: str | None) -> _Parts | None:
    """Return what the date says where it says one thing."""
    readings = {parts for parts in _readings(written, order, language) if parts}
    return readings.pop() if len(readings) == 1 else None


def _readings(written: Written, order: Order, language: str | None) -> Iterator[_Parts | None]:
    """Yield what the date may say, None for a reading that is impossible."""
    shape, parts = written.shape, written.parts
    if shape == "numeric":
        yield from _numeric_readings(parts, order, language)
    elif "name" in parts:
        yield from _named_readings(shape, parts, language)
    else:
        yield _of_numbers(shape, parts, language)


def _named_readings(shape: str, groups: Groups, language: str | None) -> Iterator[_Parts | None]:
    months = months_of(groups["name"], language, shape == "name_year")
    again = groups.get("again")
    for month in months:
        if again is None or any(other.number == month.number for other in months_of(again, language)):
            yield _named(month, groups, language)


def _named(month: Month, groups: Groups, language: str | None) -> _Parts | None:
    day, written = _day(groups), int(groups["year"])
    if month.solar:
        found = gregorian_of_solar(written, month.number, day)
        return _possible(*found) if found else None
    thai = bool(month.languages & set(table("calendar")["buddhist"]["languages"]))
    reign = groups.get("reign", " ")[0]
    year = written if reign == _GREGORIAN else gregorian_year(written, language, thai or reign == _BUDDHIST)
    return _possible(year, month.number, day) if year else None


def _of_numbers(shape: str, groups: Groups, language: str | None) -> _Parts | None:
    month, day = int(groups["month"]), _day(groups)
    if "era" in groups:
        return _possible(era_year(groups["era"], groups["year"]), month, day)
    year = int(groups["year"])
    if shape == "year_month" and month == int(groups["year"][2:]) + 1:
        return None  # 2003-04 is a season or a fiscal year as likely as a month
    if shape == "year_first" and is_solar_year(year, language):
        found = gregorian_of_solar(year, month, day)
        return _possible(*found) if found else None
    return _possible(gregorian_year(year, language) or year, month, day)


def _day(groups: Groups) -> int | None:
    return int(groups["day"]) if "day" in groups else None


def _numeric_readings(groups: Groups, order: Order, language: str | None) -> Iterator[_Parts | None]:
    """Yield the readings of 03/04/2021, and of 03-04-21, whose year may stand first as well."""
    first, second, written = int(groups["first"]), int(groups["second"]), int(groups["year"])
    rules, sign = table("calendar")["numeric"], groups["sep"].strip()
    short = len(groups["year"]) == _SHORT_YEAR
    if short and language in rules["two_digit_years_first"]:
        yield _possible(_century(first), second, written)
        return
    year = _century(written) if short else gregorian_year(written, language)
    orders = _orders(groups, order, language)
    if "day" in orders:
        yield _possible(year, second, first)
    if "month" in orders:
        yield _possible(year, first, second)
    if short and sign == "-" and len(orders) > 1 and order is None:
        yield _possible(_century(first), second, written)


def _orders(groups: Groups, order: Order, language: str | None) -> tuple[Order, ...]:
    """Return in which orders a numeric date may be read: the sign and the language say, else what others show."""
    rules, dots = table("calendar")["numeric"], groups["sep"].strip() == "."
    short = len(groups["year"]) == _SHORT_YEAR
    dotted = dots and not short and language not in rules["unsure_dots"]
    known = language in rules["two_digit_years" if short else "day_first"]
    if dotted or (known and (order is None or dots)):
        return ("day",)
    if dots and short and order is None:
        return ()
    leaves_no_choice = max(int(groups["first"]), int(groups["second"])) > _MONTHS
    return _ORDERS if order is None or leaves_no_choice else (order,)


def _century(year: int) -> int:
    """Return the year that two digits mean on a page, 0 where they may be of either century."""
    return 2000 + year if year < _UNSURE_YEARS.start else 1900 + year if year >= _UNSURE_YEARS.stop else 0


def _possible(year: int | None, month: int, day: int | None) -> _Parts | None:
    try:
        year = year or 0
        date(year, month, 1 if day is None else day)
    except ValueError:
        return None
    return _Parts(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None


def _with_time(text: str, written: Written, parts: _Parts) -> FoundDate:
    shape, start, end, _ = written
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
