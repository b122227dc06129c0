"""A dataset is read in ranges of whole documents, with all rows of theirs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from corpus.export.dataset import DatasetContent, write_dataset
from corpus.export.store import BuiltDataset
from corpus.model.document import RawDocument
from corpus.model.tables import CONFIGS
from corpus.pipeline.hydrating.ranges import document_ranges
from corpus.pipeline.shelf import Shelf


def many(made: ModuleType, folder: Path) -> BuiltDataset:
    """Write the made documents seven times, each time under other ids."""
    content: DatasetContent = made.make_content()
    rows = {name: content.tables[name].to_pylist() for name in CONFIGS}
    again = {
        name: [{**row, "doc_id": f"{number}-{row['doc_id']}"} for number in range(7) for row in own]
        for name, own in rows.items()
    }
    write_dataset(folder, made.make_content(again))
    return BuiltDataset.open(folder)


@pytest.mark.parametrize("most", [0, 1, 3, 5, 1000])
@pytest.mark.parametrize("held", [1, 2**20])
def test_ranges_hold_every_row_of_their_documents(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, held: int
) -> None:
    """However many rows a batch has and a range may count; together they are the dataset, in its order."""
    dataset = many(made, tmp_path / "d")
    monkeypatch.setattr("corpus.export.batches.BATCH_BYTES", held)
    ranges = list(document_ranges(dataset, lambda documents: [1] * documents.num_rows, most))
    for part in ranges:
        ids = set(part["documents"].column("doc_id").to_pylist())
        assert 1 <= len(ids) <= max(1, most)
        for name in CONFIGS:
            assert set(part[name].column("doc_id").to_pylist()) <= ids
    for name in CONFIGS:
        whole = pa.concat_tables([part[name] for part in ranges])
        assert whole.to_pylist() == dataset.table(name).to_pylist()
    total = dataset.table("documents").num_rows
    assert len(ranges) == -(-total // max(1, most))


def test_an_empty_dataset_is_one_range_without_rows(made: ModuleType, tmp_path: Path) -> None:
    write_dataset(tmp_path / "d", made.make_content({name: [] for name in CONFIGS}))
    (part,) = document_ranges(BuiltDataset.open(tmp_path / "d"), lambda _: (), 10)
    assert {name: data.num_rows for name, data in part.items()} == dict.fromkeys(CONFIGS, 0)


def test_the_shelf_gives_back_what_was_put_by(tmp_path: Path) -> None:
    """In any order, more than once; names and lengths without reading."""
    shelf = Shelf(tmp_path / "raw")
    raws = [
        RawDocument(f"d{n}", "Häfen " * n, "0" * 64, "utf-8", f"in/{n}.txt", extra={"n": [n]}) for n in range(9)
    ]
    numbers = [shelf.put(raw) for raw in raws]
    for number, raw in [*zip(numbers, raws, strict=True)][::-2] * 2:
        assert shelf.get(number) == raw
        assert (shelf.source_file(number), shelf.characters(number)) == (raw.source_file, len(raw.text))
    assert shelf.put(raws[0]) == 9
    assert shelf.get(9) == raws[0]
    shelf.close()
