"""Machine-written dates and times: ISO 8601 in its forms, RFC 2822, epochs, else what people write."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from corpus.metadata.times.dates import FIRST_YEAR, LAST_YEAR, Order, find_dates

__all__ = ["moment_of", "order_note", "zone_note"]

_LONGEST = 80
_FRACTION = re.compile(r"(?<=:\d\d)[.,]\d{1,9}")
_ZONE_APART = re.compile(r"(?<=\d)\s+(?=[+-]\d{2}:?\d{2}\b)")
_ZONE_TWICE = re.compile(r"(?<=[+-]\d{4})\s+[A-Z]{1,5}$")
_ZONE_NAMED = re.compile(r"(?<=:\d\d)\s?(?:UTC|GMT)$")
_SECONDS = re.compile(r"\d{1,2}:\d{2}:\d{2}|T\d{6}")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)|\d{8}(?!\d)")
_MAIL_DAY = re.compile(r"(?:[A-Z][a-z]{2},\s)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}(?!\d)")
_MONTHS = 12
_OFFSET = re.compile(r"(?<=\d)\s?([+\-−])(\d{2}):?(\d{2})(?:\s?[A-Z]{1,5})?$")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def moment_of(
    text: str, order: Order = None, language: str | None = None, *, epoch: bool = False
) -> tuple[str, str] | None:
    """Return a date or time as ISO 8601, in UTC where it has a time, with its precision; None if it is none.

    A time without a zone is left out, and so is midnight to the second: it stands for a day without a time.
    Numbers of seconds or milliseconds since 1970 count only where ``epoch`` says that the field holds such.

    >>> moment_of("2024-12-02T10:56:34.123+0100"), moment_of("20241202T1056Z")
    (('2024-12-02T09:56:34Z', 'second'), ('2024-12-02T10:56Z', 'minute'))
    >>> moment_of("2024-12-02T00:00:00-05:00"), moment_of("2 hours ago")
    (('2024-12-02', 'day'), None)
    >>> moment_of("1733133394", epoch=True), moment_of("1733133394")
    (('2024-12-02T09:56:34Z', 'second'), None)
    """
    text = " ".join(text[: 2 * _LONGEST].split())
    if not text or len(text) > _LONGEST:
        return None
    if _EPOCH.fullmatch(text):
        return _told(datetime.fromtimestamp(int(text[:10]), UTC), "second") if epoch else None
    return _of_machines(_FRACTION.sub("", text, count=1)) or _of_people(text, order, language)


def _of_machines(text: str) -> tuple[str, str] | None:
    try:
        if _ISO_DAY.match(text):
            zoned = _ZONE_NAMED.sub("+00:00", _ZONE_TWICE.sub("", _ZONE_APART.sub("", text)))
            moment = datetime.fromisoformat(zoned)
        elif _MAIL_DAY.match(text):
            moment = parsedate_to_datetime(text)
        else:
            return None
    except (ValueError, IndexError, OverflowError):
        return None
    return _told(moment, "second" if _SECONDS.search(text) else "minute")


def _told(moment: datetime, precision: str) -> tuple[str, str] | None:
    day = (moment.hour, moment.minute, moment.second) == (0, 0, 0) or moment.tzinfo is None
    try:
        utc = moment if day else moment.astimezone(UTC)
    except OverflowError:
        return None
    if not FIRST_YEAR <= utc.year <= LAST_YEAR:
        return None
    if day:
        return utc.strftime("%Y-%m-%d"), "day"
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ" if precision == "second" else "%Y-%m-%dT%H:%MZ"), precision


def _of_people(text: str, order: Order, language: str | None) -> tuple[str, str] | None:
    if re.fullmatch(r"(1[6-9]\d\d|20\d\d)", text):
        return text, "year"
    found = find_dates(text, order, language)
    return (found[0].value, found[0].precision) if len({item.value for item in found}) == 1 else None


def order_note(text: str, value: str) -> str:
    """Return which part of an ambiguous date was read as the day, "" where its parts leave no choice.

    >>> order_note("03/04/2021", "2021-04-03"), order_note("13/04/2021", "2021-04-13")
    (' (day before month)', '')
    """
    match = _NUMERIC.search(text)
    if match is None or match[1] == match[2] or max(int(match[1]), int(match[2])) > _MONTHS:
        return ""
    return " (day before month)" if value[8:10] == f"{int(match[1]):02}" else " (month before day)"


def zone_note(text: str, value: str) -> str:
    """Return the zone in which a time was written that was turned into UTC, "" where it was UTC or had no time.

    >>> zone_note("2024-12-02T23:56:34-05:00", "2024-12-03T04:56:34Z")
    ' (at -05:00)'
    """
    match = _OFFSET.search(text.strip())
    if match is None or not value.endswith("Z") or match[2] + match[3] == "0000":
        return ""
    return f" (at {match[1]}{match[2]}:{match[3]})".replace("−", "-")
