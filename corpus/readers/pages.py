"""The bytes of an HTML page to one anchor text: what a reader of the page sees, with what its markup says."""

from __future__ import annotations

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import KnownValue, RawDocument
from corpus.readers.encoding.decoding import is_blank
from corpus.readers.html import decode_html
from corpus.readers.records import Problem
from corpus.readers.shown import HTML, shown

__all__ = ["page_document"]


def page_document(
    doc_id: str,
    data: bytes,
    source_file: str,
    *,
    declared: str | None = None,
    url: str | None = None,
    known: tuple[KnownValue, ...] = (),
) -> RawDocument:
    """Return a page's document; ``declared`` is the Content-Type it was sent with, ``url`` where it was.

    Raises:
        Problem: the bytes are no text, or the page shows none.
    """
    try:
        decoded = decode_html(data, declared)
    except SourceError as error:
        raise Problem("not-text", str(error)) from error
    source = RawDocument(
        doc_id=doc_id,
        text=decoded.text,
        raw_sha256=sha256_bytes(data),
        decoder=decoded.decoder,
        source_file=source_file,
        repairs=decoded.repairs,
        known=known,
    )
    page = shown(source, HTML, url)
    if is_blank(page.text):
        raise Problem("empty-document", "The page shows no text; remove it or get it anew.")
    return page
