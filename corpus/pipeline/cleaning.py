"""Raw documents to described, cleaned documents: one batch through the kernel and the describer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from corpus.cleaning.kernel import clean_frame
from corpus.errors import UsageError
from corpus.files import sha256_bytes
from corpus.metadata.describe import describe_frame
from corpus.metadata.known import apply_known
from corpus.metadata.markup import known_from_head
from corpus.model.document import Document, KnownValue, RawDocument, sha256_text
from corpus.readers.decoding import Decoded, repair_text

__all__ = [
    "BATCH_CHARACTERS",
    "CleanedBatch",
    "batches",
    "clean_batch",
    "clean_decoded",
    "clean_texts",
    "documents_of",
]

BATCH_CHARACTERS = 4_000_000
"""How much text one batch holds (a document longer than that is a batch of its own)."""

_RAW_SCHEMA = {"doc_id": pl.String, "text": pl.String, "site": pl.String}


@dataclass(frozen=True, slots=True)
class CleanedBatch:
    """What the kernel and the describer made of one batch.

    ``documents`` has one row a document in the batch's order, ``blocks`` its blocks, sorted.
    """

    documents: pl.DataFrame
    blocks: pl.DataFrame


def batches(documents: Iterable[RawDocument], size: int = BATCH_CHARACTERS) -> Iterator[list[RawDocument]]:
    """Cut a stream of documents into lists of about ``size`` characters of text, in order."""
    batch: list[RawDocument] = []
    held = 0
    for document in documents:
        if batch and held + len(document.text) > size:
            yield batch
            batch, held = [], 0
        batch.append(document)
        held += len(document.text)
    if batch:
        yield batch


def clean_batch(batch: Sequence[RawDocument]) -> CleanedBatch:
    """Clean and describe a batch; a document's result never depends on the others in it."""
    sites = [known.value if (known := raw.known_value("site")) else None for raw in batch]
    frame = pl.DataFrame(
        {"doc_id": [raw.doc_id for raw in batch], "text": [raw.text for raw in batch], "site": sites},
        schema=_RAW_SCHEMA,
    )
    blocks = clean_frame(frame)
    values = {raw.doc_id: _known(raw) for raw in batch if raw.known or raw.head}
    described = apply_known(describe_frame(frame, blocks), values)
    return CleanedBatch(_with_identity(described, batch), blocks)


def _known(raw: RawDocument) -> tuple[KnownValue, ...]:
    """Return what is known from outside the text, then what the page's head says: the first of a column counts."""
    return raw.known if raw.head is None else raw.known + known_from_head(raw.head, raw.text)


def _with_identity(described: pl.DataFrame, batch: Sequence[RawDocument]) -> pl.DataFrame:
    return described.with_columns(
        pl.Series("source_file", [raw.source_file for raw in batch], dtype=pl.String),
        pl.Series("raw_sha256", [raw.raw_sha256 for raw in batch], dtype=pl.String),
        pl.Series("anchor_sha256", [raw.anchor_sha256 for raw in batch], dtype=pl.String),
        pl.Series("text_sha256", [sha256_text(text) for text in described["text"]], dtype=pl.String),
    )


def clean_texts(texts: Sequence[str], sites: Sequence[str | None] | None = None) -> list[Document]:
    """Clean texts that are no files; ``doc_id`` is "0", "1", … by position.

    Args:
        texts: the raw texts; decoding repairs (line ends, NULs, surrogates …) are made first, and offsets
            refer to the repaired text, which each document holds as ``raw_text``.
        sites: the site (its host) each text comes from, where known; as long as ``texts``.

    Raises:
        UsageError: a text is not a string, or the two sequences differ in length.
    """
    if isinstance(texts, str | bytes):
        raise UsageError("clean_many takes a sequence of texts, got one text; use clean for that.")
    if sites is not None and len(sites) != len(texts):
        raise UsageError(f"There must be one site a text, got {len(sites)} sites for {len(texts)} texts.")
    raws = [_raw_of_text(index, text) for index, text in enumerate(texts)]
    if sites is not None:
        raws = [_with_site(raw, site) for raw, site in zip(raws, sites, strict=True)]
    return [document for batch in batches(raws) for document in documents_of(batch, clean_batch(batch))]


def documents_of(batch: Sequence[RawDocument], cleaned: CleanedBatch) -> Iterator[Document]:
    """Turn a cleaned batch into documents, in the batch's order."""
    blocks: dict[str, list[dict[str, Any]]] = {raw.doc_id: [] for raw in batch}
    for block in cleaned.blocks.iter_rows(named=True):
        blocks[block["doc_id"]].append(block)
    for raw, row in zip(batch, cleaned.documents.iter_rows(named=True), strict=True):
        yield Document.from_rows(row, blocks[raw.doc_id], raw.text)


def clean_decoded(decoded: Decoded, data: bytes) -> Document:
    """Clean one text that was decoded from ``data``; its ``doc_id`` is "0"."""
    raw = _raw_of("0", decoded, data)
    return next(documents_of([raw], clean_batch([raw])))


def _raw_of(doc_id: str, decoded: Decoded, data: bytes) -> RawDocument:
    return RawDocument(
        doc_id=doc_id,
        text=decoded.text,
        raw_sha256=sha256_bytes(data),
        decoder=decoded.decoder,
        source_file="",
        repairs=decoded.repairs,
    )


def _raw_of_text(index: int, text: object) -> RawDocument:
    if not isinstance(text, str):
        raise UsageError(f"Text {index} must be a str, got {type(text).__name__}; decode bytes first.")
    return _raw_of(str(index), repair_text(text), text.encode("utf-8", "surrogatepass"))


def _with_site(raw: RawDocument, site: str | None) -> RawDocument:
    if site is None:
        return raw
    return replace(raw, known=(KnownValue("site", site, "input record", "the call's sites"),))
