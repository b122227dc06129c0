"""What of a text is no blank: texts that have the same of it are one, whatever a tool has made of the blanks.

Nor does it count whether an accent is written with its letter or behind it: all is decomposed (Unicode's NFD).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from unicodedata import normalize

__all__ = ["BOM", "ink_places", "inked", "inked_hash"]

BOM = "\ufeff"
"""The byte order mark: at a file's beginning it tells the encoding, elsewhere it is a space of no width."""


def inked(text: str) -> str:
    """Return the text without its blanks, decomposed.

    >>> inked("\ufeffThe port\\n is open")
    'Theportisopen'
    >>> inked("K\u00f6ln") == inked("Ko\u0308ln")
    True
    """
    return normalize("NFD", "".join(text.split()).replace(BOM, ""))


def ink_places(text: str) -> Iterator[int]:
    """Yield for each character of the text's ink where in the text it stands.

    >>> list(ink_places("a \u00f6b"))
    [0, 2, 2, 3]
    """
    for place, sign in enumerate(text):
        if sign.isascii():
            if not sign.isspace():
                yield place
        elif not sign.isspace() and sign != BOM:
            yield from (place for _ in normalize("NFD", sign))


def inked_hash(text: str) -> str:
    """Return what is the same of two texts that differ in blanks alone."""
    return hashlib.sha256(inked(text).encode("utf-8", "surrogatepass")).hexdigest()
