"""Who wrote an article, from lines that no rule took for bylines: beside the stamp, or behind an opener."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.authorship.bylines import GAP, byline_patterns, byline_values, opener_word, without_noise
from corpus.metadata.authorship.credits import names_picture
from corpus.metadata.authorship.names import is_institution, leads_to_place, person_role_pattern, role_pattern
from corpus.metadata.authorship.openers import opener_pattern
from corpus.metadata.authorship.signoffs import closing_mark
from corpus.metadata.times.dates import find_dates
from corpus.metadata.values import Line, Value
from corpus.metadata.words import spans_outside

__all__ = [
    "closing_byline_values",
    "is_opened_byline",
    "lone_agency_values",
    "signed_line_values",
    "signed_stamp_values",
    "stamp_agency_values",
]

_NUMBER = re.compile(r"\d(?!\d*\s?min)", re.IGNORECASE)
"""A digit, but for how many minutes a text takes."""
_SIGNED = re.compile(r"[^()]{4,60}?\s*(?P<signs>[(/][^()]{2,20}[)/].{0,20})")
"""Names, then an agency in brackets or between strokes, perhaps with short signs behind it."""
_LONGEST_APART = 50
"""A line that is longer than this (in code points) begins with a name, or is a sentence of somebody."""
_PLACE = re.compile(r"[^\W\d_a-zß-öø-ÿ][\w'’.-]*(?:[ -][\w'’.-]+){0,2}")
"""What can be a place: up to three words, the first with a capital."""


def signed_stamp_values(line: Line) -> list[Value]:
    """Return the authors of a time stamp: behind an opener, or the whole of what stands before its first sign.

    "Maren Holt | Harbour desk | May 3, 2024", "Maren Holt, Reuters | May 3, 2024" and "May 3, 2024 by Maren Holt"
    name one, "Harbour News | May 3, 2024" none.
    """
    text = without_noise(line.text)
    pieces = spans_outside(text, byline_patterns().hard)
    authors = [value for value in byline_values(line) if value.column == "authors"]
    if any(opener_pattern().match(text[start:end]) for start, end in pieces):
        return authors
    whole = line.text[slice(*pieces[0])] if pieces else ""
    name, _, station = whole.partition(",")
    first = name if _is_station(station) else whole
    return [value for value in authors if value.value == first][:1]


def stamp_agency_values(line: Line) -> list[Value]:
    """Return the agency that is a part of its own in a time stamp: "dpa | 5 March 2024, 10:15"."""
    pieces = spans_outside(without_noise(line.text), byline_patterns().left)
    return [_agency(line, a, b) for a, b in pieces if is_agency(line.text[a:b])][:1]


def lone_agency_values(line: Line) -> list[Value]:
    """Return the agency that a line is, with or without brackets."""
    match = re.fullmatch(r"[\W_]{0,3}(.+?)[\W_]{0,3}", line.text)
    return [_agency(line, *match.span(1))] if match and is_agency(match[1]) else []


def signed_line_values(line: Line) -> list[Value]:
    """Return the authors of a line that is nothing but names with what they are: a role, an agency, a house.

    "Maren Holt, News reporter", "Maren Holt, à Lyon" and "Maren Holt · Courier News" name one, "Maren Holt, mayor
    of Lisk" none, and neither do "Maren Holt / Getty Images" and "Maren Holt/AP", which are pictures'.
    """
    values = byline_values(line)
    authors = [value for value in values if value.column == "authors"]
    text = without_noise(line.text)
    if any(opener_pattern().match(text[slice(*span)]) for span in spans_outside(text, byline_patterns().hard)):
        return authors
    if _NUMBER.search(line.text) and not find_dates(line.text):
        return []  # somebody's age or years
    rest = _without(text, line, values)
    if re.search(rf"{GAP}\s+[^\W\d_a-zß-öø-ÿ]", rest) and not person_role_pattern().search(rest):
        return []  # "Other Related News", "Harbour Desk": a capital goes on, and no person's role follows
    if len(text) > _LONGEST_APART and not rest.startswith(GAP):
        return []  # "This was written for us by Maren Holt, head of the house"
    agency = any(value.column == "agency" for value in values)
    apart = "," in text or byline_patterns().conjunction.search(text) is not None
    pictured = names_picture(text) or (agency and not apart)
    return authors if all(map(_is_station, _left(rest))) and not pictured else []


def is_opened_byline(text: str) -> bool:
    """Tell whether the whole text is an opener with names, what they are and the places that they report from.

    >>> [is_opened_byline(t) for t in ("Von Maren Holt, Berlin", "Par Hélène Petit à Lyon et Luc Moreau à Lille")]
    [True, True]
    >>> [is_opened_byline(t) for t in ("Von Maren Holt lernen", "Maren Holt, Berlin", "Von Berlin, Hamburg")]
    [False, False, False]
    """
    opener = opener_pattern().match(text)
    if opener is None or names_picture(text) or text.rstrip().endswith((".", "!", "?", ":")):
        return False
    line = Line("", text, 0, 0, 0, "", "")
    authors = [value for value in byline_values(line) if value.column == "authors"]
    rest = _without(without_noise(text), line, authors)[opener.end() :]
    stations = [_is_station(piece, opener_word(opener[0])) for piece in _left(rest) if not _PLACE.fullmatch(piece)]
    return bool(authors) and all(stations)


def closing_byline_values(line: Line) -> list[Value]:
    """Return the authors of a line that is a label with names, or names with their agency: "Jan Nowak (PAP)".

    >>> [value.value for value in closing_byline_values(Line("a", "autor: Jan Nowak (PAP) jno/", 0, 0, 0, "", ""))]
    ['Jan Nowak']
    >>> closing_byline_values(Line("a", "By Maren Holt", 0, 0, 0, "", ""))
    []
    """
    match = _SIGNED.fullmatch(line.text)
    signed = match is not None and closing_mark(match["signs"], True) is not None
    front = line.text[: match.start("signs")].rstrip() if match and signed else line.text
    opener = opener_pattern().match(front)
    if names_picture(front) or (not signed and (opener is None or ":" not in opener[0])):
        return []
    own = line._replace(text=front)
    authors = [value for value in byline_values(own) if value.column == "authors"]
    rest = _without(without_noise(front), own, authors)[opener.end() if opener else 0 :]
    return authors if not any(True for _ in _left(rest)) else []


def _agency(line: Line, start: int, end: int) -> Value:
    span = line.start + start, line.start + end
    return Value(line.doc_id, "agency", line.text[start:end], *span, "byline.agency")


def _without(text: str, line: Line, values: Sequence[Value]) -> str:
    """Put a gap for each of the values."""
    for value in sorted(values, key=lambda value: value.start or 0, reverse=True):
        start, end = (value.start or 0) - line.start, (value.end or 0) - line.start
        text = f"{text[:start]}{GAP}{text[end:]}"
    return text


def _left(rest: str) -> Iterator[str]:
    """Yield what is left beside the names, without the words that join two of them."""
    for start, end in spans_outside(rest, byline_patterns().left):
        piece = _joining().sub("", rest[start:end])
        if re.search(r"\w", piece):
            yield piece


def _is_station(text: str, opener: str = "") -> bool:
    """Tell whether the words say what a reporter is, whom they work for or where they are."""
    weak = any(match.start() == 0 or match.end() == len(text) for match in role_pattern().finditer(text))
    person = person_role_pattern().search(text) is not None
    return weak or person or leads_to_place(text, opener) or is_agency(text.strip()) or is_institution(text)


@cache
def _joining() -> re.Pattern[str]:
    joint = byline_patterns().joint.pattern
    return re.compile(rf"^\s*{joint}(?!\w)\s*|\s*(?<!\w){joint}\s*$", re.IGNORECASE)
