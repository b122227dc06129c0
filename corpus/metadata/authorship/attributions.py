"""Whose material an article says it holds: "(mit Material von dpa)", "Źródło: PAP", "Reuters contributed"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.authorship.credits import names_picture
from corpus.metadata.authorship.openers import opener_pattern
from corpus.metadata.authorship.staffs import staffed
from corpus.metadata.words import alternatives, spans_outside, table

__all__ = ["LONGEST_ATTRIBUTION", "attributed", "attribution_leads", "desk_end", "is_agency_byline"]

LONGEST_ATTRIBUTION = 120
"""A longer line (in code points) is a sentence."""
_MOST_WORDS = 4
"""How many words the name of another source beside the agency may have."""
_SHORT_WORD = 3
"""A word in small letters that may stand inside such a name has so many letters at most: "Le Courrier du Port"."""
_INSIDE = re.compile(r"[\W_]{0,4}(.*?)[\W_]{0,4}", re.DOTALL)
"""A text between its brackets, stars and stops."""
_APART = r"\s*[,，、/;&+|•·]\s*|\s[–—-]\s"
_CODE = re.compile(r"[a-zà-ÿ]{2,4}")
_DASH = re.compile(r"[-–—]")


def attributed(text: str) -> tuple[int, int] | None:
    """Return where the first agency stands of those that the whole text gives as its sources, or None.

    >>> attributed("(mit Material von dpa)"), attributed("Źródło: PAP, Reuters"), attributed("Reuters contributed")
    ((18, 21), (8, 11), (0, 7))
    >>> attributed("With information from AP, police found the car."), attributed("Photo: AFP"), attributed("AFP")
    (None, None, None)
    """
    inside = _INSIDE.fullmatch(text) if len(text) <= LONGEST_ATTRIBUTION else None
    if inside is None:
        return None
    begin, end = inside.span(1)
    lead = _lead().match(text, begin, end)
    tail = _tail().search(text, lead.end() if lead else begin, end)
    if lead is None and tail is None:
        return None
    spans = list(_pieces(text, lead.end() if lead else begin, tail.start() if tail else end))
    found = [is_agency(text[slice(*span)]) for span in spans]
    alone = lead is not None and " " not in lead[0].strip() and ":" not in lead[0]
    if not any(found) or (alone and not found[0]):
        return None
    sure = all(own or _is_source(text[slice(*span)]) for own, span in zip(found, spans, strict=True))
    return spans[found.index(True)] if sure else None


def is_agency_byline(text: str) -> bool:
    """Tell whether the whole text names an agency, beside others or not, in the place of an author.

    An agency alone, or a name and an agency with no more than a stroke between them, may as well be a picture's.

    >>> [is_agency_byline(t) for t in ("Por EFE", "Redaktion/dpa", "Le Courrier, avec AFP", "Maren Holt and AFP")]
    [True, True, True, True]
    >>> [is_agency_byline(t) for t in ("Reuters Staff", "Von AFP-Mitarbeitern")]
    [True, True]
    >>> [is_agency_byline(t) for t in ("AFP", "Maren Holt/AFP", "By Maren Holt", "With AFP photos")]
    [False, False, False, False]
    """
    if len(text) > LONGEST_ATTRIBUTION or re.search(r"\d", text) or names_picture(text):
        return False
    opener = opener_pattern().match(text)
    rest = " " + text[opener.end() if opener else 0 :].rstrip(" .*")
    pieces = [rest[slice(*span)] for span in spans_outside(rest, _byline_joints())]
    people = [piece for piece in pieces if (own := staffed(piece)) and own.name is None]
    desks = any(_desk().match(piece) and not is_agency(piece) for piece in pieces)
    joined = bool(people) or desks or _links().search(rest) is not None
    agencies = [piece for piece in pieces if piece in people or is_agency(piece[desk_end(piece) :])]
    others = [piece for piece in pieces if piece not in agencies]
    return bool(agencies) and (opener is not None or joined) and all(map(_is_source, others))


def desk_end(text: str) -> int:
    """Return where an agency's name begins behind a desk or little words, 0 where none does: "Redazione ANSA"."""
    word = None if is_agency(text) else _desk().match(text) or _before().match(text)
    rest = text[word.end() :] if word else ""
    return len(text) - len(rest.lstrip()) if is_agency(rest) else 0


def attribution_leads() -> list[str]:
    """Return the words of all languages that lead to an agency and are no label: "with", "mit Material von"."""
    return _all("leads")


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sources, without the little words before them; such a word alone is none."""
    for a, b in spans_outside(text[start:end], _joints()):
        word = None if is_agency(text[start + a : start + b]) else _before().match(text, start + a, start + b)
        own = (word.end() if word else start + a), start + b
        halves = spans_outside(text[slice(*own)], _DASH)
        if not is_agency(text[slice(*own)]) and any(is_agency(text[own[0] + c : own[0] + d]) for c, d in halves):
            yield from ((own[0] + c, own[0] + d) for c, d in halves)
        elif own[0] < own[1]:
            yield own


def _is_source(text: str) -> bool:
    """Tell whether the piece names another source, or says that there are some: "Kurier Portowy", "agencies"."""
    words = text.split()
    plain = [word for word in words if not (word[0].isupper() or word[0].isdigit()) and len(word) > _SHORT_WORD]
    named = len(words) <= _MOST_WORDS and not plain and not words[0].islower()
    return named or bool(_desk().fullmatch(text) or _others().fullmatch(text) or _CODE.fullmatch(text))


def _all(name: str) -> list[str]:
    return [word for row in table("attributions")["attribution"] for word in row[name]]


@cache
def _lead() -> re.Pattern[str]:
    elided = [lead for lead in attribution_leads() if lead.endswith(("'", "’"))]
    leads = rf"{alternatives(attribution_leads())}(?:\s*:\s*|\s+)|{alternatives(elided)}"
    return re.compile(rf"(?:{leads}|{alternatives(_all('sources'))}(?:\s*[:：]\s*|\s+))", re.IGNORECASE)


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(rf"(?:\s+|(?=-)){alternatives(_all('tails'))}$", re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    words = _all("before")
    elided = [word for word in words if word.endswith(("'", "’"))]
    return re.compile(rf"(?:{alternatives(set(words) - set(elided))}\s+|{alternatives(elided)})+", re.IGNORECASE)


@cache
def _desk() -> re.Pattern[str]:
    """Return the pattern of a desk that stands in an author's place where a text begins: "Redaktion"."""
    return re.compile(rf"\W*{alternatives(_all('desks'))}(?!\w)", re.IGNORECASE)


@cache
def _joints() -> re.Pattern[str]:
    return re.compile(rf"{_APART}|\s+{alternatives(table('bylines')['conjunctions'])}\s+", re.IGNORECASE)


@cache
def _links() -> re.Pattern[str]:
    """Return the pattern of what stands between a name and the agency whose material is in the article."""
    words = [*table("bylines")["conjunctions"], *attribution_leads()]
    return re.compile(rf"(?:\s*[,;/(\[]\s*|\s+){alternatives(words)}(?:\s*:)?\s+", re.IGNORECASE)


@cache
def _byline_joints() -> re.Pattern[str]:
    return re.compile(rf"{_links().pattern}|{_APART}|\s*[()\[\]]\s*", re.IGNORECASE)


@cache
def _others() -> re.Pattern[str]:
    return re.compile(alternatives(_all("others")), re.IGNORECASE)
