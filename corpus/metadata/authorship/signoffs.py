"""The sign-off that ends an article: an agency and the short signs of who wrote and edited: "(PAP) jko/ mro/"."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.words import alternatives, table

__all__ = ["closing_mark", "code_line_pattern", "signs_end"]

_LONGEST = 48
"""The longest sign-off, in code points."""
_CODE = r"(?:[a-zà-öø-ÿāăąćčďđēęěğģīįıķłńňņōőřśşšťţūůűųźżž]{2,4}\.?|[A-ZÀ-ÖØ-ÞĄĆČĘŁŃŘŚŠŹŻŽ]{2,4})"
"""Two to four letters in one case: a writer's or the editors' short sign, "red" too."""
_DOTTED = r"(?:[A-ZÀ-ÖØ-Þ]\.\s?){2,3}"
_BREAK = r"(?:^|(?<=[.!?…»”“\"'’)\]])\s|\s(?=[(\[/–—-]))"
"""Where a sign-off may begin: the text, behind a sentence, or at a bracket, a stroke or a dash."""


def closing_mark(text: str, alone: bool) -> tuple[int, int] | None:
    """Return where the first agency stands in the sign-off that ends the text, or that the text is if ``alone``.

    >>> closing_mark("The bridge stays closed. (dpa)", False), closing_mark("red/dpa", True)
    ((26, 29), (4, 7))
    >>> closing_mark("Los caminos estarán listos. EFE", False), closing_mark("It stays closed. — AFP", False)
    ((28, 31), (19, 22))
    >>> closing_mark("Most jest zamknięty. (PAP) jko/ mro/", False), closing_mark("PTI MHO JRU", True)
    ((22, 25), (0, 3))
    >>> closing_mark("It was built in 1912 (Harbour).", False), closing_mark("Maren Holt/dpa", True)
    (None, None)
    """
    if alone and len(text) > _LONGEST:
        return None
    shift = max(0, len(text) - _LONGEST)
    match = (_alone().fullmatch if alone else _at_end().search)(text[shift:])
    if match is None:
        return None
    begin = shift + match.start("signs")
    spans = ((begin + item.start(), begin + item.end()) for item in _item().finditer(match["signs"]))
    return next((span for span in spans if is_agency(text[slice(*span)])), None)


def signs_end(text: str) -> int:
    """Return where the short signs end that a text begins with, 0 where none does: "M.H. avec AFP"."""
    match = re.match(rf"\W*(?:{_DOTTED}|{_CODE}(?:\s?[/-]\s?{_CODE})*)[\s,/(–—-]+", text)
    return match.end() if match else 0


def code_line_pattern() -> str:
    """Return a plain pattern (no look-around) of a line of nothing but short signs: "jko/ mro/", "MHO // JRU".

    One sign alone is a word as likely.
    """
    low, high = r"\p{Ll}{2,4}", r"\p{Lu}{2,4}"
    strokes = r"\s*(?:/{1,2}|-)\s*"
    return "|".join(rf"^[/(]?{c}(?:{strokes}{c})+\s*[/)]?$|^/{c}/?$|^{c}/$" for c in (low, high))


@cache
def _item() -> re.Pattern[str]:
    """Return the pattern of an agency, else of a short sign, also of an agency that another is joined to."""
    forms = [form for row in table("agencies")["agency"] for form in row["forms"]]
    last = alternatives(table("attributions")["signoffs"]["last"])
    edges = r"(?<![^\W\d_])", r"(?![^\W\d_])"
    return re.compile(rf"{edges[0]}(?:(?i:{alternatives(forms)})|{_DOTTED}|{_CODE}|(?<=/)(?i:{last})){edges[1]}")


@cache
def _signs() -> str:
    item = _item().pattern
    return rf"(?P<signs>{item}(?:[\W_]{{1,4}}{item}){{0,6}})[\W_]{{0,4}}"


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"[\W_]{{0,24}}{_signs()}")


@cache
def _at_end() -> re.Pattern[str]:
    return re.compile(rf"{_BREAK}[\W_]{{0,4}}{_signs()}$")
