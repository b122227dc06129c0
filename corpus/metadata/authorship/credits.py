"""Picture credits: blocks of their own, and what ends a caption."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, is_word_in, table

__all__ = ["caption_credit", "credit_line", "names_picture"]

_LONGEST = 120
_PARENTHESIS = re.compile(r"[(\[]([^()\[\]\n]{2,120})[)\]]\W{0,2}$")
_NAME_SLASH_NAME = re.compile(r"^[^\W\d_a-z][^/]*\S\s?/\s?[^\W\d_a-z][^/]*(?:/[^/]+)*$")
_SIGN = re.compile(r"(?:^|\s)(©\s?[^\n©]{2,80})$")


def credit_line(line: Line) -> Value:
    """Return the ``credits`` value of a block that is a credit, as it stands."""
    return Value(line.doc_id, "credits", line.text, line.start, line.start + len(line.text), line.rule)


def names_picture(text: str) -> bool:
    """Tell whether a word stands in the text that picture credits have: "Getty", "handout".

    >>> names_picture("Maren Holt / Getty Images"), names_picture("Maren Holt / Courier")
    (True, False)
    """
    return _words().search(text) is not None


def caption_credit(line: Line) -> Value | None:
    """Return the ``credits`` value at a caption's end, without the parentheses, or None.

    >>> caption_credit(Line("a", "A bridge. (Jane Doe/The Courier)", 0, 0, 0, "caption", "r")).value
    'Jane Doe/The Courier'
    >>> caption_credit(Line("a", "The mayor (left)", 0, 0, 0, "caption", "r")) is None
    True
    """
    found = _in_parentheses(line.text) or _labelled(line.text) or _signed(line.text)
    if found is None:
        return None
    (start, end), rule = found
    text = line.text[start:end]
    return Value(line.doc_id, "credits", text, line.start + start, line.start + end, rule)


def _in_parentheses(text: str) -> tuple[tuple[int, int], str] | None:
    match = _PARENTHESIS.search(text)
    if match is None:
        return None
    inside = match[1].strip()
    credit = is_agency(inside) or _words().search(inside) or _NAME_SLASH_NAME.match(inside)
    return (match.span(1), "credit.parenthesis") if credit or _label().match(inside) else None


def _labelled(text: str) -> tuple[tuple[int, int], str] | None:
    last = None
    for match in _label_at_break().finditer(text):
        last = match
    if last is None or not 0 < len(text) - last.end() <= _LONGEST:
        return None
    return (last.start("credit"), len(text.rstrip())), "credit.label"


def _signed(text: str) -> tuple[tuple[int, int], str] | None:
    match = _SIGN.search(text)
    return (match.span(1), "credit.sign") if match else None


@cache
def _words() -> re.Pattern[str]:
    return is_word_in(table("credits")["words"])


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"{alternatives(table('credits')['labels'])}\s*:", re.IGNORECASE)


@cache
def _label_at_break() -> re.Pattern[str]:
    labels = alternatives(table("credits")["labels"])
    after = r"(?:^|(?<=[.!?…\"”’')]\s)|(?<=\s[|–—-]\s)|(?<=\s\s))"
    return re.compile(rf"{after}(?P<credit>{labels}\s?:)\s{{0,3}}(?=\S)", re.IGNORECASE)
