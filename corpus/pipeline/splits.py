"""Which split a document goes to: by its id alone, so that a split never changes when others are added."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping

from corpus.errors import UsageError

__all__ = ["ALL_TRAIN", "parse_splits", "split_of"]

ALL_TRAIN: Mapping[str, float] = {"train": 1.0}
"""Without a ratio asked for, everything is ``train``."""


def parse_splits(text: str) -> dict[str, float]:
    """Read "train=0.8,validation=0.1,test=0.1".

    Raises:
        UsageError: a name is not a split name, a share not a number between 0 and 1, or the sum is not 1.

    >>> parse_splits("train=0.9,test=0.1")
    {'train': 0.9, 'test': 0.1}
    """
    ratios: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.strip().partition("=")
        try:
            value = float(share)
        except ValueError:
            value = math.nan
        if not re.fullmatch(r"\w+", name, re.ASCII) or name in ratios or not 0 < value <= 1:
            raise UsageError(f"--splits takes NAME=SHARE,… with each share in (0, 1], got {part.strip()!r}.")
        ratios[name] = value
    if not math.isclose(sum(ratios.values()), 1.0, abs_tol=1e-9):
        raise UsageError(f"The shares of --splits must add up to 1, got {sum(ratios.values()):g}.")
    return ratios


def split_of(doc_id: str, ratios: Mapping[str, float]) -> str:
    """Return the split whose share of the hash space the document's id falls into.

    >>> split_of("anything", {"train": 1.0})
    'train'
    """
    digest = hashlib.sha256(f"split:{doc_id}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    reached = 0.0
    for name, share in ratios.items():
        reached += share
        if position < reached:
            return name
    return list(ratios)[-1]
