"""Read a file whose lines are in two encodings: lines of UTF-8 among lines of an older one.

Files that were appended to by two programs are such. Read as one encoding, one half of them is spoilt in every
accented letter, and nothing would tell. Which lines are UTF-8 is no guess: letters of an older encoding are
hardly ever valid UTF-8, but for a few Chinese ones, so that encodings of several bytes a character are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from corpus.readers.encoding.charsets import TRUSTED, Guess, guess_charset, is_narrow

__all__ = ["Mixed", "older_charset", "read_mixed"]

_LEAST = 3
"""So many characters outside ASCII, at least, are read as UTF-8, and so many letters in the other encoding."""
_SHARE = 20
"""At least one in so many of them is UTF-8: fewer may be valid by chance."""
_CHANCE = 8
"""In lines of the other encoding at most one in so many bytes outside ASCII begins valid UTF-8, by chance."""
_BEYOND = re.compile(rb"[\x80-\xff]")
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class Mixed(NamedTuple):
    """A text of lines in two encodings."""

    text: str
    codec: str
    """The one that is not UTF-8."""
    decoder: str
    """Who says so."""
    lines: int
    """How many lines are in it."""


def read_mixed(data: bytes) -> Mixed | None:
    """Read bytes that are not UTF-8 as a whole line by line; None where they are not plainly of two encodings.

    Lines that are no UTF-8 must be so in nearly every character, and mostly letters that the table (charsets.py)
    knows: where UTF-8 was damaged, other characters of the line are whole, and what is left of one is signs.
    """
    lines = data.split(b"\n")
    older, whole = _parted(lines)
    if whole < _LEAST or whole * _SHARE < len(_BEYOND.findall(older)):
        return None
    guess = _guessed(older, letters=True)
    if guess is None:
        return None
    read = (_decoded(line) for line in lines)
    text = "\n".join(
        line.decode(guess.codec) if text is None else text for line, text in zip(lines, read, strict=True)
    )
    return Mixed(text, guess.codec, guess.decoder, older.count(b"\n") + 1)


def older_charset(lines: Iterable[bytes]) -> Guess | None:
    """Return the encoding of those lines that are no UTF-8; None where it cannot be told, or they may be damaged.

    Where no other line has characters outside ASCII, quotation marks are enough: nothing speaks for UTF-8 then.
    """
    older, whole = _parted(lines)
    return _guessed(older, letters=whole > 0)


def _parted(lines: Iterable[bytes]) -> tuple[bytes, int]:
    """Return the lines that are no UTF-8, and how many characters outside ASCII stand in the others."""
    older, whole = list[bytes](), 0
    for line in lines:
        if (text := _decoded(line)) is None:
            older.append(line)
        else:
            whole += _beyond(text)
    return b"\n".join(older), whole


def _guessed(older: bytes, *, letters: bool) -> Guess | None:
    """Return the encoding of lines that are no UTF-8, where it is sure, and if asked for, mostly of letters."""
    broken = len(_BEYOND.findall(older))
    if not broken or len(_VALID.findall(older)) * _CHANCE > broken:
        return None
    guess = guess_charset(older)
    if guess is None or guess.score <= TRUSTED or not is_narrow(guess.codec):
        return None
    if letters and _letters(older.decode(guess.codec)) < max(_LEAST, broken / 2):
        return None
    return guess


def _beyond(text: str) -> int:
    return 0 if text.isascii() else sum(not character.isascii() for character in text)


def _letters(text: str) -> int:
    """Count the letters outside ASCII, and the marks on them."""
    return sum(unicodedata.category(c)[0] in "LM" for c in text if not c.isascii())


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None
