"""Part a byline from the dateline that an extractor glued to it: "By Maren Holt LISK (AP) -"."""

from __future__ import annotations

import re

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.authorship.openers import opener_pattern
from corpus.metadata.values import Line
from corpus.model.roles import Role

__all__ = ["is_unparted", "parted"]

_ROLES = (Role.BYLINE.value, Role.DATELINE.value)
_TAIL = re.compile(r"\s*[(/]\s?(?P<agency>[^()/]{2,40}?)\s?[)/]\s*[-–—:]*\s*$")
"""The agency of a dateline, in brackets or between strokes, where the line ends."""
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]+"
_PLACE = re.compile(
    rf"(?:(?<=[\s,;|])|(?<=[a-zß-öø-ÿ]{{2}})(?<!Mac))"
    rf"(?P<place>{_CAPITALS}(?:[\s-]+{_CAPITALS})*(?:,\s?[A-ZÀ-ÖØ-Þ][\w. ]{{1,25}})?)$"
)
"""A place in capitals, perhaps with its state, behind a sign or two small letters that it is glued to."""
_FEWEST_NAMED = 2
"""A dateline whose opener is followed by more words than this holds a name."""


def parted(line: Line) -> list[Line]:
    """Return the byline and the dateline of a line that is both, else the line alone.

    A name in capitals cannot be told from a place in capitals: such a line stays whole.
    """
    opener = opener_pattern().match(line.text) if line.role in _ROLES else None
    tail = _TAIL.search(line.text) if opener else None
    if opener is None or tail is None or not is_agency(tail["agency"]):
        return [line]
    place = _PLACE.search(line.text, opener.end(), tail.start())
    name = line.text[opener.end() : place.start()] if place else ""
    if place is None or not re.search(r"[a-zß-öø-ÿ]", name):
        return [line]
    at = place.start()
    return [
        line._replace(text=line.text[:at].rstrip(" ,;|"), role=Role.BYLINE.value),
        line._replace(text=line.text[at:], start=line.start + at, role=Role.DATELINE.value),
    ]


def is_unparted(text: str) -> bool:
    """Tell whether a dateline begins with an opener and a name, so that its place cannot be told.

    >>> is_unparted("By MAREN HOLT LISK (AP) -"), is_unparted("LISK (AP) -"), is_unparted("DI LINH (AP) -")
    (True, False, False)
    """
    opener = opener_pattern().match(text)
    return opener is not None and len(re.split(r"[(/,]", text[opener.end() :])[0].split()) >= _FEWEST_NAMED
