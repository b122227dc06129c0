"""Which texts are the same: in a batch, and in a document."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["alike", "first_of_its_like"]

Ints = NDArray[np.int64]


def alike(texts: pl.Series) -> tuple[Ints, pl.Series]:
    """Return a number for each text, the same for the same text, and the different texts in the numbers' order."""
    groups = texts.alias("text").to_frame().with_row_index("row").group_by("text", maintain_order=True).agg("row")
    number = np.empty(len(texts), dtype=np.int64)
    size = groups["row"].list.len().to_numpy()
    number[groups["row"].explode().to_numpy()] = np.repeat(np.arange(len(groups)), size)
    return number, groups["text"]


def first_of_its_like(document: Ints, kind: Ints, rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Return those of the rows whose kind others of them in their document have too.

    With each come the first row that has it and how many have it. ``document`` and ``kind`` are numbers from 0 for
    each line; ``rows`` rise.
    """
    kinds = kind[rows]
    rows = rows[np.bincount(kinds)[kinds] > 1]
    _, first, which, number = np.unique(
        document[rows] * (kind.max(initial=0) + 1) + kind[rows],
        return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    first, number = rows[first][which], number[which]
    several = number > 1
    return rows[several], first[several], number[several]
