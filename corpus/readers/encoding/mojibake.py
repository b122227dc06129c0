"""Undo text that was UTF-8 and was read as something else ("isnâ€™t", "ÐŸÑ€Ð¸Ð²ÐµÑ‚"), where that is certain.

It is certain when *every* run of characters outside ASCII, turned back into bytes of one wrong encoding, is
valid UTF-8, and at least three such runs stand inside or beside words, and not fewer than stand alone. A text
in any real language breaks off at its first accented word; an article that shows "Ã¤" in quotation marks has
too few. Pages that are broken in some lines only stay as they are: there a guess would be needed.
"""

from __future__ import annotations

import re
from functools import cache

from corpus.model.document import Repair

__all__ = ["undo_mojibake"]

ENCODINGS = ("cp1252", "latin_1", "cp1251", "cp1250", "cp1254", "mac_roman")
"""The wrong encodings that are tried, in this order."""

EVIDENCE = 3
"""So many broken words, at least, make it certain."""

_RUN = re.compile(r"(?<![^\x00-\x7f])[^\x00-\x7f]+")


def undo_mojibake(text: str) -> tuple[str, Repair | None]:
    """Return the text as it was before it was read wrongly, and the repair where there was one."""
    if text.isascii():
        return text, None
    for encoding in ENCODINGS:
        count = _broken_runs(text, encoding)
        if count:
            bytes_of = _bytes_of(encoding)
            text = _RUN.sub(lambda run: _undone(run[0], bytes_of) or run[0], text)  # noqa: B023
            return text, Repair("mojibake", count, f"UTF-8 that had been read as {encoding}")
    return text, None


def _broken_runs(text: str, encoding: str) -> int:
    """Count the runs that are UTF-8 read as ``encoding``; 0 where one run is not, or where it is not certain."""
    bytes_of = _bytes_of(encoding)
    runs = evidence = 0
    for match in _RUN.finditer(text):
        undone = _undone(match[0], bytes_of)
        if undone is None:
            return 0
        runs += 1
        beside = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        letters = sum(character.isalpha() for character in undone[:8])
        evidence += letters >= 3 or any(character.isalnum() for character in beside)
    return runs if evidence >= EVIDENCE and evidence * 2 >= runs else 0


def _undone(run: str, bytes_of: dict[str, int]) -> str | None:
    try:
        return bytes(map(bytes_of.__getitem__, run)).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None


@cache
def _bytes_of(encoding: str) -> dict[str, int]:
    """Return the byte of each character; what the encoding leaves open stands for itself, as in browsers."""
    return {bytes([byte]).decode(encoding, errors="ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
