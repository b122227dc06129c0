"""What opens a byline: words like "By", a genre and a small word ("Kommentar von"), then what the reporter is."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.words import alternatives, table

__all__ = ["lead_pattern", "opener_pattern"]

_GLUED = r"(?:written\s+)?by(?-i:(?=[A-Z][a-z]))"
"""An opener and a name of two elements of a page: "ByMaren Holt"."""
_CAPITAL = r"(?-i:(?=[A-ZÀ-ÖØ-ÞĀ-ž]))"


@cache
def opener_pattern() -> re.Pattern[str]:
    """Return the pattern of an opener where a text begins, with what follows it up to the names.

    >>> [bool(opener_pattern().match(t)) for t in ("By Maren Holt", "Kommentar von Maren Holt", "Bylaws change")]
    [True, True, False]
    """
    words = table("bylines")
    plain = rf"{alternatives(words['openers'])}(?:\s*:\s*|\s+|$)"
    labels = rf"{alternatives(words['labels'])}\s*:\s*"
    article, genre, link = (alternatives(words[name]) for name in ("articles", "genres", "genre_links"))
    genres = rf"(?:{article}\s+)?{genre}\s+{link}(?:\s*:\s*|\s+)"
    return re.compile(rf"\W*(?:{genres}|{labels}|{plain}|{_GLUED}|{_reported()})", re.IGNORECASE)


@cache
def lead_pattern() -> re.Pattern[str]:
    """Return the pattern of what a reporter is, between an opener and the name: "our political reporter".

    >>> lead_pattern().match("political reporter Maren Holt").end()
    19
    """
    words = table("bylines")
    roles, whose = alternatives(words["roles"]), alternatives(words["possessives"])
    small = r"(?-i:[a-zß-öø-ÿ][\w-]*)"
    place = rf"(?:\s+(?:in|à|en|a|da|din|aus|from)\s+{_CAPITAL}[\w-]+)?"
    kinds = rf"(?:{whose}\s+(?:[\w-]+\s+){{0,2}}?{roles}|(?:{small}\s+){{0,3}}?(?-i:(?=[a-zß-öø-ÿ])){roles})"
    more = rf"(?:\s+{small}){{0,2}}?"
    first = alternatives(words["place_beginnings"])
    sent = rf"(?:in|à|en|a|da|from)\s+(?:{first}\s+)?{_CAPITAL}[\w-]+(?=\s+{_CAPITAL}[\w-]+\s+{_CAPITAL})"
    named = rf"(?:{kinds}{more}{place}|{sent})"
    return re.compile(rf"{named}\s*[,:]?\s+{_CAPITAL}", re.IGNORECASE)


def _reported() -> str:
    """Return the pattern of "Aus Lisk berichtet" and of "Z Liska", before a name."""
    german = rf"aus\s+{_CAPITAL}[\w-]+(?:\s+[\w-]+)?\s+(?:berichte[nt]|meldet)\s+"
    return rf"{german}|(?-i:Ze?)\s+{_CAPITAL}[\w-]+\s+(?={_CAPITAL}[\w-]+\s+{_CAPITAL})"
