"""Cleaned blocks to described documents: the describer, then what is known from outside the text, then rights."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from corpus.metadata.decisions import with_rights
from corpus.metadata.describe import describe_frame
from corpus.metadata.heads.markup import known_from_head
from corpus.metadata.known import apply_known
from corpus.model.document import KnownValue, RawDocument

__all__ = ["described_frame", "known_of"]


def described_frame(frame: pl.DataFrame, blocks: pl.DataFrame, raws: Iterable[RawDocument]) -> pl.DataFrame:
    """Return a row a document of the frame (``doc_id`` and ``text``), of which ``blocks`` are the blocks."""
    known = {raw.doc_id: known_of(raw) for raw in raws if raw.known or raw.head}
    return with_rights(apply_known(describe_frame(frame, blocks), known), blocks, known)


def known_of(raw: RawDocument) -> tuple[KnownValue, ...]:
    """Return what is known from outside the text, then what the page's head says: the first of a column counts."""
    return raw.known if raw.head is None else raw.known + known_from_head(raw.head, raw.text)
