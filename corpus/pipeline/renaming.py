"""Bring annotations along where documents got other ids: from the dataset that they had, to the one of today."""

from __future__ import annotations

from pathlib import Path

from corpus.annotation.identifying import Renaming, rename_documents
from corpus.annotation.sametext import Former
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset

__all__ = ["rename_annotations"]


def rename_annotations(
    folder: Path, dataset: Path, former: Path | None = None, *, dry_run: bool = False
) -> Renaming:
    """Rename documents in annotation files to the ids under which ``dataset`` has their texts.

    ``former`` is the dataset with the ids from before: with it documents are known, too, that nobody annotated, and
    those whose annotations lie on an older text.

    Raises:
        UsageError: ``dataset`` is a public edition, in which ids are withheld; another writer holds the folder.
        DataError: a file of a dataset, or a line of annotations, cannot be read; nothing is renamed.
        SourceError: there is no folder of annotations.
        OSError: a file cannot be written; the next call goes on from there.
    """
    after = BuiltDataset.open(dataset)
    if after.manifest.edition == "public":
        raise UsageError(
            f"{dataset} is a public edition, in which ids are withheld; name the build or full edition."
        )
    return rename_documents(folder, _texts(after), {} if former is None else _formers(former), dry_run=dry_run)


def _texts(dataset: BuiltDataset) -> dict[str, str]:
    found: dict[str, str] = {}
    for data in dataset.batches("documents", ("doc_id", "anchor_sha256")):
        columns = (data.column(name).to_pylist() for name in ("doc_id", "anchor_sha256"))
        found.update(zip(*columns, strict=True))
    return found


def _formers(directory: Path) -> dict[str, Former]:
    dataset = BuiltDataset.open(directory)
    found = {doc_id: Former({anchor}, {anchor}) for doc_id, anchor in _texts(dataset).items()}
    for data in dataset.batches("raw", ("doc_id", "revision", "anchor_sha256")):
        for row in data.select(["doc_id", "anchor_sha256"]).to_pylist():
            if row["doc_id"] in found:
                found[row["doc_id"]].every.add(row["anchor_sha256"])
    return found
