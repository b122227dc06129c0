"""Put references to offsets in the place of quoted words of withheld texts, and the words back in theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.releases.public.runs import Leaks
from corpus.releases.public.searching import Texts, find_pieces, find_runs

__all__ = ["HIDDEN", "References", "restore"]

HIDDEN = "⟦…⟧"
"""What stands for words that are not told, where no reference can."""

_QUOTED = re.compile(
    r"(?<![\w'\"])'((?:[^'\\\n]|\\.){2,2000})'"
    r'|(?<![\w\'"])"((?:[^"\\\n]|\\.){2,2000})"'
    r"|“([^”\n]{2,2000})”|‘([^’\n]{2,2000})’"
)
"""What stands between quotation marks, as ``repr`` or a reader's own hand wrote it; an apostrophe opens nothing."""
_PIECE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)|…|([^\\…]+)")
"""A run of characters as they stand in the text, or what stands for another one: an escape, an ellipsis."""
_REFERENCE = re.compile(r"⟦([^⟦⟧]+) (\d+)–(\d+)⟧")


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """What withheld texts are known by, for those who have them."""

    texts: Texts
    """Anchor texts with their hashes; they are read only where something may quote them."""
    leaks: Leaks = field(default_factory=Leaks)
    """Runs of words that are not shown wherever they stand, between quotation marks or not."""

    def put(self, messages: Sequence[str]) -> list[str]:
        """Return the messages with every quoted piece of a withheld text as ``⟦ANCHOR_SHA256 START–END⟧``.

        What stands between quotation marks is looked at, since the toolkit quotes what it repeats, and of the rest
        every run of words in ``leaks``. What stands there in another case or spacing becomes :data:`HIDDEN`.
        """
        told = self._told({piece for message in messages for piece in _pieces(message)})
        quiet = [_with_pieces(message, told) for message in messages]
        runs = {message[start:end] for message in quiet for start, end in self.leaks.stretches(message)}
        referred = find_runs(runs, self.texts)
        quiet = [self._cover(message, referred.__getitem__) for message in quiet]
        return [self._cover(message, lambda _: HIDDEN) for message in quiet]

    def _told(self, pieces: Collection[str]) -> dict[str, str]:
        """Return what stands for each piece: a reference to the whole of it, else to each run of its words."""
        whole = find_pieces({piece for piece in pieces if sum(c.isalpha() for c in piece) > 1}, self.texts)
        return whole | find_runs([piece for piece in pieces if piece not in whole], self.texts)

    def _cover(self, message: str, cover: Callable[[str], str]) -> str:
        made, at = [], 0
        for start, end in self.leaks.stretches(message):
            made += [message[at:start], cover(message[start:end])]
            at = end
        return "".join([*made, message[at:]])


def _pieces(message: str) -> Iterator[str]:
    """Yield the runs of characters between quotation marks."""
    for quoted in _QUOTED.finditer(message):
        yield from (piece for match in _PIECE.finditer(quoted[0][1:-1]) if (piece := match[1]) is not None)


def _with_pieces(message: str, told: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        return match[0] if match[1] is None else told[match[1]]

    return _QUOTED.sub(lambda match: match[0][0] + _PIECE.sub(put, match[0][1:-1]) + match[0][-1], message)


def restore(messages: Iterable[str], text_of: Callable[[str], str | None]) -> list[str]:
    """Return the messages with references resolved; ``text_of`` gives an anchor text by its hash, or None."""

    def words(match: re.Match[str]) -> str:
        text = text_of(match[1])
        return match[0] if text is None else text[int(match[2]) : int(match[3])]

    return [_REFERENCE.sub(words, message) for message in messages]
