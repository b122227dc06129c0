"""Raw documents to described, cleaned documents: one batch through the kernel and the describer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.knownlines.table import FrozenCounts
from corpus.cleaning.markup.claims import claims_of
from corpus.cleaning.markup.columns import markup_column
from corpus.files import sha256_bytes
from corpus.metadata.text import texts as texts_of
from corpus.model.document import Document, KnownValue, RawDocument, sha256_text
from corpus.model.markup import Markup
from corpus.pipeline.arguments import check_choices, listed_texts, listed_values
from corpus.pipeline.describing import described_frame, known_of
from corpus.readers.shown import PLAIN, decoded_source, shown
from corpus.readers.values import host_of

__all__ = [
    "BATCH_CHARACTERS",
    "CleanedBatch",
    "batches",
    "clean_batch",
    "clean_raw",
    "clean_text_of",
    "clean_texts",
    "documents_of",
    "raw_frame",
    "raw_of",
    "site_of",
    "with_known",
]

BATCH_CHARACTERS = 8_000_000
"""How much text one batch holds (a document longer than that is a batch of its own): what a call costs once is
spread over it, and half as much would take an eighth longer. A page's counts twice: what its markup says of each
line takes more room than the line, and half as much takes no longer there."""

_SAME_SITE = ("www", "m", "amp")
_RAW_SCHEMA = {"doc_id": pl.String, "text": pl.String, "site": pl.String}


@dataclass(frozen=True, slots=True)
class CleanedBatch:
    """What the kernel and the describer made of one batch.

    ``documents`` has one row a document in the batch's order, ``blocks`` its blocks, sorted.
    """

    documents: pl.DataFrame
    blocks: pl.DataFrame


def batches(documents: Iterable[RawDocument], size: int = BATCH_CHARACTERS) -> Iterator[list[RawDocument]]:
    """Cut a stream of documents, in order, into lists of about ``size`` characters of text (of pages half)."""
    batch: list[RawDocument] = []
    held = 0
    for document in documents:
        more = len(document.text) * (1 if document.markup is None else 2)
        if batch and held + more > size:
            yield batch
            batch, held = [], 0
        batch.append(document)
        held += more
    if batch:
        yield batch


def clean_batch(
    batch: Sequence[RawDocument], line_model: bool = True, known_lines: FrozenCounts | None = None
) -> CleanedBatch:
    """Clean and describe a batch; a document's result never depends on the others in it.

    Raises:
        DataError: the file of known lines changed after it was named, or is damaged.
    """
    frame = raw_frame(batch)
    blocks = _blocks(frame, line_model, known_lines)
    return CleanedBatch(_with_identity(described_frame(frame, blocks, batch), batch), blocks)


def _blocks(frame: pl.DataFrame, line_model: bool, known_lines: FrozenCounts | None) -> pl.DataFrame:
    return clean_frame(frame, line_model=line_model, known_lines=known_lines.load() if known_lines else None)


def raw_frame(batch: Sequence[RawDocument]) -> pl.DataFrame:
    """Return the frame that the kernel cleans, one row a document."""
    frame = pl.DataFrame(
        {
            "doc_id": [raw.doc_id for raw in batch],
            "text": [raw.text for raw in batch],
            "site": [site_of(raw) for raw in batch],
        },
        schema=_RAW_SCHEMA,
    )
    if any(raw.markup is not None for raw in batch):
        frame = frame.with_columns(markup_column([_markup(raw) for raw in batch]))
    return frame


def site_of(raw: RawDocument) -> str | None:
    """Return under what name a document's lines are counted: its site, the host of its address, its publisher.

    A host is written without the labels that name no other site ("www", "m", "amp"); a publisher's name in small
    letters behind "publisher:". What the page says of itself counts where nothing else is known.
    """
    known = {value.column: value.value for value in reversed(known_of(raw))}
    site, url, publisher = (known.get(column) for column in ("site", "url", "publisher"))
    host = site if isinstance(site, str) else host_of(url) if isinstance(url, str) else None
    if host:
        labels = host.lower().removesuffix(".").split(".")
        return ".".join(labels[1:] if labels[0] in _SAME_SITE and len(labels) > 2 else labels)
    if isinstance(publisher, str) and publisher.strip():
        return "publisher:" + " ".join(publisher.lower().split())
    return None


def _markup(raw: RawDocument) -> tuple[Markup | None, Sequence[str]]:
    return raw.markup, () if raw.head is None else claims_of(raw.head)


def _with_identity(described: pl.DataFrame, batch: Sequence[RawDocument]) -> pl.DataFrame:
    return described.with_columns(
        pl.Series("source_file", [raw.source_file for raw in batch], dtype=pl.String),
        pl.Series("raw_sha256", [raw.raw_sha256 for raw in batch], dtype=pl.String),
        pl.Series("anchor_sha256", [raw.anchor_sha256 for raw in batch], dtype=pl.String),
        pl.Series("text_sha256", [sha256_text(text) for text in described["text"]], dtype=pl.String),
    )


def clean_texts(
    texts: Sequence[str],
    *,
    media_type: str = PLAIN,
    sites: Sequence[str | None] | None = None,
    urls: Sequence[str | None] | None = None,
    known_lines: Path | str | None = None,
    line_model: bool = True,
) -> list[Document]:
    """Clean texts or pages that are no files, as :func:`corpus.clean_many` says."""
    check_choices(media_type, line_model, known_lines)
    listed = listed_texts(texts)
    raws = [_raw_of(str(index), text, media_type, _bytes(text)) for index, text in enumerate(listed)]
    for column, values in (("site", sites), ("url", urls)):
        if values is not None:
            known = listed_values(f"{column}s", values, len(listed))
            raws = [with_known(raw, column, value) for raw, value in zip(raws, known, strict=True)]
    counts = None if known_lines is None else FrozenCounts.of(Path(known_lines))
    return [
        document
        for batch in batches(raws)
        for document in documents_of(batch, clean_batch(batch, line_model, counts))
    ]


def documents_of(
    batch: Sequence[RawDocument], cleaned: CleanedBatch, wanted: Set[str] | None = None
) -> Iterator[Document]:
    """Turn a cleaned batch into documents, in the batch's order: all, or those with a wanted ``doc_id``."""
    chosen = [raw for raw in batch if wanted is None or raw.doc_id in wanted]
    blocks: dict[str, list[dict[str, Any]]] = {raw.doc_id: [] for raw in chosen}
    is_chosen = pl.col("doc_id").is_in(list(blocks))
    for block in cleaned.blocks.filter(is_chosen).iter_rows(named=True):
        blocks[block["doc_id"]].append(block)
    for raw, row in zip(chosen, cleaned.documents.filter(is_chosen).iter_rows(named=True), strict=True):
        yield Document.from_rows(row, blocks[raw.doc_id], raw.text)


def clean_text_of(raw: RawDocument, line_model: bool = True, known_lines: FrozenCounts | None = None) -> str:
    """Return the clean text of one raw document and nothing that describes it, whose model takes long to load.

    Raises:
        DataError: the file of known lines changed after it was named, or is damaged.
    """
    frame = raw_frame([raw])
    return str(texts_of(frame, _blocks(frame, line_model, known_lines))["text"][0])


def clean_raw(raw: RawDocument, line_model: bool = True, known_lines: FrozenCounts | None = None) -> Document:
    """Clean one raw document."""
    return next(documents_of([raw], clean_batch([raw], line_model, known_lines)))


def raw_of(data: bytes, media_type: str = PLAIN, url: str | None = None) -> RawDocument:
    """Return the document, named "0", of the bytes of one text or page, even where it shows no text.

    Raises:
        SourceError: the bytes are no text, or their encoding cannot be told.
    """
    return _raw_of("0", data, media_type, data, url)


def _raw_of(doc_id: str, source: str | bytes, media_type: str, data: bytes, url: str | None = None) -> RawDocument:
    decoded = decoded_source(source, media_type)
    raw = RawDocument(
        doc_id=doc_id,
        text=decoded.text,
        raw_sha256=sha256_bytes(data),
        decoder=decoded.decoder,
        source_file="",
        repairs=decoded.repairs,
    )
    return shown(raw, media_type, url)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def with_known(raw: RawDocument, column: str, value: str | None) -> RawDocument:
    """Add what the caller knows of a column to a document; None adds nothing."""
    if value is None:
        return raw
    head = raw.head if raw.head is None or column != "url" else replace(raw.head, url=value)
    known = KnownValue(column, value, "input record", f"the call's {column}s")
    return replace(raw, known=(*raw.known, known), head=head)
