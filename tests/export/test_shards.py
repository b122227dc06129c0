"""A config that is written as its rows come has the bytes of one that is written at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from corpus.errors import DataError
from corpus.export.content import content_sha256
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.features import schema_metadata
from corpus.export.index import SplitIndex
from corpus.export.layout import shard_path
from corpus.export.parquet import cut_rows, write_parquet
from corpus.export.shards import ConfigWriter
from corpus.model.tables import CONFIGS, Table

TEXTS = Table(
    "texts",
    pa.schema(
        [pa.field("doc_id", pa.large_string(), nullable=False), pa.field("text", pa.large_string(), nullable=False)]
    ),
    ("doc_id",),
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A table in ranges of documents, as a build hands it over."""

    table: pa.Table
    edges: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema

    def __iter__(self) -> Iterator[pa.Table]:
        bounds = ("", *self.edges, "\uffff")
        for low, high in pairwise(bounds):
            ids = self.table.column("doc_id")
            yield self.table.filter(pc.and_(pc.greater_equal(ids, low), pc.less(ids, high)))


def test_bytes_do_not_depend_on_how_rows_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files and row groups are cut where the values say, with rows that come one by one or all together."""
    monkeypatch.setattr("corpus.export.shards.GROUP_BYTES", 900)
    monkeypatch.setattr("corpus.export.parquet.GROUP_BYTES", 900)
    rng = random.Random(1)
    texts = ["x" * rng.randint(0, 400) for _ in range(200)]
    data = pa.table({"doc_id": [f"{n:03d}" for n in range(200)], "text": texts}).cast(TEXTS.schema)
    splits = ["test" if rng.random() < 0.2 else "train" for _ in range(200)]
    index = SplitIndex.of([pa.table({"doc_id": data.column("doc_id"), "split": splits})])
    once = tmp_path / "once"
    (once / "texts").mkdir(parents=True)
    for split in ("train", "test"):
        own = data.filter(pc.equal(pa.array(splits), split))
        shards = list(cut_rows(own, 3000))
        for number, shard in enumerate(shards):
            path = once / shard_path("texts", split, number, len(shards))
            write_parquet(path, shard, schema_metadata(TEXTS))
    for size in (1, 7, 200):
        (tmp_path / str(size)).mkdir()
        writer = ConfigWriter(tmp_path / str(size), TEXTS, index, ("train", "test"), 3000)
        for start in range(0, 200, size):
            writer.add(data.slice(start, size))
        rows, digest = writer.close()
        assert tree_hashes(tmp_path / str(size)) == tree_hashes(once)
        assert rows == {"train": splits.count("train"), "test": splits.count("test")}
        assert digest == content_sha256(data, TEXTS)
        assert sorted(p for paths in writer.files.values() for p in paths) == sorted(
            (tmp_path / str(size)).rglob("*.parquet")
        )
    assert len(tree_hashes(once)) > 5


def test_a_dataset_in_ranges_has_the_bytes_of_a_whole_one(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """Files, card and manifest."""
    content = made.make_content()
    tables = {name: Cut(content.tables[name], ("e", "harbour")) for name in CONFIGS}
    write_dataset(tmp_path / "ranges", replace(content, tables=tables))
    assert tree_hashes(tmp_path / "ranges") == tree_hashes(built)


def test_a_row_without_its_document_is_refused(tmp_path: Path) -> None:
    """With its number among all rows."""
    index = SplitIndex.of([pa.table({"doc_id": ["a"], "split": ["train"]})])
    writer = ConfigWriter(tmp_path, TEXTS, index, ("train",), 3000)
    writer.add(pa.table({"doc_id": ["a"], "text": ["."]}).cast(TEXTS.schema))
    with pytest.raises(DataError, match="texts row 1 column doc_id names 'b', which `documents` lacks"):
        writer.add(pa.table({"doc_id": ["b"], "text": ["."]}).cast(TEXTS.schema))


def test_the_index_knows_every_split() -> None:
    """Ids in any order, from several parts; null where there is no such document."""
    parts = [
        pa.table({"doc_id": ["c", "a"], "split": ["test", "train"]}),
        pa.table({"doc_id": ["b"], "split": ["dev"]}),
    ]
    index = SplitIndex.of(parts)
    assert index.split_of(pa.chunked_array([["b", "a"], ["c", "bb", "b"]])).to_pylist() == [
        "dev", "train", "test", None, "dev"
    ]  # fmt: skip
    assert index.split_of(pa.chunked_array([["x"]])).to_pylist() == [None]
    assert index.split_of(pa.chunked_array([], pa.large_string())).to_pylist() == []
    assert sorted(index.names()) == ["dev", "test", "train"]
