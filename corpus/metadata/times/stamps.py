"""Time stamps: which lines are such, what each date is of, and the date that only a caption or dateline gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from corpus.metadata.times.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    FoundDate,
    Order,
    find_dates,
    order_shown,
    unsettled_dates,
)
from corpus.metadata.times.events import event_label
from corpus.metadata.times.months import weekday_names
from corpus.metadata.times.shapes import shapes
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, table

__all__ = ["DAYS", "LONGEST_STAMP", "Stamp", "hint_values", "is_stamp", "stamp_cues", "stamps_of"]

LONGEST_STAMP = 160
"""A line of another role that is longer than this (in code points) is no time stamp."""
DAYS = ("day", "minute", "second")
"""The precisions that tell a day."""
_MOST_WORDS = 5
"""How many words besides dates, times, labels and fillers a time stamp may have: a name, a section."""
_MOST_WORDS_IN_HEAD = 12
"""The same beside the headline, where bylines with rubrics stand."""
_SENTENCE = 2
"""So many words in small letters before a date, but for labels and fillers, are a sentence's."""
_SAYING = ("published", "updated", "as_of")
"""The labels that say it of the article itself."""
_LAST_LABEL = re.compile(r"([^\W\d_][^|•·⋅/\n:：]{0,60}?)\s*[:：][\s,.]*$")
"""A label and its colon right before a date."""


class Stamp(NamedTuple):
    """A date of a line, and what it is of."""

    line: Line
    found: FoundDate
    label: str
    """"published", "updated", "as_of", "event", "other" or ""."""


def is_stamp(text: str, language: str | None = None, in_head: bool = False) -> bool:
    """Tell whether a short line says little but a day, whatever role it was given.

    ``in_head``: it stands between headline and text, where a few more words may stand in it.

    >>> is_stamp("29.06.2023, 15:04 | Lesedauer: 7 Minuten"), is_stamp("It fell on 29 June 2023.")
    (True, False)
    """
    if len(text) > LONGEST_STAMP:
        return False
    found = [item for item in find_dates(text, "day", language) if item.precision in DAYS]
    if not found or len(found) > 3:
        return False
    rest = text
    for item in reversed(found):
        rest = f"{rest[: item.start]} {rest[item.end :]}"
    rest = _fillers().sub(" ", _labels().sub(" ", shapes().clock.sub(" ", rest)))
    words = [word for word in re.split(r"[\W\d_]+", rest) if word]
    most = _MOST_WORDS_IN_HEAD if in_head or _says_published(text[: found[0].start]) else _MOST_WORDS
    told = _tells(text[: found[0].start])
    return len(words) <= most and not told and not _ends_sentence(text)


def _tells(text: str) -> bool:
    """Tell whether words of a sentence stand before a date: "Fire crews in Lisk, June 4, 2021" is a picture's."""
    before = re.split(r"[|•·⋅–—/\n:]", text)[-1]
    words = re.findall(r"[^\W\d_]+", _fillers().sub(" ", before))
    return not _label(before) and sum(word.islower() and len(word) > 1 for word in words) >= _SENTENCE


def _ends_sentence(text: str) -> bool:
    """Tell whether a sentence's sign ends the text, and not a short word's full stop: "5 Min."."""
    return text.rstrip().endswith((".", "?", "!", ":")) and not _short_end().search(text.rstrip())


def _says_published(text: str) -> bool:
    """Tell whether a line's beginning says no more than that a publication's day follows."""
    return _label(text) == "published" and not re.search(r"\w", _fillers().sub(" ", _labels().sub(" ", text)))


def stamp_cues() -> str:
    """Return a plain pattern (no look-around) that every time stamp matches, for a first sieve."""
    years = r"(?:1[349]|2[05])\d\d|[和成民國国]\s?\d|[\d&&[^0-9]]{2}|[ก-๙]\.?\s?\d\d"
    return rf"{years}|\d\s?[./-]\s?\d{{1,2}}\s?[./-]\s?\d\d"


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


def stamps_of(lines: Sequence[Line], language: str | None) -> list[Stamp]:
    """Return the dates of a document's stamping lines in order, each with what the words before it say.

    03/04/2021 is settled by the order that other dates of the lines show. A label on a line of its own is the next
    date's.
    """
    order = order_shown(line.text for line in lines)
    stamps: list[Stamp] = []
    carried, last_line = "", -9
    for line in lines:
        found = find_dates(line.text, order, language) or _partly_known(line, language)
        position, label = 0, carried if line.line - last_line <= 2 else ""
        for item in found:
            before = line.text[position : item.start]
            label = _labelled(before, line.text[item.end :], language, item.precision) or label
            stamps.append(Stamp(line, item, label))
            position, label = item.end, label if label in ("event", "other") else ""
        stamps = _with_change(stamps)
        told = found or any(c.isdigit() for c in line.text)  # "Updated 1 min ago" is no label of the next line
        carried, last_line = ("" if told else _closing_label(line.text)), line.line
    return stamps


def _labelled(before: str, after: str, language: str | None, precision: str) -> str:
    """Return what the words around a date say that it is of, "" where they say nothing.

    Before a time to the second, which a machine wrote, "Events" is a rubric.
    """
    label = "published" if _in_rubric().search(before) else _label(_rubric().sub("", before))
    if label in _SAYING:
        return label
    if precision == "second" and not before.rstrip().endswith(":"):
        return ""
    return event_label(before, after, language) or label or ("other" if _is_of_something(before) else "")


def _is_of_something(before: str) -> bool:
    """Tell whether a label that says neither publication nor change stands before a date: "Kick-off: 5 March 2024".

    >>> _is_of_something("Lisk | Kick-off: Tue, "), _is_of_something("Date: "), _is_of_something("10:15 | ")
    (True, False, False)
    """
    match = _LAST_LABEL.search(_fillers().sub("", before))
    words = table("calendar")["stamps"]["dates"]
    return match is not None and match[1].strip().casefold() not in words


def _with_change(stamps: list[Stamp]) -> list[Stamp]:
    """Call the later of a line's last two dates a change where nothing parts them: "June 4, 2021May 2, 2021"."""
    if len(stamps) < 2 or stamps[-1].line != stamps[-2].line:
        return stamps
    first, second = stamps[-2:]
    glued = first.found.end == second.found.start and second.label == "" and first.label in ("", "published")
    if not glued or first.found.value[:10] == second.found.value[:10]:
        return stamps
    earlier, later = sorted((first, second), key=lambda stamp: stamp.found.value)
    return [*stamps[:-2], earlier._replace(label=first.label), later._replace(label="updated")]


def _partly_known(line: Line, language: str | None) -> list[FoundDate]:
    """Return the year of a date whose day and month cannot be told apart, else a year that stands alone."""
    return (unsettled_dates(line.text, language) if len(line.text) <= LONGEST_STAMP else []) or _lone_year(line)


def _lone_year(line: Line) -> list[FoundDate]:
    match = re.fullmatch(r"\D{0,40}?(\d{4})\W*", line.text)
    if match is None or _label(line.text) != "published" or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return []
    return [FoundDate(*match.span(1), match[1], "year", "year")]


def _first_day(text: str, order: Order, language: str | None) -> FoundDate | None:
    return next((found for found in find_dates(text, order, language) if found.precision in DAYS), None)


@cache
def _fillers() -> re.Pattern[str]:
    return is_word_in([*table("calendar")["stamps"]["fillers"], *weekday_names()])


@cache
def _short_end() -> re.Pattern[str]:
    """Return the pattern of a short word with its full stop at the end, behind a number: "5 Min.", "7 a.m."."""
    return re.compile(rf"\d\s?{alternatives(table('calendar')['stamps']['short'])}$", re.IGNORECASE)


@cache
def _labels() -> re.Pattern[str]:
    labels = table("calendar")["labels"]
    groups = "|".join(
        f"(?P<{kind}>{alternatives(labels[kind])})" for kind in ("updated", "published", "as_of", "other")
    )
    begin = r"(?:(?<![^\W\d])|(?<=[a-zß-öø-ÿ])(?-i:(?=[A-ZÀ-ÖØ-Þ])))"  # also glued: "HoltPublished: …"
    return re.compile(rf"{begin}(?:{groups})(?![^\W\d])", re.IGNORECASE)


def _closing_label(text: str) -> str:
    """Return what the label says that ends the text: "Edited by Maren Holt" is none of the next line's date.

    >>> _closing_label("Last updated on:"), _closing_label("Edited by Maren Holt")
    ('updated', '')
    """
    last = max((match.end() for match in _labels().finditer(text)), default=0)
    return "" if re.search(r"[^\W\d_]", _fillers().sub("", text[last:])) else _label(text)


def _label(text: str) -> str:
    """Return what the last label word of the text says."""
    kinds = [match.lastgroup or "" for match in _labels().finditer(text)]
    return kinds[-1] if kinds else ""


@cache
def _in_rubric() -> re.Pattern[str]:
    """Return the pattern of a label of publication with the rubric behind it: "Posted in Events on"."""
    calendar = table("calendar")
    labels, links = alternatives(calendar["labels"]["published"]), alternatives(calendar["stamps"]["rubric_links"])
    return re.compile(rf"(?<!\w){labels}\s+{links}\s+[^\W\d_][^|:]*$", re.IGNORECASE)


@cache
def _rubric() -> re.Pattern[str]:
    """Return the pattern of a rubric with the sign that parts it from the date: "3 Comments | "."""
    rubrics = alternatives(table("calendar")["stamps"]["rubrics"])
    return re.compile(rf"(?:^|[|•·⋅/])\s*(?:\d+\s+)?{rubrics}\s*[|•·⋅/]\s*$", re.IGNORECASE)


@cache
def _archive() -> re.Pattern[str]:
    return is_word_in(table("credits")["archive"])


def _is_archive(text: str) -> bool:
    return _archive().search(text) is not None
