"""The dataset with the texts that annotations are brought into and out of."""

from __future__ import annotations

from pathlib import Path

from corpus.cli.labelstudio_options import open_build
from corpus.cli.rim import visible_path
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset

__all__ = ["open_full"]


def open_full(build: Path) -> BuiltDataset:
    """Open the dataset whose documents are annotated, with their texts.

    Raises:
        UsageError: it is not there, is none, or is a public edition.
        DataError: it cannot be read.
    """
    dataset = open_build(build)
    if dataset.manifest.edition == "public":
        raise UsageError(
            f"{visible_path(build)} is a public edition, in which texts are withheld; name the build or full one."
        )
    return dataset
