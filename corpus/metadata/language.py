"""The language of a text, where there is enough of it to tell."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.metadata import version

from py3langid.langid import MODEL_FILE, LanguageIdentifier

__all__ = ["identifier_name", "language_of", "language_tag"]

LONGEST = 1_000
"""How many code points are looked at."""
FEWEST_LETTERS = 40
"""Texts with fewer letters tell nothing reliable (a Chinese character counts as four letters)."""
LEAST_SCORE = 0.5
"""Below this probability the best guess is no answer."""
_NO_LANGUAGE = "zxx"
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")


@cache
def identifier_name() -> str:
    """Return the identifier with its version, as evidence names it."""
    return f"py3langid {version('py3langid')}"


def language_of(text: str) -> tuple[str, float] | None:
    """Return the BCP 47 primary subtag and its probability, None where the text is too short or unclear.

    >>> language_of("Not enough here") is None
    True
    """
    head = text[:LONGEST]
    if _letters(head[: 10 * FEWEST_LETTERS]) < FEWEST_LETTERS:
        return None
    name, score = _identifier().classify(head)
    sure = score >= LEAST_SCORE and name != _NO_LANGUAGE
    return (str(name), round(float(score), 4)) if sure else None


def language_tag(text: str) -> str | None:
    """Return the primary subtag of a language tag in lower case, None where it is none.

    >>> language_tag("pt-BR"), language_tag("de_DE"), language_tag("English")
    ('pt', 'de', None)
    """
    match = _TAG.fullmatch(text.strip())
    return match[1].lower() if match else None


def _letters(text: str) -> int:
    """Count letters and the marks that write vowels; an East Asian character says as much as four."""
    return sum(4 if _is_dense(c) else 1 for c in text if c.isalpha() or unicodedata.category(c)[0] == "M")


def _is_dense(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
