"""Collect findings, and stop repeating one when a whole column is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpus.model.finding import Finding, Severity, any_error

__all__ = ["Collector", "cell"]

MOST = 20
"""Findings of one code in one file or config that are listed; the rest is counted."""


class Collector:
    """Findings in the order they came, at most :data:`MOST` of a code in one file or config."""

    def __init__(self) -> None:
        self._listed: list[Finding] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings in; those beyond the limit are only counted."""
        for finding in findings:
            key = (finding.code, finding.place.split(" row ")[0])
            self._counts[key] += 1
            if self._counts[key] <= MOST:
                self._listed.append(finding)

    @property
    def wrong(self) -> bool:
        """Whether one of the findings so far is an error."""
        return any_error(self._listed)

    def findings(self) -> list[Finding]:
        """Return what was listed, and a line for each kind that had more."""
        more = [
            Finding(code, place, f"And {count - MOST:,} more like the {MOST} listed.", Severity.NOTE)
            for (code, place), count in self._counts.items()
            if count > MOST
        ]
        return self._listed + more


def cell(config: str, split: str, row: int, column: str) -> str:
    """Return the place of a value, rows counted from 0 as ``load_dataset(…, split=…)[row]`` does.

    >>> cell("claims", "train", 3, "text")
    'claims/train row 3 column text'
    """
    return f"{config}/{split} row {row} column {column}"
