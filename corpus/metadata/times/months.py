"""The names of months in all languages of the calendar, as one pattern, and which months a name stands for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from corpus.metadata.words import table, trie

__all__ = ["Month", "month_names", "months_of", "name_pattern", "weekday_names", "wide_name_pattern"]

_SHORT = 3
"""A name of so few letters may be another language's word: "out", "nis", "pro"."""
_FIRST_FOREIGN = "\u0370"
"""From this letter on no other language's words are mistaken for a month."""
_WIDESPREAD = 4
"""In how many languages a short name must be a month's to be known as one everywhere."""
_STRIPPED = ("LATIN", "GREEK")
"""The scripts whose accents writers leave out."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a name stands for: the month's number, whether of the solar year, and the languages that say so."""

    number: int
    solar: bool
    languages: frozenset[str]


@cache
def month_names() -> dict[str, tuple[Month, ...]]:
    """Return the months that each folded name stands for, mostly one."""
    told: dict[str, dict[tuple[int, bool], set[str]]] = {}
    for part, solar in (("months", False), ("solar_months", True)):
        for language, months in table("calendar")[part].items():
            for number, names in enumerate(months, start=1):
                for form in {form for name in names for form in (name, _plain(name))}:
                    told.setdefault(_folded(form), {}).setdefault((number, solar), set()).add(language)
    return {
        name: tuple(Month(number, solar, frozenset(languages)) for (number, solar), languages in found.items())
        for name, found in told.items()
    }


@lru_cache(maxsize=4096)
def months_of(name: str, language: str | None = None, bare: bool = False) -> tuple[Month, ...]:
    """Return the months that a name can stand for in a text of the language: none, one, or several.

    ``bare``: only a year stands beside it, so that a short name must be the language's own or an English one.

    >>> [month.number for month in months_of("listopada")], [m.number for m in months_of("listopada", "hr")]
    ([11, 10], [10])
    >>> months_of("out", "en"), [month.number for month in months_of("out", "pt")]
    ((), [10])
    """
    found = month_names().get(_folded(name), ())
    if _is_short(_folded(name)):
        found = tuple(month for month in found if _is_known(month, language, bare))
    own = tuple(month for month in found if language in month.languages)
    return own or found


def _is_short(folded: str) -> bool:
    return len(folded) <= _SHORT and folded[:1] < _FIRST_FOREIGN


def _is_known(month: Month, language: str | None, bare: bool) -> bool:
    if language in month.languages or "en" in month.languages:
        return True
    return not bare and (language is None or len(month.languages) >= _WIDESPREAD)


@cache
def name_pattern() -> str:
    """Return a pattern of every name of a month, for matching without case."""
    return trie(month_names())


@cache
def wide_name_pattern() -> str:
    """Return a pattern of the names that are a month's in a text of any language."""
    names = [
        name
        for name, months in month_names().items()
        if not _is_short(name) or any(_is_known(month, "", False) for month in months)
    ]
    return trie(names)


@cache
def weekday_names() -> tuple[str, ...]:
    """Return the names of weekdays in all languages."""
    return tuple(dict.fromkeys(name for names in table("calendar")["weekdays"].values() for name in names))


def _folded(name: str) -> str:
    """Fold case as patterns do that ignore it: a dotless and a dotted i are one."""
    folded = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
    return re.sub("i\u0307|ı", "i", folded)


def _plain(name: str) -> str:
    """Return the name without accents where its script is one that is written so."""
    letters = unicodedata.normalize("NFD", name)
    if not all(unicodedata.name(c, "").startswith(_STRIPPED) for c in letters if c.isalpha()):
        return name
    return "".join(c for c in letters if not unicodedata.combining(c))
