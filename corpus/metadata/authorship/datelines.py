"""The place and the agency of a dateline: "BATON ROUGE, La. (AP) —"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.authorship.glued import is_unparted
from corpus.metadata.times.shapes import shapes
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, spans_outside, table

__all__ = ["dateline_values"]

_LONGEST_PLACE, _LONGEST_SENDER = 60, 40
_ENCLOSED = re.compile(r"\(([^()]{1,60})\)|/\s?([^/()\s][^/()]{0,38}[^/()\s])\s?/")
_EDGE = " \t\xa0\u202f-–—―:;,.|/\u200e\u200f"
_NO_PLACE = re.compile(
    r"\d|^(?:the|a|an|der|die|das|ein|eine|le|les|el|los|il)\s(?!hague\b|bronx\b|valley\b|villages\b)"
    r"(?!havre\b|mans\b|paso\b|salvador\b|angeles\b|cairo\b|alto\b)",
    re.IGNORECASE,
)
"""Digits, or an article that begins no place's name."""
_BETWEEN_AGENCIES = re.compile(r"\s*(?:/|,|;|\||&|\band\b|\bund\b|\bet\b)\s*")
_ABBREVIATION = re.compile(r"(?<![^\W\d_])(?:[A-Z]|[A-Z][a-z]{1,4}|[A-Z]\.[A-Z])\.$")


_NUMBERS = re.compile(r"(?<!\w)\d{1,4}(?:[./-] ?\d{1,4}){0,2}\.?(?!\w)")
_BARE_AGENCY = re.compile(r"\s(?=[A-Z]{2,}(?:[-/]\w+)*$)")
"""Where an agency in capitals stands behind the place without a sign: "Lisk TT-Ritzau"."""

_EAST_ASIAN = [
    re.compile(pattern)
    for pattern in (
        r"【(?P<place>[^】＝=\s]{2,12})[＝=][^】]*】",
        r"【(?P<place>[^】]{1,12}?)(?P<agency>共同|時事|ロイター|AFP|CNN)(?:=時事)?】",
        r"[\[［](?P<place>[^\]］\s]{1,12})\s\d{1,2}日\s(?P<agency>ロイター)[\]］]",
        r"(?P<agency>[^\d\s]{2,3}[社网])(?P<place>[^\d\s]{2,8})\d{1,2}月\d{1,2}日电",
        r"[（(](?P<agency>[^\d\s]{2,3}社)(?:記者[^\d\s]*|(?P<place>[^\d\s]{2,8}))\d{1,2}日",
        r"[(\[](?P<place>[^=()\[\]]{2,10})=(?P<agency>[^=()\[\]]{2,8})[)\]]",
    )
]
"""How agencies open in East Asia: heavy brackets in Japanese; the agency, a place and a day in Chinese, in brackets
in Taiwan, where a reporter's name is not parted from the place; a town and who reports in Korean."""


_REPORTED = re.compile(r"[报网台刊社][^（(【\s]{0,4}[讯电息]\s?[（(【](?P<people>[^（）()【】]+)")
"""A Chinese paper's own report: what stands in brackets behind its name."""
_REPORTERS = re.compile(r"(?<=记者)[:：\s]*(?P<names>.*?)(?=(?:特约|实习|见习|本报)?(?:通讯员|记者)|$)")
_HAN_NAME = re.compile(r"(?<![^\s、，,/])(?:[一-鿿]\s[一-鿿]|[一-鿿]{2,4})(?![^\s、，,/])")
"""A name of two to four characters; of two there may be a blank between them."""


def dateline_values(line: Line) -> list[Value]:
    """Return ``dateline`` (the place as it stands) and ``agency`` of a dateline block, each where it is sure.

    A Chinese paper's own names its reporters there: ``authors``.
    """
    reported = _REPORTED.search(line.text)
    if reported:
        return list(_reporters(line, *reported.span("people")))
    east = next((found for pattern in _EAST_ASIAN if (found := pattern.match(line.text))), None)
    if east:
        said = east.groupdict()
        return [
            *_value(line, "dateline", east.span("place") if said["place"] else None),
            *_value(line, "agency", east.span("agency") if is_agency(said.get("agency") or "") else None),
        ]
    text, agencies, cuts = (
        line.text,
        [],
        [match.span() for match in _senders().finditer(line.text, 0, _LONGEST_SENDER)],
    )
    for match in _ENCLOSED.finditer(text):
        group = 1 if match[1] is not None else 2
        inside = _agency_spans(text, *match.span(group))
        if group == 1 or inside:
            cuts.append(match.span())
            agencies += inside
    cuts += [match.span() for match in shapes().day_and_month.finditer(text) if _is_apart(text, match)]
    cuts += [match.span() for match in _NUMBERS.finditer(text)]
    if not agencies:
        tail = _tail_agency(text)
        agencies, cuts = ([tail], [*cuts, tail]) if tail else ([], cuts)
    return [
        *_value(line, "dateline", None if is_unparted(text) else _place(text, cuts)),
        *_value(line, "agency", agencies[0] if agencies else None),
    ]


def _reporters(line: Line, start: int, end: int) -> Iterator[Value]:
    for part in _REPORTERS.finditer(line.text, start, end):
        for name in _HAN_NAME.finditer(part["names"]):
            begin = line.start + part.start("names")
            span = begin + name.start(), begin + name.end()
            yield Value(line.doc_id, "authors", re.sub(r"\s", "", name[0]), *span, "dateline.reporter")


@cache
def _senders() -> re.Pattern[str]:
    """Return the pattern of who sends the story, also where the place is glued to it."""
    return re.compile(rf"(?<!\w){alternatives(table('bylines')['senders'])}", re.IGNORECASE)


def _value(line: Line, column: str, span: tuple[int, int] | None) -> list[Value]:
    if span is None:
        return []
    start, end = span
    return [
        Value(line.doc_id, column, line.text[start:end], line.start + start, line.start + end, f"dateline.{column}")
    ]


def _agency_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if is_agency(text[start:end].strip()):
        return [_stripped(text, start, end)]
    parts = spans_outside(text[start:end], _BETWEEN_AGENCIES)
    return [(start + a, start + b) for a, b in parts if is_agency(text[start + a : start + b])]


def _is_apart(text: str, match: re.Match[str]) -> bool:
    """Tell whether a date is set off from the place by a sign or has a number: never "SUN VALLEY"."""
    before = text[: match.start()].rstrip()
    return (bool(before) and before[-1] in ",.–—-|(:/") or any(c.isdigit() for c in match[0])


def _tail_agency(text: str) -> tuple[int, int] | None:
    """Return the agency that stands by itself behind a sign at the end: "Moscow. April 8. INTERFAX.COM -"."""
    end = len(text.rstrip(_EDGE))
    pieces = [match.end() for match in re.finditer(r"(?:[.,–—―:|]|\s-)\s+", text[:end])]
    for start in pieces:
        if is_agency(text[start:end]):
            return start, end
    bare = _BARE_AGENCY.search(text[:end])
    if bare and all(map(is_agency, re.split("[-/]", text[bare.end() : end]))):
        return bare.end(), end
    return (0, end) if is_agency(text[:end]) else None


def _place(text: str, cuts: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the first piece outside the cuts that can be a place."""
    position = 0
    for start, end in [*sorted(cuts), (len(text), len(text))]:
        if start >= position:
            span = _without_day(text, *_stripped(text, position, start))
            if _can_be_place(text[slice(*span)]):
                return span
        position = max(position, end)
    return None


def _without_day(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out what follows a comma where letters have no case: a day in words, hardly ever a country."""
    cased = any(sign != sign.swapcase() for sign in text[start:end])
    comma = -1 if cased else text.find(",", start, end)
    return start, end if comma < 0 else comma


def _can_be_place(text: str) -> bool:
    letters = any(c.isalpha() for c in text)
    return len(text) <= _LONGEST_PLACE and letters and not _NO_PLACE.search(text) and text[-1] not in "’'"


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(_EDGE))
    right = len(piece.rstrip(_EDGE))
    if right < len(piece) and piece[right] == "." and _ABBREVIATION.search(piece[: right + 1]):
        right += 1  # "BATON ROUGE, La." keeps its full stop
    return start + left, max(start + left, start + right)
