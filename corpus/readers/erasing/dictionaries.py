"""Arrow dictionaries without the values that no row has: a row that goes must not leave its text there."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import SourceError

__all__ = ["compact"]


def compact(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same rows with dictionaries of their own values alone, in the order that they have.

    Raises:
        SourceError: a column cannot be made anew without a loss.
    """
    columns = [_compact(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _compact(column: pa.Array) -> pa.Array:
    kind = column.type
    if not _holds_dictionary(kind):
        return column
    if pa.types.is_struct(kind):
        inner = [_compact(column.field(number)) for number in range(kind.num_fields)]
        return pa.StructArray.from_arrays(inner, fields=list(kind), mask=column.is_null())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _compact_list(column)
    if not pa.types.is_dictionary(kind):
        return _made_anew(column)
    used = pc.unique(column.indices.drop_null())
    used = used.take(pc.sort_indices(used))
    indices = pc.index_in(column.indices, used).cast(column.type.index_type)
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.take(used), ordered=column.type.ordered)


def _compact_list(column: pa.Array) -> pa.Array:
    kind, large = column.type, pa.types.is_large_list(column.type)
    lengths = pc.list_value_length(column).fill_null(0)
    ends = pc.cumulative_sum(lengths.cast(pa.int64()))
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), ends]).cast(pa.int64() if large else pa.int32())
    made = pa.LargeListArray if large else pa.ListArray
    return made.from_arrays(offsets, _compact(column.flatten()), type=kind, mask=column.is_null())


def _made_anew(column: pa.Array) -> pa.Array:
    """Return maps and lists of one length by way of Python, which has no times of day in nanoseconds."""
    if _holds(column.type, lambda kind: bool(kind == pa.time64("ns"))):
        raise SourceError("Its columns cannot be carried over as they are.")
    return pa.array(column.to_pylist(), column.type)


def _holds(kind: pa.DataType, test: Callable[[pa.DataType], bool]) -> bool:
    return test(kind) or any(_holds(kind.field(number).type, test) for number in range(kind.num_fields))


def _holds_dictionary(kind: pa.DataType) -> bool:
    return _holds(kind, lambda inner: bool(pa.types.is_dictionary(inner)))
