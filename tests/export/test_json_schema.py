"""The JSON Schemas describe what is written, exactly, and the files in ``schemas/`` are up to date."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from corpus.export.json_schema import json_schemas
from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Origin
from corpus.model.tables import CONFIGS, tables_of

FILES = dict(zip(CONFIGS, ("document", "block", "raw", "entity", "claim", "source"), strict=True))
SCHEMAS = Path(__file__).parents[2] / "schemas"


def validator(made: ModuleType, name: str) -> Draft202012Validator:
    return Draft202012Validator(json_schemas(made.SCHEME)[f"{name}.schema.json"])


def test_every_schema_is_valid_and_up_to_date(made: ModuleType) -> None:
    """A stale file in ``schemas/`` fails here: run ``corpus schemas``."""
    schemas = json_schemas(made.SCHEME)
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert json.loads((SCHEMAS / name).read_text("utf-8")) == schema, f"{name} is stale"
    assert {path.name for path in SCHEMAS.glob("*.schema.json")} == set(schemas)


@pytest.mark.parametrize("config", CONFIGS)
def test_every_written_row_is_valid(made: ModuleType, built: Path, config: str) -> None:
    """Rows with labels by name follow the schema; every column is in it and has its sentence."""
    check = validator(made, FILES[config])
    rows = list(BuiltDataset.open(built).rows(config))
    assert rows
    for row in rows:
        check.validate(json.loads(json.dumps(row)))
    properties = check.schema["properties"]
    assert list(properties) == tables_of(made.SCHEME)[config].schema.names
    assert all(len(column["description"]) > 5 for column in properties.values())


@pytest.mark.parametrize(
    ("config", "column", "value"),
    [
        ("documents", "text", None),
        ("documents", "raw_sha256", "ABC"),
        ("documents", "published", "May 3"),
        ("documents", "published_precision", "hour"),
        ("documents", "language_score", 1.5),
        ("documents", "split", "tr ain"),
        ("documents", "evidence", [{"column": "title", "kind": "hearsay", "start": 0, "end": 1, "source": None}]),
        ("documents", "evidence", [{"column": "title", "kind": "derived"}]),
        ("blocks", "start", -1),
        ("blocks", "role", "teaser"),
        ("blocks", "join", "\n\n\n"),
        ("blocks", "kept", 1),
        ("raw", "revision", 0),
        ("raw", "repairs", [{"kind": "nul", "count": -1, "detail": ""}]),
        ("entities", "label", "PERSON"),
        ("entities", "label", None),
        ("entities", "qid", "36433"),
        ("entities", "raw_spans", [{"start": 1}]),
        ("claims", "speech", "loud"),
        ("claims", "negated", None),
        ("sources", "placement", "guessed"),
        ("sources", "annotator", "a@b.example"),
    ],
)
def test_a_wrong_value_is_invalid(made: ModuleType, built: Path, config: str, column: str, value: Any) -> None:
    """One wrong value in a sound row is found."""
    check = validator(made, FILES[config])
    row = next(iter(BuiltDataset.open(built).rows(config)))
    wrong = {**copy.deepcopy(row), column: value}
    assert {error.absolute_path[0] for error in check.iter_errors(wrong)} == {column}


def test_a_missing_or_unknown_column_is_invalid(made: ModuleType, built: Path) -> None:
    """Only documents may carry further columns."""
    dataset = BuiltDataset.open(built)
    for config in CONFIGS:
        row = next(iter(dataset.rows(config)))
        check = validator(made, FILES[config])
        assert check.is_valid({**row, "mood": "good"}) is (config == "documents")
        assert not check.is_valid({name: value for name, value in row.items() if name != "doc_id"})


def test_the_manifest_is_valid(made: ModuleType, built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text("utf-8"))
    validator(made, "manifest").validate(manifest)
    assert not validator(made, "manifest").is_valid({**manifest, "name": 3})


def test_annotation_sets_follow_the_scheme(made: ModuleType) -> None:
    """Labels, attribute values and flags are the scheme's own."""
    piece = AnchoredSpan(start=0, end=2, exact="It")
    entity = Entity(id="e1", spans=(piece,), label="PER")
    claim = Claim(id="c1", spans=(piece,), attributes={"kind": "fact"}, flags=("negated",))
    whole = AnnotationSet(
        annotation_id="a",
        revision=1,
        state="submitted",
        doc_id="d",
        annotator="ann-1",
        anchor_sha256="0" * 64,
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="import"),
        entities=(entity,),
        claims=(claim,),
    )
    check = validator(made, "annotation-set")
    sound = whole.model_dump(mode="json")
    check.validate(sound)
    for path, value in (
        (("entities", 0, "label"), "PERSON"),
        (("claims", 0, "attributes", "kind"), "rumour"),
        (("claims", 0, "attributes", "mood"), "good"),
        (("claims", 0, "flags", 0), "loud"),
    ):
        wrong = copy.deepcopy(sound)
        inner: Any = wrong
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value
        assert not check.is_valid(wrong), path
