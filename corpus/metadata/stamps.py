"""When an article was published and last changed, and the date that only a caption or dateline gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from corpus.metadata.dates import FIRST_YEAR, LAST_YEAR, FoundDate, Order, find_dates, order_shown, unsettled_dates
from corpus.metadata.layout import NOWHERE, Layout
from corpus.metadata.moments import order_note
from corpus.metadata.shapes import shapes
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, table

__all__ = ["LONGEST_STAMP", "hint_values", "is_stamp", "modified_values", "published_values", "stamp_cues"]

LONGEST_STAMP = 160
"""A line of another role that is longer than this (in code points) is no time stamp."""
_DAYS = ("day", "minute", "second")
_MOST_WORDS = 5
"""How many words besides dates, times, labels and fillers a time stamp may have: a name, a section."""
_MOST_WORDS_IN_HEAD = 12
"""The same beside the headline, where bylines with rubrics stand."""


class _Stamp(NamedTuple):
    line: Line
    found: FoundDate
    label: str
    """"published", "updated", "other" or ""."""


def is_stamp(text: str, language: str | None = None, in_head: bool = False) -> bool:
    """Tell whether a short line says little but a day, whatever role it was given.

    ``in_head``: it stands between headline and text, where a few more words may stand in it.

    >>> is_stamp("29.06.2023, 15:04 | Lesedauer: 7 Minuten"), is_stamp("It fell on 29 June 2023.")
    (True, False)
    """
    if len(text) > LONGEST_STAMP:
        return False
    found = [item for item in find_dates(text, "day", language) if item.precision in _DAYS]
    if not found or len(found) > 3:
        return False
    rest = text
    for item in reversed(found):
        rest = f"{rest[: item.start]} {rest[item.end :]}"
    rest = _fillers().sub(" ", _labels().sub(" ", shapes().clock.sub(" ", rest)))
    words = [word for word in re.split(r"[\W\d_]+", rest) if word]
    return len(words) <= (_MOST_WORDS_IN_HEAD if in_head else _MOST_WORDS) and not text.rstrip().endswith(
        (".", "?", "!")
    )


def stamp_cues() -> str:
    """Return a plain pattern (no look-around) that every time stamp matches, for a first sieve."""
    return r"(?:19|20)\d\d|\d\s?[./-]\s?\d{1,2}\s?[./-]\s?\d\d"


def published_values(lines: Sequence[Line], language: str | None, layout: Layout = NOWHERE) -> list[Value]:
    """Return ``published`` and its precision from one document's time stamps and bylines, or nothing.

    A date that says it is the publication's goes before one that says nothing; one that says it is a change's
    is never the publication's. Among stamps of the same standing the one that follows the headline most closely
    is taken. Far below the article a date of publication is another story's; a bare date in the masthead is
    today's; and of bare dates that differ only those around the headline are believed. A date like 03/04/2021
    in which nothing tells the day from the month gives its year, and the evidence names both readings.
    """
    stamps = _stamps(lines, order_shown(line.text for line in lines), language)
    bare = [stamp for stamp in stamps if stamp.label == "" and not layout.is_masthead(stamp.line.block)]
    if len({stamp.found.value[:10] for stamp in bare}) > 1:
        bare = [stamp for stamp in bare if layout.is_head(stamp.line.block)]
    published = [s for s in stamps if s.label == "published" and not layout.is_far_below(s.line.block)]
    for standing in (published, bare):
        if standing:
            return _told("published", min(standing, key=lambda stamp: layout.rank(stamp.line.block)))
    return []


def modified_values(
    lines: Sequence[Line], language: str | None, layout: Layout = NOWHERE, published: str | None = None
) -> list[Value]:
    """Return ``modified`` and its precision: the latest change around the headline, if after the publication."""
    stamps = _stamps(lines, order_shown(line.text for line in lines), language)
    updated = [stamp for stamp in stamps if stamp.label == "updated" and layout.is_head(stamp.line.block)]
    latest = max(updated, key=lambda stamp: stamp.found.value, default=None)
    later = latest is not None and (published is None or latest.found.value > published)
    return _told("modified", latest) if latest is not None and later else []


def hint_values(captions: Sequence[Line], datelines: Sequence[Line], language: str | None) -> list[Value]:
    """Return ``date_hint``: a dateline's full date, else the latest of the captions' first full dates.

    Captions of archive pictures ("FILE - …") tell old dates and are passed over.
    """
    order = order_shown(line.text for line in (*captions, *datelines))
    for lines, rule in ((datelines, "dateline.date"), (captions, "caption.date")):
        fresh = [line for line in lines if not _is_archive(line.text)]
        firsts = [(line, found) for line in fresh if (found := _first_day(line.text, order, language))]
        if firsts:
            line, found = max(firsts, key=lambda item: (item[1].value[:10], -item[0].start))
            start, end = line.start + found.start, line.start + found.end
            return [Value(line.doc_id, "date_hint", found.value[:10], start, end, rule)]
    return []


def _told(column: str, stamp: _Stamp) -> list[Value]:
    line, found = stamp.line, stamp.found
    note = order_note(line.text[found.start : found.end], found.value) if found.precision in _DAYS else ""
    rule = f"stamp.{stamp.label or 'bare'}.{found.shape}{note}"
    start, end = line.start + found.start, line.start + found.end
    return [
        Value(line.doc_id, column, found.value, start, end, rule),
        Value(line.doc_id, f"{column}_precision", found.precision, start, end, rule),
    ]


def _stamps(lines: Sequence[Line], order: Order, language: str | None) -> list[_Stamp]:
    stamps: list[_Stamp] = []
    carried, last_line = "", -9
    for line in lines:
        found = find_dates(line.text, order, language) or _partly_known(line)
        position, label = 0, carried if line.line - last_line <= 2 else ""
        for item in found:
            label = _label(line.text[position : item.start]) or label
            stamps.append(_Stamp(line, item, label))
            position, label = item.end, label if label == "other" else ""
        carried, last_line = ("" if found else _label(line.text)), line.line
    return stamps


def _partly_known(line: Line) -> list[FoundDate]:
    """Return the year of a date whose day and month cannot be told apart, else a year that stands alone."""
    return (unsettled_dates(line.text) if len(line.text) <= LONGEST_STAMP else []) or _lone_year(line)


def _lone_year(line: Line) -> list[FoundDate]:
    match = re.fullmatch(r"\D{0,40}?(\d{4})\W*", line.text)
    if match is None or _label(line.text) != "published" or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return []
    return [FoundDate(*match.span(1), match[1], "year", "year")]


def _first_day(text: str, order: Order, language: str | None) -> FoundDate | None:
    return next((found for found in find_dates(text, order, language) if found.precision in _DAYS), None)


@cache
def _fillers() -> re.Pattern[str]:
    weekdays = table("calendar")["weekdays"]["names"]
    return is_word_in([*table("calendar")["stamps"]["fillers"], *weekdays])


@cache
def _labels() -> re.Pattern[str]:
    labels = table("calendar")["labels"]
    groups = "|".join(f"(?P<{kind}>{alternatives(labels[kind])})" for kind in ("updated", "published", "other"))
    return re.compile(rf"(?<![^\W\d_])(?:{groups})(?![^\W\d_])", re.IGNORECASE)


def _label(text: str) -> str:
    """Return what the last label word of the text says."""
    kinds = [match.lastgroup or "" for match in _labels().finditer(text)]
    return kinds[-1] if kinds else ""


@cache
def _archive() -> re.Pattern[str]:
    return is_word_in(table("credits")["archive"])


def _is_archive(text: str) -> bool:
    return _archive().search(text) is not None
