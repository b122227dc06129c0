"""Open a build or a release as a side of a comparison."""

from __future__ import annotations

from pathlib import Path

from corpus.comparison.sides import Side
from corpus.export.layout import shards_of
from corpus.export.store import BuiltDataset

__all__ = ["open_side", "side_of"]


def open_side(path: Path) -> Side:
    """Open a built directory or a release.

    Raises:
        UsageError: the directory is not there, or is no dataset.
        DataError: the manifest or the scheme cannot be read, was written by a newer version, or a file
            that the manifest names is missing.
    """
    return side_of(BuiltDataset.open(path))


def side_of(dataset: BuiltDataset) -> Side:
    """Return an open dataset as a side of a comparison."""
    manifest = dataset.manifest
    shards = {
        name: tuple(dataset.directory / path for _, path in shards_of(manifest.files, name))
        for name in manifest.configs
    }
    return Side(manifest, dataset.scheme, shards)
