"""Write a dataset: Parquet by config and split, the card, the manifest and the scheme, all or nothing."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

import pyarrow as pa

import corpus
from corpus.errors import DataError, UsageError
from corpus.export.batches import Files, in_key_order, plain_batches
from corpus.export.card import card_text
from corpus.export.editions import edition_table
from corpus.export.facts import read_facts
from corpus.export.fitting import fit, table_for
from corpus.export.index import SplitIndex
from corpus.export.layout import CARD, MANIFEST, SCHEME, SUMS, check_replaceable, sums_bytes
from corpus.export.parquet import SHARD_BYTES
from corpus.export.shards import ConfigWriter
from corpus.export.store import BuiltDataset
from corpus.export.views import make_views, view_summary
from corpus.files import atomic_directory, sha256_bytes, sha256_file
from corpus.model.about import NOTHING_KNOWN, About
from corpus.model.finding import Finding
from corpus.model.manifest import ConfigSummary, Edition, IdsFrom, InputFile, Manifest, SplitRecord, ViewSummary
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS, Table, tables_of

__all__ = [
    "DatasetContent",
    "Ranges",
    "check_name",
    "tool_versions",
    "tree_hashes",
    "write_dataset",
    "write_manifest",
]

_LIBRARIES = ("charset-normalizer", "polars", "py3langid", "pyarrow", "pydantic", "pyyaml")
"""The libraries that decide bytes or text."""
_SPLITS_FIRST = ("train", "validation", "test")


class Ranges(Protocol):
    """A table that is too large to be held: read part by part, as often as it is asked for."""

    @property
    def schema(self) -> pa.Schema:
        """The columns of every part."""

    def __iter__(self) -> Iterator[pa.Table]:
        """Yield the parts: all rows of a document are in one, and ids ascend from part to part."""


@dataclass(frozen=True, slots=True)
class DatasetContent:
    """All that a dataset is made of, before any of it is a file.

    ``tables`` holds one Arrow table for each config of :data:`corpus.model.tables.CONFIGS`, whole or in ranges of
    documents, its rows in any order, label columns as names or numbers; ``documents`` may have carried columns
    beside its own.
    """

    name: str
    scheme: Scheme
    scheme_toml: str
    tables: Mapping[str, pa.Table | Ranges]
    inputs: tuple[InputFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    """How the annotations came about and what else a reader must know, a sentence or two each."""
    about: About = NOTHING_KNOWN
    splits: SplitRecord | None = None
    edition: Edition = "full"
    """Whether texts may be withheld, as nulls (see :mod:`corpus.export.editions`)."""
    ids: IdsFrom = "stem"
    """How files of one document came by their ids."""

    @classmethod
    def of(cls, dataset: BuiltDataset, tables: Mapping[str, pa.Table | Ranges]) -> DatasetContent:
        """Return the content of a dataset that is there, with other rows; the version and date are not of it."""
        manifest = dataset.manifest
        return cls(
            name=manifest.name,
            scheme=dataset.scheme,
            scheme_toml=dataset.scheme_toml,
            tables=tables,
            inputs=manifest.inputs,
            findings=tuple(map(Finding.of_record, manifest.findings)),
            notes=manifest.notes,
            about=manifest.about,
            splits=manifest.splits,
            edition=manifest.edition,
            ids=manifest.ids,
        )


def check_name(name: str) -> None:
    """Make sure that a name can name a dataset, and the directories of its releases.

    Raises:
        UsageError: it cannot.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise UsageError(
            "A dataset's name is letters, digits, '.', '_' and '-', and begins with a letter or digit, got "
            f"{name!r}."
        )


def write_dataset(directory: Path, content: DatasetContent) -> Manifest:
    """Write the dataset to ``directory`` in one step and return its manifest.

    Equal content gives equal bytes. A crash leaves the old dataset or the new one.

    Raises:
        UsageError: the name cannot name a dataset, or the directory holds something else than a build.
        DataError: a table breaks the model; nothing is written.
        OSError: the files cannot be written.
    """
    check_name(content.name)
    directory = directory.resolve()
    check_replaceable(directory)
    models = _models(content)
    index = SplitIndex.of(_fitted(content.tables["documents"], _only(models["documents"], ("doc_id", "split"))))
    splits = _ordered_splits(list(index.names()))
    with atomic_directory(directory) as target:
        files, configs = _write_configs(target, content, models, index, splits)
        views, tables = _write_views(target, models, files, index, splits)
        manifest = _manifest(content, configs, views)
        (target / SCHEME).write_bytes(content.scheme_toml.encode("utf-8"))
        facts = read_facts(files, content.scheme)
        card = card_text(manifest, content.scheme, {**models, **tables}, facts)
        (target / CARD).write_bytes(card.encode("utf-8"))
        manifest = manifest.model_copy(update={"files": tree_hashes(target)})
        write_manifest(target, manifest)
    return manifest


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write the manifest (indented JSON in the model's order) and, of it and all its files, ``SHA256SUMS``.

    Raises:
        OSError: the files cannot be written.
    """
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
    data = text.encode("utf-8")
    (directory / MANIFEST).write_bytes(data)
    (directory / SUMS).write_bytes(sums_bytes({**manifest.files, MANIFEST: sha256_bytes(data)}))


def tree_hashes(directory: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a directory by relative path, sorted."""
    files = (path for path in directory.rglob("*") if path.is_file())
    hashes = {path.relative_to(directory).as_posix(): sha256_file(path) for path in files}
    return dict(sorted(hashes.items()))


def tool_versions() -> dict[str, str]:
    """Return the exact versions of the toolkit, of Python and of the libraries that decide bytes or text."""
    found = {"newscorpus": corpus.__version__, "python": ".".join(map(str, sys.version_info[:3]))}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _models(content: DatasetContent) -> dict[str, Table]:
    missing = [name for name in CONFIGS if name not in content.tables]
    if missing:
        raise DataError(f"The dataset lacks the config {missing[0]!r}; give an empty table for it.")
    models = tables_of(content.scheme)
    models = {name: table_for(models[name], content.tables[name].schema.remove_metadata()) for name in CONFIGS}
    return {name: edition_table(model, content.edition) for name, model in models.items()}


def _fitted(data: pa.Table | Ranges, model: Table) -> Iterator[pa.Table]:
    """Yield the rows of a config, fitted, part by part in key order."""
    for part in [data] if isinstance(data, pa.Table) else data:
        yield fit(part, model)


def _only(model: Table, columns: Sequence[str]) -> Table:
    return replace(model, schema=pa.schema([model.schema.field(name) for name in columns]), labels={})


def _write_configs(
    target: Path, content: DatasetContent, models: Mapping[str, Table], index: SplitIndex, splits: Sequence[str]
) -> tuple[dict[str, Mapping[str, Sequence[Path]]], dict[str, ConfigSummary]]:
    """Write every config by the split of the row's document; each split is in every config, if need be empty."""
    files: dict[str, Mapping[str, Sequence[Path]]] = {}
    summaries: dict[str, ConfigSummary] = {}
    for name, model in models.items():
        writer = ConfigWriter(target, model, index, splits, SHARD_BYTES)
        for part in _fitted(content.tables[name], model):
            writer.add(part)
        rows, digest = writer.close()
        files[name], summaries[name] = writer.files, ConfigSummary(rows=rows, content_sha256=digest)
    return files, summaries


def _write_views(
    target: Path,
    models: Mapping[str, Table],
    files: dict[str, Mapping[str, Sequence[Path]]],
    index: SplitIndex,
    splits: Sequence[str],
) -> tuple[dict[str, ViewSummary], dict[str, Table]]:
    """Make the views of the configs that were written, write those with rows, and add their files to ``files``."""
    summaries: dict[str, ViewSummary] = {}
    tables: dict[str, Table] = {}
    for name, view in make_views(models, partial(_read, dict(files), models)).items():
        writer, losses = ConfigWriter(target, view.table, index, splits, SHARD_BYTES), Counter[str]()
        for part in view.batches(losses):
            writer.add(part)
        rows, digest = writer.close()
        if any(rows.values()):
            files[name], tables[name] = writer.files, view.table
            summaries[name] = view_summary(view, rows, digest, losses)
        else:
            shutil.rmtree(target / name)
    return summaries, tables


def _read(
    files: Files, models: Mapping[str, Table], config: str, columns: Sequence[str] | None
) -> Iterator[pa.Table]:
    """Return the rows of a config that was written, in key order."""
    return in_key_order([plain_batches(paths, columns) for paths in files[config].values()], models[config].key)


def _ordered_splits(found: Sequence[str]) -> list[str]:
    wrong = [split for split in found if split == "all" or not re.fullmatch(r"\w+(\.\w+)*", split, re.ASCII)]
    if wrong:
        raise DataError(f"documents column split: a split is named by letters, digits and '_', got {wrong[0]!r}.")
    first = [split for split in _SPLITS_FIRST if split in found]
    return first + sorted(set(found) - set(first)) or [_SPLITS_FIRST[0]]


def _manifest(
    content: DatasetContent, configs: Mapping[str, ConfigSummary], views: Mapping[str, ViewSummary]
) -> Manifest:
    return Manifest(
        name=content.name,
        scheme=content.scheme.name,
        scheme_version=content.scheme.version,
        tool=tool_versions(),
        inputs=tuple(sorted(content.inputs, key=lambda file: (file.role, file.path))),
        configs=dict(configs),
        views=dict(views),
        findings=tuple(finding.as_record() for finding in content.findings),
        notes=content.notes,
        about=content.about,
        splits=content.splits,
        edition=content.edition,
        ids=content.ids,
    )
