"""Judge lines: from a frame of lines to the probability that each is the article's own, and what to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.batch import Batch, Columns
from corpus.cleaning.linemodel.features import line_columns
from corpus.cleaning.linemodel.going_on import goes_on
from corpus.cleaning.linemodel.letters import Ints
from corpus.cleaning.linemodel.listings import listed_days
from corpus.cleaning.linemodel.reasons import HEADLINES, NONE, is_one_of
from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.linemodel.trees import Oblivious

__all__ = [
    "NAME",
    "ONE",
    "Forest",
    "Model",
    "chosen",
    "decided",
    "judged",
    "leaning",
    "load_model",
]

NAME = "line-model-1"
"""What the blocks' ``rule`` column says where the model decided."""

ONE = 65_535
"""Probabilities are counted in whole parts of this many, so that sums are exact on every machine."""

_STRETCH = 1 << 15
"""How many lines are read at a time, or one more document's: no document's verdicts depend on another's."""

_PRECISION, _RECALL = 1.05, 0.95
"""What a point of expected precision and of expected recall is worth when a document's cut is chosen."""

_RULES_DROP = -50_000
"""What is added to the margin of a line that the rules, place included, would drop."""
_STRANGE_KEPT, _STRANGE_DROPPED = 37_500, -100_000
"""The same in a language of which there was little to learn from: for a line that the rules keep, and drop."""
_BELOW = 12
"""Prose that stands fewer lines than this below the headline is just below it."""
_AT_HOME = 14
"""So many words in a hundred must be function words of a language that there was much of."""

_HEADING, _SURE = 10, 8
"""So many words may a section heading have; one whose probability is above one part in so many stays."""

_ENCLOSED = 4
"""Any line between two that stay does so, in a language of which there was little to learn from, where its
probability is above one part in so many."""

_HEADLINE, _NEAR, _TEXT = (4, 34), 5, 6
"""So many words has a headline that no rule has found; so many lines lie at most between it and the text, which is
the first line of so many words."""

_HOPE = 60
"""Where less than so many words in a hundred of what stays are expected to be the text's, the model is unsure."""

_FEW = 4
"""The rules keep few lines where these hold less than one part in so many of a document's words."""

_LABEL, _LABELS = 6, 12
"""So many words has a menu's label at most; so many follow one another at least."""

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
    cover: NDArray[np.int32]
    """Shape (trees, 2**depth): the weight of the training lines in each leaf, for explanations."""

    trees: Oblivious = field(init=False, repr=False, compare=False)
    """The same, as they are evaluated."""

    def __post_init__(self) -> None:
        """Make the trees ready."""
        object.__setattr__(self, "trees", Oblivious(self.column, self.border, self.value))

    def margins(self, columns: Columns) -> Ints:
        """Return the sum of the trees' values for each row, in hundred-thousandths of a logit."""
        return self.trees.sums([columns[name] for name in self.columns])


@dataclass(frozen=True, slots=True)
class Model:
    """The weights: two lexicons, forests whose margins are averaged, and a table from margin to probability."""

    lexicons: dict[str, NDArray[np.int16]]
    forests: tuple[Forest, ...]
    table: NDArray[np.uint16]
    """Parts of ONE for margins from -limit to +limit, in even steps."""
    step: int
    """Hundred-thousandths of a logit between two entries of the table."""

    def parts(self, batch: Batch) -> Ints:
        """Return the probability of each line in parts of ONE; 0 where a rule says what it is."""
        columns = line_columns(batch, self.lexicons)
        asked = np.flatnonzero(batch.reason == NONE)
        names = {name for forest in self.forests for name in forest.columns}
        used = {name: columns[name].take(asked) for name in names}
        total = sum((forest.margins(used) for forest in self.forests), np.zeros(len(asked), dtype=np.int64))
        parts = np.zeros(len(batch.runs), dtype=np.int64)
        parts[asked] = self.parts_at(total // len(self.forests) + leaning(batch)[asked])
        return parts

    def parts_at(self, margin: Ints) -> Ints:
        """Return the probabilities of margins, in parts of ONE."""
        middle = len(self.table) // 2
        place = np.clip(margin // self.step, -middle, middle) + middle
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
                data[f"forest{number}_cover"],
            )
            for number in range(int(data["forests"]))
        )
        lexicons = {name: data[f"lexicon_{name}"] for name in ("all", "long")}
        return Model(lexicons, forests, data["table"], int(data["step"]))


def judged(lines: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return for each line the probability that it is the article's own text, and whether to keep it.

    A line of which a rule says what it is has the probability 0. What is kept, :func:`decided` says.

    Args:
        lines: one row a line that is not blank, the lines of a document together and in order. ``doc`` (any
            integer), ``text`` (String, no line feed, no blanks at the edges), ``reason`` (String or null: what a
            rule says of the line by itself, one of :data:`corpus.cleaning.linemodel.evidence.REASONS`), ``kept``
            (Boolean: whether the rules in all, place and surroundings included, would keep the line).
    """
    chances: list[NDArray[np.float64]] = [np.zeros(0)]
    keeps: list[NDArray[np.bool_]] = [np.zeros(0, dtype=np.bool_)]
    for some in _stretches(lines):
        batch = Batch(some)
        parts = load_model().parts(batch)
        chances.append(parts / ONE)
        keeps.append(decided(parts, batch))
    return np.concatenate(chances), np.concatenate(keeps)


def _stretches(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut lines into stretches of whole documents whose columns are read while they are near at hand."""
    starts = Runs(lines["doc"].to_numpy()).starts if len(lines) else np.zeros(0, dtype=np.int64)
    wanted = np.searchsorted(starts, np.arange(0, len(lines), _STRETCH))
    edges = [*np.unique(starts[wanted[wanted < len(starts)]]).tolist(), len(lines)]
    for begin, end in pairwise(edges):
        yield lines[begin:end]


def leaning(batch: Batch) -> Ints:
    """Return what is added to each line's margin, in hundred-thousandths of a logit, for what the rules say of it.

    In English and German little: a line that they would drop must be the likelier by half a logit. In documents of
    other languages, told by their function words, the rules' verdict weighs more: when unsure, keep; but not
    against prose just below the headline, for rules may take a longer stretch of other stories for the article.
    """
    headline = is_one_of(batch.reason, ["headline"])
    spoken = batch.prose | (batch.stopped & (batch.words >= _TEXT))
    below = (batch.runs.distances(headline, _BELOW)[0] < _BELOW) & spoken
    dropped = np.where(below, _RULES_DROP, _STRANGE_DROPPED)
    strange = np.where(batch.kept, _STRANGE_KEPT, dropped)
    return np.where(_strange(batch), strange, np.where(batch.kept, 0, _RULES_DROP)).astype(np.int64)


def _strange(batch: Batch) -> NDArray[np.bool_]:
    """Tell which lines stand in documents of a language of which there was little to learn from."""
    known = batch.runs.total(batch.runs.sums(batch.listed["trained"]))
    strange: NDArray[np.bool_] = known * 100 < _AT_HOME * batch.runs.total(batch.runs.sums(batch.seen))
    return strange


def decided(parts: Ints, batch: Batch) -> NDArray[np.bool_]:
    """Return which lines to keep: none that has a reason, of the others those that :func:`chosen` names.

    A short line that the rules keep stays between two kept lines of prose too, unless the model is sure: a section
    heading; so do a list's short items, and what goes on below a comma (:func:`.going_on.goes_on`).
    In a language of which there was little to learn from, so does any line that the rules keep between any
    two that stay, unless the model is rather sure; what may be a headline stays too, and every line
    without a reason where the model itself expects much of what it keeps to be wrong, but for long menus and what
    the rules put outside the run of text (unless they keep few words).
    The rules' own verdict stands in documents where no line but a headline has a reason (a bare text:
    cleaning it again must change nothing), and where the model would keep less than a tenth of the words (a table,
    a schedule: it knows too little of such pages).
    """
    runs, words, kept = batch.runs, batch.words, batch.kept
    open_lines = batch.reason == NONE
    keep = chosen(parts, words, runs)
    heading = _between(keep & batch.prose, runs) & (words <= _HEADING) & (parts * _SURE > ONE)
    keep |= heading & open_lines & kept
    keep |= goes_on(batch, open_lines & kept, keep)
    days = listed_days(batch, open_lines, keep | is_one_of(batch.reason, HEADLINES))
    keep, parts = keep | days, np.where(days, ONE, parts)
    strange = open_lines & _strange(batch)
    hits, size = _total(runs, np.where(keep, words * parts, 0)), _total(runs, np.where(keep, words * ONE, 0))
    unsure = (100 * hits < _HOPE * size) & ~_in_menu(batch)
    few = _total(runs, np.where(kept, words, 0)) * _FEW < _total(runs, words)
    keep |= strange & (_may_be_headline(keep, open_lines, batch) | (unsure & (kept | few)))
    keep |= strange & kept & _between(keep, runs) & (parts * _ENCLOSED > ONE)
    furnished = _total(runs, ~open_lines & ~is_one_of(batch.reason, HEADLINES)) > 0
    trusted = furnished & (_total(runs, np.where(keep, words, 0)) * _LEAST_SHARE >= _total(runs, words))
    return np.where(trusted, keep, kept)


def _between(flag: NDArray[np.bool_], runs: Runs) -> NDArray[np.bool_]:
    """Tell which lines have a flagged one right above and one right below."""
    value = flag.astype(np.float32)
    found: NDArray[np.bool_] = (runs.shifted(value, 1, 0) > 0) & (runs.shifted(value, -1, 0) > 0)
    return found


def _total(runs: Runs, values: NDArray[np.generic]) -> Ints:
    return runs.total(runs.sums(values))


def _in_menu(batch: Batch) -> NDArray[np.bool_]:
    """Tell which lines are labels among labels: all that stands near on one side is as short, and no table."""
    runs, label = batch.runs, (batch.words <= _LABEL) & ~batch.stopped & (batch.counts["digit"] == 0)
    labels = runs.sums(label)
    sides = [near.sum(labels) >= _LABELS for near in (runs.window(-_LABELS), runs.window(_LABELS))]
    in_menu: NDArray[np.bool_] = label & (sides[0] | sides[1])
    return in_menu


def _may_be_headline(keep: NDArray[np.bool_], open_lines: NDArray[np.bool_], batch: Batch) -> NDArray[np.bool_]:
    """Tell which line is the nearest open one above the text, in documents where no rule has found a headline."""
    runs = batch.runs
    titled = _total(runs, is_one_of(batch.reason, HEADLINES)) > 0
    text = keep & (batch.words >= _TEXT)
    begins = np.minimum.reduceat(np.where(text, runs.row, len(runs)), runs.starts)[runs.code]
    fits = (batch.words >= _HEADLINE[0]) & (batch.words <= _HEADLINE[1])
    above = open_lines & fits & (runs.row < begins) & (begins - runs.row <= _NEAR)
    nearest = np.maximum.reduceat(np.where(above, runs.row, -1), runs.starts)[runs.code]
    found: NDArray[np.bool_] = ~titled & (runs.row == nearest)
    return found


def chosen(parts: Ints, words: Ints, runs: Runs) -> NDArray[np.bool_]:
    """Return which lines to keep: in each document the surest ones, down to the cut of the largest expected score.

    The score is a weighted sum of expected precision and recall over words, with the probabilities plugged in:
    precision and recall are averaged over documents, so that a document counts by their sum, not by its own F1.
    A page that is plain is cut near a half; one about which the model is unsure keeps more. Sums are of whole
    numbers below 2**53, so that the result is the same in any batch and on any machine.
    """
    weight = np.minimum(words, 10_000)
    order = np.argsort(runs.code * (ONE + 1) + (ONE - parts), kind="stable")
    hits, sizes = runs.sums(weight[order] * parts[order]), runs.sums(weight[order] * ONE)
    before = runs.first
    mass = np.maximum(runs.total(hits), 1)
    hit, size = hits[1:] - hits[before], np.maximum(sizes[1:] - sizes[before], 1)
    score = _PRECISION * (hit / size) + _RECALL * (hit / mass)
    best = np.maximum.reduceat(score, runs.starts)[runs.code]
    cut = np.minimum.reduceat(np.where(score == best, runs.row, len(runs)), runs.starts)[runs.code]
    keep = np.zeros(len(runs), dtype=np.bool_)
    keep[order] = runs.row <= cut
    return keep & (parts > 0)
