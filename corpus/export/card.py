"""The dataset card: a README with the YAML that ``datasets`` reads and a body for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import yaml

from corpus.export.card_body import card_body
from corpus.export.content import dataset_sha256
from corpus.export.features import features_yaml
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS, Table

__all__ = ["UNRELEASED", "card_metadata", "card_text", "pretty_name", "split_metadata"]

UNRELEASED = "0.0.0"
"""The version that a card names for a build that is not a release."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card_text(manifest: Manifest, scheme: Scheme, models: Mapping[str, Table], data: Mapping[str, pa.Table]) -> str:
    """Return the whole README: YAML between its fences, then the body.

    ``models`` and ``data`` hold every config's table and its fitted rows. The text depends on these arguments
    alone; no text of a document can break the YAML or the Markdown.
    """
    languages = [str(code) for code in data["documents"].column("language").unique().to_pylist() if code]
    header = card_metadata(manifest, models, languages)
    yaml_text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n{yaml_text}---\n\n{card_body(manifest, scheme, data, pretty_name(manifest.name))}"


def card_metadata(manifest: Manifest, models: Mapping[str, Table], languages: Sequence[str]) -> dict[str, Any]:
    """Return the card's YAML as plain data.

    Every config has the version and a digest of the whole dataset's rows, since a change there is all that
    makes ``datasets`` read a rebuilt directory anew.
    """
    return {
        "pretty_name": pretty_name(manifest.name),
        "language": sorted({code for code in languages if re.fullmatch(r"[a-z]{2,3}", code)}),
        "license": "other",
        "license_name": "articles-keep-their-owners-rights",
        "source_datasets": ["original"],
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "size_categories": [_size(sum(manifest.configs["documents"].rows.values()))],
        "tags": ["news", "claims", "attribution"],
        "configs": [_config_entry(name, manifest) for name in CONFIGS],
        "dataset_info": [_info_entry(models[name], manifest) for name in CONFIGS],
    }


def split_metadata(manifest: Manifest, config: str) -> list[dict[str, Any]]:
    """Return the true number of rows of each split as the YAML states it."""
    return [{"name": split, "num_examples": rows} for split, rows in manifest.configs[config].rows.items()]


def pretty_name(name: str) -> str:
    """Return a dataset's name as a heading.

    >>> pretty_name("news-seeds_2")
    'News seeds 2'
    """
    words = re.sub(r"[-_]+", " ", name).strip() or name
    return words[:1].upper() + words[1:]


def _config_entry(name: str, manifest: Manifest) -> dict[str, Any]:
    entry: dict[str, Any] = {"config_name": name, "version": manifest.version or UNRELEASED}
    if name == CONFIGS[0]:
        entry["default"] = True
    files = [{"split": s, "path": f"{name}/{s}-*.parquet"} for s in manifest.configs[name].rows]
    return {**entry, "data_files": files}


def _info_entry(table: Table, manifest: Manifest) -> dict[str, Any]:
    own = manifest.configs[table.name].content_sha256
    whole = dataset_sha256((name, config.content_sha256) for name, config in manifest.configs.items())
    return {
        "config_name": table.name,
        "description": f"Rows of this config: sha256 {own}. Rows of the whole dataset: sha256 {whole}.",
        "version": manifest.version or UNRELEASED,
        "features": features_yaml(table),
        "splits": split_metadata(manifest, table.name),
    }


def _size(documents: int) -> str:
    return next((name for limit, name in _SIZES if documents < limit), "n>1M")
