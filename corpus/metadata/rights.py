"""The rights statement and the holder it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, table

__all__ = ["holder_span", "rights_values"]

_YEARS = r"(?:\d{4}(?:\s?[-–—/]\s?(?:\d{2,4}|present))?)"
_LONGEST = 80
_HOST = re.compile(r"(?:[\w-]+\.)+\w{2,}$")


def rights_values(lines: Sequence[Line]) -> list[Value]:
    """Return ``copyright`` and ``copyright_holder`` of one document: the first statement that names a holder."""
    held = [(line, span) for line in lines if (span := holder_span(line.text))]
    if not held:
        return [_whole(line) for line in lines[:1]]
    line, (start, end) = held[0]
    rule = "rights.holder"
    return [
        _whole(line),
        Value(line.doc_id, "copyright_holder", line.text[start:end], line.start + start, line.start + end, rule),
    ]


def holder_span(text: str) -> tuple[int, int] | None:
    """Return where a rights statement names its holder, or None.

    >>> text = "Copyright 2021 The Associated Press. All rights reserved."
    >>> text[slice(*holder_span(text))]
    'The Associated Press'
    """
    after, before, closed = _signs()
    for match in after.finditer(text):
        span = _name_from(text, match.end())
        if span:
            return span
    for pattern in (before, closed):
        whole = pattern.search(text)
        if whole and _can_hold(whole["name"]):
            return whole.span("name")
    return None


def _whole(line: Line) -> Value:
    return Value(line.doc_id, "copyright", line.text, line.start, line.start + len(line.text), line.rule)


def _name_from(text: str, start: int) -> tuple[int, int] | None:
    """Return the name that begins at ``start``, up to a full stop, a closing phrase, a year or a sign."""
    end = min(len(text), start + _LONGEST + 1)
    for match in _stops().finditer(text, start, end):
        if match[0][0] != "." or not _is_abbreviated(text[start : match.start()]):
            end = match.start()
            break
    if end - start > _LONGEST:
        return None
    name = text[start:end].rstrip(" \t\xa0,;:.-–—|&")
    if text[start + len(name) : start + len(name) + 1] == "." and _is_abbreviated(name):
        name += "."
    return (start, start + len(name)) if _can_hold(name) else None


def _is_abbreviated(name: str) -> bool:
    last = name.rsplit(None, 1)[-1].casefold() if name.strip() else ""
    return last in table("rights")["abbreviations"] or re.fullmatch(r"\w|(?:\w\.)+\w", last) is not None


def _can_hold(name: str) -> bool:
    words = name.split()
    rules = table("rights")
    named = bool(words) and (name[0].isupper() or is_agency(name.split("-")[0]) or _HOST.match(name) is not None)
    return (
        named
        and len(words) <= 9
        and name.casefold().rstrip(".") not in rules["not_holders"]
        and words[-1].casefold() not in rules["not_holders"]
        and sum(c.isalpha() for c in name) >= 2
    )


@cache
def _signs() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of "© 2021 NAME" (up to the name), "NAME © 2021", and "All rights reserved NAME"."""
    sign = r"(?:©|\(\s?[cC]\s?\)|&copy;|℗)"
    word = r"(?:copyright|\bcopr\.)\s{0,3}(?:notice\s{0,3})?:?\s{0,3}"
    mark = rf"(?:{word}{sign}?|{sign}\s{{0,3}}(?:copyright\b)?)"
    years = rf"(?:[\s,]{{0,5}}{_YEARS}(?:,\s?{_YEARS}){{0,9}})?"
    name = r"(?P<name>[^\W\d_][^\n©.|]{1,60}?)"
    after = rf"{mark}{years}[\s,.|–—:-]{{0,8}}(?:(?:by|bei|par|por)\s{{1,3}})?(?=\S)"
    closers = alternatives(table("rights")["closers"])
    before = (
        rf"^\W{{0,3}}{name}[\s,]{{0,5}}(?:copyright\s{{0,3}})?{sign}\s{{0,3}}{_YEARS}?\W{{0,9}}(?:{closers}.*)?$"
    )
    reserved = alternatives(table("rights")["reserved"])
    closed = rf"^\W{{0,3}}{reserved}\W{{0,9}}(?:\bby\b\s{{0,3}})?{name}\W{{0,9}}{_YEARS}?\W{{0,9}}$"
    flags = re.IGNORECASE
    return re.compile(after, flags), re.compile(before, flags), re.compile(closed, flags)


@cache
def _stops() -> re.Pattern[str]:
    closers = is_word_in(table("rights")["closers"]).pattern
    signs = rf"\.(?=\s|$|\))|[\n|©•·;:(–—]|\s-\s|,\s+(?=an?\s|{_YEARS}|(?!inc\b|ltd\b|llc\b|corp\b)(?-i:[a-z]))"
    return re.compile(rf"{signs}|(?<!\w){_YEARS}(?!\w)|{closers}", re.IGNORECASE)
