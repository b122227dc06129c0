"""The difference of two texts in words, in bounded time and of bounded size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

__all__ = ["Run", "RunKind", "shortened", "word_runs"]

_MOST_PAIRS = 60_000
"""Pairs of equal tokens up to which two sequences are matched; difflib's time grows with them."""
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts written without spaces (Thai to Khmer, kana, Han), in which a character stands for a word."""
_WORD = re.compile(rf"[{_NO_SPACES}]\s*|[^\s{_NO_SPACES}]+\s*|\s+")
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")


class RunKind(StrEnum):
    """What a run of text is."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left out"
    """Text that is not shown, to keep the whole short."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive words of one kind; of :attr:`RunKind.LEFT_OUT` the text is empty."""

    kind: RunKind
    text: str


def word_runs(old: str, new: str) -> list[Run]:
    """Return runs that make ``old`` (same and removed ones) and ``new`` (same and added ones).

    Where words repeat so often that matching them would take long, lines are matched first, and where those do
    too, the whole of what lies between the texts' common ends is told as replaced.
    """
    return _joined(_runs(old, new, (_WORD, _LINE)))


def shortened(runs: Sequence[Run], context: int = 60, most: int = 4000) -> list[Run]:
    """Return runs for people: the same text cut to ``context`` characters beside a change, ``most`` in all."""
    shown: list[Run] = []
    room = most
    for number, run in enumerate(runs):
        pieces = (
            _in_context(run, context, number > 0, number < len(runs) - 1) if run.kind is RunKind.SAME else [run]
        )
        for piece in pieces:
            shown.append(Run(piece.kind, piece.text[: max(room, 0)]))
            room -= len(piece.text)
            if room < 0:
                return [*shown, Run(RunKind.LEFT_OUT, "")]
    return shown


def _runs(old: str, new: str, cuts: Sequence[re.Pattern[str]]) -> Iterator[Run]:
    """Match the texts by the first way to cut them that can be afforded."""
    for number, cut in enumerate(cuts):
        a, b = cut.findall(old), cut.findall(new)
        start = _common(a, b, lambda tokens: tokens)
        end = _common(a[start:], b[start:], lambda tokens: tokens[::-1])
        middle = (a[start : len(a) - end], b[start : len(b) - end])
        if _pairs(*middle) > _MOST_PAIRS:
            continue
        yield Run(RunKind.SAME, "".join(a[:start]))
        yield from _matched(*middle, cuts[:number])
        yield Run(RunKind.SAME, "".join(a[len(a) - end :]))
        return
    yield Run(RunKind.REMOVED, old)
    yield Run(RunKind.ADDED, new)


def _matched(a: list[str], b: list[str], finer: Sequence[re.Pattern[str]]) -> Iterator[Run]:
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        before, after = "".join(a[a0:a1]), "".join(b[b0:b1])
        if kind == "equal":
            yield Run(RunKind.SAME, before)
        elif finer and before and after:
            yield from _runs(before, after, finer)
        else:
            yield Run(RunKind.REMOVED, before)
            yield Run(RunKind.ADDED, after)


def _common(a: list[str], b: list[str], turn: Callable[[list[str]], list[str]]) -> int:
    """Return how many tokens are the same from the start of both turned lists."""
    pairs = zip(turn(a), turn(b), strict=False)
    return next((n for n, (x, y) in enumerate(pairs) if x != y), min(len(a), len(b)))


def _pairs(a: list[str], b: list[str]) -> int:
    counts = Counter(b)
    return sum(number * counts[token] for token, number in Counter(a).items())


def _joined(runs: Iterator[Run]) -> list[Run]:
    """Join neighbours of one kind, and leave empty ones out."""
    joined: list[Run] = []
    for run in runs:
        if run.text and joined and joined[-1].kind is run.kind:
            joined[-1] = Run(run.kind, joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    return joined


def _in_context(run: Run, context: int, after_change: bool, before_change: bool) -> list[Run]:
    """Return the ends of unchanged text that stand beside a change."""
    head = run.text[:context] if after_change else ""
    tail = run.text[-context:] if before_change else ""
    if len(head) + len(tail) >= len(run.text):
        return [run]
    return [
        piece
        for piece in (Run(RunKind.SAME, head), Run(RunKind.LEFT_OUT, ""), Run(RunKind.SAME, tail))
        if piece.text or piece.kind is RunKind.LEFT_OUT
    ]
