"""What is read once from a batch of lines: letters, words, documents, and how long each line is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.hashing import Hashes, Words, read_pairs, read_words, unspaced_letters
from corpus.cleaning.linemodel.letters import LIMIT, Ints, class_counts, line_bytes
from corpus.cleaning.linemodel.runs import Runs

__all__ = ["Batch", "Columns", "Flags", "Floats", "ratio", "word_set"]

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Columns = dict[str, Floats]

_LEAST_CONTENT = 4


class Batch:
    """A batch of lines, read: the features of every kind start from here."""

    def __init__(self, lines: pl.DataFrame) -> None:
        """Take ``doc`` and ``text``; the rows of a document stand together, in their order."""
        text = lines["text"]
        raw, starts = line_bytes(text)
        self.runs = Runs(lines["doc"].to_numpy())
        self.raw, self.starts = raw, starts
        self.counts = class_counts(raw, starts)
        self.tokens: Words = read_words(raw, starts)
        self.seen: Ints = np.diff(self.tokens.first)
        self.chars: Ints = text.str.len_chars().to_numpy().astype(np.int64)
        self.unspaced: Ints = np.diff(np.searchsorted(unspaced_letters(raw), starts))
        self.words = self._words()
        self.last, self.begin = _last_bytes(raw, starts), raw[starts[:-1]]
        self.stopped = self._stopped()
        self.prose: Flags = ((self.words >= 10) & self.stopped) | (self.words >= 24)
        self._contents: Contents | None = None
        self._lists: dict[str, Flags] | None = None
        self._in_lists: dict[str, Ints] = {}

    def per_line(self, flag: Flags) -> Ints:
        """Return how many of each line's words are flagged."""
        sums = Runs.sums(flag)
        return sums[self.tokens.first[1:]] - sums[self.tokens.first[:-1]]

    def on_list(self, name: str) -> Flags:
        """Tell which words stand in a list of ``words.toml``; all lists are asked at the first call."""
        if self._lists is None:
            self._lists = _members(self.tokens.code)
        return self._lists[name]

    def on_list_per_line(self, name: str) -> Ints:
        """Return how many of each line's words stand in a list, counted at the first call."""
        if name not in self._in_lists:
            self._in_lists[name] = self.per_line(self.on_list(name))
        return self._in_lists[name]

    def contents(self) -> Contents:
        """Return the words that carry the topic, read at the first call."""
        if self._contents is None:
            self._contents = Contents(self)
        return self._contents

    def _words(self) -> Ints:
        """Count words; two ideographs count as one, so do four letters of Thai, and long lines go on so."""
        read = np.maximum(np.maximum(self.seen, self.counts["ideograph"] // 2), self.unspaced // 4)
        return np.where(self.chars > LIMIT, read * self.chars // LIMIT, read)

    def _stopped(self) -> Flags:
        """Tell which lines end as a sentence does; a guillemet may close it."""
        closed = np.flatnonzero(self.last == _GUILLEMET)
        ends = self.starts[closed + 1]
        stopped: Flags = np.isin(self.last, _STOPS)
        for back in range(3, 9):
            sign = self.raw[np.maximum(ends - back, self.starts[closed])]
            stopped[closed] |= np.isin(sign, _SENTENCE)
            closed, ends = (rows[(sign == 0x20) | (sign == _GUILLEMET)] for rows in (closed, ends))
        return stopped


class Contents:
    """Words of some length that are no function words, and a slot for each kind in its own document's table.

    Where words are not spaced, runs of letters stand for them (see :func:`.hashing.read_pairs`).
    The table's size follows from the document's own number of words: no document changes another's slots.
    """

    def __init__(self, batch: Batch) -> None:
        """Take the words of a batch."""
        tokens = batch.tokens
        keep = (tokens.length >= _LEAST_CONTENT) & ~batch.on_list("function")
        line, code = read_pairs(batch.raw, batch.starts)
        self.line: Ints = np.concatenate((tokens.line[keep], line))
        self.capital: Flags = np.concatenate((tokens.capital[keep], np.zeros(len(line), dtype=np.bool_)))
        code = np.concatenate((tokens.code[keep], code))
        self.number: Ints = np.bincount(self.line, minlength=len(batch.runs))
        self.capitals: Ints = np.bincount(self.line[self.capital], minlength=len(batch.runs))
        """How many of each line's begin with a capital letter."""
        doc = batch.runs.code[self.line]
        many = np.bincount(doc, minlength=len(batch.runs.starts)) * 4 + 16
        bits = np.frexp(many.astype(np.float64))[1].astype(np.int64)
        offset = np.concatenate(([0], np.cumsum(1 << bits)))
        self.slot: Ints = offset[doc] + (code >> (64 - bits[doc]).astype(np.uint64)).astype(np.int64)
        self.slots = int(offset[-1])


_STOPS = np.frombuffer(b".!?\"')]}", dtype=np.uint8)
_SENTENCE = np.frombuffer(b".!?", dtype=np.uint8)
_GUILLEMET = ord(">")


def _last_bytes(raw: NDArray[np.uint8], starts: Ints) -> NDArray[np.uint8]:
    """Return each line's last byte; signs made plain leave at most a few blanks to step over."""
    last: NDArray[np.uint8] = raw[np.maximum(starts[1:] - 2, starts[:-1])]
    for back in range(3, 9):
        blank = last == 0x20
        last = np.where(blank, raw[np.maximum(starts[1:] - back, starts[:-1])], last)
    return last


def ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    """Return part / whole in single precision, with whole at least one."""
    share: Floats = part.astype(np.float32) / np.maximum(whole, 1).astype(np.float32)
    return share


def _members(code: Hashes) -> dict[str, Flags]:
    """Tell for each list in ``words.toml`` which hashes are those of its words.

    A table by their first bits asks first, for all lists at once: few words are on any.
    """
    names = tuple(_word_lists())
    first = _first_bits()[code >> np.uint64(48)]
    maybe = np.flatnonzero(first)
    asked, bits = code[maybe], first[maybe]
    found: dict[str, Flags] = {}
    for number, name in enumerate(names):
        near = np.flatnonzero(bits & (1 << number))
        known = word_set(name)
        place = np.searchsorted(known, asked[near])
        place[place == len(known)] = 0
        found[name] = np.zeros(len(code), dtype=np.bool_)
        found[name][maybe[near[known[place] == asked[near]]]] = True
    return found


@cache
def _first_bits() -> NDArray[np.uint8]:
    """Return a table by a hash's first 16 bits: a bit for each list that has such a word."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    for number, name in enumerate(_word_lists()):
        table[np.unique(word_set(name) >> np.uint64(48))] |= 1 << number
    return table


@cache
def _word_lists() -> dict[str, str]:
    text = files("corpus.cleaning.linemodel").joinpath("words.toml").read_text(encoding="utf-8")
    return {name: str(words) for name, words in tomllib.loads(text).items()}


@cache
def word_set(name: str) -> Hashes:
    """Return the sorted hashes of a list in ``words.toml``."""
    raw, starts = line_bytes(pl.Series(_word_lists()[name].split()))
    return np.unique(read_words(raw, starts).code)
