"""Input columns that are carried into ``documents``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from corpus.pipeline.carried import Carried


def carried_columns(extras: Sequence[Mapping[str, object]]) -> dict[str, pa.Array]:
    """Return the columns of documents that come in one batch."""
    carried = Carried()
    carried.learn(extras)
    return carried.columns(extras)


def test_a_column_of_one_plain_type_keeps_it() -> None:
    columns = carried_columns([{"n": 1, "x": 1.5, "ok": True, "s": "a"}, {"n": None, "x": 2, "ok": False}])
    assert {name: column.type for name, column in columns.items()} == {
        "n": pa.int64(),
        "ok": pa.bool_(),
        "s": pa.large_string(),
        "x": pa.float64(),
    }
    assert columns["x"].to_pylist() == [1.5, 2.0]
    assert columns["s"].to_pylist() == ["a", None]


def test_anything_else_is_json_text() -> None:
    """Mixed types, lists, objects and integers beyond 64 bits lose nothing."""
    columns = carried_columns([{"a": [1, {"b": "é"}], "m": 1, "big": 2**70}, {"m": "one"}])
    assert columns["a"].to_pylist() == ['[1,{"b":"é"}]', None]
    assert columns["m"].to_pylist() == ["1", '"one"']
    assert columns["big"].to_pylist() == [str(2**70), None]


def test_a_name_of_ours_is_not_overwritten() -> None:
    """``split`` and the like come as ``input_split``, also where that name is taken."""
    columns = carried_columns([{"split": "test", "input_split": "dev"}])
    assert {name: column.to_pylist() for name, column in columns.items()} == {
        "input_input_split": ["test"],
        "input_split": ["dev"],
    }
