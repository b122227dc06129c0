"""Read the tables of words, and turn lists of words into patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from corpus.files import package_text

__all__ = ["alternatives", "is_word_in", "spans_outside", "table", "trie"]


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of this package's TOML tables by its stem, read once."""
    return tomllib.loads(package_text("corpus.metadata", f"{name}.toml"))


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest first, any run of blanks for a blank.

    >>> alternatives(["AP", "AP News"])
    '(?:AP\\\\s+News|AP)'
    """
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered) + ")"


def trie(words: Iterable[str]) -> str:
    """Return a pattern of the same words as :func:`alternatives`, quicker where they are many: by letters, nested.

    >>> trie(["mai", "maio", "juin"])
    '(?:juin|m(?:a(?:i(?:o)?)))'
    """
    return _branches(sorted({" ".join(word.split()) for word in words}))


def _branches(words: list[str]) -> str:
    """Return the pattern of sorted words; "" among them makes the rest optional."""
    groups: dict[str, list[str]] = {}
    for word in filter(None, words):
        groups.setdefault(word[0], []).append(word)
    told = [
        _spaced(own[0]) if len(own) == 1 else _spaced(first) + _branches([word[1:] for word in own])
        for first, own in groups.items()
    ]
    return f"(?:{'|'.join(told)})" + ("?" if "" in words else "")


def _spaced(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split(" ")))


def is_word_in(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words as whole words, whatever their case."""
    return re.compile(rf"(?<!\w){alternatives(words)}(?!\w)", re.IGNORECASE)


def spans_outside(text: str, separators: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return the pieces of ``text`` between the separators, trimmed of blanks, empty ones left out.

    >>> spans_outside("a | bc", re.compile(r"\\|"))
    [(0, 1), (4, 6)]
    """
    edges = [0, *(edge for match in separators.finditer(text) for edge in match.span()), len(text)]
    return [
        (start + len(text[start:end]) - len(text[start:end].lstrip()), start + len(text[start:end].rstrip()))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if text[start:end].strip()
    ]
