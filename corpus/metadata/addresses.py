"""Web addresses: hosts, registered sites, and whether two addresses are of one page or one site."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from corpus.metadata.words import table

__all__ = ["date_in_path", "host_of", "is_home", "registered_site", "resolved", "same_page"]

_LONGEST = 2_000
_DATE = re.compile(r"/(20\d\d|19\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-])")


def host_of(url: str) -> str:
    """Return the address's host in lower case without a leading "www.", "" where it is no web address.

    >>> host_of("https://www.Courier.example/a"), host_of("mailto:a@b.example")
    ('courier.example', '')
    """
    parts = _split(url)
    fit = parts is not None and parts.scheme.lower() in ("http", "https") and re.search(r"\s", url) is None
    try:
        return (parts.hostname or "").removeprefix("www.") if fit and parts is not None else ""
    except ValueError:
        return ""


def registered_site(host: str) -> str:
    """Return the part of a host that was registered, by the usual labels of countries' second levels.

    >>> registered_site("edition.news.example"), registered_site("www.courier.co.uk")
    ('news.example', 'courier.co.uk')
    """
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in table("heads")["hosts"]["second_levels"]
    return ".".join(labels[-3:] if deep else labels[-2:])


def resolved(url: str, base: str | None) -> str | None:
    """Return the address, made whole by ``base``, where it is one of the same registered site, else None."""
    if not url or len(url) > _LONGEST:
        return None
    try:
        whole = urljoin(base or "", url.strip())
    except ValueError:
        return None
    host = host_of(whole)
    if not host or (base and registered_site(host) != registered_site(host_of(base))):
        return None
    return whole


def same_page(a: str, b: str) -> bool:
    """Tell whether two addresses are of one page, whatever their scheme, query, fragment and final stroke."""
    first, second = _split(a), _split(b)
    if first is None or second is None or not first.path.strip("/"):
        return False
    return (host_of(a), first.path.rstrip("/")) == (host_of(b), second.path.rstrip("/"))


def is_home(url: str) -> bool:
    """Tell whether an address has no path and asks for nothing: a site's home page, no article's.

    >>> is_home("https://www.courier.example/"), is_home("https://courier.example/?p=12")
    (True, False)
    """
    parts = _split(url)
    return parts is not None and not parts.path.strip("/") and not parts.query


def date_in_path(url: str) -> str | None:
    """Return the day that the address's path names ("/2024/12/02/"), None where it names none."""
    parts = _split(url)
    match = _DATE.search(parts.path) if parts else None
    return "-".join(match.groups()) if match else None


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url[:_LONGEST])
    except ValueError:
        return None
