"""Put references to offsets in the place of quoted words of withheld texts, and the words back in theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from corpus.releases.runs import Leaks

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
_LONG = 12
"""Characters from which a piece is a quotation wherever it begins and ends, cut words at its ends or not."""
_RUN = 3
"""Words from which a run of them is a quotation, where the rest of a piece is not the text's."""
_WORD = re.compile(r"\W*\w+\W*|\W+")
_TAIL = re.compile(r"\W+$")
_REFERENCE = re.compile(r"⟦([^⟦⟧]+) (\d+)–(\d+)⟧")


@dataclass(frozen=True, slots=True)
class References:
    """The texts that are withheld, by document and hash."""

    texts: Mapping[str, str]
    """Anchor texts by their hash."""
    found: dict[str, str] = field(default_factory=dict)
    """Pieces that were looked for already, since messages repeat themselves."""

    leaks: Leaks = field(default_factory=Leaks)
    """Runs of words that are not shown wherever they stand, between quotation marks or not."""

    @classmethod
    def of(cls, raw: pa.Table, whole: pa.Array) -> References:
        """Take the rows of ``raw`` of every document that is not passed on whole."""
        held = raw.filter(pc.invert(pc.is_in(raw.column("doc_id"), whole)))
        return cls(
            dict(zip(held.column("anchor_sha256").to_pylist(), held.column("text").to_pylist(), strict=True))
        )

    def put(self, message: str) -> str:
        """Return the message with every quoted piece of a withheld text as ``⟦ANCHOR_SHA256 START–END⟧``.

        What stands between quotation marks is looked at, since the toolkit quotes what it repeats, and of the rest
        every run of words in ``leaks``. What stands there in another case or spacing becomes :data:`HIDDEN`.
        """
        told = _QUOTED.sub(
            lambda match: match[0][0] + _PIECE.sub(self._piece, match[0][1:-1]) + match[0][-1], message
        )
        return self._cover(self._cover(told, self._by_runs), lambda _: HIDDEN)

    def _cover(self, message: str, cover: Callable[[str], str]) -> str:
        made, at = [], 0
        for start, end in self.leaks.stretches(message):
            made += [message[at:start], cover(message[start:end])]
            at = end
        return "".join([*made, message[at:]])

    def _piece(self, match: re.Match[str]) -> str:
        piece = match[1]
        if piece is None:
            return match[0]
        if piece not in self.found:
            told = self._reference(piece) if sum(c.isalpha() for c in piece) > 1 else piece
            self.found[piece] = self._by_runs(piece) if told == piece else told
        return self.found[piece]

    def _by_runs(self, piece: str) -> str:
        """Return a piece that stands in no text as a whole with each run of three words or more that does."""
        words = _WORD.findall(piece)
        made, at = [], 0
        while at < len(words):
            size, told = 1, words[at]
            for more in range(_RUN, len(words) - at + 1):
                run = "".join(words[at : at + more])
                shown = _TAIL.sub("", run)
                reference = self._reference(shown)
                if reference == shown:
                    break
                size, told = more, reference + run[len(shown) :]
            made.append(told)
            at += size
        return "".join(made)

    def _reference(self, piece: str) -> str:
        """Return where a piece stands in a withheld text, as whole words or of a length; else the piece itself."""
        long = len(piece) >= _LONG
        for anchor_sha256, text in self.texts.items():
            start = text.find(piece)
            while start >= 0:
                end = start + len(piece)
                if long or not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                    return f"⟦{anchor_sha256} {start}–{end}⟧"
                start = text.find(piece, start + 1)
        return piece


def restore(messages: Iterable[str], text_of: Callable[[str], str | None]) -> list[str]:
    """Return the messages with references resolved; ``text_of`` gives an anchor text by its hash, or None."""

    def words(match: re.Match[str]) -> str:
        text = text_of(match[1])
        return match[0] if text is None else text[int(match[2]) : int(match[3])]

    return [_REFERENCE.sub(words, message) for message in messages]
