"""Who wrote an article, and the agency a byline names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from corpus.metadata.agencies import agency_at_end, is_agency
from corpus.metadata.dates import find_dates
from corpus.metadata.layout import NOWHERE, Layout
from corpus.metadata.shapes import shapes
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, spans_outside, table

__all__ = ["article_byline_values", "byline_values"]

_GAP = "\x1f"
"""Stands for each character that is cut out of a byline, so that offsets stay."""
_VOWEL = re.compile(r"[AEIOUYÄÖÜÅÆØÁÉÍÓÚÝÀÈÌÒÙÂÊÎÔÛÃÕËÏŸŐŰАЕЁИОУЫЭЮЯІЇЄΑΕΗΙΟΥΩ]")
_GAP_IN_RUN = 2
"""How far apart, in blocks, two bylines of one article may stand (a time stamp between them)."""
_FEWEST, _MOST = 2, 5
"""How many words a person's name has here: one alone may be anything."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    opener: re.Pattern[str]
    others: re.Pattern[str]
    hard: re.Pattern[str]
    conjunction: re.Pattern[str]
    noise: re.Pattern[str]
    role: re.Pattern[str]
    modifier: re.Pattern[str]
    not_name: re.Pattern[str]
    word: re.Pattern[str]


def article_byline_values(lines: Sequence[Line], layout: Layout = NOWHERE) -> list[Value]:
    """Return the values of the article's own bylines: the run of them that follows the headline most closely.

    A page names the authors of other articles too; those stand apart from the article.
    """
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.block - runs[-1][-1].block <= _GAP_IN_RUN:
            runs[-1].append(line)
        else:
            runs.append([line])
    near = [run for run in runs if layout.is_near(run[0].block)]
    for run in sorted(near, key=lambda run: layout.rank(run[0].block)):
        values = _unique([value for line in run for value in byline_values(line)])
        if values:
            return values
    return []


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
        names = number == 0 or (opener is not None and not patterns.role.search(text[start + a : start + b]))
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
        affiliation = number > 0 and not joined and patterns.role.search(text[a:b]) is not None
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
    name_end = _name_end(text, start, end)
    if not closed and name_end > start and _is_person(text[start:name_end]):
        values.insert(0, _value(line, "authors", start, name_end))
    return values


def _value(line: Line, column: str, start: int, end: int) -> Value:
    return Value(
        line.doc_id, column, line.text[start:end], line.start + start, line.start + end, f"byline.{column}"
    )


def _name_end(text: str, start: int, end: int) -> int:
    """Return where the name ends: before a role, whose adjective must be known if more than two words stand."""
    patterns = _patterns()
    piece = text[start:end]
    role = patterns.role.search(piece, 1)
    if role is None:
        return start + len(piece.rstrip())
    before = piece[: role.start()].rstrip()
    shorter = patterns.modifier.sub("", before).rstrip()
    sure = shorter != before or len(before.split()) <= 2 or role[0].islower()
    return start + (len(shorter) if sure else 0)


def _is_person(name: str) -> bool:
    patterns = _patterns()
    words = name.split()
    if not _FEWEST <= len(words) <= _MOST or patterns.not_name.search(name) or _GAP in name:
        return False
    particles = table("bylines")["particles"]
    own = [word for word in words if word.casefold() not in particles]
    return (
        len([word for word in own if len(word.strip(".")) > 1]) >= 1
        and own[-1:] == words[-1:]
        and len(own) >= _FEWEST
        and all(patterns.word.fullmatch(word) for word in own)
        and len(own[-1].strip(".")) > 1
        and not _has_acronym(own)
    )


def _has_acronym(words: list[str]) -> bool:
    """Tell whether a word looks like "MDR" or, before words of mixed case, like "BBC"."""
    capitals = [word for word in words if len(word) > 2 and word.isalpha() and word.isupper()]
    mixed = any(not word.isupper() for word in words)
    return (mixed and words[0] in capitals) or any(not _VOWEL.search(word) for word in capitals)


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
    upper = r"[^\W\d_a-zß-öø-ÿ]"
    return _Patterns(
        opener=re.compile(rf"\W*{alternatives(words['openers'])}(?:\s*:\s*|\s+)", re.IGNORECASE),
        others=is_word_in(words["others"]),
        hard=re.compile(rf"{_GAP}+|\s*[;|•·\n/()\[\]]\s*|\s[–—-]+\s|\s*…\s*"),
        conjunction=re.compile(rf"\s+{alternatives(words['conjunctions'])}\s+", re.IGNORECASE),
        noise=re.compile(r"\S+@\S+|@\w+|https?://\S+|www\.\S+|\b\d+\b"),
        role=re.compile(
            rf"(?:(?<!\w)|(?-i:(?<=[a-zäöüßéñ])(?=[A-Z]))){alternatives(words['roles'])}(?!\w)", re.IGNORECASE
        ),
        modifier=re.compile(rf"(?:\s+(?:{alternatives(words['modifiers'])}|\w+ische[rn]?))+$", re.IGNORECASE),
        not_name=is_word_in(words["not_names"]),
        word=re.compile(rf"(?:[dl][’'])?{upper}(?:[\w’'‘.-]*)", re.UNICODE),
    )
