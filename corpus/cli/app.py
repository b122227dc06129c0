"""The ``corpus`` command and its verbs, one file each: a verb's file is imported when the verb is asked for."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import corpus

__all__ = ["app"]

_VERBS = {
    "build": "build:command",
    "clean": "clean:command",
    "known-lines": "known_lines:command",
    "verify": "verify:command",
    "diff": "diff:command",
    "release": "release:command",
    "publish": "publish:command",
    "hydrate": "hydrate:command",
    "takedown": "takedown:command",
    "schemas": "schemas:command",
    "annotations": "annotation_files:app",
    "labelstudio": "labelstudio:app",
}
"""The file of each verb, and the command or the group of commands in it."""

_GROUP_HELP = {
    "annotations": "Work on the annotation files; measure agreement.",
    "labelstudio": "Work with a Label Studio server.",
}


class _Verbs(TyperGroup):
    """The verbs, each imported when it is called: all of them together take a second."""

    _lists = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Click calls it so)
        return list(_VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (Click calls it so)
        if cmd_name not in _VERBS:
            return None
        return TyperCommand(cmd_name, help=_said_of(cmd_name)) if self._lists else _verb(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._lists = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._lists = False


def _said_of(name: str) -> str:
    """Return what a verb says of itself, read from its file's source, which need not be imported for that."""
    file, _, what = _VERBS[name].partition(":")
    if name in _GROUP_HELP:
        return _GROUP_HELP[name]
    source = ast.parse(files("corpus.cli").joinpath(f"{file}.py").read_text(encoding="utf-8"))
    found = [node for node in source.body if isinstance(node, ast.FunctionDef) and node.name == what]
    return ast.get_docstring(found[0]) or ""


@cache
def _verb(name: str) -> Any:
    file, _, what = _VERBS[name].partition(":")
    found = getattr(import_module(f"corpus.cli.{file}"), what)
    alone = typer.Typer()
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name, help=_GROUP_HELP[name])
    else:
        alone.command(name)(found)
    return typer.main.get_group(alone).commands[name]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(corpus.__version__)
        raise typer.Exit


app = typer.Typer(
    name="corpus",
    cls=_Verbs,
    help="Raw news text to cleaned, described, annotated and versioned datasets.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Raw news text to cleaned, described, annotated and versioned datasets."""
