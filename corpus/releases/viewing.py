"""Check the configs that are made from others: they are what the rows make, in the manifest and in their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from corpus.errors import DataError
from corpus.export.content import content_sha256
from corpus.export.layout import shards_of
from corpus.export.parquet import read_parquet
from corpus.export.views import View, make_views
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest, ViewSummary
from corpus.model.tables import Table
from corpus.releases.tree import Tree

__all__ = ["check_views"]


def check_views(
    tree: Tree,
    manifest: Manifest,
    models: Mapping[str, Table],
    parts: Mapping[str, Mapping[str, pa.Table]],
) -> Iterator[Finding]:
    """Hold the views that the rows make against the manifest and against the files.

    Rows that cannot be made to views have findings of their own.
    """
    try:
        made = make_views(models, parts)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        yield Finding("view", "entities", f"The views cannot be made of its rows: {error}.")
        return
    if set(made) != set(manifest.views):
        wanted, got = ", ".join(sorted(made)) or "none", ", ".join(sorted(manifest.views)) or "none"
        message = f"Its `views` must be {wanted}, got {got}; write the dataset again."
        yield Finding("manifest", "manifest.json", message)
    for name in sorted(set(made) & set(manifest.views)):
        view, told = made[name], manifest.views[name]
        if not _agrees(view, told):
            yield Finding("view", name, "The manifest says other rows of it than the data make; write it again.")
        found: list[pa.Table] = []
        for split, path in shards_of(tree.hashes, name):
            try:
                data = read_parquet(tree.directory / path)
            except DataError as error:
                yield Finding("parquet", path, str(error))
                break
            if not data.schema.equals(view.table.schema, check_metadata=False) or split not in view.parts:
                yield Finding(
                    "schema", path, "The file has other columns than the config, or is of an unknown split."
                )
                break
            found.append(data.replace_schema_metadata(None))
        else:
            yield from _check_rows(name, view, found, told.content_sha256)


def _agrees(view: View, told: ViewSummary) -> bool:
    try:
        return view.summary() == told
    except (LookupError, ValueError, OverflowError, TypeError):
        return False


def _check_rows(name: str, view: View, parts: list[pa.Table], wanted: str) -> Iterator[Finding]:
    data = pa.concat_tables(parts) if parts else view.table.schema.empty_table()
    ordered = data.sort_by([(key, "ascending") for key in view.table.key])
    try:
        got = content_sha256(ordered, view.table)
    except (IndexError, ValueError, OverflowError, TypeError):
        got = "?"
    if got != wanted:
        yield Finding("view", name, "The rows of its files are not those that the data make; write it again.")
