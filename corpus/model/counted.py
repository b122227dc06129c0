"""How many there are of something, as sentences tell it: "1 document", "1,200 entities"."""

from __future__ import annotations

__all__ = ["count", "singular"]

_VOWELS = "aeiou"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, which is given in the singular.

    >>> count(1, "row"), count(1200, "row"), count(2, "entity"), count(2, "late submission")
    ('1 row', '1,200 rows', '2 entities', '2 late submissions')
    """
    if number == 1:
        return f"{number} {noun}"
    by_rule = noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in _VOWELS else noun + "s"
    return f"{number:,} {by_rule}"


def singular(name: str) -> str:
    """Return what one row of a config is called.

    >>> [singular(name) for name in ("documents", "entities", "raw")]
    ['document', 'entity', 'raw text']
    """
    if name == "raw":
        return "raw text"
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
