"""The markup model: oblivious trees read from weights.npz, evaluated with array code, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.linemodel.trees import Oblivious

__all__ = ["NAME", "Trees", "load_trees", "probabilities"]

NAME = "markup-model-1"
_UNIT = 1e-5
"""Leaves are whole numbers of this many logits, so that sums do not depend on the order of adding."""


@dataclass(frozen=True, slots=True)
class Trees:
    """All nodes of one level of a tree ask the same question, so a leaf's number is a row of bits."""

    names: tuple[str, ...]
    """The features, in the order of the columns that ``column`` means."""
    column: NDArray[np.int16]
    """Shape (trees, depth): the feature a level asks about; the first level is the lowest bit."""
    border: NDArray[np.float32]
    """Shape (trees, depth): a value above the border sets the bit."""
    leaf: NDArray[np.int32]
    """Shape (trees, 2**depth): hundred-thousandths of a logit."""
    bias: int
    trees: Oblivious = field(init=False, repr=False, compare=False)
    """The same, as they are evaluated."""

    def __post_init__(self) -> None:
        """Make the trees ready."""
        object.__setattr__(self, "trees", Oblivious(self.column, self.border, self.leaf))

    def margins(self, features: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the sum of the trees' leaves for each row of ``features`` (lines, features)."""
        return self.trees.sums(list(np.ascontiguousarray(features.T))) + self.bias


def probabilities(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each line the probability that it is the article's own text."""
    margins = load_trees().margins(features).astype(np.float64) * _UNIT
    return np.round(1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0))), 6)


@cache
def load_trees() -> Trees:
    """Return the model that comes with the package."""
    path = files("corpus.cleaning.markup").joinpath("weights.npz")
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as data:
        return Trees(
            tuple(str(name) for name in data["names"]),
            data["column"],
            data["border"],
            data["leaf"],
            int(data["bias"]),
        )
