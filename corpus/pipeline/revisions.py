"""The rows of anchor texts: which revision of its document one is, and which older ones must be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.errors import DataError
from corpus.export.batches import file_batches, read_schema
from corpus.export.layout import MANIFEST, shards_of
from corpus.export.store import read_manifest
from corpus.model.annotation import AnnotationSet
from corpus.model.document import RawDocument
from corpus.model.tables import RAW
from corpus.pipeline.former import gone_on_from

__all__ = ["Revisions", "raw_row"]


@dataclass(frozen=True, slots=True)
class Revisions:
    """What the dataset that is about to be replaced knows of anchor texts.

    A changed anchor text (a re-crawl, another decoder) is a new revision of the same ``doc_id``, never a
    silent shift; an older one is kept as long as any annotation names it by its hash.
    """

    known: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """The former revisions and anchor hashes by ``doc_id``, in revision order."""
    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """The former ``raw`` rows that some annotation names, by ``doc_id``, in revision order."""

    @classmethod
    def of(cls, directory: Path, sets: Iterable[AnnotationSet]) -> Revisions:
        """Read the former revisions from a built directory; none where nothing was built.

        Only what they need is read: whatever else of the build is damaged is made anew.

        Raises:
            DataError: there is a build, and its anchor texts cannot be read.
        """
        named = frozenset((s.doc_id, s.anchor_sha256) for s in sets)
        known: dict[str, list[tuple[int, str]]] = defaultdict(list)
        rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        with gone_on_from(directory):
            for data in _former(directory) if (directory / MANIFEST).is_file() else ():
                columns = (data.column(name).to_pylist() for name in ("doc_id", "revision", "anchor_sha256"))
                for row, (doc_id, revision, anchor_sha256) in enumerate(zip(*columns, strict=True)):
                    known[doc_id].append((revision, anchor_sha256))
                    if (doc_id, anchor_sha256) in named:
                        rows[doc_id] += data.slice(row, 1).to_pylist()
        return cls(
            {key: tuple(sorted(found)) for key, found in known.items()},
            {key: tuple(found) for key, found in rows.items()},
        )

    def number(self, doc_id: str, anchor_sha256: str, among_inputs: int = 1) -> int:
        """Return the revision of a document's present anchor text: its former one, or the next.

        A text that comes back after another one is the next too, so that the highest revision is the present one
        and no number ever stands for two texts. It is at least ``among_inputs``, how many versions of the document
        the inputs themselves hold.
        """
        *_, (newest, own) = self.known.get(doc_id, ((0, ""),))
        return newest if own == anchor_sha256 else max(newest + 1, among_inputs)

    def kept(self, doc_id: str, anchor_sha256: str) -> list[Mapping[str, Any]]:
        """Return the document's former rows, other than the present text, that some annotation names."""
        return [row for row in self.rows.get(doc_id, ()) if row["anchor_sha256"] != anchor_sha256]


def _former(directory: Path) -> Iterator[pa.Table]:
    """Yield the rows of a build's anchor texts, a few at a time, also of one that knew fewer columns.

    Raises:
        DataError: they cannot be read.
    """
    paths = [directory / path for _, path in shards_of(read_manifest(directory / MANIFEST).files, RAW.name)]
    if not paths:
        raise DataError(f"{directory / MANIFEST} names no file of {RAW.name!r}.")
    for path in paths:
        told = read_schema(path)
        for own in RAW.schema:
            if told.field(own.name).type != own.type if own.name in told.names else not own.nullable:
                raise DataError(f"{path} has not the column {own.name!r} of the type {own.type}.")
        for data in file_batches(path, [name for name in RAW.schema.names if name in told.names]):
            empty = next((own.name for own in RAW.schema if not own.nullable and data[own.name].null_count), None)
            if empty is not None:
                raise DataError(f"{path} has a row without {empty!r}.")
            yield data


def raw_row(raw: RawDocument) -> dict[str, Any]:
    """Return what a row of ``raw`` says of a text and of how it was read; not its id, revision or address."""
    return {
        "text": raw.text,
        "anchor_sha256": raw.anchor_sha256,
        "raw_sha256": raw.raw_sha256,
        "decoder": raw.decoder,
        "repairs": [{"kind": r.kind, "count": r.count, "detail": r.detail} for r in raw.repairs],
        "media_type": raw.media_type,
        "source_file": raw.source_file,
    }
