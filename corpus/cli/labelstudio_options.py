"""The options that the commands of ``corpus labelstudio`` share: which project, which server, which files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Annotations", "Build", "Data", "Name", "Url"]

Build = Annotated[Path, typer.Option("--from", help="The built dataset whose documents are annotated.")]
Name = Annotated[str | None, typer.Option("--project", help="The project's name (default: the dataset's).")]
Url = Annotated[
    str | None,
    typer.Option(
        "--url", help="Another server; its key in LABEL_STUDIO_API_KEY (default: $LABEL_STUDIO_URL, else local)."
    ),
]
Annotations = Annotated[Path, typer.Option(help="The folder of annotation files and guidelines.md.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="The local server's data (default: .corpus/label-studio).")
]
