"""Parquet is written with pinned options and read with its checksums; damage is reported."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import DataError
from corpus.export.parquet import open_writer, read_parquet, rough_bytes, row_weights

META = {b"a": b"1", b"b": b"2"}


def table_of(rows: int) -> pa.Table:
    texts = [f"{i:07d} Wörter über Häfen" for i in range(rows)]
    spans = [[{"start": i, "end": i + 1}] * (i % 3) for i in range(rows)]
    return pa.table({"text": pa.array(texts, pa.large_string()), "n": range(rows), "spans": spans})


def write(path: Path, data: pa.Table) -> None:
    with open_writer(path, data.schema.with_metadata(META)) as writer:
        writer.write_table(data)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Rows, types and metadata come back; the page index, checksums and zstd are there."""
    whole = table_of(100)
    write(tmp_path / "file", whole)
    assert read_parquet(tmp_path / "file").equals(whole)
    meta = pq.read_metadata(tmp_path / "file")
    column = meta.row_group(0).column(0)
    assert column.has_offset_index
    assert column.has_column_index
    assert column.compression == "ZSTD"
    assert meta.metadata[b"a"] == b"1"


def test_rows_weigh_by_their_values_alone() -> None:
    """Bytes of strings, 16 a member of a list, 8 a number that is there or not; how they are cut does not count."""
    data = pa.table(
        {
            "text": pa.array(["", "é", None], pa.large_string()),
            "n": [1, None, 3],
            "members": pa.array([[1, 2], [], None], pa.list_(pa.int32())),
        }
    )
    assert row_weights(data) == [40, 10, 8]
    assert rough_bytes(pa.concat_tables([data.slice(1), data.slice(0, 1)])) == rough_bytes(data) == 58


def test_damage_is_one_sentence(tmp_path: Path) -> None:
    """A cut, changed or foreign file is a DataError that names it."""
    path = tmp_path / "some.parquet"
    write(path, table_of(300))
    good = path.read_bytes()
    middle = len(good) // 3
    for bad in (b"", b"PAR1", good[:-20], good[:middle] + bytes(40) + good[middle + 40 :]):
        path.write_bytes(bad)
        with pytest.raises(DataError, match=rf"^{re.escape(str(path))} cannot be read as Parquet: .*[^.]\.$"):
            read_parquet(path)
    with pytest.raises(DataError, match="missing"):
        read_parquet(tmp_path / "missing")
