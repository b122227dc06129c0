"""Put references to offsets in the place of quoted words of withheld texts, and the words back in theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["References", "restore"]

_QUOTED = re.compile(r"'([^'\n]{2,2000})'|\"([^\"\n]{2,2000})\"|“([^”\n]{2,2000})”|‘([^’\n]{2,2000})’")
_PIECE = re.compile(r"(?:(?!\\[nrtx'\"u]|…).)+")
_REFERENCE = re.compile(r"⟦([^⟦⟧]+) (\d+)–(\d+)⟧")


@dataclass(frozen=True, slots=True)
class References:
    """The texts that are withheld, by document and hash."""

    texts: Mapping[str, str]
    """Anchor texts by their hash."""
    found: dict[str, str] = field(default_factory=dict)
    """Pieces that were looked for already, since messages repeat themselves."""

    @classmethod
    def of(cls, raw: pa.Table, whole: pa.Array) -> References:
        """Take the rows of ``raw`` of every document that is not passed on whole."""
        held = raw.filter(pc.invert(pc.is_in(raw.column("doc_id"), whole)))
        return cls(
            dict(zip(held.column("anchor_sha256").to_pylist(), held.column("text").to_pylist(), strict=True))
        )

    def put(self, message: str) -> str:
        """Return the message with every quoted piece of a withheld text as ``⟦ANCHOR_SHA256 START–END⟧``.

        Only what stands between quotation marks is looked at: the toolkit quotes what it repeats.
        """
        return _QUOTED.sub(
            lambda match: match[0][0] + _PIECE.sub(self._piece, match[0][1:-1]) + match[0][-1], message
        )

    def _piece(self, match: re.Match[str]) -> str:
        piece = match[0]
        if piece not in self.found:
            self.found[piece] = self._reference(piece) if sum(c.isalpha() for c in piece) > 1 else piece
        return self.found[piece]

    def _reference(self, piece: str) -> str:
        """Return where a piece stands as whole words in a withheld text; the piece itself where it does not."""
        for anchor_sha256, text in self.texts.items():
            start = text.find(piece)
            while start >= 0:
                end = start + len(piece)
                if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                    return f"⟦{anchor_sha256} {start}–{end}⟧"
                start = text.find(piece, start + 1)
        return piece


def restore(messages: Iterable[str], text_of: Callable[[str], str | None]) -> list[str]:
    """Return the messages with references resolved; ``text_of`` gives an anchor text by its hash, or None."""

    def words(match: re.Match[str]) -> str:
        text = text_of(match[1])
        return match[0] if text is None else text[int(match[2]) : int(match[3])]

    return [_REFERENCE.sub(words, message) for message in messages]
