"""Say why the line model judged lines as it did: what each kind of evidence added to the margin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.linemodel.batch import Batch, Columns
from corpus.cleaning.linemodel.features import line_columns
from corpus.cleaning.linemodel.inference import ONE, Forest, leaning, load_model
from corpus.cleaning.linemodel.letters import Ints

__all__ = ["Contribution", "Explanation", "explain", "named"]

_LOGIT = 100_000

_KINDS = (
    (r"headline", "words of the headline in it"),
    (r"comments|opener", "a heading of comments or of other stories near it"),
    (r"byline", "a byline or a time near it"),
    (r"(legal|caption|ask|control)_", "notes, captions or controls near it"),
    (r"reason@|gone|lost|doc_gone|doc_lost", "what rules dropped around it"),
    (r"reason$", "what the rules say of it"),
    (r"(topic|open)_(share|hits|names|strange|lead|lead_hits)$", "words it shares with the article"),
    (r"(all|long)_(sum|mean|head|tail)$", "its wording"),
    (r"(long|known|open)_", "its place to the densest stretch of text"),
    (r"(first|second)(_share)?$", "first or second persons"),
    (r"(function|time)(_share)?$", "its function words and words of time"),
    (r"repeats", "the same line elsewhere in the document"),
    (r"(sum|mean|first|second|time)(@|_(up|down)\d)", "the wording of the lines around it"),
    (r"(words|prose|short|capitals|digits)(@|_(up|down)\d*$)|bad_", "the length and shape of the lines around it"),
    (r"at$|left$|place$|lines$|prose_(before|place)|words_place", "its place in the document"),
    (r"doc_", "the kind of document"),
    (r"words$|chars$|prose$|word_length", "its length"),
    (r"", "its letters and signs"),
)
"""Which columns make which kind of evidence; the first pattern that fits from the beginning counts."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one kind of evidence added: above zero it speaks for the article, below zero against."""

    feature: str
    logit: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """How probably a line is the article's own, its margin (a logit), and what weighed most, the strongest first.

    ``margin`` is ``start`` plus all contributions, those that are not listed included.
    """

    probability: float
    margin: float
    start: float
    contributions: tuple[Contribution, ...]


def named(column: str) -> str:
    """Return the kind of evidence that a column of the model belongs to, in words."""
    return next(words for pattern, words in _KINDS if re.match(pattern, column))


def explain(lines: pl.DataFrame, rows: Sequence[int], top: int = 3) -> list[Explanation]:
    """Return for each of the given rows what spoke for and against it.

    Computed by following each tree of the forests from its root (Saabas 2014): a question's contribution is the
    difference that its answer makes to the mean of the leaves that can still be reached, weighted by the training
    lines in them. Contributions of columns of one kind are summed, forests averaged; they add up exactly to the
    margin. About 20 ms a call, whatever the number of rows, and what the model itself takes for the lines.

    Args:
        lines: whole documents, as for :func:`corpus.cleaning.linemodel.inference.judged`.
        rows: which rows of ``lines``.
        top: how many kinds of evidence to list.
    """
    if not len(rows):
        return []
    model, at = load_model(), np.asarray(rows, dtype=np.int64)
    batch = Batch(lines)
    columns = line_columns(batch, model.lexicons)
    start, kinds = 0.0, dict[str, NDArray[np.float64]]()
    for forest in model.forests:
        root, shares = _followed(forest, {name: columns[name][at] for name in forest.columns})
        start += root / len(model.forests)
        for name, values in shares.items():
            kinds[named(name)] = kinds.get(named(name), np.zeros(len(at))) + values / len(model.forests)
    kinds["what the rules as a whole say of it"] = leaning(batch)[at].astype(np.float64)
    margins = start + sum(kinds.values(), np.zeros(len(at)))
    chances = model.parts_at(margins.astype(np.int64)) / ONE
    return [
        Explanation(
            round(float(chances[number]), 3),
            round(float(margins[number]) / _LOGIT, 3),
            round(float(start) / _LOGIT, 3),
            _strongest({kind: float(values[number]) for kind, values in kinds.items()}, top),
        )
        for number in range(len(at))
    ]


def _strongest(kinds: dict[str, float], top: int) -> tuple[Contribution, ...]:
    ordered = sorted(kinds.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(Contribution(kind, round(value / _LOGIT, 3)) for kind, value in ordered[:top])


def _followed(forest: Forest, columns: Columns) -> tuple[float, dict[str, NDArray[np.float64]]]:
    """Return the mean at the roots, and what each column adds for each row, in hundred-thousandths of a logit."""
    rows = len(next(iter(columns.values())))
    shares: dict[str, NDArray[np.float64]] = {name: np.zeros(rows) for name in forest.columns}
    start = 0.0
    for column, border, value, cover in zip(forest.column, forest.border, forest.value, forest.cover, strict=True):
        means = _means(value, cover)
        start += means[0][0]
        leaf: Ints = np.zeros(rows, dtype=np.int64)
        for level, (name, edge) in enumerate(zip(column, border, strict=True)):
            before = means[level][leaf]
            leaf = leaf | ((columns[forest.columns[name]] > edge).astype(np.int64) << level)
            shares[forest.columns[name]] += means[level + 1][leaf] - before
    return start, shares


def _means(value: NDArray[np.int32], cover: NDArray[np.int32]) -> list[NDArray[np.float64]]:
    """Return the mean of the leaves still in reach after each question: one number, two, four, …"""
    weight = cover.astype(np.float64) + 1e-3
    sums, weights = [value * weight], [weight]
    while len(sums[0]) > 1:
        half = len(sums[0]) // 2
        sums.insert(0, sums[0][:half] + sums[0][half:])
        weights.insert(0, weights[0][:half] + weights[0][half:])
    return [total / each for total, each in zip(sums, weights, strict=True)]
