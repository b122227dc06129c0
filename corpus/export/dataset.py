"""Write a dataset: Parquet by config and split, the card, the manifest and the scheme, all or nothing."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import corpus
from corpus.errors import DataError, UsageError
from corpus.export.card import card_text
from corpus.export.content import content_sha256
from corpus.export.editions import edition_table
from corpus.export.features import schema_metadata
from corpus.export.fitting import fit, table_for
from corpus.export.layout import CARD, MANIFEST, SCHEME, SUMS, check_replaceable, shard_path, sums_bytes
from corpus.export.parquet import SHARD_BYTES, cut_rows, write_parquet
from corpus.export.views import make_views
from corpus.files import atomic_directory, sha256_bytes, sha256_file
from corpus.model.about import NOTHING_KNOWN, About
from corpus.model.finding import Finding
from corpus.model.manifest import ConfigSummary, Edition, InputFile, Manifest, SplitRecord
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS, Table, tables_of

__all__ = ["DatasetContent", "tool_versions", "tree_hashes", "write_dataset", "write_manifest"]

_LIBRARIES = ("charset-normalizer", "polars", "py3langid", "pyarrow", "pydantic", "pyyaml")
"""The libraries that decide bytes or text."""
_SPLITS_FIRST = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class DatasetContent:
    """All that a dataset is made of, before any of it is a file.

    ``tables`` holds one Arrow table for each config of :data:`corpus.model.tables.CONFIGS`, rows in any order,
    label columns as names or numbers; ``documents`` may have carried columns beside its own.
    """

    name: str
    scheme: Scheme
    scheme_toml: str
    tables: Mapping[str, pa.Table]
    inputs: tuple[InputFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """How the annotations came about and what else a reader must know, a sentence or two each."""
    about: About = NOTHING_KNOWN
    splits: SplitRecord | None = None
    edition: Edition = "full"
    """Whether texts may be withheld, as nulls (see :mod:`corpus.export.editions`)."""


def write_dataset(
    directory: Path, content: DatasetContent, *, version: str | None = None, date: str | None = None
) -> Manifest:
    """Write the dataset to ``directory`` in one step and return its manifest.

    Equal content gives equal bytes. A crash leaves the old dataset or the new one.

    Raises:
        UsageError: the name cannot name a dataset, or the directory holds something else than a build.
        DataError: a table breaks the model; nothing is written.
        OSError: the files cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", content.name):
        raise UsageError(
            f"A dataset's name is letters, digits, '.', '_' and '-', and begins with a letter or digit, "
            f"got {content.name!r}."
        )
    directory = directory.resolve()
    check_replaceable(directory)
    models, data = _fit_all(content)
    parts = _by_split(data)
    manifest = _manifest(content, models, data, parts, version=version, date=date)
    views = make_views(models, parts)
    manifest = manifest.model_copy(update={"views": {name: view.summary() for name, view in views.items()}})
    with atomic_directory(directory) as target:
        for name, model in models.items():
            _write_config(target, model, parts[name])
        for view in views.values():
            _write_config(target, view.table, view.parts)
        (target / SCHEME).write_bytes(content.scheme_toml.encode("utf-8"))
        (target / CARD).write_bytes(card_text(manifest, content.scheme, models, parts, views).encode("utf-8"))
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
    files = sorted(path for path in directory.rglob("*") if path.is_file())
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


def _fit_all(content: DatasetContent) -> tuple[dict[str, Table], dict[str, pa.Table]]:
    missing = [name for name in CONFIGS if name not in content.tables]
    if missing:
        raise DataError(f"The dataset lacks the config {missing[0]!r}; give an empty table for it.")
    models = tables_of(content.scheme)
    models = {name: table_for(models[name], content.tables[name].schema.remove_metadata()) for name in CONFIGS}
    models = {name: edition_table(model, content.edition) for name, model in models.items()}
    return models, {name: fit(content.tables[name], models[name]) for name in CONFIGS}


def _by_split(data: Mapping[str, pa.Table]) -> dict[str, dict[str, pa.Table]]:
    """Cut every config by the split of the row's document; each split is in every config, if need be empty."""
    documents = data["documents"]
    ids, splits = documents.column("doc_id"), documents.column("split")
    names = _ordered_splits(splits.unique().to_pylist())
    parts: dict[str, dict[str, pa.Table]] = {}
    for name, table in data.items():
        row_of = pc.index_in(table.column("doc_id"), value_set=ids.combine_chunks())
        lost = pc.index(row_of.is_null(), value=True).as_py() if len(row_of) else -1
        if lost >= 0:
            doc_id = table.column("doc_id")[lost].as_py()
            raise DataError(f"{name} row {lost} column doc_id names {doc_id!r}, which `documents` lacks.")
        own = pc.take(splits, row_of)
        parts[name] = {split: table.filter(pc.equal(own, split)) for split in names}
    return parts


def _ordered_splits(found: Sequence[str]) -> list[str]:
    wrong = [split for split in found if split == "all" or not re.fullmatch(r"\w+(\.\w+)*", split, re.ASCII)]
    if wrong:
        raise DataError(f"documents column split: a split is named by letters, digits and '_', got {wrong[0]!r}.")
    first = [split for split in _SPLITS_FIRST if split in found]
    return first + sorted(set(found) - set(first)) or [_SPLITS_FIRST[0]]


def _write_config(target: Path, model: Table, parts: Mapping[str, pa.Table]) -> None:
    (target / model.name).mkdir()
    metadata = schema_metadata(model)
    for split, rows in parts.items():
        shards = list(cut_rows(rows, SHARD_BYTES)) or [rows]
        for number, shard in enumerate(shards):
            write_parquet(target / shard_path(model.name, split, number, len(shards)), shard, metadata)


def _manifest(
    content: DatasetContent,
    models: Mapping[str, Table],
    data: Mapping[str, pa.Table],
    parts: Mapping[str, Mapping[str, pa.Table]],
    *,
    version: str | None,
    date: str | None,
) -> Manifest:
    configs = {
        name: ConfigSummary(
            rows={split: rows.num_rows for split, rows in parts[name].items()},
            content_sha256=content_sha256(data[name], models[name]),
        )
        for name in CONFIGS
    }
    return Manifest(
        name=content.name,
        version=version,
        date=date,
        scheme=content.scheme.name,
        scheme_version=content.scheme.version,
        tool=tool_versions(),
        inputs=tuple(sorted(content.inputs, key=lambda file: (file.role, file.path))),
        configs=configs,
        findings=tuple(finding.as_record() for finding in content.findings),
        notes=content.notes,
        about=content.about,
        splits=content.splits,
        edition=content.edition,
    )
