"""Rows are read a few at a time, in key order, and checked on the way."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.errors import DataError
from corpus.export.batches import (
    ascending,
    by_documents,
    file_batches,
    first_disorder,
    in_key_order,
    read_schema,
)
from corpus.export.parquet import open_writer

KEY = ("doc_id", "block")


def rows(*pairs: tuple[str, int]) -> pa.Table:
    ids, blocks = zip(*pairs, strict=True) if pairs else ((), ())
    return pa.table({"doc_id": pa.array(ids, pa.large_string()), "block": pa.array(blocks, pa.int32())})


def pairs(tables: list[pa.Table]) -> list[tuple[str, int]]:
    return [tuple(row.values()) for data in tables for row in data.to_pylist()]


def cut(data: pa.Table, rng: random.Random) -> list[pa.Table]:
    """Return the rows in slices of random lengths, empty ones among them."""
    edges = sorted([0, data.num_rows, *rng.choices(range(data.num_rows + 1), k=5)])
    return [data.slice(start, end - start) for start, end in pairwise(edges)]


@pytest.mark.parametrize("streams", [1, 2, 3])
def test_streams_are_merged_in_key_order(streams: int) -> None:
    """Every row once, sorted, however the rows are dealt out and cut."""
    for seed in range(20):
        rng = random.Random(seed)
        ids = [f"d{number:02d}" for number in range(30)]
        parts: list[list[tuple[str, int]]] = [[] for _ in range(streams)]
        for doc_id in ids:
            rng.choice(parts).extend((doc_id, block) for block in range(rng.randint(1, 4)))
        merged = list(in_key_order([cut(rows(*part), rng) for part in parts], KEY))
        assert pairs(merged) == sorted(pair for part in parts for pair in part)


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (rows(), None),
        (rows(("a", 0)), None),
        (rows(("a", 0), ("a", 1), ("b", 0)), None),
        (rows(("a", 0), ("b", 1), ("b", 0)), 2),
        (rows(("a", 0), ("b", 1), ("b", 1)), 2),
        (rows(("b", 0), ("a", 0), ("c", 0)), 1),
    ],
)
def test_the_first_row_out_of_order_is_found(data: pa.Table, row: int | None) -> None:
    """Across the edges of batches too; a key that stands twice is out of order."""
    for size in (1, 2, 3):
        batches = [data.slice(start, size) for start in range(0, data.num_rows, size)]
        assert first_disorder(batches, KEY) == row
        if row is None:
            assert pairs(list(ascending(batches, KEY))) == pairs([data])
        else:
            with pytest.raises(DataError, match="not in the order of doc_id, block"):
                list(ascending(batches, KEY))


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_all_rows_of_a_document_come_together(size: int) -> None:
    """However the rows were cut; a batch without rows changes nothing."""
    data = rows(*((doc_id, block) for doc_id, many in (("a", 3), ("b", 1), ("c", 4)) for block in range(many)))
    cut = [data.slice(start, size) for start in range(0, data.num_rows, size)]
    made = list(by_documents([data.slice(0, 0), *cut, data.slice(0, 0)]))
    assert pairs(made) == pairs([data])
    ids = [doc_id for part in made for doc_id in part.column("doc_id").unique().to_pylist()]
    assert sorted(ids) == ["a", "b", "c"]
    assert list(by_documents([])) == []


def test_a_file_is_read_a_few_rows_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long rows make short batches; columns come as asked for."""
    data = pa.table({"n": range(500), "text": ["x" * 100] * 500})
    with open_writer(tmp_path / "f.parquet", data.schema) as writer:
        writer.write_table(data)
    monkeypatch.setattr("corpus.export.batches.BATCH_ROWS", 200)
    assert [batch.num_rows for batch in file_batches(tmp_path / "f.parquet")] == [200, 200, 100]
    monkeypatch.setattr("corpus.export.batches.BATCH_BYTES", 1)
    batches = list(file_batches(tmp_path / "f.parquet", ["text", "n"]))
    assert {batch.num_rows for batch in batches} == {1}
    assert batches[0].schema.names == ["text", "n"]
    assert pa.concat_tables(batches).column("n").to_pylist() == list(range(500))


def test_what_is_no_parquet_is_told_by_its_place(tmp_path: Path) -> None:
    """Each config has a file of the same name, and a comparison two datasets."""
    (tmp_path / "f.parquet").write_bytes(b"no")
    for read in (read_schema, lambda path: list(file_batches(path))):
        with pytest.raises(DataError, match=rf"^{re.escape(str(tmp_path))}/f\.parquet cannot be read as Parquet"):
            read(tmp_path / "f.parquet")
