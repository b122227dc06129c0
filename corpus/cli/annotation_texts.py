"""The options that bringing annotations in and out share: the dataset with the texts, and the annotation files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.labelstudio_options import open_build
from corpus.cli.rim import visible_path
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset

__all__ = ["AnnotationFolder", "Build", "open_full"]

Build = Annotated[Path, typer.Option("--from", help="The built dataset whose documents are annotated.")]
AnnotationFolder = Annotated[Path, typer.Option("--annotations", help="The folder of annotation files.")]


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
