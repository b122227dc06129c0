"""Judge lines: from a frame of lines to the probability that each is the article's own, and what to keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.batch import Batch, Columns
from corpus.cleaning.linemodel.features import line_columns
from corpus.cleaning.linemodel.letters import Ints
from corpus.cleaning.linemodel.runs import Runs

__all__ = ["NAME", "ONE", "Forest", "Model", "chosen", "decided", "judged", "line_probabilities", "load_model"]

NAME = "line-model-1"
"""What the blocks' ``rule`` column says where the model decided."""

ONE = 65_535
"""Probabilities are counted in whole parts of this many, so that sums are exact on every machine."""

_CHUNK = 1 << 15
_TURNS = 6
_LEAST_SHARE = 10
"""One part in this many of a document's words must be left, or the model is not believed."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Oblivious trees: all nodes of one level ask the same question, so a leaf's number is a row of bits."""

    columns: tuple[str, ...]
    """The columns it looks at."""
    column: NDArray[np.int16]
    """Shape (trees, depth): which column a level asks about; the first level is the lowest bit."""
    border: NDArray[np.float32]
    """Shape (trees, depth): a value above the border sets the bit."""
    value: NDArray[np.int32]
    """Shape (trees, 2**depth): hundred-thousandths of a logit."""

    def margins(self, columns: Columns) -> Ints:
        """Return the sum of the trees' values for each row, in hundred-thousandths of a logit."""
        values = [columns[name] for name in self.columns]
        total = np.zeros(len(values[0]), dtype=np.int64)
        for begin in range(0, len(total), _CHUNK):
            rows = slice(begin, begin + _CHUNK)
            total[rows] = self._chunk([value[rows] for value in values])
        return total

    def _chunk(self, values: list[NDArray[np.float32]]) -> Ints:
        total = np.zeros(len(values[0]), dtype=np.int64)
        for column, border, value in zip(self.column, self.border, self.value, strict=True):
            leaf = np.zeros(len(total), dtype=np.uint8)
            for level in range(len(column)):
                leaf |= (values[column[level]] > border[level]).view(np.uint8) << np.uint8(level)
            total += value[leaf]
        return total


@dataclass(frozen=True, slots=True)
class Model:
    """The weights: two lexicons, forests whose margins are averaged, and a table from margin to probability."""

    lexicons: dict[str, NDArray[np.int16]]
    forests: tuple[Forest, ...]
    table: NDArray[np.uint16]
    """Parts of ONE for margins from -limit to +limit, in even steps."""
    step: int
    """Hundred-thousandths of a logit between two entries of the table."""

    def parts(self, batch: Batch, lines: pl.DataFrame) -> Ints:
        """Return the probability of each line in parts of ONE."""
        columns = line_columns(batch, lines, self.lexicons)
        total = sum((forest.margins(columns) for forest in self.forests), np.zeros(len(lines), dtype=np.int64))
        middle = len(self.table) // 2
        place = np.clip(total // (len(self.forests) * self.step), -middle, middle) + middle
        return self.table[place].astype(np.int64)


@cache
def load_model() -> Model:
    """Return the model that comes with the package."""
    path = files("corpus.cleaning.linemodel").joinpath("weights.npz")
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as data:
        forests = tuple(
            Forest(
                tuple(str(name) for name in data[f"forest{number}_columns"]),
                data[f"forest{number}_column"],
                data[f"forest{number}_border"],
                data[f"forest{number}_value"],
            )
            for number in range(int(data["forests"]))
        )
        lexicons = {name: data[f"lexicon_{name}"] for name in ("all", "long")}
        return Model(lexicons, forests, data["table"], int(data["step"]))


def line_probabilities(lines: pl.DataFrame) -> NDArray[np.float64]:
    """Return for each line the probability that it is the article's own text.

    Args:
        lines: one row a line that is not blank, the lines of a document together and in order. ``doc`` (any
            integer), ``text`` (String, no line feed, no blanks at the edges), ``reason`` (String or null: what a
            rule says of the line by itself, one of :data:`corpus.cleaning.linemodel.evidence.REASONS`), ``kept``
            (Boolean: whether the rules in all, place and surroundings included, would keep the line).
    """
    if not len(lines):
        return np.zeros(0)
    return load_model().parts(Batch(lines), lines) / ONE


def judged(lines: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probabilities of :func:`line_probabilities`, and which lines to keep (see :func:`decided`)."""
    if not len(lines):
        return np.zeros(0), np.zeros(0, dtype=np.bool_)
    batch = Batch(lines)
    parts = load_model().parts(batch, lines)
    return parts / ONE, decided(parts, batch.words, batch.runs, lines)


def decided(parts: Ints, words: Ints, runs: Runs, lines: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which lines to keep: none that has a reason, of the others those that :func:`chosen` names.

    The rules' own verdict stands in documents where no line has a reason (a bare text: cleaning it again must
    change nothing), and where the model would keep less than a tenth of the words (a table, a schedule: it knows
    too little of such pages).
    """
    open_lines = lines["reason"].is_null().to_numpy()
    keep = chosen(np.where(open_lines, parts, 0), words, runs)
    furnished = runs.total(runs.sums(~open_lines)) > 0
    left = runs.total(runs.sums(np.where(keep, words, 0)))
    trusted = furnished & (left * _LEAST_SHARE >= runs.total(runs.sums(words)))
    return np.where(trusted, keep, lines["kept"].to_numpy())


def chosen(parts: Ints, words: Ints, runs: Runs) -> NDArray[np.bool_]:
    """Return which lines to keep so that the expected F1 over the document's words is largest.

    The best threshold is half the best expected F1 itself (Lipton, Elkan and Naryanaswamy 2014): a page that is
    plain is cut at a half, one about which the model is unsure keeps more. Found by repetition from a half, in
    whole numbers.
    """
    weight = np.minimum(words, 10_000)
    mass = runs.total(runs.sums(weight * parts))
    keep: NDArray[np.bool_] = parts * 2 > ONE
    for _ in range(_TURNS):
        hits = runs.total(runs.sums(np.where(keep, weight * parts, 0)))
        size = runs.total(runs.sums(np.where(keep, weight, 0))) * ONE + mass
        keep = (parts > 0) & (parts * (size // 256) > ONE * (hits // 256))
    return keep
