"""An agency with its people, by name or not: "Reuters Staff", "AFP's Maren Holt", "la rédaction de l'AFP"."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from corpus.metadata.words import alternatives, table, trie

__all__ = ["Staffed", "staffed"]

Span = tuple[int, int]
_LONG = 8
"""A longer form of an agency's name is known in any case; a short one may be a word or a name: "Efe", "Uni"."""


class Staffed(NamedTuple):
    """Where the agency stands, and where the rest that may be a name, None where nothing is left."""

    agency: Span
    name: Span | None


def staffed(text: str) -> Staffed | None:
    """Return the agency whose people the whole text names or writes for, with what may be a person's name.

    >>> staffed("Reuters Staff"), staffed("la rédaction de l'AFP")
    (Staffed(agency=(0, 7), name=None), Staffed(agency=(18, 21), name=None))
    >>> staffed("dpa-Korrespondentin Maren Holt"), staffed("Maren Holt for Reuters")
    (Staffed(agency=(0, 3), name=(20, 30)), Staffed(agency=(15, 22), name=(0, 10)))
    >>> staffed("Reuters"), staffed("Efe Holt"), staffed("Maren Holt AP")
    (None, None, None)
    """
    if not _agency().search(text):
        return None
    for pattern in _patterns():
        match = pattern.fullmatch(text.strip())
        if match:
            shift = len(text) - len(text.lstrip())
            begin, end = match.span("name") if "name" in pattern.groupindex else (0, 0)
            name = (begin + shift, end + shift) if end > begin else None
            return Staffed((match.start("agency") + shift, match.end("agency") + shift), name)
    return None


@cache
def _agency() -> re.Pattern[str]:
    """Return the pattern of any agency, for a first sieve."""
    forms = {form.casefold() for row in table("agencies")["agency"] for form in row["forms"]}
    return re.compile(rf"(?<!\w){trie(forms)}(?!\w)", re.IGNORECASE)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    words, rows, own = table("attributions")["staff"], table("attributions")["attribution"], table("bylines")
    forms = {form for row in table("agencies")["agency"] for form in row["forms"]}
    long = alternatives(form for form in forms if len(form) > _LONG)
    agency = rf"(?P<agency>(?-i:{alternatives(forms)})|{long})"
    desks = {desk for row in rows for desk in row["desks"]} | {*words["words"]}
    people = alternatives(desks | set(own["roles"]) - set(own["weak"]) | set(own["modifiers"]))
    staff = rf"{people}(?:[\s-]+{people})*(?!\w)"
    little = {word for row in rows for word in row["before"]}
    elided = {word for word in little if word.endswith(("'", "’"))}
    before = rf"(?:{alternatives(little - elided)}\s+|{alternatives(elided)})*"
    whose = rf"(?:{alternatives(own['possessives'])}\s+)?"
    name = r"(?P<name>(?-i:[^\W\d_a-zß-öø-ÿ])[^,;|()]+?)"
    return (
        re.compile(rf"{whose}{agency}(?:\s+|-){staff}", re.IGNORECASE),
        re.compile(rf"{staff}\s+(?:{alternatives(words['links'])}\s+)?{before}{agency}", re.IGNORECASE),
        re.compile(rf"{whose}{agency}(?:['’]s\s+(?:{staff}\s+)?|(?:\s+|-){staff}\s+){name}", re.IGNORECASE),
        re.compile(rf"{name},?\s+{agency}(?:\s+|-){staff}", re.IGNORECASE),
        re.compile(rf"{name}(?:,?\s+{staff})?\s+{alternatives(words['for'])}\s+{before}{agency}", re.IGNORECASE),
        re.compile(rf"{name},?\s+{staff}\s+(?:{alternatives(words['links'])}\s+)?{before}{agency}", re.IGNORECASE),
    )
