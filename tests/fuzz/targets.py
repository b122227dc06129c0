"""What must hold of any bytes: a page or an archive is read or refused by name, never anything else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.markup.claims import claims_of
from corpus.cleaning.markup.columns import markup_column
from corpus.errors import SourceError
from corpus.readers.html import Rendered, decode_html, render
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

__all__ = ["TARGETS", "html", "warc"]


_SOME = 32
"""One page in so many is cleaned too, which takes longer than all the rest."""


def html(data: bytes) -> None:
    """Decode and render a page; clean some."""
    try:
        source = decode_html(data, "text/html").text
    except SourceError:
        return
    page = render(source)
    lines = page.text.split("\n")
    assert len(lines) == len(page.markup.tags) == len(page.markup.places) == len(page.markup.hints)
    assert all(0.0 <= share <= 1.0 for share in page.markup.link_shares)
    assert not set("\r\0") & set(page.text)
    page.text.encode("utf-8")
    if len(data) % _SOME == 0:
        _cleaned(page)


def _cleaned(page: Rendered) -> None:
    raw = pl.DataFrame({"doc_id": ["page"], "text": [page.text]})
    blocks = clean_frame(raw.with_columns(markup_column([(page.markup, claims_of(page.head))])), line_model=False)
    assert blocks["kept"].any() == bool(page.text.strip())
    assert all(page.text[b["start"] : b["end"]] == b["text"] for b in blocks.iter_rows(named=True))


def warc(data: bytes) -> None:
    """Read a web archive, packed or not: pages, or findings that say why there are none."""
    name = "crawl.warc.gz" if data.startswith(b"\x1f\x8b") else "crawl.warc"
    report = ReadReport()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        limits = ReadOptions(max_document_bytes=1_000_000, max_record_bytes=4_000_000)
        documents = list(read_sources([path], limits, report))
    assert documents or report.findings
    for document in documents:
        document.text.encode("utf-8")
        assert document.text.strip()
        assert document.doc_id


TARGETS: dict[str, Callable[[bytes], None]] = {"html": html, "warc": warc}
