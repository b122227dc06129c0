"""A config is written as its rows come: the same bytes however they come, cut where the limits say."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.export.content import ContentHash
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.index import SplitIndex
from corpus.export.parquet import GROUP_ROWS, read_parquet, rough_bytes
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


def index_of(ids: Sequence[str], splits: Sequence[str]) -> SplitIndex:
    return SplitIndex.of([pa.table({"doc_id": list(ids), "split": list(splits)})])


def texts_of(texts: Sequence[str]) -> pa.Table:
    return pa.table({"doc_id": [f"{n:06d}" for n in range(len(texts))], "text": texts}).cast(TEXTS.schema)


def write(folder: Path, data: pa.Table, most: int = 2**30, size: int | None = None) -> list[Path]:
    """Write rows of one split as they come, ``size`` at once, and return the files."""
    folder.mkdir(parents=True)
    ids = data.column("doc_id").to_pylist()
    writer = ConfigWriter(folder, TEXTS, index_of(ids, ["train"] * len(ids)), ("train",), most)
    for start in range(0, data.num_rows, size or max(1, data.num_rows)):
        writer.add(data.slice(start, size))
    writer.close()
    return list(writer.files["train"])


def groups_of(path: Path) -> list[pa.Table]:
    with pq.ParquetFile(path) as file:
        return [file.read_row_group(number) for number in range(file.num_row_groups)]


def test_bytes_do_not_depend_on_how_rows_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that come one by one or all together, in many chunks; of several splits, files and groups."""
    monkeypatch.setattr("corpus.export.shards.GROUP_BYTES", 900)
    rng = random.Random(1)
    data = texts_of(["x" * rng.randint(0, 400) for _ in range(200)])
    splits = ["test" if rng.random() < 0.2 else "train" for _ in range(200)]
    index = index_of(data.column("doc_id").to_pylist(), splits)
    chunks = pa.concat_tables(data.slice(start, 3) for start in range(0, 200, 3))
    trees = []
    for size, rows in ((1, data), (7, data), (200, data), (200, chunks)):
        folder = tmp_path / str(len(trees))
        folder.mkdir()
        writer = ConfigWriter(folder, TEXTS, index, ("train", "test"), 3000)
        for start in range(0, 200, size):
            writer.add(rows.slice(start, size))
        counts, digest = writer.close()
        trees.append(tree_hashes(folder))
        assert counts == {"train": splits.count("train"), "test": splits.count("test")}
        whole = ContentHash(TEXTS)
        whole.update(data)
        assert digest == whole.hexdigest()
        paths = [path for own in writer.files.values() for path in own]
        assert sorted(paths) == sorted(folder.rglob("*.parquet"))
    assert all(tree == trees[0] for tree in trees)
    assert len(trees[0]) > 5
    for split, paths in writer.files.items():
        total = len(paths)
        assert [path.name for path in paths] == [f"{split}-{n:05d}-of-{total:05d}.parquet" for n in range(total)]
        own = pa.concat_tables(group for path in paths for group in groups_of(path))
        assert own.column("doc_id").equals(data.filter(pc.equal(pa.array(splits), split)).column("doc_id"))


@settings(max_examples=60)
@given(st.lists(st.integers(0, 40), max_size=40), st.integers(1, 60), st.integers(1, 100), st.integers(1, 7))
def test_cuts_lose_nothing_and_keep_the_limits(lengths: list[int], group: int, file: int, rows: int) -> None:
    """Files and row groups put together are the rows; each keeps its limits, or is one row; none could be more."""
    data = texts_of(["x" * length for length in lengths])
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        patch.setattr("corpus.export.shards.GROUP_BYTES", group)
        patch.setattr("corpus.export.shards.GROUP_ROWS", rows)
        files = [groups_of(path) for path in write(Path(name) / "t", data, file)]
    found = [part for groups in files for part in groups]
    assert [text for part in found for text in part.column("text").to_pylist()] == data.column("text").to_pylist()
    for groups in files:
        assert sum(part.num_rows for part in groups) <= 1 or sum(map(rough_bytes, groups)) <= file
        for part, after in pairwise(groups):
            first = rough_bytes(after.slice(0, 1))
            assert part.num_rows == rows or rough_bytes(part) + first > group
        for part in groups:
            assert 1 <= part.num_rows <= rows
            assert rough_bytes(part) <= group or part.num_rows == 1
    for groups, following in pairwise(files):
        assert sum(map(rough_bytes, groups)) + rough_bytes(following[0].slice(0, 1)) > file


def test_no_row_gives_one_file_without_a_row_group(tmp_path: Path) -> None:
    """It is readable, with its columns and their features."""
    (path,) = write(tmp_path / "t", texts_of([]))
    assert pq.read_metadata(path).num_row_groups == 0
    assert read_parquet(path).schema.names == ["doc_id", "text"]
    assert b"huggingface" in read_parquet(path).schema.metadata


def test_row_groups_are_cut_by_rows(tmp_path: Path) -> None:
    """No group is longer than the limit."""
    (path,) = write(tmp_path / "t", texts_of([""] * (GROUP_ROWS + 1)))
    meta = pq.read_metadata(path)
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [GROUP_ROWS, 1]


def test_a_row_added_in_the_middle_leaves_most_bytes(tmp_path: Path) -> None:
    """Content-defined chunking keeps most pages' bytes when one row is added."""
    whole = texts_of([f"{i:07d} " + "Wörter über Häfen " * 33 for i in range(20_000)])
    one = pa.table({"doc_id": ["008999a"], "text": ["One more harbour."]}).cast(TEXTS.schema)
    added = pa.concat_tables([whole.slice(0, 9_000), one, whole.slice(9_000)])
    ((old,), (new,)) = write(tmp_path / "old", whole), write(tmp_path / "new", added)
    before, after = old.read_bytes(), new.read_bytes()
    blocks = {before[at : at + 64] for at in range(0, len(before) - 64)}
    kept = sum(after[at : at + 64] in blocks for at in range(0, len(after) - 64, 64)) * 64
    assert kept > len(after) // 2


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
