"""A document built of tokens and their tags, sentence by sentence: its text, and its entities' places in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.exchange.tags import Tagging
from corpus.exchange.tally import Tally
from corpus.model.finding import Severity
from corpus.model.span import Span

__all__ = ["TokenDocument", "places"]

_OUTSIDE = ("O", "")


class TokenDocument:
    """Its tokens have blanks between them, its sentences newlines, or what the sentence's own text has."""

    def __init__(self, tagging: Tagging, tally: Tally) -> None:
        self._tagging, self._tally = tagging, tally
        self._lines: list[str] = []
        self._found: list[tuple[Span, str]] = []
        self.length = 0
        """Characters of the text so far."""

    def add(
        self,
        tokens: Sequence[str],
        layers: Sequence[Sequence[str]],
        where: Sequence[str],
        text: str | None = None,
    ) -> None:
        """Add a sentence: ``layers`` hold a tag for each token, ``where`` its place for findings."""
        at = None if text is None else places(tokens, text)
        if text is not None and at is None:
            told = "The sentence's text is not what its tokens are, which are taken with blanks between them."
            self._tally.add("import-text", where[0], told, Severity.NOTE)
        if text is None or at is None:
            text, at = " ".join(tokens), _joined(tokens)
        begin = self.length + bool(self._lines)
        self._lines.append(text)
        self.length = begin + len(text)
        for values in layers:
            self._label(values, [Span(begin + one.start, begin + one.end) for one in at], where)

    def standoff(self, name: str | None, annotator: str | None, place: str) -> Standoff:
        """Return what was added, the entities in the order of the text."""
        found = sorted(self._found, key=lambda one: (one[0].start, -one[0].end))
        spans = tuple(StandoffSpan(f"T{n}", label, (span,)) for n, (span, label) in enumerate(found, 1))
        return Standoff(name, "\n".join(self._lines), spans, annotator=annotator, place=place)

    def _label(self, values: Sequence[str], at: Sequence[Span], where: Sequence[str]) -> None:
        tags = []
        for value, tag, place in zip(values, self._tagging.parse(values), where, strict=True):
            if tag is None:
                told = f"{value!r} is no tag; expected O, or B- or I- and a label; the token has none now."
                self._tally.add("import-tag", place, told, Severity.ERROR)
            tags.append(tag or _OUTSIDE)
        for number in self._tagging.broken(tags):
            told = (
                f"The tag {values[number]!r} cannot stand here in {self._tagging.scheme}, or leaves the entity "
                "before it open; it is read as conlleval does, where a new entity begins or the old one ends."
            )
            self._tally.add("import-repaired", where[number], told)
        for label, first, last in self._tagging.stretches(tags):
            self._found.append((Span(at[first].start, at[last].end), label))


def places(tokens: Sequence[str], text: str) -> list[Span] | None:
    """Return where the tokens stand in a text with nothing but white space between; None where they do not.

    >>> places(["U.S.", "-", "based"], "U.S.-based ")
    [Span(start=0, end=4), Span(start=4, end=5), Span(start=5, end=10)]
    """
    found, at = [], 0
    for token in tokens:
        while not text.startswith(token, at):
            if at >= len(text) or not text[at].isspace():
                return None
            at += 1
        found.append(Span(at, at + len(token)))
        at += len(token)
    return None if text[at:].strip() else found


def _joined(tokens: Sequence[str]) -> list[Span]:
    ends = accumulate(len(token) + 1 for token in tokens)
    return [Span(end - 1 - len(token), end - 1) for token, end in zip(tokens, ends, strict=True)]
