"""Who wrote an article, and the agency a byline names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from corpus.metadata.agencies import agency_at_end, is_agency
from corpus.metadata.attributions import attributed, attribution_leads, desk_end
from corpus.metadata.credits import names_picture
from corpus.metadata.dates import find_dates
from corpus.metadata.layout import NOWHERE, Layout
from corpus.metadata.months import weekday_names
from corpus.metadata.names import (
    has_common_word,
    is_institution,
    is_person,
    name_end,
    outlet_at_end,
    person_role_pattern,
    role_pattern,
)
from corpus.metadata.openers import lead_pattern, opener_pattern
from corpus.metadata.shapes import shapes
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, spans_outside, table

__all__ = ["article_byline_values", "byline_values", "signed_line_values", "signed_stamp_values"]

_GAP = "\x1f"
"""Stands for each character that is cut out of a byline, so that offsets stay."""
_NUMBER = re.compile(r"\d(?!\d*\s?min)", re.IGNORECASE)
"""A digit, but for how many minutes a text takes."""
_LONGEST_LABEL = 60
"""How far before a date, in code points, its label may begin."""
_GAP_IN_RUN = 2
"""How far apart, in blocks, two bylines of one article may stand (a time stamp between them)."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    others: re.Pattern[str]
    others_label: re.Pattern[str]
    """The same where it is a whole line: the names are on the next."""
    hard: re.Pattern[str]
    left: re.Pattern[str]
    """What separates, commas too."""
    conjunction: re.Pattern[str]
    joint: re.Pattern[str]
    """The same as all that a piece is."""
    noise: re.Pattern[str]
    label: re.Pattern[str]
    """The words right before a date."""


def article_byline_values(lines: Sequence[Line], layout: Layout = NOWHERE, prose: str = "") -> list[Value]:
    """Return the values of the article's own bylines: the run of them that follows the headline most closely.

    A page names the authors of other articles too; where several runs stand, only one around the headline counts.
    A name that no "By" stands before, and any but the first, must not be made of words that ``prose``, the
    article's text, has in lower case.
    """
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.block - runs[-1][-1].block <= _GAP_IN_RUN:
            runs[-1].append(line)
        else:
            runs.append([line])
    near = [run for run in runs if layout.is_near(run[0].block) and not layout.is_behind_others(run[0].block)]
    near.sort(key=lambda run: layout.rank(run[0].block))
    told = [(run, values) for run in near if (values := _of_run(run, prose))]
    if len(told) > 1:
        told = [(run, values) for run, values in told if layout.is_head(run[0].block)]
    return told[0][1] if told else []


def signed_stamp_values(line: Line) -> list[Value]:
    """Return the authors of a time stamp: behind an opener, or the whole of what stands before its first sign.

    "Maren Holt | Harbour desk | May 3, 2024", "Maren Holt, Reuters | May 3, 2024" and "May 3, 2024 by Maren Holt"
    name one, "Harbour News | May 3, 2024" none.
    """
    text = _without_noise(line.text)
    pieces = spans_outside(text, _patterns().hard)
    authors = [value for value in byline_values(line) if value.column == "authors"]
    if any(opener_pattern().match(text[start:end]) for start, end in pieces):
        return authors
    whole = line.text[slice(*pieces[0])] if pieces else ""
    name, _, station = whole.partition(",")
    first = whole if not _is_station(station) else name
    return [value for value in authors if value.value == first][:1]


def stamp_agency_values(line: Line) -> list[Value]:
    """Return the agency that is a part of its own in a time stamp: "dpa | 5 March 2024, 10:15"."""
    pieces = spans_outside(_without_noise(line.text), _patterns().left)
    return [_value(line, "agency", a, b) for a, b in pieces if is_agency(line.text[a:b])][:1]


def alone_agency_values(line: Line) -> list[Value]:
    """Return the agency that a line is, with or without brackets."""
    match = re.fullmatch(r"[\W_]{0,3}(.+?)[\W_]{0,3}", line.text)
    return [_value(line, "agency", *match.span(1))] if match and is_agency(match[1]) else []


def signed_line_values(line: Line) -> list[Value]:
    """Return the authors of a line that is nothing but names with what they are: a role, an agency, a house.

    "Maren Holt, News reporter" and "Maren Holt · Courier News" name one, "Maren Holt, mayor of Lisk" none, and
    neither do "Maren Holt / Getty Images" and "Maren Holt/AP", which are pictures'.
    """
    values = byline_values(line)
    authors = [value for value in values if value.column == "authors"]
    rest = text = _without_noise(line.text)
    if any(opener_pattern().match(text[slice(*span)]) for span in spans_outside(text, _patterns().hard)):
        return authors
    if _NUMBER.search(line.text) and not find_dates(line.text):
        return []  # somebody's age or years
    for value in sorted(values, key=lambda value: value.start or 0, reverse=True):
        start, end = (value.start or 0) - line.start, (value.end or 0) - line.start
        rest = f"{rest[:start]}{_GAP}{rest[end:]}"
    if re.search(rf"{_GAP}\s+[^\W\d_a-zß-öø-ÿ]", rest) and not person_role_pattern().search(rest):
        return []  # "Other Related News", "Harbour Desk": a capital goes on, and no person's role follows
    left = [rest[slice(*span)] for span in spans_outside(rest, _patterns().left)]
    stations = [piece for piece in left if re.search(r"\w", piece) and not _patterns().joint.fullmatch(piece)]
    agency = any(value.column == "agency" for value in values)
    pictured = names_picture(text) or (agency and not _patterns().conjunction.search(text))
    return authors if all(map(_is_station, stations)) and not pictured else []


def _is_station(text: str) -> bool:
    """Tell whether the words say what a reporter is or whom they work for."""
    weak = any(match.start() == 0 or match.end() == len(text) for match in role_pattern().finditer(text))
    return weak or bool(person_role_pattern().search(text)) or is_agency(text.strip()) or is_institution(text)


def _of_run(run: Sequence[Line], prose: str) -> list[Value]:
    values: list[Value] = []
    others = False
    for line in run:
        if _patterns().others_label.fullmatch(line.text.strip()):
            others = True
            continue
        opened = opener_pattern().match(line.text) is not None
        for value in byline_values(line) if opened or not others else []:
            sure = value.column != "authors" or (opened and not values)
            if sure or not has_common_word(value.value, prose):
                values.append(value)
        others = False
    return _unique(values)


def byline_values(line: Line) -> list[Value]:
    """Return the ``authors`` and the ``agency`` of a byline block, in order; what is neither for sure is left.

    An agency is never an author, and neither is a company, a desk, a place or a single word.
    """
    text = _without_noise(line.text)
    pieces = spans_outside(text, _patterns().hard)
    openers = [opener_pattern().match(text[start:end]) for start, end in pieces]
    first = next((number for number, match in enumerate(openers) if match), 0)
    opener = openers[first] if openers else None
    values: list[Value] = []
    for number, (start, end) in enumerate(pieces[first:]):
        own = openers[first + number]
        begin = start + (own.end() if own else 0)
        begin += _lead(text[begin:end]) if own else 0
        names = number == 0 or (opener is not None and not role_pattern().search(text[start:end]))
        values += _values_of_list(line, text, begin, end, names)
    if not any(value.column == "agency" for value in values) and (span := attributed(line.text)):
        values.append(_value(line, "agency", *span))
    return _unique(_alike(values))


def _lead(text: str) -> int:
    """Return where the name begins behind what the reporter is: "political reporter Maren Holt"."""
    match = lead_pattern().match(text)
    return match.end() if match else 0


def _values_of_list(line: Line, text: str, start: int, end: int, names: bool) -> list[Value]:
    """Read one run of names joined by commas and "and"; what follows "and X," is no name, nor a later role."""
    patterns = _patterns()
    spans = [(start + a, start + b) for a, b in spans_outside(text[start:end], re.compile(r"\s*[,，、]\s*"))]
    values: list[Value] = []
    closed = not names
    for number, (a, b) in enumerate(spans):
        pieces = [(a + c - 1, a + d - 1) for c, d in spans_outside(" " + text[a:b], patterns.conjunction)]
        joined = len(pieces) > 1 or pieces[:1] != [(a, b)]
        affiliation = number > 0 and not joined and role_pattern().search(text[a:b]) is not None
        for c, d in [(a, b)] if is_agency(text[a:b]) else pieces:
            values += _values_of_piece(line, text, c, d, closed or affiliation)
        closed = closed or joined
    return values


def _values_of_piece(line: Line, text: str, start: int, end: int, closed: bool) -> list[Value]:
    values: list[Value] = []
    start += desk_end(text[start:end])
    if is_agency(text[start:end]):
        return [_value(line, "agency", start, end)]
    tail = agency_at_end(text[start:end])
    if tail:
        values.append(_value(line, "agency", start + tail[0], start + tail[1]))
        end = start + tail[0]
    end = start + outlet_at_end(text[start:end])
    last = name_end(text, start, end)
    if not closed and is_person(text[start:last]):
        values.insert(0, _value(line, "authors", start, last))
    return values


def _value(line: Line, column: str, start: int, end: int) -> Value:
    return Value(
        line.doc_id, column, line.text[start:end], line.start + start, line.start + end, f"byline.{column}"
    )


def _without_noise(text: str) -> str:
    """Blank out what is no name and separates: dates with their labels, times, addresses, other people's lists."""
    patterns = _patterns()
    cuts = [(_labelled_from(text, found.start), found.end) for found in find_dates(text)]
    cuts += [match.span() for match in patterns.noise.finditer(text)]
    cuts += [match.span() for match in shapes().clock.finditer(text)]
    opener = opener_pattern().match(text)
    others = patterns.others.search(text, opener.end() if opener else 0)
    cuts += [(others.start(), len(text))] if others else []
    characters = list(text)
    for start, end in cuts:
        characters[start:end] = _GAP * (end - start)
    return "".join(characters)


def _labelled_from(text: str, start: int) -> int:
    """Return where the words before a date begin that say what it is of: "Posted Tue 5 March 2024"."""
    shift = max(0, start - _LONGEST_LABEL)
    match = _patterns().label.search(text[shift:start])
    return shift + match.start() if match else start


def _alike(values: list[Value]) -> list[Value]:
    """Leave out what is in capitals where the first author is not: "By Jane Doe, MDR THÜRINGEN"."""
    authors = [value for value in values if value.column == "authors"]
    if not authors or authors[0].value.isupper():
        return values
    return [value for value in values if value.column != "authors" or not value.value.isupper()]


def _unique(values: list[Value]) -> list[Value]:
    seen: set[tuple[str, str]] = set()
    kept = []
    for value in values:
        key = (value.column, value.value.casefold())
        if key not in seen:
            kept.append(value)
        seen.add(key)
    return kept


@cache
def _patterns() -> _Patterns:
    words, calendar = table("bylines"), table("calendar")
    labels = [word for kind in ("published", "updated", "as_of") for word in calendar["labels"][kind]]
    before = alternatives([*labels, *weekday_names(), *words["before_dates"]])
    others, small = alternatives(words["others"]), alternatives(words["small_conjunctions"])
    leads = [lead for lead in attribution_leads() if " " in lead]
    joining = alternatives([*words["conjunctions"], *leads])
    return _Patterns(
        others=is_word_in(words["others"]),
        others_label=re.compile(rf"\W*{others}\s*:?", re.IGNORECASE),
        hard=re.compile(rf"{_GAP}+|\s*[;|•·⋅●\n/()\[\]]\s*|\s[–—-]+\s|\s*…\s*"),
        left=re.compile(rf"{_GAP}+|\s*[,，、;|•·⋅●\n/()\[\]]\s*|\s[–—-]+\s|\s*…\s*"),
        conjunction=re.compile(rf"\s+(?:{joining}|(?-i:{small}))\s+", re.IGNORECASE),
        joint=re.compile(alternatives(words["conjunctions"]), re.IGNORECASE),
        noise=re.compile(r"\S+@\S+|@\w+|https?://\S+|www\.\S+|\b\d+\b"),
        label=re.compile(rf"(?:(?<!\w){before}(?!\w)[\s:.,|–—-]{{0,4}})+$", re.IGNORECASE),
    )
