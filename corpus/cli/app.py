"""The ``corpus`` command and its verbs, one file each."""

from __future__ import annotations

from typing import Annotated

import typer

import corpus
from corpus.cli import (
    annotation_files,
    build,
    clean,
    diff,
    hydrate,
    known_lines,
    labelstudio,
    publish,
    release,
    schemas,
    takedown,
    verify,
)

__all__ = ["app"]

app = typer.Typer(
    name="corpus",
    help="Raw news text to cleaned, described, annotated and versioned datasets.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("build")(build.command)
app.command("clean")(clean.command)
app.command("known-lines")(known_lines.command)
app.command("verify")(verify.command)
app.command("diff")(diff.command)
app.command("release")(release.command)
app.command("publish")(publish.command)
app.command("hydrate")(hydrate.command)
app.command("takedown")(takedown.command)
app.command("schemas")(schemas.command)
app.add_typer(annotation_files.app, name="annotations", help="Work on the annotation files; measure agreement.")
app.add_typer(labelstudio.app, name="labelstudio", help="Work with a Label Studio server.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(corpus.__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Raw news text to cleaned, described, annotated and versioned datasets."""
