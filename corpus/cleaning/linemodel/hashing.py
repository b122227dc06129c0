"""Cut lines into words and hash them: the same numbers on every machine, without a Python loop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.linemodel.letters import Bytes, Ints, Letters, stretches

__all__ = ["Hashes", "Words", "mixed", "read_pairs", "read_words", "unspaced_letters"]

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_HIRAGANA = (0xE38181, 0xE3829F)
"""The first and the last of them, as the number that their three bytes make."""
_INVERSE = pow(_BASE, -1, 1 << 64)
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Words:
    """The words (runs of letters and digits) of a batch of lines, one entry a word, in order."""

    code: Hashes
    """Hash of the word in small letters."""
    length: NDArray[np.uint16]
    """Bytes of UTF-8."""
    capital: NDArray[np.bool_]
    """Whether it begins with a capital letter (Latin, Greek, Cyrillic, Armenian)."""
    first: Ints
    """For each line, the number of its first word; one entry more at the end."""
    line_code: Hashes
    """For each line, a hash of its small letters, blanks and signs as they stand."""


def mixed(code: Hashes) -> Hashes:
    """Spread the bits of hashes (after the finish of splitmix64)."""
    code = (code ^ (code >> np.uint64(30))) * _SPREAD
    return code ^ (code >> np.uint64(31))


def read_words(letters: Letters) -> Words:
    """Find the words and hash each by a polynomial in its bytes, from running sums over a stretch of lines.

    The sums wrap around at 64 bits; multiplying by the inverse power takes the word's place out again.
    """
    signs = _signs(letters)
    parts = [_stretch(letters, signs, low, high) for low, high in stretches(letters.starts)]
    code, length, capital, number, line_code = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Words(code, length, capital, np.concatenate(([0], np.cumsum(number))), line_code)


def _stretch(
    letters: Letters, signs: Bytes, low: int, high: int
) -> tuple[Hashes, NDArray[np.uint16], NDArray[np.bool_], Ints, Hashes]:
    """Return the hash, the length and the capital of each word in some lines, and each line's words and hash."""
    offset, end = int(letters.starts[low]), int(letters.starts[high])
    raw, lines, size = letters.raw[offset:end], letters.starts[low : high + 1] - offset, end - offset
    edge = _edges(np.frombuffer(raw.tobytes().translate(_LETTERS), dtype=np.bool_))
    begin = edge[::2].copy()
    power, inverse = _powers(_BASE, _rounded(size)), _powers(_INVERSE, _rounded(size))
    running = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum(np.multiply(signs[offset:end], power[:size], dtype=np.uint64), out=running[1:])
    sums, of_lines = running.take(edge), running.take(lines)
    code = mixed((sums[1::2] - sums[::2]) * inverse.take(begin))
    line_code = mixed(np.diff(of_lines) * inverse.take(lines[:-1]))
    length = (edge[1::2] - begin).astype(np.uint16)
    return code, length, _capital(raw, begin), np.diff(np.searchsorted(begin, lines)), line_code


def _signs(letters: Letters) -> Bytes:
    """Return the bytes plus one, capitals of one or two bytes (Latin, Greek, Cyrillic, Armenian) as small letters.

    UTF-8 has no byte of 255, and a one in the place of a zero tells a word from the same word after a NUL.
    """
    raw = letters.raw
    signs = np.frombuffer(bytearray(raw.tobytes().translate(_LOWER)), dtype=np.uint8)
    at = letters.leads[raw[letters.leads] <= 0xD6]
    code = _SMALL_OF[_two_bytes(raw[at], raw[at + 1])]
    signs[at], signs[at + 1] = (code >> 6 | 0xC0) + 1, (code & 0x3F | 0x80) + 1
    return signs


def _capital(raw: Bytes, begin: Ints) -> NDArray[np.bool_]:
    """Tell which letters are capitals, by the places where they begin."""
    head = raw.take(begin)
    capital: NDArray[np.bool_] = (head >= 65) & (head <= 90)
    two = np.flatnonzero((head >= 0xC3) & (head <= 0xD6))
    capital[two] = _IS_CAPITAL[_two_bytes(head[two], raw[begin[two] + 1])]
    return capital


def read_pairs(letters: Letters) -> tuple[Ints, Hashes]:
    """Return line and hash of each run of letters that stands for a word where words are not spaced.

    Chinese and Japanese: any two signs side by side that are not both hiragana (mostly endings and particles).
    Thai, Lao, Burmese, Khmer, Tibetan: any five.
    """
    ideographs = letters.leads[_between(letters.raw[letters.leads], 0xE3, 0xE9)]
    parts = [_grams(letters.raw, ideographs, 2), _grams(letters.raw, unspaced_letters(letters), 5)]
    at, code = (np.concatenate(column) for column in zip(*parts, strict=True))
    return np.searchsorted(letters.starts, at, side="right") - 1, code


def unspaced_letters(letters: Letters) -> Ints:
    """Return where letters of three bytes stand whose scripts space no words and write no ideographs."""
    raw = letters.raw
    at = letters.leads[_between(raw[letters.leads], 0xE0, 0xE1)]
    lead, second = raw[at], raw[at + 1]
    south = (lead == 0xE0) & (second >= 0xB8)
    found: Ints = at[south | ((lead == 0xE1) & np.isin(second, (0x80, 0x81, 0x82, 0x9E, 0x9F)))]
    return found


def _between(bytes_: Bytes, low: int, high: int) -> NDArray[np.bool_]:
    return (bytes_ >= low) & (bytes_ <= high)


def _grams(raw: Bytes, at: Ints, size: int) -> tuple[Ints, Hashes]:
    """Return place and hash of any ``size`` letters of three bytes in a row."""
    begin = at[: max(0, len(at) - size + 1)]
    begin = begin[at[size - 1 :] - begin == 3 * (size - 1)] if len(begin) else begin
    code: Hashes = np.zeros(len(begin), dtype=np.uint64)
    bare = np.ones(len(begin), dtype=np.bool_)
    for step in range(0, 3 * size, 3):
        letter = (raw[begin + step].astype(np.uint64) << np.uint64(16)) | (
            raw[begin + step + 1].astype(np.uint64) << np.uint64(8)
        )
        letter |= raw[begin + step + 2].astype(np.uint64)
        code = mixed(code * np.uint64(3) + letter + np.uint64(1))
        bare &= (letter >= _HIRAGANA[0]) & (letter <= _HIRAGANA[1])
    return begin[~bare], code[~bare]


def _two_bytes(lead: Bytes, second: Bytes) -> NDArray[np.int64]:
    """Return the code points of letters of two bytes (of other bytes, some number below 2048)."""
    return (lead.astype(np.int64) & 0x1F) << 6 | (second & 0x3F)


def _edges(letter: NDArray[np.bool_]) -> Ints:
    """Return where words begin and end by turns; no word ends the last line, for a line feed does."""
    edge = np.flatnonzero(letter[1:] != letter[:-1]) + 1
    return np.concatenate(([0], edge)) if letter[0] else edge


def _rounded(count: int) -> int:
    """Return the next power of two above, so that few tables of powers are made."""
    return 1 << count.bit_length()


@cache
def _powers(base: int, count: int) -> Hashes:
    values = np.full(count, base, dtype=np.uint64)
    values[0] = 1
    return np.multiply.accumulate(values)


def _letters() -> NDArray[np.bool_]:
    code = np.arange(256)
    capital, small, digit = (code >= 65) & (code <= 90), (code >= 97) & (code <= 122), (code >= 48) & (code <= 57)
    return capital | small | digit | (code >= 128)


_LETTERS = _letters().tobytes()
_LOWER = bytes((byte + 1) % 256 for byte in bytes(range(256)).lower())
"""Tables by a byte: one where it is part of a word, and its small letter plus one."""

_TWO_BYTES = [chr(code) for code in range(0x800)]
_IS_CAPITAL = np.array([code >= 0xC0 and letter.isupper() for code, letter in enumerate(_TWO_BYTES)])
_SMALL_OF = np.array(
    [
        ord(small) if code >= 0xC0 and len(small := letter.lower()) == 1 and 0xC0 <= ord(small) < 0x800 else code
        for code, letter in enumerate(_TWO_BYTES)
    ],
    dtype=np.uint16,
)
"""For each code point of two bytes whether it is a capital, and its small letter where that has two bytes too."""
