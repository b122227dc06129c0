"""What of a text is no blank: texts that have the same of it are one, whatever a tool has made of the blanks."""

from __future__ import annotations

import hashlib

__all__ = ["BOM", "inked", "inked_hash", "is_ink"]

BOM = "\ufeff"
"""The byte order mark: at a file's beginning it tells the encoding, elsewhere it is a space of no width."""


def is_ink(sign: str) -> bool:
    """Tell whether a character is neither white space nor a byte order mark."""
    return not sign.isspace() and sign != BOM


def inked(text: str) -> str:
    """Return the text without its blanks.

    >>> inked("\ufeffThe port\\n is open")
    'Theportisopen'
    """
    return "".join(text.split()).replace(BOM, "")


def inked_hash(text: str) -> str:
    """Return what is the same of two texts that differ in blanks alone."""
    return hashlib.sha256(inked(text).encode("utf-8", "surrogatepass")).hexdigest()
