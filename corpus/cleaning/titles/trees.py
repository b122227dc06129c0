"""How probable it is that a line is the headline: trees over its evidence, from weights.npz."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.markup.trees import Trees
from corpus.cleaning.titles.evidence import FEATURES

__all__ = ["probabilities"]

_UNIT = 1e-5
"""Leaves are whole numbers of this many logits (see Trees)."""


def probabilities(evidence: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability of each row of ``evidence`` (lines, FEATURES) to be the headline."""
    trees, columns = _load()
    sums = trees.trees.sums([evidence[:, column] for column in columns])  # columns are together in the memory
    margins = (sums + trees.bias).astype(np.float64) * _UNIT
    return np.round(1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0))), 6)


@cache
def _load() -> tuple[Trees, NDArray[np.int64]]:
    path = files("corpus.cleaning.titles").joinpath("weights.npz")
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as data:
        names = tuple(str(name) for name in data["names"])
        trees = Trees(names, data["column"], data["border"], data["leaf"], int(data["bias"]))
    return trees, np.array([FEATURES.index(name) for name in names])
