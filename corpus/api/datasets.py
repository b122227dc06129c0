"""Datasets that were built, opened for those who work with them."""

from __future__ import annotations

from pathlib import Path

from corpus.api.places import Place, path_of
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset
from corpus.model.arguments import checked

__all__ = ["ANNOTATIONS", "BUILD", "open_build", "open_dataset", "open_full"]

BUILD = Path("build/dataset")
"""Where a project's dataset is looked for, unless told otherwise."""
ANNOTATIONS = Path("annotations")
"""The same of its annotation files."""


@checked
def open_dataset(path: Place) -> BuiltDataset:
    """Open a build or a release: its manifest, its scheme, its rows and its documents.

    ``documents()`` yields each as :func:`corpus.clean` returns it, with its blocks and projections;
    ``rows("claims")`` the rows of a config with the names of their labels; ``table("claims")`` an Arrow table.

    Raises:
        UsageError: the directory is not there, or is no dataset.
        DataError: the manifest or the scheme cannot be read, or was written by a newer version.
    """
    return BuiltDataset.open(path_of(path, "path"))


def open_build(build: Path) -> BuiltDataset:
    """Open the dataset whose documents are annotated.

    Raises:
        UsageError: it is not there, or is none.
        DataError: it cannot be read.
    """
    if not build.is_dir():
        raise UsageError(
            f"There is no directory {build}: `corpus build SOURCE --out {build}` makes it, or name a built dataset "
            "with `build=`."
        )
    return BuiltDataset.open(build)


def open_full(build: Path) -> BuiltDataset:
    """Open the dataset whose documents are annotated, with their texts.

    Raises:
        UsageError: it is not there, is none, or is a public edition.
        DataError: it cannot be read.
    """
    dataset = open_build(build)
    if dataset.manifest.edition == "public":
        raise UsageError(f"{build} is a public edition, in which texts are withheld; name the build or full one.")
    return dataset
