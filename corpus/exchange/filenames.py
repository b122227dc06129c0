"""File names made of documents' names: safe on every system, and different ones for different documents."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from corpus.exchange.free_names import FreeNames

__all__ = ["FileNames"]

_LONGEST = 120
"""Bytes of a name in UTF-8: file systems take 255, and endings and numbers come behind."""
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
"""What Windows and Unix do not take in a name, or what breaks a list of names."""
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, with any ending."""


class FileNames:
    """Gives each document of one folder a name of its own.

    >>> names = FileNames()
    >>> [names.give(name) for name in ("tide", "news/2026:1", "Tide", "..", None, "nul.txt")]
    ['tide', 'news_2026_1', 'Tide-2', 'document', 'document-2', '_nul.txt']
    """

    def __init__(self) -> None:
        self._names = FreeNames(_known_as)

    def give(self, name: str | None) -> str:
        """Return a safe name without an ending that no other document here has, where case does not count."""
        return self._names.give(_safe(name or "") or "document")


def _safe(name: str) -> str:
    safe = _UNSAFE.sub("_", name).strip().rstrip(". ")
    if safe.startswith((".", "-", "~")) or _DEVICES.match(safe):
        safe = f"_{safe.lstrip('.')}"
    whole = safe.encode("utf-8")
    if len(whole) <= _LONGEST:
        return safe
    told = hashlib.sha256(whole).hexdigest()[:8]  # names that begin alike stay apart, whatever their order
    return f"{whole[:_LONGEST].decode('utf-8', 'ignore').rstrip('. ')}-{told}"


def _known_as(name: str) -> str:
    """Return the form in which a file system may find two names equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
