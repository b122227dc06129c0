"""Purging a folder of raw files, and reading what is left: what the tests of purges share."""

from __future__ import annotations

import gzip
from pathlib import Path

from corpus.model.document import RawDocument
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.readers.sources import ReadOptions, ReadReport, read_sources


def documents(folder: Path) -> dict[str, RawDocument]:
    """Return what a build would read; there is nothing to complain of."""
    report = ReadReport()
    found = {raw.doc_id: raw for raw in read_sources([folder], ReadOptions(), report)}
    assert report.findings == []
    return found


def name_of(doc_id: str) -> str:
    return doc_id.rpartition("/")[2]


def purge(folder: Path, doc_id: str, *, dry_run: bool = False, read: ReadOptions | None = None) -> TakedownReport:
    graves = folder.parent / f"graves-{name_of(doc_id)}.jsonl"
    wanted = TakedownOptions(graves, raw=(folder,), purge=True, dry_run=dry_run, read=read or ReadOptions())
    return take_down(doc_id, "asked", wanted)


def noun(name: str) -> str:
    return "line" if "json" in name else "row"


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
