"""What a format does not hold of a document: counted, and told in one finding a kind."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.exchange.standoff import Standoff
from corpus.model.finding import Finding, Severity

__all__ = ["Losses"]


class Losses:
    """Counts what is lost of one document.

    >>> losses = Losses(Standoff("tide", "The tide rose."))
    >>> losses.add("export-note", "line breaks of notes become blanks", "T1")
    >>> losses.add("export-note", "line breaks of notes become blanks", "T4")
    >>> [finding.message for finding in losses.findings("brat")]
    ['In brat, line breaks of notes become blanks: 2 times in this document, first at T1.']
    """

    def __init__(self, document: Standoff) -> None:
        self._place = document.place or document.name or "?"
        self._counted: dict[tuple[str, str], tuple[int, str]] = {}

    def add(self, code: str, what: str, example: str) -> None:
        """Count one: its kind (``export-…``), what becomes of it (a clause), and the id of what loses it."""
        count, first = self._counted.get((code, what), (0, example))
        self._counted[code, what] = count + 1, first

    def findings(self, title: str) -> Iterator[Finding]:
        """Yield a warning for each kind; ``title`` is the format's."""
        for (code, what), (count, first) in self._counted.items():
            often = "once" if count == 1 else f"{count} times"
            message = f"In {title}, {what}: {often} in this document, first at {first}."
            yield Finding(code, self._place, message, Severity.WARNING)
