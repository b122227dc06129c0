"""Findings of many alike: the first of each kind is told with its place, the others are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from corpus.model.finding import Finding, Severity

__all__ = ["Tally", "at_most"]

Item = TypeVar("Item")
_MOST = 100


class Tally:
    """What was met in one document (or one file), by code."""

    def __init__(self) -> None:
        self._first: dict[str, Finding] = {}
        self._more: dict[str, int] = {}

    def add(self, code: str, place: str, sentence: str, severity: Severity = Severity.WARNING) -> None:
        """Count one; of each code the first one's place, sentence and severity are told."""
        if code in self._first:
            self._more[code] = self._more.get(code, 0) + 1
        else:
            self._first[code] = Finding(code, place, sentence, severity)

    def findings(self) -> Iterator[Finding]:
        """Yield one finding a code, in the order in which they were met."""
        for code, first in self._first.items():
            more = self._more.get(code, 0)
            told = f"{first.message} {more:,} more of the same kind follow." if more > 1 else first.message
            told = f"{first.message} One more of the same kind follows." if more == 1 else told
            yield Finding(code, first.place, told, first.severity)


def at_most(items: Iterable[Item | Finding], path: Path) -> Iterator[Item | Finding]:
    """Yield all items, but of each severity no more findings than so many; the last one tells how many more."""
    met: Counter[Severity] = Counter()
    for item in items:
        if isinstance(item, Finding):
            met[item.severity] += 1
        if not isinstance(item, Finding) or met[item.severity] <= _MOST:
            yield item
    more = {severity: met[severity] - _MOST for severity in Severity if met[severity] > _MOST}
    if more:
        told = f"{sum(more.values()):,} further findings of this file are not listed; mend those above first."
        yield Finding("more-findings", str(path), told, next(iter(more)))
