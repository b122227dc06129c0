"""Report what may be personal data in the texts of a dataset, with its place and never its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.export.store import BuiltDataset
from corpus.model.finding import Finding, Severity
from corpus.readers.personal import find_personal
from corpus.releases.collecting import Collector, cell

__all__ = ["check_personal"]

_FROM_RAW = frozenset({"text", "headings", "captions", "credits", "dateline"})
"""Columns of ``documents`` whose words stand in ``raw.text`` too."""
_NAMING = frozenset({"doc_id", "split", "source_file", "site", "retrieved_at", "language", "published", "modified"})


def check_personal(directory: Path) -> list[Finding]:
    """Return a warning for each e-mail address, phone number, street address, bank or card number that is found.

    The anchor texts are searched, and what ``documents`` says beside them. Rows are counted from 0 within their
    split, in key order; offsets are code points into the value.

    Raises:
        UsageError: the directory is no dataset.
        DataError: a file cannot be read.
        ExtraMissingError: the extra ``[pii]`` is not installed.
    """
    dataset = BuiltDataset.open(directory)
    found = Collector()
    for split in dataset.manifest.configs["documents"].rows:
        held = dataset.table("raw", split)
        whole = set(held.filter(held.column("text").is_valid()).column("doc_id").to_pylist())
        found.add(_in_column("raw", split, held, "text", None))
        documents = dataset.table("documents", split)
        for name in documents.schema.names:
            if _holds_words(documents.schema.field(name)):
                skipped = whole if name in _FROM_RAW else None
                found.add(_in_column("documents", split, documents, name, skipped))
    return found.findings()


def _holds_words(field: pa.Field) -> bool:
    kind = field.type.value_type if pa.types.is_list(field.type) else field.type
    return pa.types.is_large_string(kind) and field.name not in _NAMING and not field.name.endswith("sha256")


def _in_column(config: str, split: str, data: pa.Table, name: str, skipped: set[str] | None) -> Iterator[Finding]:
    ids = data.column("doc_id").to_pylist()
    for row, (doc_id, value) in enumerate(zip(ids, data.column(name).to_pylist(), strict=True)):
        for text in _texts(value) if doc_id not in (skipped or ()) else ():
            for item in find_personal(text):
                message = (
                    f"There is {_article(item.kind)} at [{item.start}, {item.end}); --mask-pii of a build hides it."
                )
                yield Finding("personal-data", cell(config, split, row, name), message, Severity.WARNING)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [item for item in value or () if isinstance(item, str)]


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
