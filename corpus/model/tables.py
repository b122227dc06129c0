"""The Arrow schemas of every config; features and JSON Schemas are derived from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.errors import SchemeError
from corpus.model.roles import Reason, Role

if TYPE_CHECKING:  # a scheme brings Pydantic, which cleaning does without
    from corpus.model.scheme import Scheme

__all__ = [
    "CONFIGS",
    "LAYERS",
    "PAYWALLS",
    "PLACEMENTS",
    "PRECISIONS",
    "Table",
    "claims_table",
    "documents_table",
    "tables_of",
]

LAYERS = ("entities", "claims", "sources")
"""The configs whose rows people (or models) made."""
CONFIGS = ("documents", "blocks", "raw", *LAYERS)
"""The dataset's configs, the default one first."""

PRECISIONS = ("year", "month", "day", "minute", "second")

PAYWALLS = ("free", "metered", "locked")
"""Who may read the article on its site: anyone, anyone a few times, or those alone who pay or register."""

PLACEMENTS = ("exact", "shrunk", "none")
"""How an annotation lies in its field: whole, partly (the cleaner dropped the rest), or in no field."""

_text = pa.large_string()
_SPAN = pa.struct([pa.field("start", pa.int32(), nullable=False), pa.field("end", pa.int32(), nullable=False)])
_SPANS = pa.list_(_SPAN)
_STRINGS = pa.list_(_text)


@dataclass(frozen=True, slots=True)
class Table:
    """One config: its Arrow schema, its key, and which integer columns are class labels.

    ``labels`` maps a column to its names in order; the column itself is int64 with null for "not given".
    """

    name: str
    schema: pa.Schema
    key: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _schema(*columns: tuple[str, pa.DataType] | tuple[str, pa.DataType, bool]) -> pa.Schema:
    """Build a schema; a third member True says that the column is never null."""
    return pa.schema([pa.field(c[0], c[1], nullable=not (len(c) > 2 and c[2])) for c in columns])


_EVIDENCE = pa.list_(
    pa.struct(
        [
            pa.field("column", _text, nullable=False),
            pa.field("kind", _text, nullable=False),
            pa.field("start", pa.int32()),
            pa.field("end", pa.int32()),
            pa.field("source", _text),
        ]
    )
)


_RIGHTS_RECORD = pa.struct(
    [
        pa.field("decision", _text, nullable=False),
        pa.field("rule", _text, nullable=False),
        pa.field("reason", _text, nullable=False),
        pa.field("holder", _text),
        pa.field("licence", _text),
        pa.field("statement", _text),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("known", _text),
        pa.field("known_from", _text),
        pa.field(
            "reservations",
            pa.list_(
                pa.struct(
                    [
                        pa.field("kind", _text, nullable=False),
                        pa.field("value", _text, nullable=False),
                        pa.field("policy", _text),
                    ]
                )
            ),
        ),
        pa.field(
            "parts",
            pa.list_(
                pa.struct(
                    [
                        pa.field("part", _text, nullable=False),
                        pa.field("decision", _text, nullable=False),
                        pa.field("reason", _text, nullable=False),
                        pa.field("holder", _text),
                    ]
                )
            ),
        ),
    ]
)


def documents_table(extra: Mapping[str, pa.DataType] | None = None) -> Table:
    """Return the ``documents`` table, with the carried input columns after its own, in name order."""
    own = _schema(
        ("doc_id", _text, True),
        ("title", _text),
        ("text", _text, True),
        ("authors", _STRINGS, True),
        ("published", _text),
        ("published_precision", pa.int64()),
        ("modified", _text),
        ("modified_precision", pa.int64()),
        ("date_hint", _text),
        ("publisher", _text),
        ("agency", _text),
        ("dateline", _text),
        ("language", _text),
        ("language_score", pa.float64()),
        ("headings", _STRINGS, True),
        ("captions", _STRINGS, True),
        ("credits", _STRINGS, True),
        ("copyright", _text),
        ("copyright_holder", _text),
        ("rights", _text),
        ("rights_record", _RIGHTS_RECORD),
        ("paywall", pa.int64()),
        ("url", _text),
        ("site", _text),
        ("retrieved_at", _text),
        ("source_file", _text, True),
        ("raw_sha256", _text, True),
        ("anchor_sha256", _text, True),
        ("text_sha256", _text, True),
        ("split", _text, True),
        ("evidence", _EVIDENCE, True),
    )
    for name in sorted(extra or {}):
        own = own.append(pa.field(name, (extra or {})[name]))
    labels = {"published_precision": PRECISIONS, "modified_precision": PRECISIONS, "paywall": PAYWALLS}
    return Table("documents", own, ("doc_id",), labels)


BLOCKS = Table(
    "blocks",
    _schema(
        ("doc_id", _text, True),
        ("block", pa.int32(), True),
        ("line", pa.int32(), True),
        ("start", pa.int32(), True),
        ("end", pa.int32(), True),
        ("text", _text, True),
        ("role", pa.int64(), True),
        ("reason", pa.int64(), True),
        ("rule", _text, True),
        ("score", pa.float64(), True),
        ("kept", pa.bool_(), True),
        ("join", _text, True),
        ("section", pa.int32(), True),
        ("place", _text),
    ),
    ("doc_id", "block"),
    {"role": tuple(role.value for role in Role), "reason": tuple(reason.value for reason in Reason)},
)

RAW = Table(
    "raw",
    _schema(
        ("doc_id", _text, True),
        ("revision", pa.int32(), True),
        ("text", _text, True),
        ("anchor_sha256", _text, True),
        ("raw_sha256", _text, True),
        ("decoder", _text, True),
        (
            "repairs",
            pa.list_(
                pa.struct(
                    [
                        pa.field("kind", _text, nullable=False),
                        pa.field("count", pa.int64(), nullable=False),
                        pa.field("detail", _text, nullable=False),
                    ]
                )
            ),
            True,
        ),
        ("media_type", _text, True),
        ("source_file", _text, True),
        ("url", _text),
        ("site", _text),
        ("retrieved_at", _text),
    ),
    ("doc_id", "revision"),
)

_PLACE: tuple[tuple[str, pa.DataType], ...] = (("field", pa.int64()), ("field_index", pa.int32()))
FIELDS = ("title", "text", "caption")
_ANNOTATION_LABELS: dict[str, tuple[str, ...]] = {"field": FIELDS, "placement": PLACEMENTS}


def entities_table(scheme: Scheme) -> Table:
    """Return the ``entities`` table: one row a mention of one annotator."""
    schema = _schema(
        ("doc_id", _text, True),
        ("annotator", _text, True),
        ("id", _text, True),
        *_PLACE,
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("raw_spans", _SPANS, True),
        ("text", _text, True),
        ("label", pa.int64(), True),
        ("entity_id", _text),
        ("qid", _text),
        ("placement", pa.int64(), True),
        ("scheme_version", _text, True),
    )
    return Table(
        "entities",
        schema,
        ("doc_id", "annotator", "id"),
        {**_ANNOTATION_LABELS, "label": scheme.entity_labels},
    )


def sources_table() -> Table:
    """Return the ``sources`` table: one row a mention of whose claim it is."""
    schema = _schema(
        ("doc_id", _text, True),
        ("annotator", _text, True),
        ("id", _text, True),
        *_PLACE,
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("raw_spans", _SPANS, True),
        ("text", _text, True),
        ("entity_ids", _STRINGS, True),
        ("placement", pa.int64(), True),
        ("scheme_version", _text, True),
    )
    return Table("sources", schema, ("doc_id", "annotator", "id"), dict(_ANNOTATION_LABELS))


def claims_table(scheme: Scheme) -> Table:
    """Return the ``claims`` table: one row a claim, with a column per attribute and flag of the scheme.

    Raises:
        SchemeError: an attribute or flag has the name of a column that every claim has.
    """
    attributes: list[tuple[str, pa.DataType]] = [(a.name, pa.int64()) for a in scheme.attributes]
    flags: list[tuple[str, pa.DataType, bool]] = [(f.name, pa.bool_(), True) for f in scheme.flags]
    schema = _schema(
        ("doc_id", _text, True),
        ("annotator", _text, True),
        ("id", _text, True),
        *_PLACE,
        ("spans", _SPANS, True),
        ("raw_spans", _SPANS, True),
        ("text", _text, True),
        *attributes,
        *flags,
        ("source_ids", _STRINGS, True),
        ("outer_source_ids", _STRINGS, True),
        ("entity_ids", _STRINGS, True),
        ("cue_raw_spans", _SPANS, True),
        ("group_id", _text),
        ("placement", pa.int64(), True),
        ("scheme_version", _text, True),
    )
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise SchemeError(
            f"The scheme {scheme.name} calls an attribute or flag {twice[0]!r}, which is a column of the config "
            "`claims` already; give it another name."
        )
    labels = {**_ANNOTATION_LABELS, **{a.name: a.value_names for a in scheme.attributes}}
    return Table("claims", schema, ("doc_id", "annotator", "id"), labels)


def tables_of(scheme: Scheme) -> dict[str, Table]:
    """Return every config's table by name, in the order of :data:`CONFIGS`."""
    tables = (
        documents_table(),
        BLOCKS,
        RAW,
        entities_table(scheme),
        claims_table(scheme),
        sources_table(),
    )
    return {table.name: table for table in tables}
