"""Check the configs that are made from others: they are what the rows make, in the manifest and in their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from corpus.errors import DataError
from corpus.export.batches import read_schema
from corpus.export.index import SplitIndex
from corpus.export.layout import MANIFEST, shards_of
from corpus.export.views import View, make_views, summary_of
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest, ViewSummary
from corpus.releases.checks.configs import Config, content_of, sorted_splits
from corpus.releases.checks.tree import Tree

__all__ = ["check_views"]


def check_views(
    tree: Tree, manifest: Manifest, configs: Mapping[str, Config], index: SplitIndex
) -> Iterator[Finding]:
    """Hold the views that the rows make against the manifest and against the files.

    Rows that cannot be made to views have findings of their own. A manifest that says nothing of views and has no
    files of them was written before there were any.
    """

    def read(config: str, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        return configs[config].in_order(columns)

    splits = list(configs["documents"].files)
    try:
        views = make_views({name: config.model for name, config in configs.items()}, read)
        made = {name: summary_of(view, index, splits) for name, view in views.items()}
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        yield Finding("view", "entities", f"The views cannot be made of its rows: {error}.")
        return
    if "views" not in manifest.model_fields_set and not any(shards_of(tree.hashes, name) for name in views):
        return
    made = {name: summary for name, summary in made.items() if any(summary.rows.values())}
    if set(made) != set(manifest.views):
        wanted, got = ", ".join(sorted(made)) or "none", ", ".join(sorted(manifest.views)) or "none"
        message = f"Its `views` must be {wanted}, got {got}."
        yield Finding("manifest", MANIFEST, message)
    for name in sorted(set(made) & set(manifest.views)):
        if made[name] != manifest.views[name]:
            yield Finding("view", name, "The manifest says other rows of it than the data make.")
        yield from _check_files(tree, name, views[name], splits, manifest.views[name])


def _check_files(tree: Tree, name: str, view: View, splits: Sequence[str], told: ViewSummary) -> Iterator[Finding]:
    files: dict[str, list[Path]] = {}
    for split, path in shards_of(tree.hashes, name):
        try:
            schema = read_schema(tree.directory / path)
        except DataError as error:
            yield Finding("parquet", path, str(error))
            return
        if not schema.equals(view.table.schema, check_metadata=False) or split not in splits:
            message = "The file has other columns than the config, or is of an unknown split."
            yield Finding("schema", path, message)
            return
        files.setdefault(split, []).append(tree.directory / path)
    found = Config(view.table, {split: tuple(paths) for split, paths in files.items()}, {})
    try:
        got = content_of(sorted_splits(found))
    except DataError as error:
        yield Finding("parquet", _path_in(str(error), tree, name), str(error))
        return
    except (IndexError, ValueError, OverflowError, TypeError):
        got = "?"
    if got != told.content_sha256:
        yield Finding("view", name, "The rows of its files are not those that the data make.")


def _path_in(message: str, tree: Tree, name: str) -> str:
    """Return the path of the file that an error names."""
    paths = [path for _, path in shards_of(tree.hashes, name)]
    return next((path for path in paths if message.startswith(f"{tree.directory / path} ")), name)
