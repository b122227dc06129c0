"""Whatever rows are edited, exactly those are found, in whatever files they lie."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.comparison.rows import COLUMNS, RowDifference, compare_rows
from corpus.comparison.shards import ConfigShards
from corpus.export.parquet import open_writer
from corpus.model.tables import Table

SPAN = pa.struct([pa.field("start", pa.int32()), pa.field("end", pa.int32())])
SCHEMA = pa.schema(
    [
        pa.field("doc_id", pa.large_string(), nullable=False),
        pa.field("n", pa.int32(), nullable=False),
        pa.field("text", pa.large_string()),
        pa.field("label", pa.int64()),
        pa.field("score", pa.float64()),
        pa.field("sure", pa.bool_()),
        pa.field("spans", pa.list_(SPAN)),
        pa.field("names", pa.list_(pa.large_string())),
    ]
)
LABELS = ("A", "B", "C")
TABLE = Table("rows", SCHEMA, ("doc_id", "n"), {"label": LABELS})
COMPARED = SCHEMA.names

words = st.sampled_from(["", "a", "b", "ab", "é", "é", "\0", "x" * 40])
span = st.fixed_dictionaries({"start": st.integers(0, 2), "end": st.none() | st.integers(0, 2)})
values = st.fixed_dictionaries(
    {
        "text": st.none() | words,
        "label": st.none() | st.integers(0, 2),
        "score": st.none() | st.sampled_from([0.0, -0.0, 1.0, 1.5, float("inf")]),
        "sure": st.none() | st.booleans(),
        "spans": st.none() | st.lists(st.none() | span, max_size=2),
        "names": st.none() | st.lists(st.none() | words, max_size=2),
    }
)
datasets = st.dictionaries(st.tuples(words, st.integers(-1, 3)), values, max_size=12)
Dataset = dict[tuple[str, int], dict[str, Any]]


def written(folder: Path, rows: Dataset, files: int) -> ConfigShards:
    """Write rows to some files, dealt out like cards, and open them."""
    folder.mkdir()
    records = [{"doc_id": key[0], "n": key[1], **row} for key, row in rows.items()]
    paths = [folder / f"{number}.parquet" for number in range(files)]
    for number, path in enumerate(paths):
        with open_writer(path, SCHEMA) as writer:
            writer.write_table(pa.Table.from_pylist(records[number::files], schema=SCHEMA))
    return ConfigShards.open(TABLE, paths)


def expected(old: Dataset, new: Dataset) -> tuple[list[Any], list[Any], dict[Any, set[str]]]:
    """Say the same by the simplest means: rows in dictionaries, values by how Python writes them."""
    changed = {
        key: columns
        for key in old.keys() & new.keys()
        if (columns := {name for name in old[key] if repr(old[key][name]) != repr(new[key][name])})
    }
    return sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys()), changed


def found(difference: RowDifference) -> tuple[list[Any], list[Any], dict[Any, set[str]]]:
    key = ["doc_id", "n"]
    changed = zip(difference.changed.select(key).rows(), difference.changed[COLUMNS], strict=True)
    added, removed = (frame.select(key).rows() for frame in (difference.added, difference.removed))
    return added, removed, {own: set(columns) for own, columns in changed}


@settings(max_examples=60)
@given(datasets, datasets, st.sets(st.integers(0, 11)), st.integers(1, 3), st.integers(1, 3))
def test_exactly_the_edited_rows_are_found(
    old: Dataset, fresh: Dataset, kept: set[int], files: int, other_files: int
) -> None:
    """Against the plain comparison of dictionaries; and mirrored, the other way round."""
    new = {**fresh, **{key: row for number, (key, row) in enumerate(old.items()) if number in kept}}
    with tempfile.TemporaryDirectory() as name:
        before, after = written(Path(name) / "old", old, files), written(Path(name) / "new", new, other_files)
        assert found(compare_rows(before, after, COMPARED)) == expected(old, new)
        assert found(compare_rows(after, before, COMPARED)) == expected(new, old)
        assert compare_rows(after, after, COMPARED).empty


def test_many_rows_across_row_groups(tmp_path: Path) -> None:
    """Thousands of rows, some edited far inside the files: those are found, and read back whole."""
    row = {"text": "t", "label": 0, "score": 0.5, "sure": True, "spans": [], "names": []}
    old: Dataset = {(f"d{n:05}", 0): {**row, "text": f"text {n}"} for n in range(30_000)}
    new = {key: ({**value, "label": 2} if int(key[0][1:]) % 1000 == 7 else value) for key, value in old.items()}
    del new["d29000", 0]
    before, after = written(tmp_path / "old", old, 1), written(tmp_path / "new", new, 2)
    difference = compare_rows(before, after, COMPARED)
    assert found(difference) == ([], [("d29000", 0)], {(f"d{n:05}", 0): {"label"} for n in range(7, 30_000, 1000)})
    rows = before.at(difference.changed.select(" file", " row"), ["doc_id", "text"]).to_pylist()
    assert rows == [{"doc_id": f"d{n:05}", "text": f"text {n}"} for n in range(7, 30_000, 1000)]


def test_parts_that_wait_in_files_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than fit at once are compared part by part: nothing is lost, doubled or out of order."""
    row = {"text": "t", "label": 0, "score": 0.5, "sure": True, "spans": [], "names": []}
    old: Dataset = {(f"d{n:03}", n % 3): row for n in range(700)}
    gone = {key for number, key in enumerate(old) if number % 5 == 1}
    edited = {key for number, key in enumerate(old) if number % 5 == 3}
    new = {key: {**row, "label": 1} if key in edited else row for key in old if key not in gone}
    fresh: Dataset = {(f"e{n:03}", 0): row for n in range(150)}
    before, after = written(tmp_path / "old", old, 2), written(tmp_path / "new", {**fresh, **new}, 3)
    whole = found(compare_rows(before, after, COMPARED))
    monkeypatch.setattr("corpus.comparison.fingerprints.PART_ROWS", 100)
    monkeypatch.setattr("corpus.comparison.fingerprints._FLUSH_ROWS", 50)
    assert found(compare_rows(before, after, COMPARED)) == whole
    assert whole == (sorted(fresh), sorted(gone), {key: {"label"} for key in edited})
