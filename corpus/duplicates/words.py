"""Words as this room compares them: runs of letters and digits; single signs where a script leaves no spaces."""

from __future__ import annotations

import re

__all__ = ["is_sign", "openings", "words"]

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, kana and Han."""
_WORD = rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+"
_WORDS = re.compile(_WORD)
_OPENINGS = re.compile(rf"(?:^|[.!?…:;\n\"“”„«»(\[—–])[^\w.!?…:;\n\"“”„«»(\[—–]*({_WORD})")
_SIGN = re.compile(rf"[{_UNSPACED}]")


def words(text: str) -> list[str]:
    """Return the words of a text in their order, as they are written.

    >>> words("Mayor Voss’s 2nd term 北京")
    ['Mayor', 'Voss', 's', '2nd', 'term', '北', '京']
    """
    return _WORDS.findall(text)


def openings(text: str) -> list[str]:
    """Return the words that begin a sentence, a line or a quotation, where a capital says nothing.

    >>> openings("Mayor Voss came. “Rain,” she said.")
    ['Mayor', 'Rain', 'she']
    """
    return _OPENINGS.findall(text)


def is_sign(word: str) -> bool:
    """Tell whether the word is a sign of a script without spaces."""
    return _SIGN.match(word) is not None
