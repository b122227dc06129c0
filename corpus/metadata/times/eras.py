"""Years and days of other calendars than the Gregorian: the Iranian solar year, Buddhist years, East Asian eras."""

from __future__ import annotations

from datetime import date

from corpus.metadata.words import table

__all__ = ["era_year", "gregorian_of_solar", "gregorian_year", "is_solar_year"]

_AHEAD = 543
"""How many years the Buddhist count is ahead, and the years in which it counts here (1957 to 2056)."""
_BUDDHIST_YEARS = range(2500, 2600)
_SHORT_BUDDHIST = range(43, 85)
"""Two digits that are a Buddhist year of this century, and no year of the Gregorian one that a page is of."""
_SOLAR_YEARS = range(1360, 1430)
"""The years of the solar calendar that are read where numbers alone stand (1981 to 2051)."""
_ANCHOR = (1403, date(2024, 3, 20))
"""The first day of one solar year."""
_LONG_MONTHS, _LONG, _SHORT = 6, 31, 30


def gregorian_year(year: int, language: str | None, buddhist: bool = False) -> int | None:
    """Return the Gregorian year; ``buddhist``: the month's name or an era's says that the years are such.

    >>> gregorian_year(2567, "th"), gregorian_year(67, None, True), gregorian_year(2024, "th")
    (2024, 2024, 2024)
    >>> gregorian_year(24, "th", True) is None
    True
    """
    if year < 100:
        return year + 2500 - _AHEAD if buddhist and year in _SHORT_BUDDHIST else None
    counted = buddhist or language in table("calendar")["buddhist"]["languages"]
    return year - _AHEAD if counted and year in _BUDDHIST_YEARS else year


def era_year(era: str, year: str) -> int:
    """Return the Gregorian year of an era's.

    >>> era_year("令和", "6"), era_year("令和", "元")
    (2024, 2019)
    """
    return int(table("calendar")["eras"][era]) + (1 if year == "元" else int(year))


def is_solar_year(year: int, language: str | None) -> bool:
    """Tell whether a year in a text of the language is one of the solar calendar."""
    return year in _SOLAR_YEARS and language in table("calendar")["numeric"]["solar"]


def gregorian_of_solar(year: int, month: int, day: int | None) -> tuple[int, int, int | None] | None:
    """Return the Gregorian year, month and day; without a day, None, for a solar month lies in two others.

    Leap years are those of the 33-year rule, which holds for 1244 to 1472 (1865 to 2093).

    >>> gregorian_of_solar(1403, 8, 23), gregorian_of_solar(1403, 12, 30), gregorian_of_solar(1404, 12, 30)
    ((2024, 11, 13), (2025, 3, 20), None)
    """
    if day is None or not 1244 <= year <= 1472 or not 1 <= month <= 12 or not 1 <= day <= _length(year, month):
        return None
    before = (month - 1) * _SHORT + min(month - 1, _LONG_MONTHS)
    found = date.fromordinal(_first_day(year) + before + day - 1)
    return found.year, found.month, found.day


def _length(year: int, month: int) -> int:
    if month <= _LONG_MONTHS:
        return _LONG
    return _SHORT if month < 12 or _is_leap(year) else _SHORT - 1


def _is_leap(year: int) -> bool:
    return (25 * year + 11) % 33 < 8


def _first_day(year: int) -> int:
    known, day = _ANCHOR
    between = range(known, year) if year >= known else range(year, known)
    days = sum(366 if _is_leap(y) else 365 for y in between)
    return day.toordinal() + (days if year >= known else -days)
