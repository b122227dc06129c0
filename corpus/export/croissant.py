"""Describe a release in Croissant 1.1 (MLCommons), the JSON-LD that dataset searches and loaders read.

Format: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html. Every Parquet file is a FileObject with
its SHA-256; a config is a RecordSet over a FileSet of its files, with a field for every column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from corpus.export.citation import citation_sentence, described, titled
from corpus.export.json_schema import column_notes
from corpus.export.layout import shards_of
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme
from corpus.model.tables import Table

__all__ = ["CROISSANT", "croissant"]

CROISSANT = "croissant.json"
Node = dict[str, Any]

_CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_PARQUET = "application/x-parquet"
_CR_TERMS = [
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
]


def croissant(manifest: Manifest, scheme: Scheme, models: Mapping[str, Table], sizes: Mapping[str, int]) -> Node:
    """Return the description as JSON-ready data; it depends on the arguments alone.

    ``sizes`` holds the bytes of each file by relative path, ``models`` each config's table as its files have it.
    """
    about = manifest.about
    optional = {
        "datePublished": manifest.date,
        "url": about.homepage,
        "sameAs": f"https://doi.org/{about.doi}" if about.doi else None,
        "creator": [_maker(m.shown, m.name is not None) for m in about.makers] or None,
        "keywords": list(about.keywords) or ["news", "claims", "attribution"],
    }
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        "name": titled(manifest),
        "description": described(manifest),
        "version": manifest.version or "0.0.0",
        "license": "LicenseRef-articles-keep-their-owners-rights"
        + (f" AND ({about.licence})" if about.licence else ""),
        "citeAs": citation_sentence(manifest),
        "isLiveDataset": False,
        **{key: value for key, value in optional.items() if value},
        "distribution": list(_distribution(manifest, sizes)),
        "recordSet": [
            *_labels(models),
            *(_record_set(table, column_notes(name, scheme)) for name, table in models.items()),
        ],
    }


def _context() -> Node:
    terms = {name: f"cr:{name}" for name in _CR_TERMS}
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        **terms,
    }


def _maker(name: str, is_body: bool) -> Node:
    return {"@type": "sc:Organization" if is_body else "sc:Person", "name": name}


def _distribution(manifest: Manifest, sizes: Mapping[str, int]) -> Iterator[Node]:
    for config in (*manifest.configs, *manifest.views):
        for _, path in shards_of(manifest.files, config):
            yield {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "contentSize": f"{sizes[path]} B",
                "encodingFormat": _PARQUET,
                "sha256": manifest.files[path],
            }
        yield {
            "@type": "cr:FileSet",
            "@id": f"files-of-{config}",
            "name": f"files of {config}",
            "encodingFormat": _PARQUET,
            "includes": f"{config}/*.parquet",
        }


def _labels(models: Mapping[str, Table]) -> Iterator[Node]:
    """Yield an enumeration for each list of class labels: which number means what."""
    for name, table in models.items():
        for column, labels in table.labels.items():
            own = f"labels-of-{name}.{column}"
            fields = [
                _field(f"{own}/{part}", part, kind)
                for part, kind in (("number", "sc:Integer"), ("label", "sc:Text"))
            ]
            yield {
                "@type": "cr:RecordSet",
                "@id": own,
                "name": own,
                "description": f"What the numbers in {name}.{column} mean.",
                "dataType": "sc:Enumeration",
                "key": {"@id": f"{own}/number"},
                "field": fields,
                "data": [{f"{own}/number": n, f"{own}/label": label} for n, label in enumerate(labels)],
            }


def _record_set(table: Table, notes: Mapping[str, str]) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "key": [{"@id": f"{table.name}/{column}"} for column in table.key],
        "field": [_column(table, field, notes.get(field.name)) for field in table.schema],
    }


def _column(table: Table, field: pa.Field, note: str | None) -> Node:
    own = f"{table.name}/{field.name}"
    if field.name in table.labels:
        told = "; ".join(f"{number} = {label}" for number, label in enumerate(table.labels[field.name]))
        note = f"{note or ''} {told}".strip()
    source = {"fileSet": {"@id": f"files-of-{table.name}"}, "extract": {"column": field.name}}
    return _typed(own, field, source, note)


def _typed(own: str, field: pa.Field, source: Node, note: str | None) -> Node:
    """Return the field for a plain, list or struct type; members of structs are sub-fields."""
    kind = field.type
    many = pa.types.is_list(kind)
    inner = kind.value_type if many else kind
    node: Node = {"@type": "cr:Field", "@id": own, "name": field.name}
    if note:
        node["description"] = note
    if many:
        node |= {"isArray": True, "arrayShape": "-1"}
    if not pa.types.is_struct(inner):
        return {**node, "dataType": _data_type(inner), "source": source}
    above = source.get("transform", [])
    members = [
        _typed(f"{own}/{m.name}", m, {**source, "transform": [*above, {"jsonPath": m.name}]}, None) for m in inner
    ]
    return {**node, "source": source, "subField": members}


def _field(own: str, name: str, kind: str) -> Node:
    return {"@type": "cr:Field", "@id": own, "name": name, "dataType": kind}


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "cr:" + re.sub("^(u?)int", lambda m: ("UI" if m[1] else "I") + "nt", str(kind))
    if pa.types.is_floating(kind):
        return f"cr:Float{kind.bit_width}"
    if pa.types.is_date(kind):
        return "sc:Date"
    return "sc:DateTime" if pa.types.is_timestamp(kind) else "sc:Text"
