"""Describe a release as a Frictionless data package: ``datapackage.json``, one resource a Parquet file.

Format: Data Package 2.0, https://datapackage.org/standard/data-package/. Readers of version 1 read it too: what is
new in 2.0 (``$schema``, ``version``, ``categories``) is additional there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from corpus.export.citation import described, titled
from corpus.export.json_schema import column_notes
from corpus.export.layout import CARD, shards_of
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme
from corpus.model.tables import Table

__all__ = ["DATAPACKAGE", "datapackage"]

DATAPACKAGE = "datapackage.json"

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def datapackage(
    manifest: Manifest, scheme: Scheme, models: Mapping[str, Table], sizes: Mapping[str, int]
) -> dict[str, Any]:
    """Return the description as JSON-ready data; it depends on the arguments alone.

    ``sizes`` holds the bytes of each file by relative path, ``models`` each config's table as its files have it.
    """
    about = manifest.about
    optional = {
        "version": manifest.version,
        "created": f"{manifest.date}T00:00:00Z" if manifest.date else None,
        "homepage": about.homepage,
        "id": f"https://doi.org/{about.doi}" if about.doi else None,
        "contributors": [{"title": maker.shown, "roles": ["creator"]} for maker in about.makers],
        "keywords": list(about.keywords),
    }
    return {
        "$schema": _PROFILE,
        "name": manifest.name.lower(),
        "title": titled(manifest),
        "description": described(manifest),
        **{key: value for key, value in optional.items() if value},
        "licenses": [{"path": CARD, "title": "The articles keep their owners' rights: see Rights in the card"}],
        "resources": [
            _resource(name, path, table, manifest, sizes, column_notes(name, scheme))
            for name, table in models.items()
            for _, path in shards_of(manifest.files, name)
        ],
    }


def _resource(
    config: str, path: str, table: Table, manifest: Manifest, sizes: Mapping[str, int], notes: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "name": path.removesuffix(".parquet").replace("/", "-").lower(),
        "title": config,
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": sizes[path],
        "hash": f"sha256:{manifest.files[path]}",
        "schema": {
            "fields": [_field(field, table, notes.get(field.name)) for field in table.schema],
            "primaryKey": list(table.key),
        },
    }


def _field(field: pa.Field, table: Table, note: str | None) -> dict[str, Any]:
    given = {"name": field.name, "type": _kind(field.type), **({"description": note} if note else {})}
    labels = table.labels.get(field.name)
    if labels is not None:
        given["categories"] = [{"value": number, "label": label} for number, label in enumerate(labels)]
    return given if field.nullable else {**given, "constraints": {"required": True}}


def _kind(kind: pa.DataType) -> str:
    for name, holds in (
        ("boolean", pa.types.is_boolean),
        ("integer", pa.types.is_integer),
        ("number", pa.types.is_floating),
        ("array", pa.types.is_list),
        ("object", pa.types.is_struct),
        ("date", pa.types.is_date),
        ("datetime", pa.types.is_timestamp),
    ):
        if holds(kind):
            return name
    return "string"
