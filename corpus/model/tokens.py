"""Tokens, and the stretches marked in a text as their labels in BIO; what does not fit is told, with why."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

from corpus.model.span import Span

__all__ = ["MISFITS", "Mention", "Misfit", "TokenLine", "token_lines"]

MISFITS = {
    "overlapping": "overlaps a longer one, or an earlier one of the same length",
    "off-edge": "begins or ends inside a token",
    "broken": "runs over a line's end",
}
"""Why a mention is not in the labels."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
"""A run of letters and digits, or one sign; scripts without spaces are cut sign by sign."""

Label = TypeVar("Label")
_START = attrgetter("start")


class Mention(NamedTuple, Generic[Label]):
    """A stretch of a text, ``start`` to ``end`` in code points, with its label."""

    start: int
    end: int
    id: str
    label: Label


class TokenLine(NamedTuple, Generic[Label]):
    """One line of a text."""

    number: int
    """From 0."""
    start: int
    """Where it begins in the text."""
    text: str
    """Without its end."""
    tokens: tuple[Span, ...]
    """Their places in the text (not in the line)."""
    tags: tuple[tuple[str, Label] | None, ...]
    """Of each token "B" (it begins a mention) or "I" (it goes on with one) and the mention's label, or None."""


Misfit = Callable[[str, Mention[Label]], object]
"""Is told of each mention that is not in the labels, with a key of ``MISFITS``."""


def token_lines(text: str, mentions: Iterable[Mention[Label]], misfit: Misfit[Label]) -> Iterator[TokenLine[Label]]:
    r"""Yield every line of a text, cut at ``\n`` alone, also those without a token."""
    kept = _apart(mentions, misfit)
    start = 0
    for number, line in enumerate(text.split("\n")):
        first, after = (bisect_left(kept, at, key=_START) for at in (start, start + len(line) + 1))
        yield _labelled(number, start, line, kept[first:after], misfit)
        start += len(line) + 1


def _apart(mentions: Iterable[Mention[Label]], misfit: Misfit[Label]) -> list[Mention[Label]]:
    """Return those that overlap none that is longer, or as long and earlier; in the text's order."""
    kept: list[Mention[Label]] = []
    for one in sorted(mentions, key=lambda m: (m.start - m.end, m.start, m.id)):
        at = bisect_left(kept, one.start, key=_START)
        beside = kept[max(0, at - 1) : at + 1]
        if any(one.start < other.end and other.start < one.end for other in beside):
            misfit("overlapping", one)
        else:
            kept.insert(at, one)
    return kept


def _labelled(
    number: int, start: int, line: str, mentions: list[Mention[Label]], misfit: Misfit[Label]
) -> TokenLine[Label]:
    tokens = tuple(Span(start + found.start(), start + found.end()) for found in _TOKEN.finditer(line))
    first = {token.start: index for index, token in enumerate(tokens)}
    last = {token.end: index for index, token in enumerate(tokens)}
    tags: list[tuple[str, Label] | None] = [None] * len(tokens)
    for one in mentions:
        if one.end > start + len(line):
            misfit("broken", one)
        elif one.start not in first or one.end not in last:
            misfit("off-edge", one)
        else:
            begin, end = first[one.start], last[one.end]
            tags[begin : end + 1] = [("B", one.label), *[("I", one.label)] * (end - begin)]
    return TokenLine(number, start, line, tokens, tuple(tags))
