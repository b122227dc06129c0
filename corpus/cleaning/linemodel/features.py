"""Turn a batch of lines into the columns that the first forest looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.linemodel.batch import Batch, Columns, Floats, ratio
from corpus.cleaning.linemodel.evidence import add_evidence
from corpus.cleaning.linemodel.hashing import Hashes, mixed
from corpus.cleaning.linemodel.letters import Ints
from corpus.cleaning.linemodel.surroundings import add_neighbours, add_overlap, add_place, add_region

__all__ = ["LEXICON_BITS", "Lexicons", "lexicon_slots", "line_columns", "pair_slots"]

LEXICON_BITS = 16
"""A lexicon is a table of 2**LEXICON_BITS weights; words and pairs of words share it by their hashes."""

Lexicons = Mapping[str, NDArray[np.int16]]
"""``all``: weights learned on all lines; ``long``: on lines of eight words and more. In hundredths of a logit."""


def line_columns(batch: Batch, lexicons: Lexicons) -> Columns:
    """Return the first forest's columns: one float32 a line each; a document's rows depend on it alone."""
    columns: Columns = {}
    _add_shape(batch, columns)
    _add_words(batch, columns)
    _add_repeats(batch, columns)
    _add_lexicons(batch, columns, lexicons)
    add_place(batch, columns)
    add_neighbours(batch, columns)
    long = np.minimum(batch.words, 70)
    add_region(batch, columns, "long", np.where(batch.prose, long, -3))
    score = np.clip(columns["all_sum"], -1500, 1500).astype(np.int64) // 10
    core, lead = add_region(batch, columns, "known", score + np.where(batch.prose, long, -6))
    add_overlap(batch, columns, "topic", core, lead)
    add_evidence(batch, columns)
    return columns


def _add_shape(batch: Batch, columns: Columns) -> None:
    """Length, ends, and how much of a line is capitals, digits, signs."""
    counts, seen = batch.counts, batch.seen
    letters = counts["upper"] + counts["lower"] + counts["foreign"]
    dense = 2 * (counts["ideograph"] + batch.unspaced) > batch.chars
    columns["chars"] = np.where(dense, 6 * batch.words, batch.chars).astype(np.float32)
    columns["words"] = batch.words.astype(np.float32)
    columns["word_length"] = ratio(letters, seen)
    for name in ("digit", "upper", "foreign", "arrow"):
        columns[f"{name}_share"] = ratio(counts[name], batch.chars)
    for name in ("digit", "comma", "stop", "quote", "colon", "arrow", "dash"):
        columns[name] = counts[name].astype(np.float32)
    columns["end"], columns["begin"] = _ENDS[batch.last], _BEGINS[batch.begin]
    columns["prose"] = batch.prose.astype(np.float32)
    columns["capitals"] = ratio(batch.per_line(batch.tokens.capital), seen)


def _kinds(groups: list[bytes]) -> Floats:
    table = np.zeros(256, dtype=np.float32)
    for number, members in enumerate(groups, start=1):
        table[list(members)] = number
    return table


_CAPITALS, _SMALL, _DIGITS = bytes(range(65, 91)), bytes(range(97, 123)), bytes(range(48, 58))
_ENDS = _kinds([b".", b"!?", b"\"')]}", b":;", b",-", b">|/*", _DIGITS, _CAPITALS, bytes(range(128, 256))])
_BEGINS = _kinds([_SMALL, _CAPITALS, _DIGITS, b"\"'", b"([", b"-*|/>.", b"@#", bytes(range(128, 256))])


def _add_words(batch: Batch, columns: Columns) -> None:
    """How dense function words, first and second persons, and words of time are."""
    for name in ("function", "first", "second", "time"):
        number = batch.listed[name]
        columns[name] = number.astype(np.float32)
        if name != "time":
            columns[f"{name}_share"] = ratio(number, batch.seen)


def _add_repeats(batch: Batch, columns: Columns) -> None:
    """How often the same line stands in the document, up to ten."""
    doc = batch.runs.code.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    _, kind, number = np.unique(mixed(batch.tokens.line_code + doc), return_inverse=True, return_counts=True)
    columns["repeats"] = np.minimum(number[kind], 10).astype(np.float32)


def _add_lexicons(batch: Batch, columns: Columns, lexicons: Lexicons) -> None:
    """Sum the weights of a line's words and pairs of words in both lexicons, two in one number.

    A line has 300 words at most, so that 32 bits hold a sum.
    """
    high, low = lexicons
    table = (lexicons[high].astype(np.int64) << 32) + lexicons[low]
    tokens, weight = batch.tokens, table.take(lexicon_slots(batch.tokens.code))
    of_pairs = table.take(pair_slots(batch))
    starts = tokens.first[(tokens.first > 0) & (tokens.first < len(weight))]
    of_pairs[starts - 1] = 0
    weight[1:] += of_pairs
    sums, first, end = batch.runs.sums(weight), tokens.first[:-1], tokens.first[1:]
    total = sums.take(end) - sums.take(first)
    head = sums.take(np.minimum(first + 4, end)) - sums.take(first)
    tail = sums.take(end) - sums.take(np.maximum(end - 4, first))
    parts = {part: _apart(both) for part, both in (("sum", total), ("head", head), ("tail", tail))}
    for number, name in enumerate((high, low)):
        columns[f"{name}_sum"] = parts["sum"][number].astype(np.float32)
        columns[f"{name}_mean"] = ratio(parts["sum"][number], batch.seen)
        columns[f"{name}_head"] = parts["head"][number].astype(np.float32)
        columns[f"{name}_tail"] = parts["tail"][number].astype(np.float32)


def _apart(both: Ints) -> tuple[Ints, Ints]:
    """Return the sums of the first and of the second lexicon."""
    second = both.astype(np.int32).astype(np.int64)
    return both - second >> 32, second


def lexicon_slots(code: Hashes) -> Ints:
    """Return each hash's place in a lexicon."""
    return (code >> np.uint64(64 - LEXICON_BITS)).view(np.int64)


def pair_slots(batch: Batch) -> Ints:
    """Return the place of each word together with the one before it, from the second word on."""
    code = batch.tokens.code
    return lexicon_slots(mixed(code[1:] * np.uint64(3) + code[:-1]))
