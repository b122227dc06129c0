"""Stretches of text in which an annotator's labels do not change, and the sets of labels that they have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.agreement.marks import Ints

__all__ = ["label_sets", "labelled_units"]

_AT_ONCE = 32
"""Labels whose bits are told apart in one go."""


def label_sets(covered: NDArray[np.bool_]) -> tuple[Ints, list[bytes]]:
    """Return for a table labels × cells the number of each cell's set of labels, and what each number stands for.

    The bytes are the same for the same set, whatever table it stands in, if that has as many labels.
    """
    code: Ints = np.zeros(covered.shape[1], dtype=np.int64)
    for first in range(0, len(covered), _AT_ONCE):
        bits = np.zeros_like(code)
        for own in covered[first : first + _AT_ONCE]:
            bits = 2 * bits + own
        code = np.unique(code * 2**_AT_ONCE + bits, return_inverse=True)[1].astype(np.int64)
    _, cell, numbered = np.unique(code, return_index=True, return_inverse=True)
    return numbered.astype(np.int64), [np.packbits(covered[:, one]).tobytes() for one in cell]


def labelled_units(units: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], list[bytes]]:
    """Return one annotator's units of all labels as one row of units, and the set of labels of each.

    ``units`` are those of each label, n × 2, in order and not overlapping. Where units of two labels overlap, they
    are cut at each other's boundaries.
    """
    cuts = np.unique(np.concatenate([np.empty((0, 2), dtype=np.int64), *units]))
    depth = np.zeros((len(units), len(cuts)), dtype=np.int64)
    for own, row in zip(units, depth, strict=True):
        np.add.at(row, np.searchsorted(cuts, own[:, 0]), 1)
        np.add.at(row, np.searchsorted(cuts, own[:, 1]), -1)
    covered = np.cumsum(depth[:, :-1], axis=1) > 0
    marked = covered.any(axis=0)
    code, sets = label_sets(covered[:, marked])
    return np.column_stack((cuts[:-1], cuts[1:]))[marked], [sets[number] for number in code]
