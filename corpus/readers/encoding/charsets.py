"""Tell the encoding of bytes that are not UTF-8 from the letters that come out of each candidate.

A guess of an encoding is a guess of a language: the right one gives letters that a language uses, in its
frequencies, inside words of one script; the wrong ones give rare letters, signs inside words and mixed
scripts. Each candidate gets the average log-probability of its non-ASCII characters *per byte*, so that
encodings of one and of several bytes a character can be compared. What the table does not know goes to
charset-normalizer. (Alone, charset-normalizer takes short Windows-1252 French and Spanish for Windows-1250,
and Shift JIS for Korean; tests/readers/test_charsets.py holds such sentences.)
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from charset_normalizer import from_bytes

from corpus.files import package_text

__all__ = ["TRUSTED", "Guess", "charset_score", "guess_charset", "is_narrow"]

SAMPLE = 5_000
"""How many non-ASCII characters of a text are looked at, at most: enough for any language."""

TRUSTED = -6.0
"""The score per byte below which the table does not know the text."""

_EVERYDAY = math.log(0.05)
_SIGN = math.log(0.01)
_UNLISTED_LETTER = math.log(1e-4)
_UNLISTED_SIGN = math.log(1e-5)
_CONTROL = -20.0
_MIXED = -4.0
_WIDE = -12.0
"""Taken off once a text: a few accented letters must not pass for a word of Chinese."""
_CAPITAL = math.log(0.08)
_WINDOW = re.compile(r"([A-Za-z]?)([^\x00-\x7f]+)([A-Za-z]?)")


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding, who says so, and the score per byte (0 is best)."""

    codec: str
    decoder: str
    score: float


@dataclass(frozen=True, slots=True)
class _Language:
    weights: dict[str, float]
    letters: frozenset[str]
    latin: bool

    def score(self, character: str) -> float:
        """Return the log-probability of one character outside ASCII."""
        weight = self.weights.get(character)
        if weight is not None:
            return weight
        if "\x80" <= character <= "\x9f" or character == "\ufffd":
            return _CONTROL
        return _UNLISTED_LETTER if character.isalpha() else _UNLISTED_SIGN


@dataclass(frozen=True, slots=True)
class _Narrow:
    codec: str
    rare: float
    languages: tuple[_Language, ...]


@dataclass(frozen=True, slots=True)
class _Wide:
    codec: str
    common: str
    script: str
    frequent: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Tables:
    version: str
    narrow: tuple[_Narrow, ...]
    wide: tuple[_Wide, ...]
    joining: frozenset[str]
    never_first: frozenset[str]


def guess_charset(data: bytes) -> Guess | None:
    """Return the encoding that the bytes (not valid UTF-8, not UTF-16 or 32) are in, or None.

    The same bytes always give the same guess. None means that neither the letters nor
    charset-normalizer find any encoding that makes sense.
    """
    tables = _tables()
    best: Guess | None = None
    for codec, score in _scores(data, tables):
        if best is None or score > best.score + 1e-9:
            best = Guess(codec, f"letters {tables.version}: {codec}", score)
    if best is not None and best.score > TRUSTED:
        return best
    return _second_opinion(data)


def charset_score(data: bytes, codec: str) -> float | None:
    """Return how well the bytes read in one encoding (the score per byte, 0 is best); None: it is not known."""
    return dict(_scores(data, _tables())).get(codec)


def is_narrow(codec: str) -> bool:
    """Tell whether the table knows an encoding as one of one byte a character."""
    return any(narrow.codec == codec for narrow in _tables().narrow)


def _scores(data: bytes, tables: _Tables) -> Iterable[tuple[str, float]]:
    for narrow in tables.narrow:
        text = _decoded(data, narrow.codec)
        if text is not None:
            windows = _windows(text)
            best = max(_narrow_score(windows, language, tables) for language in narrow.languages)
            yield narrow.codec, best - narrow.rare
    for encoding in tables.wide:
        text = _decoded(data, encoding.codec)
        if text is not None:
            yield encoding.codec, _wide_score(text, encoding)


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _windows(text: str) -> Counter[tuple[str, str, str]]:
    """Count the runs outside ASCII with the ASCII letter before and after them, up to the sample's size."""
    windows: Counter[tuple[str, str, str]] = Counter()
    seen = 0
    for match in _WINDOW.finditer(text):
        before, run, after = match.groups()
        windows[(before, run[:200], after)] += 1
        seen += len(run)
        if seen > SAMPLE:
            break
    return windows


def _narrow_score(windows: Counter[tuple[str, str, str]], language: _Language, tables: _Tables) -> float:
    total, length = 0.0, 0
    for (before, run, after), count in windows.items():
        total += count * _run_score(before, run, after, language, tables)
        length += count * len(run)
    return total / max(length, 1)


def _run_score(before: str, run: str, after: str, language: _Language, tables: _Tables) -> float:
    """Score a run: its letters, signs inside a word, scripts that meet, and capitals after small letters."""
    score, left = 0.0, before
    for index, character in enumerate(run):
        right = run[index + 1] if index + 1 < len(run) else after
        score += language.score(character)
        if character in language.letters:
            score += _MIXED if character.isupper() and left.islower() else 0.0
        elif not character.isalpha():
            inside = left.isalpha() and right.isalpha() and character not in tables.joining
            opening = right.isalpha() and character in tables.never_first
            score += _MIXED if inside or opening else 0.0
        left = character
    if not language.latin:
        score += _MIXED * ((before != "" and run[0].isalpha()) + (after != "" and run[-1].isalpha()))
    return score


def _wide_score(text: str, encoding: _Wide) -> float:
    """Score a text in an encoding of several bytes a character by how common its characters are."""
    counts = Counter("".join(re.findall(r"[^\x00-\x7f]+", text)[:SAMPLE])[:SAMPLE])
    kana = sum(n for c, n in counts.items() if "\u3041" <= c <= "\u30fe")
    foreign = _MIXED if encoding.script == "japanese" and kana * 10 < counts.total() else 0.0
    total, size = _WIDE, 0
    for character, count in counts.items():
        total += count * (_wide_weight(character, encoding) + foreign)
        size += count * len(character.encode(encoding.codec))
    return total / max(size, 1)


def _wide_weight(character: str, encoding: _Wide) -> float:
    """Return the log-probability of one character, flat within frequent, common and other characters."""
    if character in encoding.frequent:
        return math.log(0.006)
    if "\uff61" <= character <= "\uff9f" or "\ue000" <= character <= "\uf8ff":
        return _CONTROL
    if encoding.script == "japanese" and "\u3041" <= character <= "\u30fe":
        return math.log(0.02)
    if "\u3000" <= character <= "\u3011" or "\uff01" <= character <= "\uff5e":
        return math.log(0.01)
    hangul = "\uac00" <= character <= "\ud7a3"
    if (encoding.script == "korean") != hangul or not _encodable(character, encoding.common):
        return 2 * _UNLISTED_LETTER
    return math.log(0.0003)


@cache
def _encodable(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _second_opinion(data: bytes) -> Guess | None:
    best = from_bytes(data).best()
    if best is None:
        return None
    return Guess(best.encoding, f"charset-normalizer {version('charset-normalizer')}: {best.encoding}", TRUSTED)


@cache
def _tables() -> _Tables:
    table = tomllib.loads(package_text("corpus.readers.encoding", "charsets.toml"))
    signs = dict.fromkeys(table["everyday"], _EVERYDAY) | dict.fromkeys(table["signs"], _SIGN)
    languages = {name: _language(row["letters"], row["fall"], signs) for name, row in table["languages"].items()}
    return _Tables(
        version=table["version"],
        narrow=tuple(
            _Narrow(row["codec"], row.get("rare", 0.0), tuple(languages[n] for n in row["languages"]))
            for row in table["encodings"]
        ),
        wide=tuple(_Wide(r["codec"], r["common"], r["script"], frozenset(r["frequent"])) for r in table["wide"]),
        joining=frozenset(table["joining"]),
        never_first=frozenset(table["never_first"]),
    )


def _language(letters: str, fall: float, signs: dict[str, float]) -> _Language:
    weights = _weights(letters, fall)
    return _Language(signs | weights, frozenset(weights), letters[0] < "\u0250")


def _weights(letters: str, fall: float) -> dict[str, float]:
    """Return the log-probability of each letter and, lower, of its capital."""
    total = sum(fall**rank for rank in range(len(letters)))
    weights: dict[str, float] = {}
    for rank, letter in enumerate(letters):
        weight = math.log(0.9 * fall**rank / total)
        weights.setdefault(letter, weight)
        if len(letter.upper()) == 1 and letter.upper() != letter:
            weights.setdefault(letter.upper(), weight + _CAPITAL)
    return weights
