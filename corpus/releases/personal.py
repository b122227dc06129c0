"""Report what may be personal data in the texts of a dataset, with its place and never its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.export.batches import plain_batches
from corpus.export.store import BuiltDataset
from corpus.model.finding import Finding, Severity
from corpus.readers.personal import find_personal
from corpus.releases.checks.collecting import Collector, cell

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
    raw, documents = dataset.files("raw"), dataset.files("documents")
    schema = dataset.file_model("documents").schema
    for split in documents:
        whole: set[str] = set()
        texts = _noted(_column(raw.get(split, ()), "text"), whole)
        found.add(_in_column("raw", split, texts, "text", None))
        for name in (field.name for field in schema if _holds_words(field)):
            skipped = whole if name in _FROM_RAW else None
            found.add(_in_column("documents", split, _column(documents[split], name), name, skipped))
    return found.findings()


def _holds_words(field: pa.Field) -> bool:
    kind = field.type.value_type if pa.types.is_list(field.type) else field.type
    return pa.types.is_large_string(kind) and field.name not in _NAMING and not field.name.endswith("sha256")


def _column(paths: Iterable[Path], name: str) -> Iterator[tuple[str, Any]]:
    """Yield each row's document and its value, a few rows at a time."""
    for data in plain_batches(paths, ("doc_id", name)):
        yield from zip(*(column.to_pylist() for column in data.columns), strict=True)


def _noted(values: Iterable[tuple[str, Any]], documents: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield the same, and add to ``documents`` those that have a value."""
    for doc_id, value in values:
        if value is not None:
            documents.add(doc_id)
        yield doc_id, value


def _in_column(
    config: str, split: str, values: Iterable[tuple[str, Any]], name: str, skipped: set[str] | None
) -> Iterator[Finding]:
    for row, (doc_id, value) in enumerate(values):
        for text in _texts(value) if doc_id not in (skipped or ()) else ():
            for item in find_personal(text):
                found = f"There is {_article(item.kind)} at [{item.start}, {item.end})"
                message = f"{found}; `mask_pii=True` of a build hides it."
                yield Finding("personal-data", cell(config, split, row, name), message, Severity.WARNING)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [item for item in value or () if isinstance(item, str)]


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
