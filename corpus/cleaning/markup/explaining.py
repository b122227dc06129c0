"""Why the markup model judged a line so: how much each kind of evidence moved it."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.markup.features import feature_frame, matrix
from corpus.cleaning.markup.judging import KEEP
from corpus.cleaning.markup.looking import looked_at
from corpus.cleaning.markup.trees import load_trees, probabilities

__all__ = ["KINDS", "contributions"]

KINDS = {
    "links in the line": r"f_link$",
    "length and form of the line": r"f_",
    "what the rules say of the line": r"(?:sure|if)_[a-z]+$",
    "what the page claims of itself": r"(?:is_|claims_body|title_overlap)",
    "its own element": r"tag_[a-z0-9]+$",
    "names of its element": r"near_",
    "names of the elements around": r"(?:far|odd)_",
    "elements around": r"in_(?!its)",
    "lines above and below": r".*_(?:[ab][123]|w[39])$|up_short",
    "running text beside it in its element": r"[cgs]_",
    "place in the page": r".*",
}
"""Kinds of evidence, each with the pattern of its features' names; a feature belongs to the first that fits."""

_UNIT = 1e-5


def contributions(raw: pl.DataFrame, units: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each line's probability of being the article's, and what each kind of evidence did to it.

    The second array has a column a kind, in the order of :data:`KINDS`: by how many logits the verdict is higher
    (or lower) than if the line were in this respect as the page's typical article line, the median of those that
    the model would keep. So the columns need not add up: kinds stand in for one another.

    Args:
        raw: one page, with the columns of a frame to clean.
        units: its lines: ``doc``, ``unit``, ``line``, ``text``.
    """
    trees = load_trees()
    features = matrix(feature_frame(looked_at(units, raw), list(trees.names)))
    chances, margins = probabilities(features), trees.margins(features)
    own = features[chances >= KEEP] if (chances >= KEEP).any() else features
    typical = np.median(own, axis=0)
    told = np.zeros((len(features), len(KINDS)))
    for number, columns in enumerate(_columns(trees.names)):
        other = features.copy()
        other[:, columns] = typical[columns]
        told[:, number] = (margins - trees.margins(other)) * _UNIT
    return chances, told


def _columns(names: tuple[str, ...]) -> list[list[int]]:
    kinds = [next(kind for kind, pattern in KINDS.items() if re.match(pattern, name)) for name in names]
    return [[at for at, other in enumerate(kinds) if other == kind] for kind in KINDS]
