"""Equal rows give equal bytes, whatever their chunks; limits hold; damage is reported."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.export.parquet import GROUP_ROWS, cut_rows, read_parquet, rough_bytes, write_parquet

META = {b"b": b"2", b"a": b"1"}


def table_of(rows: int, width: int = 50) -> pa.Table:
    texts = [f"{i:07d} " + "Wörter über Häfen " * (width // 18) for i in range(rows)]
    spans = [[{"start": i, "end": i + 1}] * (i % 3) for i in range(rows)]
    return pa.table({"text": pa.array(texts, pa.large_string()), "n": range(rows), "spans": spans})


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_chunks_do_not_change_bytes(tmp_path: Path, pieces: int) -> None:
    """A table in many chunks and with offsets is written as the same table in one chunk."""
    whole = table_of(5000)
    step = -(-whole.num_rows // pieces)
    cut = pa.concat_tables(whole.slice(at, step) for at in range(0, whole.num_rows, step))
    write_parquet(tmp_path / "one", whole.combine_chunks(), META)
    write_parquet(tmp_path / "many", cut, dict(reversed(META.items())))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()


def test_a_row_added_in_the_middle_leaves_most_bytes(tmp_path: Path) -> None:
    """Content-defined chunking keeps most pages' bytes when one row is added."""
    whole = table_of(20_000, 600)
    added = pa.concat_tables([whole.slice(0, 9_000), whole.slice(5, 1), whole.slice(9_000)])
    write_parquet(tmp_path / "old", whole, META)
    write_parquet(tmp_path / "new", added, META)
    old, new = (tmp_path / "old").read_bytes(), (tmp_path / "new").read_bytes()
    blocks = {old[at : at + 64] for at in range(0, len(old) - 64)}
    kept = sum(new[at : at + 64] in blocks for at in range(0, len(new) - 64, 64)) * 64
    assert kept > len(new) // 2


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Rows, types and metadata come back; the page index, checksums and zstd are there."""
    whole = table_of(100)
    write_parquet(tmp_path / "file", whole, META)
    assert read_parquet(tmp_path / "file").equals(whole)
    meta = pq.read_metadata(tmp_path / "file")
    column = meta.row_group(0).column(0)
    assert column.has_offset_index
    assert column.has_column_index
    assert column.compression == "ZSTD"
    assert meta.metadata[b"a"] == b"1"


def test_no_row_gives_no_row_group(tmp_path: Path) -> None:
    """An empty table is a readable file with its columns."""
    write_parquet(tmp_path / "file", table_of(0), META)
    assert pq.read_metadata(tmp_path / "file").num_row_groups == 0
    assert read_parquet(tmp_path / "file").schema.names == ["text", "n", "spans"]


def test_row_groups_are_cut_by_rows(tmp_path: Path) -> None:
    """No group is longer than the limit."""
    write_parquet(tmp_path / "file", pa.table({"n": range(GROUP_ROWS + 1)}), {})
    meta = pq.read_metadata(tmp_path / "file")
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [GROUP_ROWS, 1]


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=40), st.integers(1, 60), st.none() | st.integers(1, 7))
def test_cuts_lose_nothing_and_keep_the_limits(lengths: list[int], most: int, rows: int | None) -> None:
    """Slices put together are the table; each keeps both limits, or is one row."""
    data = pa.table({"text": pa.array(["x" * n for n in lengths], pa.large_string())})
    slices = list(cut_rows(data, most, rows))
    assert [text for part in slices for text in part.column(0).to_pylist()] == data.column(0).to_pylist()
    for part in slices:
        assert 1 <= part.num_rows <= (rows or len(lengths))
        assert rough_bytes(part) <= most or part.num_rows == 1


def test_damage_is_one_sentence(tmp_path: Path) -> None:
    """A cut, changed or foreign file is a DataError that names it."""
    path = tmp_path / "some.parquet"
    write_parquet(path, table_of(300), META)
    good = path.read_bytes()
    middle = len(good) // 3
    for bad in (b"", b"PAR1", good[:-20], good[:middle] + bytes(40) + good[middle + 40 :]):
        path.write_bytes(bad)
        with pytest.raises(DataError, match=r"^some\.parquet cannot be read as Parquet: .*\.$"):
            read_parquet(path)
    with pytest.raises(DataError, match="missing"):
        read_parquet(tmp_path / "missing")
