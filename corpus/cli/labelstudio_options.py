"""The options that the commands of ``corpus labelstudio`` share: which project, which server, which files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.rim import visible_path
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset

__all__ = ["ANNOTATIONS", "BUILD", "Annotations", "Build", "Data", "Name", "Url", "open_build"]

Build = Annotated[Path, typer.Option("--from", help="The built dataset whose documents are annotated.")]
Name = Annotated[str | None, typer.Option("--project", help="The project's name (default: the dataset's).")]
Url = Annotated[
    str | None,
    typer.Option(
        "--url", help="Another server; its key in LABEL_STUDIO_API_KEY (default: $LABEL_STUDIO_URL, local)."
    ),
]
Annotations = Annotated[Path, typer.Option(help="The folder of annotation files and guidelines.md.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="The local server's data (default: .corpus/label-studio).")
]
BUILD = Path("build/dataset")
ANNOTATIONS = Path("annotations")


def open_build(build: Path) -> BuiltDataset:
    """Open the dataset whose documents are annotated.

    Raises:
        UsageError: it is not there, or is none.
        DataError: it cannot be read.
    """
    if not build.is_dir():
        name = visible_path(build)
        raise UsageError(
            f"There is no directory {name}: `corpus build SOURCE --out {name}` makes it, or name a built dataset "
            "with --from."
        )
    return BuiltDataset.open(build)
