"""The authors that a head claims: names split apart, without roles, addresses and placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.authorship.names import is_person, name_end, role_pattern
from corpus.metadata.heads.claims import Claims
from corpus.metadata.heads.headlines import squeezed
from corpus.metadata.words import alternatives, is_word_in, table

__all__ = ["names_in", "written_by"]

_LONGEST, _MOST_WORDS = 120, 7
_MOST_ITEMS, _MOST_AUTHORS = 4, 30
_INVERTED = ("meta:citation_author", "meta:dc.creator", "meta:dcterms.creator")
"""Places where a library's catalogue writes the last name first."""
_NO_NAME = re.compile(r"^/\S|https?:|www\.|@|\.(?:com|org|net|de|html?|php)\b|[<>{}\[\]_=#]|\d{3}")
_APART = re.compile(r"\s*[;|•·\n/]\s*|\s+[–—-]+\s+")
_COMMA = re.compile(r"\s*[,，、]\s*")


def written_by(claims: Claims, sites: frozenset[str]) -> tuple[list[str], str] | None:
    """Return the authors with the place that names them: the first with a person, else the first that is usable.

    The site itself is an author only where no other is named. Many authors in the body are a comment thread's.
    """
    told = []
    for place, texts in claims.groups("authors"):
        if place.startswith("item:") and len(texts) > _MOST_ITEMS:
            continue
        whole = [_turned(text) for text in texts] if place in _INVERTED else texts
        names = list(dict.fromkeys(name for text in whole for name in names_in(text)))
        own = [name for name in names if squeezed(name) not in sites]
        if names:
            told.append((own or names, place, (any(map(is_person, own)), bool(own))))
    best = max(told, key=lambda item: item[2], default=None)
    return (best[0][:_MOST_AUTHORS], best[1]) if best else None


def names_in(text: str) -> list[str]:
    """Return the names in a head's author field, which may list several, with their roles.

    >>> names_in("By Maren Holt and Li Wen, Northern Courier"), names_in("https://social.example/maren")
    (['Maren Holt', 'Li Wen', 'Northern Courier'], [])
    """
    text = _opener().sub("", text[: 10 * _LONGEST], count=1)
    others = _others().search(text)
    text = text[: others.start()] if others else text
    if _NO_NAME.search(text.partition(",")[0]):
        return []
    pieces = [piece for part in _APART.split(text) for piece in _listed(part)]
    return list(dict.fromkeys(name for piece in pieces if (name := _cleaned(piece))))


def _listed(text: str) -> Iterator[str]:
    if is_agency(text.strip()):
        yield text
        return
    for number, part in enumerate(_COMMA.split(text)):
        people = _conjunction().split(part)
        if number and len(people) == 1 and (part[:1].islower() or role_pattern().match(part)):
            continue
        yield from people if all(is_person(p.strip()) or is_agency(p.strip()) for p in people) else [part]


def _turned(text: str) -> str:
    """Return "Holt, Maren" as "Maren Holt"."""
    last, comma, first = text.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else text


def _cleaned(piece: str) -> str:
    name = re.sub(r"\s*\([^()]{0,60}\)\s*", " ", piece).strip(" .,:;-–—*'\"“”")
    if not name or len(name) > _LONGEST or _NO_NAME.search(name) or not re.search(r"[^\W\d_]{2}", name):
        return ""
    end = name_end(name, 0, len(name))
    name = name[:end].strip(" ,") if is_person(name[:end].strip(" ,")) else name
    rules = table("heads")["names"]
    useless = name.casefold() in rules["not_authors"] or name.casefold() in rules["letters"]
    return "" if useless or len(name.split()) > _MOST_WORDS else name


@cache
def _opener() -> re.Pattern[str]:
    return re.compile(rf"^\W*{alternatives(table('bylines')['openers'])}(?:\s*:\s*|\s+)", re.IGNORECASE)


@cache
def _conjunction() -> re.Pattern[str]:
    return re.compile(rf"\s+{alternatives(table('bylines')['conjunctions'])}\s+", re.IGNORECASE)


@cache
def _others() -> re.Pattern[str]:
    return is_word_in(table("bylines")["others"])
