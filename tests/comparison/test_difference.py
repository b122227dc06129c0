"""Each kind of change is told as what it is, with the rows it touches and the step it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from edits import (
    Rows,
    Write,
    add_entity,
    another_evidence,
    drop_document,
    drop_entity,
    empty_for_null,
    move,
    negate,
    other_role,
    relabel,
    resplit,
    retitle,
    second_annotator,
    told,
)

from corpus.comparison.changes import added_rows, changed_rows, removed_rows, split_moves
from corpus.comparison.difference import compare
from corpus.comparison.steps import Step
from corpus.errors import DataError
from corpus.export.parquet import open_writer, read_parquet

KINDS = [
    (retitle, Step.MAJOR, {"documents": ([], [], {("harbour",): {"title"}})}),
    (another_evidence, Step.MAJOR, {"documents": ([], [], {("harbour",): {"evidence"}})}),
    (empty_for_null, Step.MAJOR, {"documents": ([], [], {("harbour",): {"agency"}})}),
    (relabel, Step.MAJOR, {"entities": ([], [], {("harbour", "ann-1", "e1"): {"label"}})}),
    (negate, Step.MAJOR, {"claims": ([], [], {("harbour", "ann-1", "c1"): {"negated"}})}),
    (move, Step.MAJOR, {"entities": ([], [], {("harbour", "ann-1", "e1"): {"raw_spans"}})}),
    (drop_entity, Step.MAJOR, {"entities": ([], [("rain", "ann-1", "e1")], {})}),
    (add_entity, Step.MINOR, {"entities": ([("harbour", "ann-1", "e9")], [], {})}),
    (second_annotator, Step.MINOR, {"sources": ([("harbour", "ann-2", "s1")], [], {})}),
    (other_role, Step.MAJOR, {"blocks": ([], [], {("harbour", 1): {"reason"}})}),
    (resplit, Step.MAJOR, {"documents": ([], [], {("rain",): {"split"}})}),
    (
        drop_document,
        Step.MAJOR,
        {
            "documents": ([], [("empty",)], {}),
            "blocks": ([], [("empty", 0)], {}),
            "raw": ([], [("empty", 1)], {}),
        },
    ),
]


@pytest.mark.parametrize(("change", "step", "wanted"), KINDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_change_of_rows_is_told_exactly(
    made: ModuleType, write: Write, change: Callable[[Rows], None], step: Step, wanted: dict[str, Any]
) -> None:
    """These rows and columns, no others; and the same, mirrored, the other way round."""
    rows = made.make_rows()
    change(rows)
    old, new = write("old", made.make_content()), write("new", made.make_content(rows))
    difference = compare(old, new)
    assert told(difference) == wanted
    assert difference.step is step
    assert not difference.scheme
    back = {name: (removed, added, changed) for name, (added, removed, changed) in wanted.items()}
    assert told(compare(new, old)) == back


def test_a_dataset_does_not_differ_from_itself(made: ModuleType, write: Write) -> None:
    """Nor from another of the same content, whatever its directory."""
    first, second = write("first", made.make_content()), write("second", made.make_content())
    for other in (first, second):
        difference = compare(first, other)
        assert difference.step is Step.NONE
        assert difference.reasons() == ()
        assert difference.why() == "nothing differs"
        assert all(config.empty for config in difference.configs.values())


def test_values_are_told_before_and_after(made: ModuleType, write: Write) -> None:
    """Labels by name, nested values as plain data; what people recognise a row by, of added and removed ones."""
    rows = made.make_rows()
    relabel(rows)
    move(rows)
    drop_entity(rows)
    add_entity(rows)
    entities = compare(write("old", made.make_content()), write("new", made.make_content(rows))).configs["entities"]
    (row,) = changed_rows(entities)
    assert [(value.column, value.before, value.after) for value in row.values] == [
        ("raw_spans", made.make_rows()["entities"][0]["raw_spans"], [{"start": 0, "end": 3}]),
        ("label", "PER", "MISC"),
    ]
    assert [dict(row.values) for row in added_rows(entities)] == [{"label": "MISC", "text": "Lena Voss"}]
    assert [dict(row.values) for row in removed_rows(entities)] == [{"label": "ORG", "text": "البلدية"}]


def test_a_split_move_is_told(made: ModuleType, write: Write) -> None:
    rows = made.make_rows()
    resplit(rows)
    difference = compare(write("old", made.make_content()), write("new", made.make_content(rows)))
    assert split_moves(difference.configs["documents"]) == {("test", "train"): ["rain"]}


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        (float("nan"), float("nan"), False),
        (0.0, -0.0, True),
        (None, 0.0, True),
        (None, float("nan"), True),
        (0.1, 0.1, False),
    ],
)
def test_numbers_differ_as_they_are_written(
    made: ModuleType, write: Write, old: float | None, new: float | None, differs: bool
) -> None:
    """As in the content hash: NaN is NaN, and 0.0 is not -0.0."""
    sides = []
    for name, value in (("old", old), ("new", new)):
        rows = made.make_rows()
        rows["documents"][0]["language_score"] = value
        rows["documents"][1]["title"] = name  # so that the config is read at all
        sides.append(write(name, made.make_content(rows)))
    _, _, changed = told(compare(sides[0], sides[1]))["documents"]
    assert (("harbour",) in changed) is differs


def test_the_same_rows_in_other_files_are_a_patch(
    made: ModuleType, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More shards, or another note: no row differs, the bytes do."""
    old = write("old", made.make_content())
    noted = compare(old, write("noted", made.make_content(notes=("Two annotators.",))))
    assert (told(noted), noted.step, noted.files) == ({}, Step.PATCH, ("notes",))
    monkeypatch.setattr("corpus.export.dataset.SHARD_BYTES", 300)
    sharded = compare(old, write("sharded", made.make_content()))
    assert (told(sharded), sharded.step) == ({}, Step.PATCH)
    assert "blocks/train-00000-of-00001.parquet" in sharded.files
    rows = made.make_rows()
    retitle(rows)
    relabel(rows)
    other_role(rows)
    edited = compare(old, write("edited", made.make_content(rows)))
    assert set(told(edited)) == {"documents", "entities", "blocks"}


def test_only_what_differs_is_read(made: ModuleType, write: Write) -> None:
    """Broken pages of a config whose hashes agree are no hindrance; of one that differs they are told."""
    rows = made.make_rows()
    retitle(rows)
    old, new = write("old", made.make_content()), write("new", made.make_content(rows))
    for config in ("raw", "documents"):
        path = next(path for path in new.shards[config] if path.name.startswith("train"))
        data = bytearray(path.read_bytes())
        data[4:40] = bytes(36)
        path.write_bytes(data)
        if config == "raw":
            assert told(compare(old, new)) == {"documents": ([], [], {("harbour",): {"title"}})}
    with pytest.raises(DataError, match=r"documents/train-00000-of-00001\.parquet cannot be read as Parquet"):
        compare(old, new)


def test_rows_without_a_key_of_their_own_cannot_be_compared(made: ModuleType, write: Write) -> None:
    rows = made.make_rows()
    relabel(rows)
    old, new = write("old", made.make_content()), write("new", made.make_content(rows))
    path = next(path for path in new.shards["entities"] if path.name.startswith("train"))
    data = read_parquet(path)
    with open_writer(path, data.schema) as writer:
        writer.write_table(pa.concat_tables([data, data]))
    with pytest.raises(DataError, match="Two rows of the config 'entities' have one doc_id, annotator, id"):
        compare(old, new)


def test_a_config_that_one_side_lacks(made: ModuleType, write: Write) -> None:
    """All of its rows are added, which is a MINOR; or gone."""
    whole = write("whole", made.make_content())
    fewer = {name: summary for name, summary in whole.manifest.configs.items() if name != "sources"}
    lacking = replace(whole, manifest=whole.manifest.model_copy(update={"configs": fewer}))
    difference = compare(lacking, whole)
    assert told(difference) == {"sources": ([("harbour", "ann-1", "s1")], [], {})}
    assert (difference.step, difference.why()) == (Step.MINOR, "config sources added")
    assert compare(whole, lacking).step is Step.MAJOR
    unknown = whole.manifest.model_copy(update={"configs": {**whole.manifest.configs, "x": fewer["raw"]}})
    with pytest.raises(DataError, match="'x' is unknown"):
        compare(whole, replace(whole, manifest=unknown))


def test_frames_are_in_key_order(made: ModuleType, write: Write) -> None:
    rows = made.make_rows()
    rows["entities"] = [{**row, "annotator": f"ann-{n}"} for row in rows["entities"] for n in (9, 2, 5)]
    config = compare(write("old", made.make_content()), write("new", made.make_content(rows))).configs["entities"]
    added = config.rows.added.select(config.new.key)
    assert isinstance(added, pl.DataFrame)
    assert added.rows() == sorted(added.rows())
    assert added.height == 9


def test_a_missing_file_is_named(made: ModuleType, write: Write) -> None:
    side = write("old", made.make_content())
    with pytest.raises(DataError, match="no Parquet file for the config 'raw'"):
        compare(side, replace(side, shards={**side.shards, "raw": ()}))
    gone = {**side.shards, "raw": (Path("nowhere.parquet"),)}
    with pytest.raises(DataError, match=r"nowhere\.parquet cannot be read"):
        compare(side, replace(side, shards=gone))
