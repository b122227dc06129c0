"""Arrow dictionaries without the values that no row has: a row that goes must not leave its text there."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["compact"]


def compact(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same rows with dictionaries of their own values alone, in the order that they have."""
    columns = [_compact(column) if _holds_dictionary(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _compact(column: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(column.type):
        return pa.array(column.to_pylist(), column.type)  # dictionaries inside lists and structs are made anew
    used = pc.unique(column.indices.drop_null())
    used = used.take(pc.sort_indices(used))
    indices = pc.index_in(column.indices, used).cast(column.type.index_type)
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.take(used), ordered=column.type.ordered)


def _holds_dictionary(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return True
    return any(_holds_dictionary(kind.field(number).type) for number in range(kind.num_fields))
