"""Hugging Face features of a config, derived from its Arrow schema and its labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus.model.tables import Table

if TYPE_CHECKING:
    from datasets import Features

__all__ = ["declared_labels", "features", "features_json", "features_yaml", "schema_metadata"]


def features(table: Table) -> Features:
    """Return the features as ``datasets`` understands them: labels, lists of structs, large strings."""
    from datasets import Features

    return Features.from_dict(features_json(table))


def features_json(table: Table) -> dict[str, Any]:
    """Return the features as ``datasets`` writes them to JSON and to a file's metadata."""
    return {
        field.name: (
            _json_labels(field.type, table.labels[field.name])
            if field.name in table.labels
            else _json_type(field.type)
        )
        for field in table.schema
    }


def features_yaml(table: Table) -> list[dict[str, Any]]:
    """Return the features as a dataset card's YAML names them, one entry a column."""
    return [
        {"name": field.name, _kind(field.type): {"class_label": {"names": _numbered(table.labels[field.name])}}}
        if field.name in table.labels
        else {"name": field.name, **_yaml_type(field.type)}
        for field in table.schema
    ]


def schema_metadata(table: Table) -> dict[bytes, bytes]:
    """Return the key-value metadata by which a file names its features even without the card."""
    info = {"info": {"features": features_json(table)}}
    return {b"huggingface": json.dumps(info, ensure_ascii=True, separators=(",", ":")).encode("ascii")}


def declared_labels(table: Table, schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Return the table's labels, cut to those that a file's metadata declares where these begin the list.

    Label lists are append-only, so data written with a shorter list stay sound when the model grows.
    """
    try:
        told = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        declared = {name: tuple(told[name]["names"]) for name in table.labels}
    except (ValueError, KeyError, TypeError, RecursionError):
        return dict(table.labels)
    return {
        name: declared[name] if declared[name] and names[: len(declared[name])] == declared[name] else names
        for name, names in table.labels.items()
    }


def _numbered(names: tuple[str, ...]) -> dict[str, str]:
    return {str(number): name for number, name in enumerate(names)}


def _json_labels(kind: pa.DataType, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the feature of a label, or of a list of labels."""
    label = {"names": list(names), "_type": "ClassLabel"}
    return {"feature": label, "_type": "List"} if pa.types.is_list(kind) else label


def _kind(kind: pa.DataType) -> str:
    return "list" if pa.types.is_list(kind) else "dtype"


def _json_type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        return {field.name: _json_type(field.type) for field in kind}
    if pa.types.is_list(kind):
        return {"feature": _json_type(kind.value_type), "_type": "List"}
    return {"dtype": _dtype(kind), "_type": "Value"}


def _yaml_type(kind: pa.DataType) -> dict[str, Any]:
    """Return the part of an entry that tells the type: ``dtype``, ``list`` or ``struct``."""
    if pa.types.is_struct(kind):
        return {"struct": [{"name": field.name, **_yaml_type(field.type)} for field in kind]}
    if pa.types.is_list(kind):
        inner = _yaml_type(kind.value_type)
        return {"list": next(iter(inner.values())) if set(inner) & {"dtype", "struct"} else inner}
    return {"dtype": _dtype(kind)}


def _dtype(kind: pa.DataType) -> str:
    """Return the name that ``datasets`` gives a plain Arrow type."""
    names = {pa.float32(): "float32", pa.float64(): "float64", pa.date32(): "date32"}
    if pa.types.is_timestamp(kind):
        return f"timestamp[{kind.unit}, tz={kind.tz}]" if kind.tz else f"timestamp[{kind.unit}]"
    return names.get(kind, str(kind))
