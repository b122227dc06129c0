"""Erasing documents from raw files of every kind: find the parts that hold one, cut them out, keep the rest."""

from __future__ import annotations

from corpus.readers.erasing.finding import find_parts, find_related
from corpus.readers.erasing.parts import Part, Traces
from corpus.readers.erasing.removal import remove_parts

__all__ = ["Part", "Traces", "find_parts", "find_related", "remove_parts"]
