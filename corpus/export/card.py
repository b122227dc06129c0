"""The dataset card: a README with the YAML that ``datasets`` reads and a body for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from corpus.export.card_body import card_body
from corpus.export.citation import titled
from corpus.export.content import dataset_sha256
from corpus.export.facts import Facts
from corpus.export.features import features_yaml
from corpus.export.views import shown_configs
from corpus.model.manifest import ConfigSummary, Manifest, ViewSummary
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS, Table

__all__ = ["UNRELEASED", "card_metadata", "card_text", "listed_splits"]

UNRELEASED = "0.0.0"
"""The version that a card names for a build that is not a release."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card_text(manifest: Manifest, scheme: Scheme, models: Mapping[str, Table], facts: Facts) -> str:
    """Return the whole README: YAML between its fences, then the body.

    ``models`` holds the table of every config and view by folder, ``facts`` what their rows say.
    The text depends on these arguments alone; no text of a document can break the YAML or the Markdown.
    """
    languages = [str(code) for code in facts.counts("documents", "language") if code]
    header = card_metadata(manifest, models, languages, facts.sizes)
    yaml_text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n{yaml_text}---\n\n{card_body(manifest, scheme, facts, titled(manifest))}"


def card_metadata(
    manifest: Manifest,
    models: Mapping[str, Table],
    languages: Sequence[str],
    sizes: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Return the card's YAML as plain data.

    Every config has the version and a digest of the whole dataset's rows, since a change there is all that
    makes ``datasets`` read a rebuilt directory anew. ``sizes`` are rough bytes by config and split.
    """
    return {
        "pretty_name": titled(manifest),
        "language": sorted({code for code in languages if re.fullmatch(r"[a-z]{2,3}", code)}),
        "license": "other",
        "license_name": "articles-keep-their-owners-rights",
        "source_datasets": ["original"],
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "size_categories": [_size(sum(manifest.configs["documents"].rows.values()))],
        "tags": ["news", "claims", "attribution"],
        "configs": [_config_entry(name, folder, manifest) for name, folder in shown_configs(manifest)],
        "dataset_info": [
            _info_entry(name, models[folder], manifest, sizes[folder]) for name, folder in shown_configs(manifest)
        ],
    }


def listed_splits(rows: Mapping[str, int]) -> list[str]:
    """Return the splits of a config that the YAML lists: those with rows, or all where none has any.

    ``datasets`` (5.2, see huggingface/datasets pull request 8401) cannot load a config when one of its splits
    is empty, unless it streams; so an empty split is left out beside a full one, its file notwithstanding. A
    config without any row is listed, so that it streams and its features are known.
    """
    return [split for split, count in rows.items() if count] or list(rows)


def _config_entry(name: str, folder: str, manifest: Manifest) -> dict[str, Any]:
    entry: dict[str, Any] = {"config_name": name, "version": manifest.version or UNRELEASED}
    if name == CONFIGS[0]:
        entry["default"] = True
    splits = listed_splits(_summary(manifest, folder).rows)
    return {**entry, "data_files": [{"split": s, "path": f"{folder}/{s}-*.parquet"} for s in splits]}


def _summary(manifest: Manifest, folder: str) -> ConfigSummary | ViewSummary:
    return manifest.configs[folder] if folder in manifest.configs else manifest.views[folder]


def _info_entry(name: str, table: Table, manifest: Manifest, sizes: Mapping[str, int]) -> dict[str, Any]:
    summary = _summary(manifest, table.name)
    whole = dataset_sha256((name, config.content_sha256) for name, config in manifest.configs.items())
    return {
        "config_name": name,
        "description": (
            f"Rows of this config: sha256 {summary.content_sha256}. Rows of the whole dataset: sha256 {whole}."
        ),
        "version": manifest.version or UNRELEASED,
        "features": features_yaml(table),
        "splits": [
            {"name": split, "num_bytes": sizes[split], "num_examples": summary.rows[split]}
            for split in listed_splits(summary.rows)
        ],
        "dataset_size": sum(sizes.values()),
    }


def _size(documents: int) -> str:
    return next((name for limit, name in _SIZES if documents < limit), "n>1M")
