"""The documents of a built dataset, all of them or some: what is not asked for is not read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.export.store import BuiltDataset
from corpus.labelstudio.documents import DatasetDocuments


@pytest.fixture
def documents(built: Path) -> DatasetDocuments:
    """The made dataset, each row in a row group of its own."""
    for path in built.rglob("*.parquet"):
        pq.write_table(pq.read_table(path), path, row_group_size=1)
    return DatasetDocuments(BuiltDataset.open(built))


def test_some_are_those_of_all(documents: DatasetDocuments) -> None:
    """Each alone, several at once, and none for an id that nobody has."""
    whole = {document.doc_id: document for document in documents}
    assert len(whole) > 2
    for name, document in whole.items():
        assert documents.some([name]) == {name: document}
    names = sorted(whole)[::2]
    assert documents.some([*names, "zzz", "", "!"]) == {name: whole[name] for name in names}


def test_some_are_read_without_the_others(documents: DatasetDocuments, built: Path) -> None:
    """A page of tasks costs its own documents: damage in the rows of another one is not met."""
    path = max((built / "raw").glob("*.parquet"), key=lambda path: pq.read_metadata(path).num_rows)
    table = pq.read_table(path)
    first, last = min(table["doc_id"].to_pylist()), max(table["doc_id"].to_pylist())
    assert first != last
    with pq.ParquetFile(path) as file:
        groups = [n for n, name in enumerate(table["doc_id"].to_pylist()) if name == first]
        columns = [file.metadata.row_group(groups[0]).column(n) for n in range(file.metadata.num_columns)]
        text = next(column for column in columns if column.path_in_schema == "text")
    content = bytearray(path.read_bytes())
    start = text.dictionary_page_offset or text.data_page_offset
    content[start : start + text.total_compressed_size] = b"\xff" * text.total_compressed_size
    path.write_bytes(content)
    assert list(documents.some([last])) == [last]
    with pytest.raises((OSError, pa.ArrowException)):
        documents.some([first])
