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


_PLAIN = None
"""Help without frames: within them a terminal of 80 columns cuts the names of options short."""


class _Verbs(TyperGroup):
    """The verbs, each imported when it is called: all of them together take a second."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name) for name in _VERBS}  # their names, for "Did you mean"

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (Click calls it so)
        return _verb(cmd_name) if cmd_name in _VERBS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (Click calls it so)
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_paragraph(_said_of(name))) for name in _VERBS])


def _said_of(name: str) -> str:
    """Return what a verb says of itself, read from its file's source, which need not be imported for that."""
    file, _, what = _VERBS[name].partition(":")
    if name in _GROUP_HELP:
        return _GROUP_HELP[name]
    source = ast.parse(files("corpus.cli").joinpath(f"{file}.py").read_text(encoding="utf-8"))
    found = [node for node in source.body if isinstance(node, ast.FunctionDef) and node.name == what]
    return ast.get_docstring(found[0]) or ""


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())


@cache
def _verb(name: str) -> Any:
    file, _, what = _VERBS[name].partition(":")
    found = getattr(import_module(f"corpus.cli.{file}"), what)
    alone = typer.Typer(rich_markup_mode=_PLAIN)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name, help=_GROUP_HELP[name])
    else:
        alone.command(name)(found)
    verb = typer.main.get_group(alone).commands[name]
    _list_whole(verb)
    return verb


def _list_whole(command: Any) -> None:
    """Let the lists of a group's commands say what each does in whole sentences, which Click would cut short."""
    command.short_help = _first_paragraph(command.help or "")
    for below in getattr(command, "commands", {}).values():
        _list_whole(below)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(corpus.__version__)
        raise typer.Exit


app = typer.Typer(
    name="corpus",
    cls=_Verbs,
    help="Raw news text to cleaned, described, annotated and versioned datasets.",
    no_args_is_help=True,
    rich_markup_mode=_PLAIN,
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
