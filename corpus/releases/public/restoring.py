"""Put texts back into the rows of a public edition, and its annotations' words with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa

from corpus.annotation.placement import GAP
from corpus.errors import DataError
from corpus.model.document import RawDocument
from corpus.model.tables import FIELDS

__all__ = ["annotation_texts", "block_texts", "raw_texts"]

Anchors = Mapping[str, str]
"""Anchor texts by doc_id."""
Row = Mapping[str, Any]


def raw_texts(raw: pa.Table, raw_of: Callable[[str, str], RawDocument | None]) -> list[str | None]:
    """Return the text of each row of ``raw``: its own, or that of its id and hash, where that is at hand."""
    told = zip(*(raw.column(name).to_pylist() for name in ("text", "doc_id", "anchor_sha256")), strict=True)
    return [text if text is not None else _text(raw_of(*key)) for text, *key in told]


def block_texts(blocks: pa.Table, anchors: Anchors) -> list[str | None]:
    """Return the text of each block: its own, or its slice of the document's anchor text."""
    columns = (blocks.column(name).to_pylist() for name in ("doc_id", "start", "end", "text"))
    return [
        text if text is not None or doc_id not in anchors else anchors[doc_id][start:end]
        for doc_id, start, end, text in zip(*columns, strict=True)
    ]


def annotation_texts(data: pa.Table, anchors: Anchors, documents: Mapping[str, Row]) -> list[str | None]:
    """Return the words of each annotation row, read from its field, or from the anchor text where it has none.

    ``documents`` has the ``title``, ``text`` and ``captions`` of each document with an anchor text.

    Raises:
        DataError: a row lies in a field that its document lacks.
    """
    names = ("doc_id", "field", "field_index", "start", "end", "spans", "raw_spans", "text")
    columns = [data.column(name).to_pylist() if name in data.schema.names else [None] * len(data) for name in names]
    return [
        row["text"]
        if row["text"] is not None or row["doc_id"] not in anchors
        else _words(row, anchors[row["doc_id"]], documents[row["doc_id"]])
        for row in (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
    ]


def _text(raw: RawDocument | None) -> str | None:
    return None if raw is None else raw.text


def _words(row: Row, anchor: str, document: Row) -> str:
    if row["field"] is None:
        return _slices(anchor, row["raw_spans"])
    text = _field_text(row, document)
    if row["spans"] is not None:
        return _slices(text, row["spans"])
    return text[row["start"] : row["end"]]


def _field_text(row: Row, document: Row) -> str:
    field, index = FIELDS[row["field"]], row["field_index"]
    captions = document["captions"] or ()
    if field != "caption" and document[field] is not None:
        return str(document[field])
    if field == "caption" and index is not None and 0 <= index < len(captions):
        return str(captions[index])
    raise DataError(
        f"An annotation of {row['doc_id']!r} lies in a {field} that the document does not have; verify the edition."
    )


def _slices(text: str, spans: Iterable[Mapping[str, int]]) -> str:
    return GAP.join(text[span["start"] : span["end"]] for span in spans)
