"""Marks that hypothesis draws, and the same marks told in another way, for the tests of this room."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from corpus.agreement.marks import Marks

LENGTH = 12
LABELS = 2

piece = st.integers(0, LENGTH - 1).flatmap(lambda start: st.tuples(st.just(start), st.integers(start + 1, LENGTH)))
item = st.tuples(st.integers(0, 2), st.integers(0, LABELS - 1), st.lists(piece, min_size=1, max_size=2))
"""Document, label, pieces."""
items = st.lists(item, max_size=6)


def marks_of(*annotators: list[Any]) -> Marks:
    """Return one annotator's items after the other's."""
    flat = [(who, *one) for who, own in enumerate(annotators) for one in own]
    pieces = [(number, *span) for number, one in enumerate(flat) for span in one[3]]
    columns = np.array([(document, who, label) for who, document, label, _ in flat], dtype=np.int64).reshape(-1, 3)
    spans = np.array(pieces, dtype=np.int64).reshape(-1, 3)
    return Marks.of(*columns.T, *spans.T)
