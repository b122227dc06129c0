"""Who wrote an article, and the agency a byline names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from corpus.metadata.agencies import agency_at_end, is_agency
from corpus.metadata.dates import find_dates
from corpus.metadata.layout import NOWHERE, Layout
from corpus.metadata.names import has_common_word, is_person, name_end, role_pattern
from corpus.metadata.shapes import shapes
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, spans_outside, table

__all__ = ["article_byline_values", "byline_values", "signed_stamp_values"]

_GAP = "\x1f"
"""Stands for each character that is cut out of a byline, so that offsets stay."""
_GLUED = r"(?:written\s+)?by(?-i:(?=[A-Z][a-z]))"
"""An opener and a name of two elements of a page: "ByMaren Holt"."""
_GAP_IN_RUN = 2
"""How far apart, in blocks, two bylines of one article may stand (a time stamp between them)."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    opener: re.Pattern[str]
    others: re.Pattern[str]
    hard: re.Pattern[str]
    conjunction: re.Pattern[str]
    noise: re.Pattern[str]


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
    near = sorted((run for run in runs if layout.is_near(run[0].block)), key=lambda run: layout.rank(run[0].block))
    told = [(run, values) for run in near if (values := _of_run(run, prose))]
    if len(told) > 1:
        told = [(run, values) for run, values in told if layout.is_head(run[0].block)]
    return told[0][1] if told else []


def signed_stamp_values(line: Line) -> list[Value]:
    """Return the author whom a time stamp begins with: the whole of what stands before its first sign or day.

    "Maren Holt | Harbour desk | May 3, 2024" names one, "Harbour News | May 3, 2024" none.
    """
    opener = _patterns().opener.match(line.text)
    begin = opener.end() if opener else 0
    first = next(iter(spans_outside(_without_noise(line.text)[begin:], _patterns().hard)), (0, 0))
    whole = line.text[begin:][slice(*first)]
    return [value for value in byline_values(line) if value.column == "authors" and value.value == whole][:1]


def _of_run(run: Sequence[Line], prose: str) -> list[Value]:
    values: list[Value] = []
    for line in run:
        opened = _patterns().opener.match(line.text) is not None
        for value in byline_values(line):
            sure = value.column != "authors" or (opened and not values)
            if sure or not has_common_word(value.value, prose):
                values.append(value)
    return _unique(values)


def byline_values(line: Line) -> list[Value]:
    """Return the ``authors`` and the ``agency`` of a byline block, in order; what is neither for sure is left.

    An agency is never an author, and neither is a company, a desk, a place or a single word.
    """
    patterns = _patterns()
    text = _without_noise(line.text)
    opener = patterns.opener.match(text)
    start = opener.end() if opener else 0
    if opener and opener.end() == len(text.rstrip()):
        return []
    values: list[Value] = []
    for number, (a, b) in enumerate(spans_outside(text[start:], patterns.hard)):
        names = number == 0 or (opener is not None and not role_pattern().search(text[start + a : start + b]))
        values += _values_of_list(line, text, start + a, start + b, names)
    return _unique(_alike(values))


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
    if is_agency(text[start:end]):
        return [_value(line, "agency", start, end)]
    tail = agency_at_end(text[start:end])
    if tail:
        values.append(_value(line, "agency", start + tail[0], start + tail[1]))
        end = start + tail[0]
    last = name_end(text, start, end)
    if not closed and is_person(text[start:last]):
        values.insert(0, _value(line, "authors", start, last))
    return values


def _value(line: Line, column: str, start: int, end: int) -> Value:
    return Value(
        line.doc_id, column, line.text[start:end], line.start + start, line.start + end, f"byline.{column}"
    )


def _without_noise(text: str) -> str:
    """Blank out what is no name and separates: dates, times, e-mail addresses, handles, other people's lists."""
    patterns = _patterns()
    cuts = [(found.start, found.end) for found in find_dates(text)]
    cuts += [match.span() for match in patterns.noise.finditer(text)]
    cuts += [match.span() for match in shapes().clock.finditer(text)]
    others = patterns.others.search(text)
    cuts += [(others.start(), len(text))] if others else []
    characters = list(text)
    for start, end in cuts:
        characters[start:end] = _GAP * (end - start)
    return "".join(characters)


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
    words = table("bylines")
    return _Patterns(
        opener=re.compile(rf"\W*(?:{alternatives(words['openers'])}(?:\s*:\s*|\s+|$)|{_GLUED})", re.IGNORECASE),
        others=is_word_in(words["others"]),
        hard=re.compile(rf"{_GAP}+|\s*[;|•·⋅●\n/()\[\]]\s*|\s[–—-]+\s|\s*…\s*"),
        conjunction=re.compile(rf"\s+{alternatives(words['conjunctions'])}\s+", re.IGNORECASE),
        noise=re.compile(r"\S+@\S+|@\w+|https?://\S+|www\.\S+|\b\d+\b"),
    )
