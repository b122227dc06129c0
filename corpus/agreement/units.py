"""Agreement on units that are given: kappa and alpha on one value a unit and annotator.

Values are numbers (codes, for names); NaN is a value that nobody gave. Observed and expected are disagreements.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corpus.agreement.coefficient import Coefficient, corrected, undefined

__all__ = ["cohen_kappa", "fleiss_kappa", "krippendorff_alpha"]

NOTHING_COMMON = "No unit has a value from two annotators."


def cohen_kappa(one: ArrayLike, other: ArrayLike) -> Coefficient:
    """Return Cohen's kappa of two annotators' values, unit by unit; units that one of them left out do not count.

    Each annotator's own shares are what chance is (Cohen 1960, doi:10.1177/001316446002000104).

    >>> round(cohen_kappa([1, 1, 2, 2], [1, 1, 2, 1]).value, 2)
    0.5

    Raises:
        ValueError: they are not two rows of one length.
    """
    counts, agreed, units = _two(one, other)
    if not units:
        return undefined(NOTHING_COMMON)
    expected = 1 - Fraction(int(counts[0] @ counts[1]), units**2)
    return corrected(Fraction(units - agreed, units), expected, units)


def fleiss_kappa(counts: ArrayLike) -> Coefficient:
    """Return Fleiss' kappa of a table units × categories that says how many annotators chose each.

    Every unit has as many annotators, not necessarily the same ones (Fleiss 1971, doi:10.1037/h0031619); of two it
    is Scott's pi (Scott 1955, doi:10.1086/266577).

    Raises:
        ValueError: it is no such table, or the units differ in how many annotated them.
    """
    table = np.asarray(counts, dtype=np.int64)
    if table.ndim != 2 or (table < 0).any():
        raise ValueError("Fleiss' kappa takes a table units × categories of counts.")
    people = table.sum(axis=1)
    if len(set(people.tolist())) > 1:
        raise ValueError("Fleiss' kappa needs as many annotators for every unit; alpha does not.")
    if not len(table) or people[0] < 2:
        return undefined(NOTHING_COMMON)
    units, each = len(table), int(people[0])
    observed = 1 - Fraction(int((table * (table - 1)).sum()), units * each * (each - 1))
    shares = table.sum(axis=0)
    return corrected(observed, 1 - Fraction(int(shares @ shares), (units * each) ** 2), units)


def krippendorff_alpha(values: ArrayLike) -> Coefficient:
    """Return Krippendorff's alpha of a table annotators × units; units with fewer than two values do not count.

    The formula by coincidences, for nominal values (Krippendorff 2004, Content Analysis, 2nd ed., chapter 11): two
    are the same or are not. ``count`` is the number of units that count.

    Raises:
        ValueError: it is no such table, or a value is infinite.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or np.isinf(table).any():
        raise ValueError("Alpha takes a table annotators × units of finite numbers, NaN where one is missing.")
    table = table[:, (~np.isnan(table)).sum(axis=0) >= 2]
    if not table.size:
        return undefined(NOTHING_COMMON)
    given = ~np.isnan(table)
    known, codes = np.unique(table[given], return_inverse=True)
    units = np.broadcast_to(np.arange(table.shape[1]), table.shape)[given]
    counts = np.bincount(units * len(known) + codes, minlength=table.shape[1] * len(known))
    counts = counts.reshape(table.shape[1], len(known))
    totals = counts.sum(axis=0).astype(np.float64)
    distances = 1 - np.eye(len(known))
    weights = counts / (counts.sum(axis=1, keepdims=True) - 1)
    pairs = float(totals.sum())
    observed = float(((weights.T @ counts) * distances).sum()) / pairs
    return corrected(observed, float(totals @ distances @ totals) / (pairs * (pairs - 1)), table.shape[1])


def _two(one: ArrayLike, other: ArrayLike) -> tuple[NDArray[np.int64], int, int]:
    """Return how often each annotator gave each value, on how many units they agree, and how many there are."""
    rows = np.asarray([one, other], dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError("Two annotators' values are two rows of one length.")
    rows = rows[:, ~np.isnan(rows).any(axis=0)]
    known, codes = np.unique(rows, return_inverse=True)
    codes = codes.reshape(rows.shape)
    counts = np.array([np.bincount(row, minlength=len(known)) for row in codes], dtype=np.int64)
    return counts, int(np.count_nonzero(codes[0] == codes[1])), rows.shape[1]
