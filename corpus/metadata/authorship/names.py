"""What can be a person's name: capitalised words, no institution, no role, no common words."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.words import alternatives, is_word_in, table

__all__ = [
    "has_common_word",
    "is_double_surname",
    "is_institution",
    "is_person",
    "leads_to_place",
    "name_end",
    "outlet_at_end",
    "person_role_pattern",
    "place_begin",
    "role_pattern",
]

_FEWEST, _MOST = 2, 5
"""How many words a name has here, particles aside: one alone may be anything."""
_MOST_WITH_PARTICLES = 8
_SYLLABLE = 3
"""A role's word of so few letters may be a part of a name: "Kim Min-ji", "Lee In-sook"."""
_PAPER = re.compile(r"(?:le|la|les|el|los|las|il|lo)\s\S+\s(?:du|des?|del|dell[aeo]|di)\s", re.IGNORECASE)
"""An article, a word and a genitive: "La Voix du Port" is a paper."""
_VOWEL = re.compile(r"[AEIOUYÄÖÜÅÆØÁÉÍÓÚÝÀÈÌÒÙÂÊÎÔÛÃÕËÏŸŐŰАЕЁИОУЫЭЮЯІЇЄΑΕΗΙΟΥΩ]")
_GLUED = re.compile(r"[a-zß-öø-ÿ]{4}[A-ZÀ-ÖØ-Þ]|[a-z]By[A-Z]")
"""Words run together, as "PoliticsWorld", "NewsByMaren"; "McDonald" and "LeBron" are shorter before the capital."""


def name_end(text: str, start: int, end: int) -> int:
    """Return where the name ends: before a role, whose adjective must be known if more than two words stand."""
    piece = text[start:end]
    role = role_pattern().search(piece, 1)
    if role is None:
        return start + len(piece.rstrip())
    before = piece[: role.start()].rstrip(" \t\xa0,&")
    shorter = _modifiers().sub("", before).rstrip()
    sure = shorter != before or len(before.split()) <= _FEWEST or role[0].islower()
    return start + (len(shorter) if sure else 0)


def place_begin(name: str, opener: str = "") -> int:
    """Return where the small word begins that leads from a name to the place it reports from, else the length.

    ``opener``: the word that opened the byline: "en" and "da" lead to a place behind some, and not elsewhere.

    >>> place_begin("Hélène Petit au Caire"), place_begin("Luca Rossi da Roma", "di"), place_begin("Ana da Silva")
    (12, 10, 12)
    """
    for match in _places(opener.casefold()).finditer(name):
        if len(_own_words(name[: match.start()])) >= _FEWEST:
            return match.start()
    return len(name)


def leads_to_place(text: str, opener: str = "") -> bool:
    """Tell whether the text begins with a small word that leads from a name to a place: "vanuit Kiev"."""
    return _places(opener.casefold()).match(f" {text.strip()}") is not None


def outlet_at_end(text: str) -> int:
    """Return where a known broadcaster or paper begins that ends the text, else the text's length.

    >>> outlet_at_end("Maren Holt Fox News"), outlet_at_end("Maren Holt")
    (10, 10)
    """
    match = _outlets().search(text)
    return match.start() if match else len(text)


def is_institution(text: str) -> bool:
    """Tell whether the words hold one that only institutions, desks and places have, or are a known house."""
    return _houses().search(text) is not None or _outlets().search(" " + text) is not None


def is_person(name: str) -> bool:
    """Tell whether the words can be a person's name.

    >>> [is_person(n) for n in ("Ludwig van der Berg", "A. J. P. Tolland", "BBC News", "Zed", "New York")]
    [True, True, False, False, False]
    >>> is_person("Harbour Harbour Holt")
    False
    """
    words = name.split()
    if not _FEWEST <= len(words) <= _MOST_WITH_PARTICLES or _no_names().search(name) or _GLUED.search(name):
        return False
    if _PAPER.match(name):
        return False
    if len(words) == _FEWEST and words[0].casefold() in table("bylines")["place_beginnings"]:
        return False
    own = _own_words(name)
    return (
        not name[0].islower()
        and own[0] not in own[1:]
        and _FEWEST <= len(own) <= _MOST
        and own[-1] == words[-1]
        and len(own[-1].strip(".")) > 1
        and all((match := _word().fullmatch(word)) and match[1][0].isupper() for word in own)
        and not _has_acronym(own)
    )


def is_double_surname(first: str, link: str, second: str) -> bool:
    """Tell whether a little word joins a name's last two words, not two names: "João da Cruz e Sousa".

    So it is behind a name with a particle, before one word that is no agency and no house.

    >>> is_double_surname("João da Cruz", "e", "Sousa"), is_double_surname("João da Cruz", "e", "Ana Reis")
    (True, False)
    """
    words = table("bylines")
    fits = link in words["surname_links"] and any(word in words["particles"] for word in first.split())
    alone = re.fullmatch(r"[^\W\d_a-zß-öø-ÿ][^\W\d_]+", second) is not None and not second.isupper()
    house = is_agency(second) or is_institution(second) or role_pattern().search(second) is not None
    return fits and alone and is_person(first) and not house


def has_common_word(name: str, prose: str) -> bool:
    """Tell whether a word of the would-be name stands in the article in lower case: "Master Gardener".

    >>> has_common_word("Master Gardener", "Every gardener knows"), has_common_word("Maren Holt", "holts")
    (True, False)
    """
    own = {word.casefold() for word in _own_words(name) if len(word.strip(".")) > 1}
    words = own - set(table("bylines")["particles"])
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", prose) for word in words)


@cache
def role_pattern() -> re.Pattern[str]:
    """Return the pattern of a role's first word, also where it is glued to a name."""
    words = table("bylines")
    some, roles = words["small_roles"], set(words["roles"]) - set(words["small_roles"])
    long = alternatives(role for role in roles if len(role) > _SYLLABLE)
    short = alternatives(role for role in roles if len(role) <= _SYLLABLE)
    small = rf"(?-i:{alternatives(some)}(?!\w))|{alternatives(some)}(?=\s+read)"
    pairs = alternatives(words["particle_pairs"])
    begin = r"(?:(?<!\w)|(?-i:(?<=[a-zäöüßéñ])(?=[A-Z])))"
    return re.compile(rf"{begin}(?!{pairs}\s)(?:{long}(?!\w)|{short}(?!\w|-\w)|{small})", re.IGNORECASE)


@cache
def person_role_pattern() -> re.Pattern[str]:
    """Return the pattern of a word that says what a person is: no desk, no little word that ends a name.

    >>> [bool(person_role_pattern().search(t)) for t in ("Maren Holt Political editor", "Other Related News")]
    [True, False]
    """
    words = table("bylines")
    return is_word_in(set(words["roles"]) - set(words["weak"]))


def _own_words(name: str) -> list[str]:
    """Return the words of a name that are no particles; one in capitals is none behind the first word."""
    words = table("bylines")
    return [
        word
        for number, word in enumerate(_pairs().sub(" ", name).split())
        if (folded := word.casefold()) not in words["particles"]
        or (word[0].isupper() and (number > 0 or folded in words["given_particles"]))
    ]


def _has_acronym(words: list[str]) -> bool:
    """Tell whether a word looks like "MDR" or, before words of mixed case, like "BBC"."""
    capitals = [word for word in words if len(word) > 2 and word.isalpha() and word.isupper()]
    mixed = any(not word.isupper() for word in words)
    return (mixed and words[0] in capitals) or any(not _VOWEL.search(word) for word in capitals)


@cache
def _pairs() -> re.Pattern[str]:
    return re.compile(rf"(?<=\s){alternatives(table('bylines')['particle_pairs'])}(?=\s)")


@cache
def _word() -> re.Pattern[str]:
    """Return the pattern of a name's word, the letters behind its particle as the group."""
    joined = alternatives(table("bylines")["joined_particles"])
    return re.compile(rf"(?:[dl][’']|{joined}[-‑])?([^\W\d_](?:[^\W\d_]|[’'‘.-])*)", re.IGNORECASE)


@cache
def _places(opener: str) -> re.Pattern[str]:
    words = table("bylines")
    links = [*words["place_links"], *words["place_links_behind"].get(opener, [])]
    return re.compile(rf"\s+{alternatives(links)}\s+(?=[^\W\d_a-zß-öø-ÿ]|(?:the|la|le|l[’'])\s?\w)")


@cache
def _modifiers() -> re.Pattern[str]:
    words = alternatives(table("bylines")["modifiers"])
    return re.compile(rf"(?:\s+(?:{words}|\w+ische[rn]?))+$", re.IGNORECASE)


@cache
def _outlets() -> re.Pattern[str]:
    return re.compile(rf"[\s,]+{alternatives(table('bylines')['outlets'])}\s*$")


@cache
def _no_names() -> re.Pattern[str]:
    return is_word_in([*table("bylines")["not_names"], *table("bylines")["little"]])


@cache
def _houses() -> re.Pattern[str]:
    return is_word_in(table("bylines")["not_names"])
