"""Find pieces of messages in texts that are more than memory holds: all pieces in one reading of the texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

__all__ = ["Texts", "find_pieces", "find_runs"]

Texts = Iterable[tuple[str, str]]
"""Texts with their hashes, read as often as need be."""

_LONG = 12
"""Characters from which a piece is a quotation wherever it begins and ends, cut words at its ends or not."""
_RUN = 3
"""Words from which a run of them is a quotation, where the rest of a piece is not the text's."""
_WORD = re.compile(r"\W*\w+\W*|\W+")
_TAIL = re.compile(r"\W+$")
_CHARACTERS = 4_000_000
"""Characters of text that are searched at once."""


class _Stack:
    """Some texts laid end to end."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._hashes = [digest for digest, _ in texts]
        self._starts = [0, *accumulate(len(text) + 1 for _, text in texts)]
        self._joined = "\0".join([*(text for _, text in texts), ""])

    def reference(self, piece: str) -> str | None:
        """Return the first place of a piece in one of the texts, as whole words or of a length."""
        start = self._joined.find(piece)
        while start >= 0:
            end, text = start + len(piece), bisect_right(self._starts, start) - 1
            whole = end < self._starts[text + 1]
            if whole and (len(piece) >= _LONG or not self._cuts_words(start, end)):
                first = self._starts[text]
                return f"⟦{self._hashes[text]} {start - first}–{end - first}⟧"
            start = self._joined.find(piece, start + 1)
        return None

    def _cuts_words(self, start: int, end: int) -> bool:
        return self._joined[max(0, start - 1) : start].isalnum() or self._joined[end : end + 1].isalnum()


def find_pieces(pieces: Collection[str], texts: Texts) -> dict[str, str]:
    """Return for each piece that stands in a text a reference to the first place, ``⟦HASH START–END⟧``."""
    found: dict[str, str] = {}
    waiting = set(pieces)
    for stack in _stacks(texts) if waiting else ():
        told = {piece: reference for piece in waiting if (reference := stack.reference(piece)) is not None}
        found |= told
        waiting -= told.keys()
        if not waiting:
            break
    return found


def find_runs(pieces: Collection[str], texts: Texts) -> dict[str, str]:
    """Return each piece with every run of three words or more that stands in a text as a reference to it.

    From the piece's first word on, the longest run is taken of which every shorter one stands in a text too.
    """
    words = {piece: _WORD.findall(piece) for piece in pieces}
    places = [(piece, at) for piece, own in words.items() for at in range(len(own) - _RUN + 1)]
    found: dict[tuple[str, int], dict[int, str]] = {place: {} for place in places}
    for stack in _stacks(texts) if places else ():
        for (piece, at), told in found.items():
            _grow(words[piece], at, told, stack)
    return {
        piece: _told(own, {at: found[piece, at] for at in range(len(own) - _RUN + 1)})
        for piece, own in words.items()
    }


def _grow(words: Sequence[str], at: int, told: dict[int, str], stack: _Stack) -> None:
    """Add the runs from a word on that stand in these texts and in none before; the lengths are in words."""
    for size in range(_RUN, len(words) - at + 1):
        if size in told:
            continue
        run = _shown(words, at, size)
        reference = stack.reference(run)
        if reference is not None:
            told[size] = reference
        elif len(run) >= _LONG:  # no longer one stands here either
            return


def _told(words: Sequence[str], found: Mapping[int, Mapping[int, str]]) -> str:
    made, at = [], 0
    while at < len(words):
        size, told = 1, words[at]
        for more in range(_RUN, len(words) - at + 1):
            reference = found[at].get(more)
            if reference is None:
                break
            size, told = more, reference + "".join(words[at : at + more])[len(_shown(words, at, more)) :]
        made.append(told)
        at += size
    return "".join(made)


def _shown(words: Sequence[str], at: int, size: int) -> str:
    return _TAIL.sub("", "".join(words[at : at + size]))


def _stacks(texts: Texts) -> Iterator[_Stack]:
    held: list[tuple[str, str]] = []
    size = 0
    for digest, text in texts:
        held.append((digest, text))
        size += len(text)
        if size >= _CHARACTERS:
            yield _Stack(held)
            held, size = [], 0
    if held:
        yield _Stack(held)
