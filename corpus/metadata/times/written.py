"""Find what is written like a date in a line, with its parts as they stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from corpus.metadata.times.shapes import MASK, shapes

__all__ = ["Written", "written_dates"]

_DIGIT = re.compile(r"\d")


class Written(NamedTuple):
    """What looks like a date: the name of its shape, half-open offsets into the line, its parts by their names."""

    shape: str
    start: int
    end: int
    parts: Mapping[str, str]


@lru_cache(maxsize=512)
def written_dates(text: str) -> tuple[Written, ...]:
    """Return what looks like dates, in order, none within another; a line is asked several times in a row.

    >>> [(item.shape, item.parts["name"]) for item in written_dates("Lisk, 8 April 2021")]
    [('day_name', 'April')]
    """
    if _DIGIT.search(text) is None:
        return ()
    taken: list[Written] = []
    masked = _masked(text)
    for shape, pattern in shapes().dates:
        for match in pattern.finditer(masked):
            start, end = match.span()
            if all(end <= other.start or other.end <= start for other in taken):
                taken.append(Written(shape, start, end, _parts(match, text)))
    return tuple(sorted(taken, key=lambda item: item.start))


def _parts(match: re.Match[str], text: str) -> dict[str, str]:
    """Return the parts that there are, as the line itself has them."""
    return {name: text[slice(*match.span(name))] for name, part in match.groupdict().items() if part}


def _masked(text: str) -> str:
    """Put a sign for each letter of a month's name, so that the shapes need not know the names.

    A name begins where no letter stands before it, or as an element of its own that is glued to another:
    "HoltMarch 5, 2024".
    """
    pieces, position = [], 0
    for match in shapes().name.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not before.isalpha() or (before.islower() and match[0][0].isupper()):
            pieces += [text[position : match.start()], MASK * len(match[0])]
            position = match.end()
    return "".join([*pieces, text[position:]])
