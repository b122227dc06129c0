"""The records of a JSON file, one at a time: of a list, of JSON Lines, or the one record that it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import SourceError
from corpus.exchange.lines import read_as
from corpus.exchange.opening import read_limited
from corpus.model.finding import Finding
from corpus.model.shortened import told_value
from corpus.readers.encoding.binary import magic_name
from corpus.readers.encoding.mixed import older_charset

__all__ = ["Item", "read_items"]

MAX_BYTES = 1 << 30
"""What a file may have at most: it is held in memory once, and its records one at a time."""
_BETWEEN = re.compile(r"[ \t\r\n]*")
_STRAY = re.compile("[\udc80-\udcff]")
_PAIR = re.compile(r'\[[ \t\r\n]*"')


@dataclass(frozen=True, slots=True)
class Item:
    """One record and its place: ``FILE[NUMBER]`` in a list, ``FILE:LINE`` in JSON Lines."""

    place: str
    value: Any


def read_items(path: Path, wrappers: Sequence[str]) -> Iterator[Item | Finding]:
    """Yield each record of a file, and a finding where one is broken.

    A broken line of JSON Lines costs that line, a break in a list all that follows it. ``wrappers`` are the members
    of an object that may hold the records instead. A pair of a text and an object is a record as well.

    Raises:
        SourceError: it cannot be read, is too large, its encoding cannot be told, or it is no JSON at all.
    """
    text, note, wrong = _text_of(path)
    if note is not None:
        yield note
    start = _skip(text, 0)
    if text[start : start + 1] == "[" and not _PAIR.match(text, start):
        if wrong is not None:
            raise SourceError(wrong)
        yield from _listed(text, start, path)
        return
    first, end = _first(text, start, path)
    if _skip(text, end) != len(text):
        yield from _lines(text, path)
        return
    if wrong is not None:
        raise SourceError(wrong)
    members = first if isinstance(first, dict) else {}
    held = next((members[name] for name in wrappers if isinstance(members.get(name), list)), None)
    values = [first] if held is None else held
    yield from (Item(f"{path}[{number}]", value) for number, value in enumerate(values, 1))


def _text_of(path: Path) -> tuple[str, Finding | None, str | None]:
    """Return a file's text, in which encoding it is where that is an older one, and what is wrong with it.

    Where something is, each byte that is no UTF-8 is half a surrogate pair.
    """
    data = read_limited(path, most=MAX_BYTES)
    strange = magic_name(data)
    if strange is not None or not data.strip():
        raise SourceError(f"{path} is no JSON but {strange or 'empty'}; export it anew.")
    codec = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(codec), None, None
    except UnicodeDecodeError as error:
        name = codec.removesuffix("-sig").upper()
        wrong = f"{path} is no {name} text: {error.reason} at byte {error.start}; convert it to UTF-8."
    if codec == "utf-16":
        raise SourceError(wrong)
    lines = data.decode(codec, "surrogateescape").split("\n")
    at = [number for number, line in enumerate(lines) if _STRAY.search(line)]
    older = older_charset(data.split(b"\n"))
    if older is None:
        return "\n".join(lines), None, wrong
    for number in at:
        lines[number] = lines[number].encode("utf-8", "surrogateescape").decode(older.codec)
    return "\n".join(lines), read_as(older, f"{path}:{at[0] + 1}"), None


def _first(text: str, start: int, path: Path) -> tuple[Any, int]:
    try:
        value, end = _decode(text, start)
    except ValueError as error:
        if text[start : start + 1] in ("{", "[") and "\n" in text[start:].strip():
            return {}, start  # one of several lines, perhaps
        raise SourceError(f"{path} is no JSON: {error}.") from None
    if not isinstance(value, dict | list):
        raise SourceError(f"{path} holds no records but {told_value(value)}.")
    return value, end


def _listed(text: str, start: int, path: Path) -> Iterator[Item | Finding]:
    """Decode a list's values one by one: a whole large list would take many times its text's memory."""
    position, number = _skip(text, start + 1), 0
    while text[position : position + 1] != "]":
        number += 1
        try:
            value, position = _decode(text, position)
            position = _skip(text, position)
            if text[position : position + 1] not in (",", "]") or not text[position:]:
                raise ValueError(f"a comma or ] is missing at character {position}")
        except ValueError as error:
            message = f"The list breaks off here, and what follows is not read: {error}; export it anew."
            yield Finding("import-json", f"{path}[{number}]", message)
            return
        yield Item(f"{path}[{number}]", value)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _lines(text: str, path: Path) -> Iterator[Item | Finding]:
    sound = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if _STRAY.search(line):
            told = "The line is no UTF-8 and was passed over; convert the file to UTF-8."
            yield Finding("import-encoding", f"{path}:{number}", told)
            continue
        try:
            value, end = _decode(line, _skip(line, 0))
            if _skip(line, end) != len(line):
                raise ValueError(f"more follows the record at character {end}")
        except ValueError as error:
            yield Finding("import-json", f"{path}:{number}", f"The line is no JSON and was passed over: {error}.")
            continue
        sound += 1
        yield Item(f"{path}:{number}", value)
    if not sound:
        raise SourceError(f"{path} is neither JSON nor JSON Lines.")


def _decode(text: str, position: int) -> tuple[Any, int]:
    """Decode the value at a position and return it with where it ends.

    Raises:
        ValueError: there is none, it is nested too deeply, or has a number of thousands of digits.
    """
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg.removesuffix(' at')} at character {error.pos}") from None
    except ValueError:
        raise ValueError(f"a number after character {position} has too many digits") from None
    except RecursionError:
        raise ValueError(f"the value at character {position} is nested too deeply") from None


_DECODER = json.JSONDecoder()


def _skip(text: str, position: int) -> int:
    found = _BETWEEN.match(text, position)
    return found.end() if found else position
