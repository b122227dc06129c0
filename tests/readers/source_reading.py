"""What the readers' tests share: reading sources, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.model.document import RawDocument
from corpus.readers.sources import ReadOptions, ReadReport, read_sources


def read(*sources: Path | str, **options: Any) -> tuple[list[RawDocument], ReadReport]:
    """Return the documents and what was reported of the sources."""
    report = ReadReport()
    return list(read_sources(sources, ReadOptions(**options), report)), report


def ids(documents: list[RawDocument]) -> list[str]:
    return [document.doc_id for document in documents]


def places(report: ReadReport) -> list[tuple[str, str]]:
    """Return the findings' places and codes."""
    return [(finding.place, finding.code) for finding in report.findings]
