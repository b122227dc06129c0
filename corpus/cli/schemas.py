"""``corpus schemas``: write the generated contract (JSON Schemas, Label Studio config) of a scheme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.rim import check_file, err, escape, out, visible, visible_path
from corpus.export.json_schema import json_schemas
from corpus.files import atomic_write
from corpus.labelstudio.config import label_config
from corpus.pipeline.beside import read_scheme

__all__ = ["command", "generated_files"]


def command(
    target: Annotated[Path, typer.Option("--out", help="The folder to write to.")] = Path("schemas"),
    scheme: Annotated[Path | None, typer.Option(help="Annotation scheme (TOML) (default: NEWS-EC).")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where one is stale or missing.")
    ] = False,
) -> None:
    """Write the JSON Schema of every record and the Label Studio config, derived from the model."""
    check_file(scheme, "--scheme", "name an annotation scheme (TOML), or leave it out for NEWS-EC")
    stale = [
        name
        for name, text in generated_files(scheme).items()
        if not (target / name).is_file() or (target / name).read_text("utf-8") != text
    ]
    if check:
        for name in stale:
            state = "is stale" if (target / name).is_file() else "is missing"
            err.print(f"{escape(visible_path(target / name))} {state}: run `corpus schemas`")
        raise typer.Exit(1 if stale else 0)
    files = generated_files(scheme)
    for name in stale:
        with atomic_write(target / name) as stream:
            stream.write(files[name].encode("utf-8"))
    written = f"wrote {visible(', '.join(stale))}" if stale else "all up to date"
    out.print(f"{escape(visible_path(target))}: {escape(written)}")


def generated_files(scheme: Path | None = None) -> dict[str, str]:
    """Return the text of every generated file by name."""
    _, model = read_scheme(scheme)
    files = {
        name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in json_schemas(model).items()
    }
    return {**files, "label-studio-config.xml": label_config(model)}
