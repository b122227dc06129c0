"""``corpus schemas``: write what a scheme generates: JSON Schemas, Label Studio config, tables of a guideline."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from corpus.annotation.guidelines import fill_tables
from corpus.api.places import check_file
from corpus.cli.rim import err, escape, out, visible, visible_path
from corpus.export.json_schema import json_schemas
from corpus.files import atomic_write
from corpus.labelstudio.format.config import label_config
from corpus.pipeline.beside import read_scheme
from corpus.readers.opening import named_text

__all__ = ["command", "generated_files"]

_TARGET = Path("schemas")


def command(
    target: Annotated[Path, typer.Option("--out", help="The folder to write to.")] = _TARGET,
    scheme: Annotated[Path | None, typer.Option(help="Annotation scheme (TOML) (default: NEWS-EC).")] = None,
    guideline: Annotated[
        Path | None,
        typer.Option(help="A guideline (Markdown) whose tables of the scheme are renewed too."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where one is stale or missing.")
    ] = False,
) -> None:
    """Write the JSON Schema of every record and the Label Studio config, derived from the model."""
    check_file(scheme, "--scheme", "name an annotation scheme (TOML), or leave it out for NEWS-EC")
    check_file(guideline, "--guideline", "name a guideline with parts that the scheme fills, or leave it out")
    files = {target / name: text for name, text in generated_files(scheme).items()}
    if guideline is not None:
        files[guideline] = fill_tables(named_text(guideline), read_scheme(scheme)[1])
    stale = [path for path, text in files.items() if not _says(path, text)]
    if check:
        for path in stale:
            state = "is stale" if path.is_file() else "is missing"
            way_out = escape(visible(_call(target, scheme, guideline)))
            err.print(f"{escape(visible_path(path))} {state}: run `{way_out}`")
        raise typer.Exit(1 if stale else 0)
    for path in stale:
        with atomic_write(path) as stream:
            stream.write(files[path].encode("utf-8"))
    names = [str(path) if path == guideline else path.name for path in stale]
    written = f"wrote {visible(', '.join(names))}" if stale else "all up to date"
    out.print(f"{escape(visible_path(target))}: {escape(written)}")


def generated_files(scheme: Path | None = None) -> dict[str, str]:
    """Return the text of every generated file by name."""
    _, model = read_scheme(scheme)
    files = {
        name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in json_schemas(model).items()
    }
    return {**files, "label-studio-config.xml": label_config(model)}


def _call(target: Path, scheme: Path | None, guideline: Path | None) -> str:
    """Return the same call without ``--check``: another scheme would write other files."""
    named = {"--out": target if target != _TARGET else None, "--scheme": scheme, "--guideline": guideline}
    given = [word for option, path in named.items() if path is not None for word in (option, str(path))]
    return shlex.join(["corpus", "schemas", *given])


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode("utf-8")
