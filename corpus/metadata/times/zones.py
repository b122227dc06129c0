"""Time zones as news pages write them: only names that mean one offset."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import polars as pl

from corpus.metadata.words import alternatives, table

__all__ = ["utc_of", "zone_pattern"]

_LARGEST = 14 * 60
"""No zone lies further from UTC than this, in minutes."""


def zone_pattern() -> str:
    """Return a pattern with the group ``zone``; names count only in the case they are written in."""
    zones = table("calendar")["zones"]
    names = alternatives([*zones["minutes"], *zones["regions"]])
    return (
        r"(?P<zone>(?-i:GMT|UTC)\s*[+\-−–]\d{1,2}(?::?\d{2})?(?!\d)"
        rf"|[+\-−]\d{{2}}:?\d{{2}}(?!\d)|(?-i:{names})(?!\w))"
    )


def utc_of(local: datetime, zone: str) -> datetime | None:
    """Return the UTC time of a local time in the named zone, None where the zone is unknown or impossible.

    >>> utc_of(datetime(2021, 4, 8, 16, 5), "CEST")
    datetime.datetime(2021, 4, 8, 14, 5)
    >>> utc_of(datetime(2021, 4, 8, 16, 5), "IST") is None
    True
    """
    zones = table("calendar")["zones"]
    if zone in zones["regions"]:
        return _in_region(local, zones["regions"][zone])
    minutes = zones["minutes"].get(zone, _offset_minutes(zone))
    return None if minutes is None else local - timedelta(minutes=minutes)


def _offset_minutes(text: str) -> int | None:
    match = re.search(r"([+\-−–])(\d{1,2}?):?(\d{2})?$", text)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > _LARGEST or minutes % 15:
        return None
    return minutes if match[1] == "+" else -minutes


def _in_region(local: datetime, region: str) -> datetime | None:
    zoned = pl.Series([local]).dt.replace_time_zone(region, ambiguous="null", non_existent="null")
    moment = zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None).item()
    return moment if isinstance(moment, datetime) else None
