"""Bring values from outside into the form of our columns, or say that they are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from corpus.readers.encoding.decoding import clean_string

__all__ = ["EXPECTED", "host_of", "in_form", "iso_date"]

Value = str | tuple[str, ...]

EXPECTED = {
    "text": "a text that is not blank",
    "texts": "a text or a list of texts",
    "date": "an ISO 8601 date such as 2021-04-08 or 2021-04-08T10:30:00Z",
    "url": "an http or https address",
    "site": "a host name such as example.org",
    "language": "a language tag such as en or pt-BR",
    "word": "a text or a number",
    "redistribution": '"allowed" or "denied"',
}
"""What each kind of value must be, for the sentence that says it is not."""

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)\s?(?P<zone>Z|z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-_]+)?", re.ASCII)
_HOST = re.compile(r"(?=.{4,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_MAX_URL = 8192
_FIRST_YEAR = 1450


def in_form(kind: str, value: object) -> Value | None:
    """Return the value in the form of its kind (a key of :data:`EXPECTED`), or None where it has none."""
    return _FORMS[kind](value)


def iso_date(value: object) -> str | None:
    """Return a date in ISO 8601 at the precision that is known, times in UTC.

    A time without a zone is some hour of an unknown place, so only its day is kept.

    >>> iso_date("2021-04-08T10:30:00+05:00"), iso_date("2021-04-08 10:30"), iso_date("2021-04")
    ('2021-04-08T05:30:00Z', '2021-04-08', '2021-04')
    """
    if isinstance(value, datetime | date):
        value = value.isoformat()
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return _normal_date(match)
    except (ValueError, OverflowError):
        return None


def host_of(url: str) -> str | None:
    """Return the host of an address without a leading "www.", or None."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return _site(host.removeprefix("www.")) if host else None


def _normal_date(match: re.Match[str]) -> str:
    day = "-".join(part for part in (match["year"], match["month"], match["day"]) if part)
    date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    if int(match["year"]) < _FIRST_YEAR:
        raise ValueError("a year before printing")
    if match["time"] is None:
        return day
    zone = (match["zone"] or "Z").upper().replace("Z", "+00:00")
    moment = datetime.fromisoformat(f"{day}T{match['time'][:8]}{zone}").astimezone(UTC)
    if match["zone"] is None:
        return day
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if match["second"] else "%Y-%m-%dT%H:%MZ")


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    cleaned = clean_string(value)[0].strip()
    return cleaned or None


def _texts(value: object) -> tuple[str, ...] | None:
    """Accept a text, a list of texts, and schema.org's list of {"name": …}."""
    if isinstance(value, str | Mapping):
        value = [value]
    if not isinstance(value, list | tuple):
        return None
    texts = tuple(_text(item.get("name") if isinstance(item, Mapping) else item) for item in value)
    found = tuple(text for text in texts if text is not None)
    return found if found and len(found) == len(texts) else None


def _url(value: object) -> str | None:
    text = _text(value)
    if text is None or len(text) > _MAX_URL or re.search(r"[\s\x00-\x1f\x7f\ufffd]", text):
        return None
    try:
        parts = urlsplit(text)
        known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]  # who may read it is nobody's metadata
    return text.replace(parts.netloc, host, 1) if known else None


def _site(value: object) -> str | None:
    text = _text(value)
    host = text.lower().rstrip(".") if text else ""
    return host if _HOST.fullmatch(host) else None


def _language(value: object) -> str | None:
    text = _text(value)
    match = _LANGUAGE.fullmatch(text) if text else None
    return match[1].lower() if match else None


def _word(value: object) -> str | None:
    return str(int(value)) if isinstance(value, int) else _text(value)


def _redistribution(value: object) -> str | None:
    return value if isinstance(value, str) and value in ("allowed", "denied") else None


_FORMS: Mapping[str, Callable[[object], Value | None]] = {
    "text": _text,
    "texts": _texts,
    "date": iso_date,
    "url": _url,
    "site": _site,
    "language": _language,
    "word": _word,
    "redistribution": _redistribution,
}
