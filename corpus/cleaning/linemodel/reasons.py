"""What a rule may say of a line, as numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["HEADLINES", "NONE", "REASONS", "Codes", "is_one_of", "reason_codes"]

Codes = NDArray[np.uint8]

REASONS = (
    "navigation", "page_control", "social", "subscription", "media_player", "legal_notice", "author_bio",
    "author_names", "publication_time", "rights_statement", "photo_credit", "site_name", "advertisement",
    "comments", "related_stories", "person_tags", "photo_caption", "headline_echo", "headline",
)  # fmt: skip
"""What a rule may say of the line alone, or of the headline; the order is the model's. Append only."""

NONE = len(REASONS)
"""The number that says that no rule speaks."""

HEADLINES = ("headline", "headline_echo")
"""Reasons that a text without any furniture may have too."""


def reason_codes(reasons: pl.Series) -> Codes:
    """Return the number in REASONS of what a rule says of each line; NONE where none speaks."""
    codes: Codes = reasons.cast(pl.Enum(REASONS)).to_physical().fill_null(NONE).to_numpy()
    return codes


def is_one_of(codes: Codes, reasons: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which codes are those of some reasons."""
    table = np.zeros(NONE + 1, dtype=np.bool_)
    table[[REASONS.index(each) for each in reasons]] = True
    return table.take(codes)
