"""JSON Schemas (draft 2020-12) of every record, derived from the Arrow tables and the pydantic models."""

from __future__ import annotations

import tomllib
from typing import Any

import pyarrow as pa

from corpus.files import package_text
from corpus.model.annotation import AnnotationSet
from corpus.model.document import EVIDENCE_KINDS
from corpus.model.manifest import Manifest
from corpus.model.projection import JOINS
from corpus.model.scheme import Scheme
from corpus.model.tables import Table, tables_of

__all__ = ["column_form", "column_notes", "json_schemas"]

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_FILES = {
    "documents": "document",
    "blocks": "block",
    "raw": "raw",
    "entities": "entity",
    "claims": "claim",
    "sources": "source",
}
_TIME = r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$"
_BY_NAME: dict[str, Schema] = {
    "doc_id": {"minLength": 1},
    "id": {"minLength": 1},
    "annotator": {"pattern": r"^[a-z0-9][a-z0-9._-]*$"},
    "published": {"pattern": _TIME},
    "modified": {"pattern": _TIME},
    "date_hint": {"pattern": _TIME},
    "retrieved_at": {"pattern": _TIME},
    "split": {"pattern": r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$"},
    "join": {"enum": list(JOINS)},
    "score": {"minimum": 0, "maximum": 1},
    "language": {"pattern": r"^[a-z]{2,3}$"},
    "language_score": {"minimum": 0, "maximum": 1},
    "revision": {"minimum": 1},
    "qid": {"pattern": r"^Q[1-9]\d*$"},
    "scheme_version": {"pattern": r"^\d+\.\d+\.\d+$"},
}


def json_schemas(scheme: Scheme) -> dict[str, Schema]:
    """Return the JSON Schema of every record by file name.

    A row's schema describes it as ``BuiltDataset.rows`` gives it: class labels by name. Documents may have
    further columns, which were carried from the input.
    """
    schemas = {
        f"{_FILES[name]}.schema.json": _of_table(table, column_notes(name, scheme))
        for name, table in tables_of(scheme).items()
    }
    annotation = _with_labels(AnnotationSet.model_json_schema(), scheme)
    schemas["annotation-set.schema.json"] = {"$schema": _DRAFT, **annotation}
    schemas["manifest.schema.json"] = {"$schema": _DRAFT, **Manifest.model_json_schema()}
    return schemas


def _of_table(table: Table, notes: dict[str, str]) -> Schema:
    properties = {field.name: _of_column(field, table, notes) for field in table.schema}
    return {
        "$schema": _DRAFT,
        "title": f"A row of the config {table.name}",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": table.name == "documents",
    }


def _of_column(field: pa.Field, table: Table, notes: dict[str, str]) -> Schema:
    labels = table.labels.get(field.name)
    shape = _of_field(field) if labels is None else _of_labels(labels, field.nullable)
    if table.name == "documents" and field.name == "evidence":
        shape["items"]["properties"]["kind"]["enum"] = list(EVIDENCE_KINDS)
    return {"description": notes[field.name], **shape}


def _of_labels(labels: tuple[str, ...], nullable: bool) -> Schema:
    return {"enum": [*labels, *([None] if nullable else [])]}


def _of_field(field: pa.Field) -> Schema:
    """Return the schema of a plain, list or struct field; what its name tells goes before what its type does."""
    shape = _of_type(field.type)
    shape |= _BY_NAME.get(field.name, {})
    if field.name.endswith("sha256"):
        shape["pattern"] = "^[0-9a-f]{64}$"
    if field.nullable:
        shape["type"] = [shape["type"], "null"]
    return shape


def _of_type(kind: pa.DataType) -> Schema:
    if pa.types.is_list(kind):
        member = pa.field("", kind.value_type, nullable=False)
        return {"type": "array", "items": _of_field(member)}
    if pa.types.is_struct(kind):
        members = {member.name: _of_field(member) for member in kind}
        required = list(members)
        return {"type": "object", "properties": members, "required": required, "additionalProperties": False}
    if pa.types.is_boolean(kind):
        return {"type": "boolean"}
    if pa.types.is_integer(kind):
        return {"type": "integer", "minimum": 0}
    return {"type": "number"} if pa.types.is_floating(kind) else {"type": "string"}


def column_form(field: pa.Field) -> Schema:
    """Return what a column of this name promises of each value besides its type; nothing where it does not.

    >>> column_form(pa.field("revision", pa.int32()))
    {'minimum': 1}
    """
    shape = _of_field(field)
    return {key: shape[key] for key in ("pattern", "minimum", "maximum", "minLength", "enum") if key in shape}


def column_notes(name: str, scheme: Scheme) -> dict[str, str]:
    """Return a sentence for each column of a config, the columns of the scheme included."""
    notes: dict[str, dict[str, str]] = tomllib.loads(package_text("corpus.export", "columns.toml"))
    if name in notes:
        return notes[name]
    added = {attribute.name: attribute.title for attribute in scheme.attributes}
    added |= {flag.name: f"{flag.meaning}." for flag in scheme.flags}
    return {**notes["annotation"], **added}


def _with_labels(schema: Schema, scheme: Scheme) -> Schema:
    """Return the schema of annotation sets with the scheme's own labels, attribute values and flags."""
    parts = schema["$defs"]
    parts["Entity"]["properties"]["label"]["enum"] = list(scheme.entity_labels)
    claim = parts["Claim"]["properties"]
    claim["attributes"] |= {
        "properties": {a.name: {"type": "string", "enum": list(a.value_names)} for a in scheme.attributes},
        "additionalProperties": False,
    }
    claim["flags"]["items"]["enum"] = [flag.name for flag in scheme.flags]
    return schema
