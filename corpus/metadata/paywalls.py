"""Whether a page's own furniture says that not everybody may read the article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpus.metadata.values import Line, Value
from corpus.metadata.words import table

__all__ = ["paywall_cues", "paywall_values"]

_LONGEST = 200


def paywall_values(lines: Sequence[Line]) -> list[Value]:
    """Return ``paywall`` ("locked" before "metered") if a dropped line says it, with that line as evidence."""
    told = [value for line in lines if len(line.text) <= _LONGEST and (value := _of_line(line))]
    return sorted(told, key=lambda value: value.value != "locked")[:1]


def paywall_cues() -> str:
    """Return a plain pattern (no look-around) that every line worth reading matches, for a first sieve."""
    return (
        r"(?i)subscri|members?\b|continue reading|keep reading|weiterlesen|lesen sie weiter|nur für|abonn|suscript"
        r"|abbonat|assinant|free article|free stor"
    )


def _of_line(line: Line) -> Value | None:
    for number, (kind, pattern) in enumerate(_patterns()):
        if pattern.search(line.text):
            end = line.start + len(line.text)
            return Value(line.doc_id, "paywall", kind, line.start, end, f"paywall.{kind}.{number}")
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(row["pattern"])) for row in table("paywalls")["pattern"])
