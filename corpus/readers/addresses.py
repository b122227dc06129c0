"""Sources by their names: whether one is an address or a path, and what of an address may be shown."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["WEB", "is_address", "local_path", "scheme_of", "shown_parts"]

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
WEB = ("http", "https")
"""The schemes of the web, where an address may end in a query."""


def is_address(source: object) -> bool:
    """Tell whether a source is an address with a scheme and not a path of this machine."""
    match = _ADDRESS.match(source) if isinstance(source, str) else None
    return match is not None and match[1].lower() not in ("file", "local")


def local_path(source: str | Path) -> Path:
    """Return a source that is no address as a path; ``file://`` is resolved."""
    if isinstance(source, str) and source.lower().startswith("file://"):
        return Path(unquote(urlsplit(source).path))
    return Path(source)


def shown_parts(address: str) -> tuple[str, ...]:
    """Return the host and the path of an address, part by part: what may be shown of it.

    >>> shown_parts("https://user:word@example.org:8443/a/b%20c.txt?signature=secret#x")
    ('example.org', 'a', 'b c.txt')
    """
    match = _ADDRESS.match(address)
    rest = (address[match.end() :] if match else address).partition("::")[0]
    if match and match[1].lower() in WEB:
        rest = unquote(re.split(r"[?#]", rest, maxsplit=1)[0])
    host, *parts = rest.partition("?")[0].split("/")
    host = host.rpartition("@")[2].partition(":")[0]
    return tuple(part for part in (host, *parts) if part and part != ".")


def scheme_of(address: str) -> str:
    """Return an address's scheme in small letters."""
    match = _ADDRESS.match(address)
    return match[1].lower() if match else ""
