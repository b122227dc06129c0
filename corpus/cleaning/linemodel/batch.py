"""What is read once from a batch of lines: letters, words, documents, and how long each line is."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.hashing import Hashes, Words, read_pairs, read_words, unspaced_letters
from corpus.cleaning.linemodel.letters import LIMIT, Ints, Letters, class_counts, line_letters
from corpus.cleaning.linemodel.reasons import Codes, reason_codes
from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.linemodel.wordlists import counters, on_list, on_lists

__all__ = ["Batch", "Columns", "Contents", "Flags", "Floats", "ratio"]

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Columns = dict[str, Floats]

_LEAST_CONTENT = 4


class Batch:
    """A batch of lines, read: the features of every kind start from here."""

    def __init__(self, lines: pl.DataFrame) -> None:
        """Take ``doc``, ``text``, ``reason`` and ``kept`` (see :func:`.inference.judged`)."""
        self.text = text = lines["text"]
        self.runs = Runs(lines["doc"].to_numpy())
        self.reason: Codes = reason_codes(lines["reason"])
        self.kept: Flags = lines["kept"].to_numpy()
        self.letters: Letters = line_letters(text)
        self.counts = class_counts(self.letters)
        self.tokens: Words = read_words(self.letters)
        self.seen: Ints = np.diff(self.tokens.first)
        self.chars: Ints = text.str.len_chars().to_numpy().astype(np.int64)
        self.unspaced: Ints = np.diff(np.searchsorted(unspaced_letters(self.letters), self.letters.starts))
        self.words = self._words()
        self.last, self.begin = _last_bytes(self.letters), self.letters.raw[self.letters.starts[:-1]]
        self.stopped = self._stopped()
        self.prose: Flags = ((self.words >= 10) & self.stopped) | (self.words >= 24)
        listed = on_lists(self.tokens.code)
        self.listed = self._listed(listed)
        """How many words of each line stand in each list of ``words.toml``."""
        self.contents = Contents(self, on_list(listed, "function"))

    def per_line(self, flag: Flags) -> Ints:
        """Return how many of each line's words are flagged."""
        return np.diff(Runs.sums(flag).take(self.tokens.first))

    def _listed(self, listed: Hashes) -> dict[str, Ints]:
        """Add up the counters that :func:`.wordlists.on_lists` packs into one number a word."""
        sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(listed)))
        return counters(np.diff(sums.take(self.tokens.first)))

    def _words(self) -> Ints:
        """Count words; two ideographs count as one, so do four letters of Thai, and long lines go on so."""
        read = np.maximum(np.maximum(self.seen, self.counts["ideograph"] // 2), self.unspaced // 4)
        return np.where(self.chars > LIMIT, read * self.chars // LIMIT, read)

    def _stopped(self) -> Flags:
        """Tell which lines end as a sentence does; a guillemet may close it."""
        raw, starts = self.letters.raw, self.letters.starts
        closed = np.flatnonzero(self.last == _GUILLEMET)
        ends = starts[closed + 1]
        stopped: Flags = np.isin(self.last, _STOPS)
        for back in range(3, 9):
            sign = raw[np.maximum(ends - back, starts[closed])]
            stopped[closed] |= np.isin(sign, _SENTENCE)
            closed, ends = (rows[(sign == 0x20) | (sign == _GUILLEMET)] for rows in (closed, ends))
        return stopped


class Contents:
    """Words of some length that are no function words, and a slot for each kind in its own document's table.

    Where words are not spaced, runs of letters stand for them (see :func:`.hashing.read_pairs`).
    The table's size follows from the document's own number of words: no document changes another's slots.
    """

    def __init__(self, batch: Batch, function: Flags) -> None:
        """Take the words of a batch, and which are function words."""
        tokens, runs = batch.tokens, batch.runs
        content = (tokens.length >= _LEAST_CONTENT) & ~function
        kept = np.flatnonzero(content)
        line, pairs = read_pairs(batch.letters)
        self.capital: Flags = np.concatenate((tokens.capital.take(kept), np.zeros(len(line), dtype=np.bool_)))
        self._words, self._first = len(kept), Runs.sums(content).take(tokens.first)
        of_words = np.diff(self._first)
        self.line: Ints = np.concatenate((np.repeat(runs.row, of_words), line))
        self.number: Ints = of_words + np.bincount(line, minlength=len(runs))
        self.capitals: Ints = self.per_line(self.capital)
        """How many of each line's begin with a capital letter."""
        many = np.add.reduceat(self.number, runs.starts) * 4 + 16
        bits = np.frexp(many.astype(np.float64))[1].astype(np.int64)
        offset = np.concatenate(([0], np.cumsum(1 << bits)))
        cut = (64 - bits).astype(np.uint64).take(runs.code).take(self.line)
        code = np.concatenate((tokens.code.take(kept), pairs))
        self.slot: Ints = (code >> cut).view(np.int64) + offset.take(runs.code).take(self.line)
        self.slots = int(offset[-1])

    def per_line(self, flag: Flags) -> Ints:
        """Return how many of each line's words of content are flagged."""
        of_words, of_pairs = flag[: self._words], np.flatnonzero(flag[self._words :]) + self._words
        number: Ints = np.diff(Runs.sums(of_words).take(self._first))
        return number + np.bincount(self.line[of_pairs], minlength=len(number)) if len(of_pairs) else number


_STOPS = np.frombuffer(b".!?\"')]}", dtype=np.uint8)
_SENTENCE = np.frombuffer(b".!?", dtype=np.uint8)
_GUILLEMET = ord(">")


def _last_bytes(letters: Letters) -> NDArray[np.uint8]:
    """Return each line's last byte; signs made plain leave at most a few blanks to step over."""
    raw, starts = letters.raw, letters.starts
    last: NDArray[np.uint8] = raw[np.maximum(starts[1:] - 2, starts[:-1])]
    for back in range(3, 9):
        blank = last == 0x20
        last = np.where(blank, raw[np.maximum(starts[1:] - back, starts[:-1])], last)
    return last


def ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    """Return part / whole in single precision, with whole at least one."""
    share: Floats = part.astype(np.float32) / np.maximum(whole, 1).astype(np.float32)
    return share
