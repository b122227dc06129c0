"""Our features are the ones that ``datasets`` itself would derive."""

from __future__ import annotations

import json
from types import ModuleType

import pyarrow as pa
import pytest
from datasets import ClassLabel, Features

from corpus.export.features import features, features_yaml, schema_metadata
from corpus.model.tables import CONFIGS, documents_table, tables_of

EXTRA = {
    "when": pa.timestamp("us", "UTC"),
    "local": pa.timestamp("s"),
    "day": pa.date32(),
    "grid": pa.list_(pa.list_(pa.int8())),
    "deep": pa.struct([("x", pa.list_(pa.struct([("y", pa.float32())])))]),
    "pairs": pa.list_(pa.list_(pa.struct([("y", pa.bool_())]))),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_features_equal_those_of_datasets(made: ModuleType, name: str) -> None:
    """From the Arrow schema, through JSON, through YAML: one set of features."""
    table = documents_table(EXTRA) if name == "documents" else tables_of(made.SCHEME)[name]
    wanted = Features.from_arrow_schema(table.schema)
    wanted |= {column: ClassLabel(names=list(labels)) for column, labels in table.labels.items()}
    assert features(table) == wanted
    assert features_yaml(table) == wanted._to_yaml_list()
    assert Features._from_yaml_list(features_yaml(table)) == wanted
    stored = json.loads(schema_metadata(table)[b"huggingface"])
    assert Features.from_dict(stored["info"]["features"]) == wanted
