"""Agreement on what two annotators say of the items that they have in common: labels, attributes, flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from corpus.agreement.coefficient import Coefficient
from corpus.agreement.matching import Matches
from corpus.agreement.units import cohen_kappa, krippendorff_alpha

__all__ = ["ValueAgreement", "on_matched"]


@dataclass(frozen=True, slots=True)
class ValueAgreement:
    """How far two annotators agree on one attribute of matched items."""

    same: int
    """Items to which both gave the same value; ``kappa.count`` says to how many both gave one."""
    kappa: Coefficient
    """Cohen's."""
    alpha: Coefficient
    """Krippendorff's, nominal."""


def on_matched(matches: Matches, one: ArrayLike, other: ArrayLike) -> ValueAgreement:
    """Return the agreement on a value of matched items.

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
