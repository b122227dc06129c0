"""Tables are made to fit the model exactly, or refused with the place."""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from corpus.errors import DataError
from corpus.export.fitting import fit, named_labels, plain_type, table_for
from corpus.model.tables import BLOCKS, RAW, Table, documents_table, entities_table


def blocks_of(made: ModuleType) -> pa.Table:
    return made.make_tables(made.make_rows())["blocks"]


def with_column(data: pa.Table, name: str, values: Any, kind: pa.DataType | None = None) -> pa.Table:
    return data.set_column(data.schema.get_field_index(name), name, pa.array(values, kind))


def test_names_and_numbers_are_the_same_labels(made: ModuleType) -> None:
    """Label columns may hold names, numbers or categories."""
    named = fit(blocks_of(made), BLOCKS)
    assert named.schema.equals(BLOCKS.schema)
    assert fit(named, BLOCKS).equals(named)
    categories = blocks_of(made)
    categories = with_column(
        categories, "role", categories.column("role").to_pylist(), pa.dictionary(pa.int32(), pa.string())
    )
    assert fit(categories, BLOCKS).equals(named)
    assert named_labels(named, BLOCKS.labels).column("role")[0].as_py() == "boilerplate"


@pytest.mark.parametrize("chunks", [[], [[0], [1, None]]])
def test_numbers_of_labels_have_names_and_others_none(chunks: list[list[int | None]]) -> None:
    """In one chunk or several; what is no label's number is null, not an error, and other columns stay."""
    numbers = pa.chunked_array([[1, -1, 2, None, 0], *chunks], pa.int64())
    data = named_labels(pa.table({"kind": numbers, "other": numbers}), {"kind": ("A", "B")})
    assert data.schema == pa.schema({"kind": pa.large_string(), "other": pa.int64()})
    assert data.column("kind").to_pylist() == ["B", None, None, None, "A", *(["A", "B", None] if chunks else [])]
    assert data.column("other").equals(numbers)


def test_row_and_column_order_do_not_matter(made: ModuleType) -> None:
    """Rows come sorted by key, columns in the model's order."""
    data = blocks_of(made)
    rows, columns = list(range(data.num_rows)), list(data.schema.names)
    random.Random(5).shuffle(rows)
    random.Random(5).shuffle(columns)
    assert fit(data.take(rows).select(columns), BLOCKS).equals(fit(data, BLOCKS))


def test_polars_frames_fit(made: ModuleType) -> None:
    """What Polars hands over (large lists, 64-bit offsets in structs) is brought to the model's types."""
    raw = made.make_tables(made.make_rows())["raw"]
    assert fit(pl.from_arrow(raw).to_arrow(), RAW).equals(fit(raw, RAW))


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("role", ["body", "headline"], r"blocks row 1 column role must be one of title, .*got 'headline'"),
        ("role", [0, 11], r"blocks row 1 column role must be one of .*got 11"),
        ("role", [-1, 0], r"blocks row 0 column role must be one of .*got -1"),
        ("role", [None, "body"], r"blocks row 0 column role must not be null"),
        ("role", [0.5, 1.0], r"blocks column role must hold label names or their numbers, got .*double"),
        ("text", ["a", None], r"blocks row 1 column text must not be null"),
        ("text", [1, 2], r"blocks column text must be of the Arrow type large_string, got int64"),
        ("start", ["1", "2"], r"blocks column start must be of the Arrow type int32, got string"),
        ("start", [0, 2**40], r"blocks column start must be of the Arrow type int32"),
    ],
)
def test_a_misfit_is_named(made: ModuleType, column: str, values: list[Any], told: str) -> None:
    """The sentence names config, row and column."""
    data = with_column(blocks_of(made).slice(0, 2), column, values)
    with pytest.raises(DataError, match=told):
        fit(data, BLOCKS)


def test_missing_unknown_and_double_columns_are_named(made: ModuleType) -> None:
    data = blocks_of(made)
    with pytest.raises(DataError, match="lacks the column 'join'"):
        fit(data.drop_columns(["join"]), BLOCKS)
    with pytest.raises(DataError, match="'blocks' has no column 'mood'"):
        table_for(BLOCKS, data.append_column("mood", data.column("text")).schema)
    with pytest.raises(DataError, match="'text' twice"):
        table_for(BLOCKS, data.append_column("text", data.column("text")).schema)


def test_two_rows_with_one_key_are_refused(made: ModuleType) -> None:
    data = blocks_of(made)
    with pytest.raises(DataError, match="two rows with doc_id 'harbour', block 2"):
        fit(pa.concat_tables([data, data.slice(2, 1)]), BLOCKS)


def test_a_null_inside_a_span_is_refused(made: ModuleType) -> None:
    """An offset that must not be null must not be null in lists either."""
    table = entities_table(made.SCHEME)
    data = made.make_tables(made.make_rows())["entities"]
    spans = [[{"start": 1, "end": None}]] * data.num_rows
    loose = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))
    with pytest.raises(DataError, match="entities column raw_spans"):
        fit(with_column(data, "raw_spans", spans, loose), table)


def test_carried_columns_follow_in_name_order() -> None:
    """Columns beyond the model's own are carried with one type for each kind of thing."""
    kinds = {
        "z": pa.string(),
        "b": pa.large_list(pa.dictionary(pa.int8(), pa.string_view())),
        "a": pa.struct([("x", pa.null())]),
    }
    schema = pa.schema([*documents_table().schema, *(pa.field(name, kind) for name, kind in kinds.items())])
    carried: Table = table_for(documents_table(), schema)
    assert carried.schema.names[-3:] == ["a", "b", "z"]
    assert carried.schema.field("b").type == pa.list_(pa.large_string())
    assert carried.schema.field("a").type == pa.struct([("x", pa.large_string())])


@pytest.mark.parametrize("kind", [pa.binary(), pa.map_(pa.string(), pa.string()), pa.struct([]), pa.decimal128(5)])
def test_a_type_that_datasets_cannot_carry_is_named(kind: pa.DataType) -> None:
    with pytest.raises(DataError, match="carried column 'odd'"):
        plain_type(kind, "odd")
