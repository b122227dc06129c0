"""Who wrote an article, and the agency a byline names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.metadata.authorship.agencies import agency_at_end, is_agency
from corpus.metadata.authorship.attributions import attributed, attribution_leads, desk_end
from corpus.metadata.authorship.layout import NOWHERE, Layout
from corpus.metadata.authorship.names import (
    has_common_word,
    is_double_surname,
    is_person,
    name_end,
    outlet_at_end,
    place_begin,
    role_pattern,
)
from corpus.metadata.authorship.openers import lead_pattern, opener_pattern
from corpus.metadata.authorship.staffs import staffed
from corpus.metadata.times.dates import find_dates
from corpus.metadata.times.months import weekday_names
from corpus.metadata.times.shapes import shapes
from corpus.metadata.times.zones import zone_pattern
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, spans_outside, table

__all__ = [
    "GAP",
    "BylinePatterns",
    "article_byline_values",
    "byline_patterns",
    "byline_values",
    "opener_word",
    "without_noise",
]

GAP = "\x1f"
"""Stands for each character that is cut out of a byline, so that offsets stay."""
_STATE = re.compile(r"(?!Jr|Sr|Esq|M\.?[AD]|B\.?A|J\.D)(?:[A-Z][a-z]{1,4}\.|[A-Z]\.[A-Z]\.)(?!\w)")
"""An American state, behind a place: "Baton Rouge, La."."""
_LONGEST_LABEL = 60
"""How far before a date, in code points, its label may begin."""
_GAP_IN_RUN = 2
"""How far apart, in blocks, two bylines of one article may stand (a time stamp between them)."""


@dataclass(frozen=True, slots=True)
class BylinePatterns:
    """The patterns that part a byline, made of its words."""

    others: re.Pattern[str]
    others_behind: re.Pattern[str]
    """The same in brackets behind a name: "Jan Ruiz (Fotos)"."""
    others_label: re.Pattern[str]
    """The same where it is a whole line: the names are on the next."""
    hard: re.Pattern[str]
    left: re.Pattern[str]
    """What separates, commas too."""
    conjunction: re.Pattern[str]
    joint: re.Pattern[str]
    """The same as all that a piece is."""
    noise: re.Pattern[str]
    clock: re.Pattern[str]
    """A clock time with what belongs to it: "6:15 AM EST"."""
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


def _of_run(run: Sequence[Line], prose: str) -> list[Value]:
    values: list[Value] = []
    others = False
    for line in run:
        if byline_patterns().others_label.fullmatch(line.text.strip()):
            others = True
            continue
        opened = opener_pattern().match(line.text) is not None
        for value in byline_values(line) if opened or not others else []:
            sure = value.column != "authors" or (opened and not values)
            if sure or not (has_common_word(value.value, prose) or _is_place(value, line, prose)):
                values.append(value)
        others = False
    return _unique(values)


def _is_place(value: Value, line: Line, prose: str) -> bool:
    """Tell whether a would-be name behind a comma is where the article says that it plays: "…, Torr Lisk"."""
    if not line.text[: (value.start or 0) - line.start].rstrip().endswith(","):
        return False
    words = table("bylines")
    links = alternatives([*words["place_links"], *words["place_words"]])
    return re.search(rf"(?<!\w){links}\s+{re.escape(value.value)}(?!\w)", prose) is not None


def byline_values(line: Line) -> list[Value]:
    """Return the ``authors`` and the ``agency`` of a byline block, in order; what is neither for sure is left.

    An agency is never an author, and neither is a company, a desk, a place or a single word.
    """
    text = without_noise(line.text)
    pieces = spans_outside(text, byline_patterns().hard)
    openers = [opener_pattern().match(text[start:end]) for start, end in pieces]
    first = next((number for number, match in enumerate(openers) if match), 0)
    opener = openers[first] if openers else None
    values: list[Value] = []
    word = opener_word(opener[0]) if opener else ""
    for number, (start, end) in enumerate(pieces[first:]):
        own = openers[first + number]
        begin = start + (own.end() if own else 0)
        begin += _lead(text[begin:end]) if own else 0
        names = number == 0 or (opener is not None and not role_pattern().search(text[start:end]))
        values += _values_of_list(line, text, begin, end, names, word)
    if not any(value.column == "agency" for value in values) and (span := attributed(line.text)):
        values.append(_value(line, "agency", *span))
    return _unique(_alike(values))


def opener_word(opener: str) -> str:
    """Return the opener without signs: "Por:" is "Por"."""
    return re.sub(r"[\W_]", "", opener)


def _lead(text: str) -> int:
    """Return where the name begins behind what the reporter is: "political reporter Maren Holt"."""
    match = lead_pattern().match(text)
    return match.end() if match else 0


def _values_of_list(line: Line, text: str, start: int, end: int, names: bool, opener: str) -> list[Value]:
    """Read one run of names joined by commas and "and"; what follows "and X," is no name, nor a later role."""
    spans = [(start + a, start + b) for a, b in spans_outside(text[start:end], re.compile(r"\s*[,，、]\s*"))]
    values: list[Value] = []
    closed = not names
    for number, (a, b) in enumerate(spans):
        pieces = [(a + c - 1, a + d - 1) for c, d in spans_outside(" " + text[a:b], _conjunction(opener))]
        pieces = _with_double_surnames(text, pieces)
        joined = len(pieces) > 1 or pieces[:1] != [(a, b)]
        after = text[slice(*spans[number + 1])] if number + 1 < len(spans) else ""
        aside = _STATE.match(after) or role_pattern().search(text[a:b])
        affiliation = number > 0 and not joined and aside is not None
        for c, d in [(a, b)] if is_agency(text[a:b]) else pieces:
            values += _values_of_piece(line, text, c, d, closed or affiliation, opener)
        closed = closed or joined
    return values


def _with_double_surnames(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the pieces that are one name: "João da Cruz" and "Sousa"."""
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        first = joined[-1] if joined else None
        if first and is_double_surname(text[slice(*first)], text[first[1] : start].strip(), text[start:end]):
            joined[-1] = first[0], end
        else:
            joined.append((start, end))
    return joined


def _halves(name: str) -> tuple[str, str, str]:
    """Return what stands before the last but one word, that word, and the last."""
    words = name.rsplit(maxsplit=2)
    return (words[0], words[1], words[2]) if len(words) == 3 else (name, "", "")


def _values_of_piece(line: Line, text: str, start: int, end: int, closed: bool, opener: str) -> list[Value]:
    values: list[Value] = []
    start += desk_end(text[start:end])
    if is_agency(text[start:end]):
        return [_value(line, "agency", start, end)]
    tail = agency_at_end(text[start:end])
    if not tail and (own := staffed(text[start:end])):
        agency = _value(line, "agency", start + own.agency[0], start + own.agency[1])
        rest = (start + own.name[0], start + own.name[1]) if own.name else (start, start)
        return [*_values_of_piece(line, text, *rest, closed, opener), agency]
    if not closed and is_double_surname(*_halves(text[start:end])):
        return [_value(line, "authors", start, end)]
    if tail:
        values.append(_value(line, "agency", start + tail[0], start + tail[1]))
        end = start + tail[0]
    end = start + outlet_at_end(text[start:end])
    end = start + place_begin(text[start:end], opener)
    last = name_end(text, start, end)
    if is_agency(text[start:last]):
        return [_value(line, "agency", start, last)]
    if not closed and is_person(text[start:last]):
        values.insert(0, _value(line, "authors", start, last))
    return values


def _value(line: Line, column: str, start: int, end: int) -> Value:
    return Value(
        line.doc_id, column, line.text[start:end], line.start + start, line.start + end, f"byline.{column}"
    )


def without_noise(text: str) -> str:
    """Blank out what is no name and separates: dates with their labels, times, addresses, other people's lists."""
    patterns = byline_patterns()
    cuts = [(_labelled_from(text, found.start), found.end) for found in find_dates(text)]
    cuts += [match.span() for match in patterns.noise.finditer(text)]
    cuts += [match.span() for match in patterns.clock.finditer(text)]
    opener = opener_pattern().match(text)
    begin = opener.end() if opener else 0
    behind = patterns.others_behind.finditer(text, begin)
    cuts += [(max(begin, _joint_before(text, match.start())), match.end()) for match in behind]
    others = patterns.others.search(_gapped(text, cuts), begin)
    cuts += [(others.start(), len(text))] if others else []
    return _gapped(text, cuts)


def _gapped(text: str, cuts: Iterable[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in cuts:
        characters[start:end] = GAP * (end - start)
    return "".join(characters)


def _joint_before(text: str, end: int) -> int:
    """Return where the piece begins that ends there: behind the last comma or "and"."""
    patterns = byline_patterns()
    found = [match for pattern in (patterns.left, patterns.conjunction) for match in pattern.finditer(text, 0, end)]
    return max((match.end() for match in found), default=0)


def _labelled_from(text: str, start: int) -> int:
    """Return where the words before a date begin that say what it is of: "Posted Tue 5 March 2024"."""
    shift = max(0, start - _LONGEST_LABEL)
    match = byline_patterns().label.search(text[shift:start])
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
def byline_patterns() -> BylinePatterns:
    """Return the patterns, made once."""
    words, calendar = table("bylines"), table("calendar")
    labels = [word for kind in ("published", "updated", "as_of") for word in calendar["labels"][kind]]
    before = alternatives([*labels, *weekday_names(), *words["before_dates"]])
    others = alternatives(words["others"])
    return BylinePatterns(
        others=is_word_in(words["others"]),
        others_behind=re.compile(rf"\s*[(\[]\s*{others}\s*[)\]]", re.IGNORECASE),
        others_label=re.compile(rf"\W*{others}\s*:?", re.IGNORECASE),
        hard=re.compile(rf"{GAP}+|\s*[;|•·⋅●\n/()\[\]]\s*|(?:\s|^)[–—-]+(?:\s|$)|\s*…\s*"),
        left=re.compile(rf"{GAP}+|\s*[,，、;|•·⋅●\n/()\[\]]\s*|(?:\s|^)[–—-]+(?:\s|$)|\s*…\s*"),
        conjunction=_conjunction(""),
        joint=re.compile(alternatives(words["conjunctions"]), re.IGNORECASE),
        noise=re.compile(r"\S+@\S+|@\w+|https?://\S+|www\.\S+|\b\d+\b"),
        clock=re.compile(rf"{shapes().clock.pattern}(?:\s?[ap]\.?m\b\.?)?(?:\s?{zone_pattern()})?", re.IGNORECASE),
        label=re.compile(rf"(?:(?<!\w){before}(?!\w)[\s:.,|–—-]{{0,4}})+$", re.IGNORECASE),
    )


@cache
def _conjunction(opener: str) -> re.Pattern[str]:
    """Return the pattern of what joins two names behind an opener: "en" does in Dutch, not in Spanish."""
    words = table("bylines")
    leading = words["place_links_behind"].get(opener.casefold(), [])
    leads = [lead for lead in attribution_leads() if " " in lead]
    joining = alternatives({*words["conjunctions"], *leads} - {*leading})
    pairs = alternatives(words["particle_pairs"])
    small = alternatives(words["small_conjunctions"])
    return re.compile(rf"\s+(?!{pairs}\s)(?:{joining}|(?-i:{small}))\s+", re.IGNORECASE)
