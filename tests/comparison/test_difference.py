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

from corpus.comparison.changes import added_rows, changed_rows, removed_rows, split_moves
from corpus.comparison.columns import ColumnChangeKind
from corpus.comparison.difference import Difference, compare
from corpus.comparison.rows import COLUMNS
from corpus.comparison.sides import Side
from corpus.comparison.steps import Step
from corpus.errors import DataError
from corpus.export.dataset import DatasetContent
from corpus.export.parquet import open_writer, read_parquet
from corpus.model.tables import CONFIGS

Rows = dict[str, list[dict[str, Any]]]
Write = Callable[[str, DatasetContent], Side]
LABEL = '[[spans]]\nlabel = "CLAIM"'
NEW_LABEL = '[[entities]]\nlabel = "LAW"\nhotkey = "7"\ncolour = "#111111"\nmeaning = "A law"\nexample = "Act"\n\n'
FIRST_LABEL = '[[entities]]\nlabel = "PER"'
NEW_FLAG = '[[flags]]\nname = "ironic"\nhotkey = "y"\nmeaning = "Irony"\n\n[[relations]]\nname = "said_by"'
NEW_ATTRIBUTE = (
    '[[attributes]]\nname = "mood"\ntitle = "Mood?"\nvalues = [\n'
    '    { name = "glad", hotkey = "g", meaning = "Glad" },\n'
    '    { name = "sad", hotkey = "a", meaning = "Sad" },\n]\n\n'
)


def told(difference: Difference) -> dict[str, tuple[list[Any], list[Any], dict[Any, set[str]]]]:
    """Return (added keys, removed keys, changed keys with columns) of the configs whose rows differ."""
    found = {}
    for name, config in difference.configs.items():
        if not config.rows.empty:
            key = config.new.key
            changed = zip(config.rows.changed.select(key).rows(), config.rows.changed[COLUMNS], strict=True)
            found[name] = (
                config.rows.added.select(key).rows(),
                config.rows.removed.select(key).rows(),
                {own: set(columns) for own, columns in changed},
            )
    return found


def an_entity(rows: Rows) -> dict[str, Any]:
    return rows["entities"][0]


def retitle(rows: Rows) -> None:
    rows["documents"][0]["title"] = "Another title"


def another_evidence(rows: Rows) -> None:
    rows["documents"][0]["evidence"][0]["source"] = "another.rule"


def empty_for_null(rows: Rows) -> None:
    rows["documents"][0]["agency"] = ""


def relabel(rows: Rows) -> None:
    an_entity(rows)["label"] = "MISC"


def negate(rows: Rows) -> None:
    rows["claims"][0]["negated"] = True


def move(rows: Rows) -> None:
    an_entity(rows)["raw_spans"] = [{"start": 0, "end": 3}]


def drop_entity(rows: Rows) -> None:
    del rows["entities"][2]


def add_entity(rows: Rows) -> None:
    rows["entities"].append({**an_entity(rows), "id": "e9"})


def second_annotator(rows: Rows) -> None:
    rows["sources"].append({**rows["sources"][0], "annotator": "ann-2"})


def other_role(rows: Rows) -> None:
    rows["blocks"][1]["reason"] = "unsure"


def resplit(rows: Rows) -> None:
    next(row for row in rows["documents"] if row["doc_id"] == "rain")["split"] = "train"


def drop_document(rows: Rows) -> None:
    for name in CONFIGS:
        rows[name] = [row for row in rows[name] if row["doc_id"] != "empty"]


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


SCHEMES = [
    ("appended", [(LABEL, NEW_LABEL + LABEL)], Step.MINOR, ColumnChangeKind.LABELS_APPENDED),
    ("put first", [(FIRST_LABEL, NEW_LABEL + FIRST_LABEL)], Step.MAJOR, ColumnChangeKind.LABELS_CHANGED),
    ("renamed", [('label = "EVENT"', 'label = "HAPPENING"')], Step.MAJOR, ColumnChangeKind.LABELS_CHANGED),
    ("attribute", [("[[flags]]\nname = \"negated\"", NEW_ATTRIBUTE + '[[flags]]\nname = "negated"')], Step.MINOR,
     ColumnChangeKind.ADDED),
    ("flag", [('[[relations]]\nname = "said_by"', NEW_FLAG)], Step.MAJOR, ColumnChangeKind.ADDED_REQUIRED),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "replacements", "step", "kind"), SCHEMES, ids=[case[0] for case in SCHEMES])
def test_a_change_of_labels_is_no_change_of_rows(
    made: ModuleType,
    write: Write,
    with_scheme: Callable[..., DatasetContent],
    _name: str,
    replacements: list[tuple[str, str]],
    step: Step,
    kind: ColumnChangeKind,
) -> None:
    """Labels are compared by name: whatever numbers they have now, the rows say what they said."""
    old, new = write("old", made.make_content()), write("new", with_scheme(*replacements))
    difference = compare(old, new)
    assert told(difference) == {}
    assert [c.kind for config in difference.configs.values() for c in config.columns] == [kind]
    assert difference.step is step
    assert difference.scheme
    assert compare(new, old).step is Step.MAJOR


def test_an_edit_is_found_among_rows_whose_labels_have_other_numbers(
    made: ModuleType, write: Write, with_scheme: Callable[..., DatasetContent]
) -> None:
    """A label put first changes every number; the one row that says something else is told, and no other."""
    rows = made.make_rows()
    relabel(rows)
    shifted = with_scheme((FIRST_LABEL, NEW_LABEL + FIRST_LABEL), rows=rows)
    difference = compare(write("old", made.make_content()), write("new", shifted))
    assert told(difference) == {"entities": ([], [], {("harbour", "ann-1", "e1"): {"label"}})}
    (row,) = changed_rows(difference.configs["entities"])
    assert [(value.before, value.after) for value in row.values] == [("PER", "MISC")]


@pytest.mark.parametrize(("version", "step"), [("1.0.1", Step.PATCH), ("1.1.0", Step.MINOR), ("2.0.0", Step.MAJOR)])
def test_the_version_of_the_scheme_counts(
    made: ModuleType, write: Write, with_scheme: Callable[..., DatasetContent], version: str, step: Step
) -> None:
    """A step of the scheme asks for the same step of the data, even where no row differs."""
    rows = made.make_rows()
    head = '"news-ec"\nversion = '
    content = with_scheme((f'{head}"1.0.0"', f'{head}"{version}"'), rows=rows)
    difference = compare(write("old", made.make_content()), write("new", content))
    assert difference.step is step
    assert [(change.part, change.after) for change in difference.scheme] == [("version", version)]


@pytest.mark.parametrize("name", ["station", "^t.*$", "*", "a.b", " row", " columns", "title.x"])
def test_a_new_carried_column_is_an_addition(made: ModuleType, write: Write, name: str) -> None:
    """It may be null, and old rows are as they were; taking it away is not. Its name is only a name."""
    rows = made.make_rows()
    rows["documents"][0][name] = "west"
    old, new = write("old", made.make_content()), write("new", made.make_content(rows, {name: pa.large_string()}))
    difference = compare(old, new)
    assert (told(difference), difference.step) == ({}, Step.MINOR)
    (change,) = difference.configs["documents"].columns
    assert (change.column, change.kind) == (name, ColumnChangeKind.ADDED)
    back = compare(new, old)
    assert (told(back), back.step) == ({}, Step.MAJOR)
    other = made.make_rows()
    other["documents"][0][name] = "east"
    changed = compare(new, write("other", made.make_content(other, {name: pa.large_string()})))
    assert told(changed) == {"documents": ([], [], {("harbour",): {name}})}


def test_another_type_is_told_once(made: ModuleType, write: Write) -> None:
    """A column whose type changed is one change of the columns, not one of every row."""
    rows = made.make_rows()
    for row in rows["documents"]:
        row["station"] = 7
    numbers = made.make_content(rows, {"station": pa.int64()})
    for row in rows["documents"]:
        row["station"] = "7"
    difference = compare(
        write("old", numbers), write("new", made.make_content(rows, {"station": pa.large_string()}))
    )
    (change,) = difference.configs["documents"].columns
    assert (change.kind, change.before, change.after) == (ColumnChangeKind.RETYPED, "int64", "large_string")
    assert (told(difference), difference.step) == ({}, Step.MAJOR)


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


def test_an_older_release_has_fewer_columns(made: ModuleType, write: Write) -> None:
    """What today's model has besides is an addition; the old files are read by what they declare."""
    old, new = write("old", made.make_content()), write("new", made.make_content())
    for path in old.shards["entities"]:
        data = read_parquet(path).drop_columns(["qid"])
        with open_writer(path, data.schema) as writer:
            writer.write_table(data)
    configs = {**old.manifest.configs}
    configs["entities"] = configs["entities"].model_copy(update={"content_sha256": "0" * 64})
    older = replace(old, manifest=old.manifest.model_copy(update={"configs": configs}))
    difference = compare(older, new)
    assert (told(difference), difference.step) == ({}, Step.MINOR)
    assert difference.why() == "column entities.qid added, may be null"


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
