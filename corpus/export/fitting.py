"""Fit Arrow data to a config of the model: its columns, its types, labels as integers, rows in key order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.export.features import declared_labels
from corpus.model.tables import Table, documents_table

__all__ = ["fit", "named_labels", "plain_type", "repeated_keys", "table_for", "with_column"]


def table_for(table: Table, schema: pa.Schema) -> Table:
    """Return the config's table as a file with this schema has it.

    For ``documents`` that is with the carried columns it has besides; and where the file's metadata names
    fewer labels than the model (it was written before some were appended), with those.

    Raises:
        DataError: a column stands twice, is unknown, or has a type that a dataset cannot carry.
    """
    names = schema.names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"The config {table.name!r} has the column {twice!r} twice; rename one of them.")
    others = [name for name in names if name not in table.schema.names]
    if table.name != "documents":
        if others:
            raise DataError(f"The config {table.name!r} has no column {others[0]!r}; leave it out.")
        return replace(table, labels=declared_labels(table, schema))
    if "" in others:
        raise DataError("A carried column of the config 'documents' has no name; give it one.")
    whole = documents_table({name: plain_type(schema.field(name).type, name) for name in others})
    own = [table.schema.field(f.name) if f.name in table.schema.names else f for f in whole.schema]
    whole = replace(whole, schema=pa.schema(own))
    return replace(whole, labels=declared_labels(whole, schema))


def plain_type(kind: pa.DataType, column: str) -> pa.DataType:
    """Return the one type that stands for a carried column's type, so that equal data give equal bytes.

    Strings of every kind become ``large_string``, lists of every kind ``list``; numbers, booleans, dates,
    times and structs stay.

    Raises:
        DataError: the type (binary, map, union, decimal …) has no counterpart in a dataset.
    """
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type, column)
    if _is_string(kind) or pa.types.is_null(kind):
        return pa.large_string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.list_(plain_type(kind.value_type, column))
    if pa.types.is_struct(kind) and kind.num_fields:
        return pa.struct([pa.field(f.name, plain_type(f.type, column)) for f in kind])
    numeric = pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind)
    if numeric or pa.types.is_boolean(kind) or pa.types.is_timestamp(kind) or pa.types.is_date32(kind):
        return kind
    raise DataError(
        f"The carried column {column!r} has the Arrow type {kind}, which a dataset cannot hold; "
        "turn it into text or numbers first, or leave it out."
    )


def fit(data: pa.Table, table: Table) -> pa.Table:
    """Return the data as the model wants it: exact schema, labels as int64, sorted by the table's key.

    Label columns may hold names or numbers. Column order and chunks of ``data`` do not matter.

    Raises:
        DataError: a column is missing, a type does not fit, a value is null where it must not be, a label is
            unknown, or two rows have one key; the sentence names config, row and column.
    """
    columns = [_fit_column(data, table, field) for field in table.schema]
    fitted = pa.Table.from_arrays(columns, schema=table.schema)
    ordered = fitted.sort_by([(name, "ascending") for name in table.key])
    _check_unique(ordered, table)
    return ordered.combine_chunks()


def named_labels(data: pa.Table, labels: Mapping[str, Sequence[str]]) -> pa.Table:
    """Return the rows with class labels by name, null where they are null or out of range."""
    for name, names in labels.items():
        column = data.column(name)
        known = pc.and_(pc.greater_equal(column, 0), pc.less(column, len(names)))
        numbers = pc.if_else(known, column, pa.scalar(None, pa.int64()))
        told = pc.take(pa.array(names, pa.large_string()), numbers)
        data = data.set_column(data.schema.get_field_index(name), name, told)
    return data


def with_column(data: pa.Table, name: str, values: pa.Array | pa.ChunkedArray | Sequence[Any]) -> pa.Table:
    """Return the table with other values in a column of the same type; the column may be null."""
    index, field = data.schema.get_field_index(name), data.schema.field(name)
    made = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, field.type)
    return data.set_column(index, field.with_nullable(True), made)


def repeated_keys(ordered: pa.Table, key: tuple[str, ...]) -> pa.Array:
    """Tell for each row but the last whether the next one has the same key; the rows are in key order."""
    pairs = max(0, ordered.num_rows - 1)
    same = pa.array([True] * pairs, pa.bool_())
    for name in key:
        column = ordered.column(name).combine_chunks()
        same = pc.and_(same, pc.equal(column.slice(1), column.slice(0, pairs)))
    return same


def _fit_column(data: pa.Table, table: Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in data.schema.names:
        raise DataError(f"The config {table.name!r} lacks the column {field.name!r}.")
    column = data.column(field.name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    names = table.labels.get(field.name)
    if names is not None:
        column = _numbers(column, names, f"{table.name} column {field.name}")
    elif _is_string(column.type) != _is_string(field.type) and not pa.types.is_null(column.type):
        raise _misfit(table, field, column)
    try:
        fitted = column.cast(field.type)
    except pa.ArrowException as error:
        raise _misfit(table, field, column, f" ({str(error).splitlines()[0]})") from None
    if not field.nullable and fitted.null_count:
        row = pc.index(fitted.is_null(), value=True).as_py()
        raise DataError(f"{table.name} row {row} column {field.name} must not be null.")
    return fitted


def _misfit(table: Table, field: pa.Field, column: pa.ChunkedArray, why: str = "") -> DataError:
    return DataError(
        f"{table.name} column {field.name} must be of the Arrow type {field.type}, got {column.type}{why}."
    )


def _numbers(column: pa.ChunkedArray, names: tuple[str, ...], place: str) -> pa.ChunkedArray:
    if _is_string(column.type):
        values = column.cast(pa.large_string())
        numbers = pc.index_in(values, value_set=pa.array(names, pa.large_string())).cast(pa.int64())
        wrong = pc.and_(values.is_valid(), numbers.is_null())
    elif pa.types.is_integer(column.type) or pa.types.is_null(column.type):
        numbers = column.cast(pa.int64())
        wrong = pc.or_(pc.less(numbers, 0), pc.greater_equal(numbers, len(names)))
    else:
        raise DataError(f"{place} must hold label names or their numbers, got the Arrow type {column.type}.")
    row = pc.index(wrong, value=True).as_py() if len(wrong) else -1
    if row >= 0:
        raise DataError(
            f"{place.replace(' column', f' row {row} column')} must be one of {', '.join(names)}, "
            f"got {column[row].as_py()!r}; correct the row, or append the label to the scheme."
        )
    return numbers


def _check_unique(ordered: pa.Table, table: Table) -> None:
    repeated = repeated_keys(ordered, table.key)
    row = pc.index(repeated, value=True).as_py() if len(repeated) else -1
    if row >= 0:
        key = ", ".join(f"{name} {ordered.column(name)[row].as_py()!r}" for name in table.key)
        raise DataError(f"The config {table.name!r} has two rows with {key}; each may stand only once.")


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
