"""The publisher, only where the page's own furniture names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpus.metadata.values import Line, Value
from corpus.metadata.words import alternatives, table

__all__ = ["publisher_cues", "publisher_values"]

_NAME = r"(?P<name>\w(?:[^\n:;!?\"“”()|,]{0,58}?[\w.!])?)"


def publisher_values(lines: Sequence[Line]) -> list[Value]:
    """Return ``publisher`` if the dropped lines of one document name one, and no two of them disagree."""
    values = [value for line in lines if (value := _publisher(line))]
    names = {value.value.casefold() for value in values}
    return values[:1] if len(names) == 1 else []


def publisher_cues() -> str:
    """Return a plain pattern (no look-around) that every line worth reading matches, for a first sieve."""
    return r"(?i)google|flipboard|apple news|preferred source|appeared|published| ran |posted|erschien|zuerst"


def _publisher(line: Line) -> Value | None:
    for row_id, pattern in _patterns():
        match = pattern.search(line.text)
        if match and _can_be_publisher(match["name"]):
            start, end = match.span("name")
            end -= len(match["name"]) - len(match["name"].rstrip(" ."))
            name = line.text[start:end]
            return Value(line.doc_id, "publisher", name, line.start + start, line.start + end, row_id)
    return None


def _can_be_publisher(name: str) -> bool:
    rules = table("publishers")
    folded = name.casefold().strip(" .")
    return (
        folded not in rules["not_publishers"]
        and not _bad_start().match(name)
        and (name[0].isupper() or "." in name.strip("."))
        and len(name.split()) <= 7
        and re.search(r"\w{4}\.\s", name) is None
    )


@cache
def _bad_start() -> re.Pattern[str]:
    return re.compile(rf"{alternatives(table('publishers')['not_starting'])}(?!\w)|\d", re.IGNORECASE)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["id"], re.compile(row["pattern"].replace("NAME", _NAME))) for row in table("publishers")["pattern"]
    )
