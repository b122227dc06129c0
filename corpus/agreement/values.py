"""Agreement on what annotators say of the items that they have in common: labels, attributes, flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from corpus.agreement.coefficient import Coefficient
from corpus.agreement.marks import Ints
from corpus.agreement.matching import Matches
from corpus.agreement.units import cohen_kappa, fleiss_kappa, krippendorff_alpha

__all__ = ["ValueAgreement", "on_clusters", "on_matched"]


@dataclass(frozen=True, slots=True)
class ValueAgreement:
    """How far annotators agree on one attribute of the items that they have in common."""

    same: int
    """Items to which all of them gave the same value; ``kappa.count`` says to how many all of them gave one."""
    kappa: Coefficient
    """Cohen's of matched pairs, Fleiss' of clusters."""
    alpha: Coefficient
    """Krippendorff's, nominal; of items to which two of them gave a value, or more."""


def on_matched(matches: Matches, one: ArrayLike, other: ArrayLike) -> ValueAgreement:
    """Return the agreement of two annotators on a value of matched items.

    ``one`` and ``other`` are codes of each annotator's items; a negative code is a value that was not given, and
    such a pair is left out.
    """
    values = [
        np.where(codes < 0, np.nan, codes)
        for codes in (
            np.asarray(one, dtype=np.float64)[matches.one],
            np.asarray(other, dtype=np.float64)[matches.other],
        )
    ]
    same = int(np.count_nonzero(values[0] == values[1]))
    return ValueAgreement(same, cohen_kappa(*values), krippendorff_alpha(values))


def on_clusters(cluster: Ints, annotator: Ints, codes: ArrayLike, people: int) -> ValueAgreement:
    """Return the agreement of several annotators, numbered from 0, on a value of clustered items.

    ``cluster``, ``annotator`` and ``codes`` are those of each item
    (:func:`corpus.agreement.clustering.clustered`); a negative code is a value that was not given.
    """
    values = np.asarray(codes, dtype=np.int64)
    table = np.full((people, int(cluster.max(initial=-1)) + 1), np.nan)
    table[annotator[values >= 0], cluster[values >= 0]] = values[values >= 0]
    full = table[:, ~np.isnan(table).any(axis=0)].astype(np.int64)
    counts = np.array([(full == value).sum(axis=0) for value in range(int(values.max(initial=0)) + 1)]).T
    same = int((full == full[:1]).all(axis=0).sum())
    return ValueAgreement(same, fleiss_kappa(counts), krippendorff_alpha(table))
