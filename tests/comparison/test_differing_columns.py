"""A change of labels, of the scheme or of the columns is told as that, and not as one of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pyarrow as pa
import pytest
from edits import (
    Write,
    relabel,
    told,
)

from corpus.comparison.changes import changed_rows
from corpus.comparison.columns import ColumnChangeKind
from corpus.comparison.difference import compare
from corpus.comparison.steps import Step
from corpus.export.dataset import DatasetContent
from corpus.export.parquet import open_writer, read_parquet
from corpus.export.store import BuiltDataset

LABEL = '[[spans]]\nlabel = "CLAIM"'
NEW_LABEL = '[[entities]]\nlabel = "LAW"\nhotkey = "7"\ncolour = "#111111"\nmeaning = "A law"\nexample = "Act"\n\n'
FIRST_LABEL = '[[entities]]\nlabel = "PER"'
NEW_FLAG = '[[flags]]\nname = "ironic"\nhotkey = "y"\nmeaning = "Irony"\n\n[[relations]]\nname = "said_by"'
NEW_ATTRIBUTE = (
    '[[attributes]]\nname = "mood"\ntitle = "Mood?"\nvalues = [\n'
    '    { name = "glad", hotkey = "g", meaning = "Glad" },\n'
    '    { name = "sad", hotkey = "a", meaning = "Sad" },\n]\n\n'
)


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


HEADS = [
    ("version", '"news-ec"\nversion = "1.0.0"', "1.0.1", Step.PATCH),
    ("version", '"news-ec"\nversion = "1.0.0"', "1.1.0", Step.MINOR),
    ("version", '"news-ec"\nversion = "1.0.0"', "2.0.0", Step.MAJOR),
    ("version", '"news-ec"\nversion = "1.0.0"', "0.9.0", Step.MAJOR),
    ("name", 'name = "news-ec"', "news-ed", Step.MAJOR),
    ("guideline version", 'guideline_version = "1.0.0"', "3.0.0", Step.PATCH),
]


@pytest.mark.parametrize(("part", "head", "after", "step"), HEADS)
def test_the_head_of_the_scheme_counts(
    made: ModuleType,
    write: Write,
    with_scheme: Callable[..., DatasetContent],
    part: str,
    head: str,
    after: str,
    step: Step,
) -> None:
    """A step of the scheme asks for the same step of the data, even where no row differs; guidelines are advice."""
    changed = head.rpartition("= ")[0] + f'= "{after}"'
    difference = compare(write("old", made.make_content()), write("new", with_scheme((head, changed))))
    assert difference.step is step
    assert [(change.part, change.after) for change in difference.scheme] == [(part, after)]


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


def older(written: BuiltDataset, change: Callable[[pa.Table], pa.Table]) -> BuiltDataset:
    """Return a dataset whose files of entities are as another model had them."""
    for path in written.shards["entities"]:
        data = change(read_parquet(path))
        with open_writer(path, data.schema) as writer:
            writer.write_table(data)
    configs = {**written.manifest.configs}
    configs["entities"] = configs["entities"].model_copy(update={"content_sha256": "0" * 64})
    return replace(written, manifest=written.manifest.model_copy(update={"configs": configs}))


def test_an_older_release_has_fewer_columns(made: ModuleType, write: Write) -> None:
    """What today's model has besides is an addition; the old files are read by what they declare."""
    new = write("new", made.make_content())
    difference = compare(older(write("old", made.make_content()), lambda data: data.drop_columns(["qid"])), new)
    assert (told(difference), difference.step) == ({}, Step.MINOR)
    assert difference.why() == "column entities.qid added, may be null"


def test_a_column_that_may_be_null_is_told(made: ModuleType, write: Write) -> None:
    """Whoever reads the old files finds the new ones readable, either way; no row differs by it."""

    def always(data: pa.Table) -> pa.Table:
        fields = [field.with_nullable(field.name != "start" and field.nullable) for field in data.schema]
        return data.cast(pa.schema(fields, data.schema.metadata))

    new = write("new", made.make_content())
    old = older(write("old", made.make_content()), always)
    for one, other, why in (
        (old, new, "column entities.start may be null now"),
        (new, old, "column entities.start is never null now"),
    ):
        difference = compare(one, other)
        assert (told(difference), difference.step, difference.why()) == ({}, Step.MINOR, why)
