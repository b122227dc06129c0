"""Lines of annotation files that were edited, doubled or lost by hand: told, and never sent as they are."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from labelstudio_desk import Desk
from labelstudio_one import by_hand, drawn, entity, region, start
from labelstudio_people import Person, annotate

from corpus.annotation.lines import line_of
from corpus.annotation.store import append
from corpus.model.finding import Severity

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def test_an_edit_inside_a_line_is_told_until_it_is_put_right(desk: Desk) -> None:
    """It has no revision of its own, so it is not sent: restored, or followed by a newer version, it is well."""
    append(desk.folder, [by_hand(desk)])
    project = desk.sync().project
    assert desk.sync().is_quiet
    (key,) = desk.sets()
    path = desk.folder / f"{key[1]}.jsonl"
    line = path.read_bytes()
    both = {"annotation-rewritten", "annotation-schema"}
    for new, codes in ((b'"ORG"', {"annotation-rewritten"}), (b"7", both)):
        path.write_bytes(line.replace(b'"PER"', new))
        for options in ({"dry_run": True}, {}, {}):
            report = desk.sync(**options)
            assert {f.code for f in report.findings if f.severity is Severity.ERROR} == codes
            assert "annotations/" + path.name + ":1" in {f.place for f in report.findings}
            assert (report.is_quiet, path.read_bytes().count(b"\n")) == (True, 1)
        path.write_bytes(line)
        assert desk.sync().findings == []
    path.write_bytes(line.replace(b'"PER"', b'"ORG"'))
    desk.edit(key)
    report = desk.sync()
    assert (report.annotations_updated, report.findings) == (1, [])
    (task,) = desk.listed(project)
    assert task.annotations[0].result[0]["value"]["labels"] == ["ORG"]
    assert desk.sync().is_quiet


def test_a_line_that_repeats_a_revision_is_told(desk: Desk) -> None:
    """Two people's files were merged: the first line counts, and the second is no loss in silence."""
    append(desk.folder, [by_hand(desk)])
    project = desk.sync().project
    (key,) = desk.sets()
    other = desk.sets()[key].model_copy(update={"revision": 2, "entities": entity(desk.documents[0], "said")})
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    path = desk.folder / f"{key[1]}.jsonl"
    path.write_bytes(path.read_bytes() + line_of(other))
    for _ in range(2):
        report = desk.sync()
        found = [(f.code, f.place) for f in report.findings if f.severity is Severity.ERROR]
        assert found == [("annotation-duplicate-revision", f"annotations/{path.name}:3")]
        assert drawn(desk, project) == [["Bo"]]
    path.write_bytes(path.read_bytes().removesuffix(line_of(other)))
    append(desk.folder, [other.model_copy(update={"revision": 3})])
    assert (desk.sync().findings, drawn(desk, project)) == ([], [["said"]])


def test_an_older_version_never_replaces_the_one_in_step(desk: Desk) -> None:
    """The newest line went missing or cannot be read: nothing is sent until it is back, or a later one follows."""
    append(desk.folder, [by_hand(desk)])
    project = desk.sync().project
    (key,) = desk.sets()
    desk.edit(key)
    desk.sync()
    (before,) = desk.listed(project)
    path = desk.folder / f"{key[1]}.jsonl"
    whole = path.read_bytes()
    first, newest = whole.splitlines(keepends=True)
    for damaged in (first, first + newest[:40] + b"\n"):
        path.write_bytes(damaged)
        for _ in range(2):
            report = desk.sync()
            assert "annotation-behind" in {f.code for f in report.findings if f.severity is Severity.ERROR}
            assert report.annotations_updated == 0
            assert desk.listed(project)[0].annotations[0].result == before.annotations[0].result
    path.write_bytes(whole)
    assert desk.sync().findings == []


@pytest.mark.parametrize("damage", ["cut", "deep", "unknown"])
def test_what_a_damaged_line_replaced_is_not_sent_for_it(desk: Desk, damage: str) -> None:
    """Neither with a new task, nor alone, nor over what is there: what was corrected would come back."""
    first = by_hand(desk)
    second = first.model_copy(update={"revision": 2, "entities": entity(desk.documents[0], "Bo")})
    third = first.model_copy(update={"revision": 3, "entities": entity(desk.documents[0], "said")})
    append(desk.folder, [first])
    path, newest = desk.folder / f"{first.annotator}.jsonl", line_of(third)
    broken = {"cut": newest[:-9] + b"\n", "deep": newest.replace(b'"PER"', b"7"), "unknown": b"<<<<<<< HEAD\n"}
    path.write_bytes(line_of(first) + line_of(second) + broken[damage])
    for _ in range(2):
        report = desk.sync()
        codes = {f.code for f in report.findings if f.severity is Severity.ERROR}
        assert codes == {"annotation-behind", "annotation-schema"}
        assert (report.annotations_new, drawn(desk, report.project)) == (0, [])
    assert [progress.annotator for progress in desk.status().annotators] == []
    path.write_bytes(line_of(first))
    assert drawn(desk, desk.sync().project) == [["Ada"]]
    path.write_bytes(line_of(first) + line_of(second) + broken[damage])
    report = desk.sync()
    assert (report.annotations_updated, drawn(desk, report.project)) == (0, [["Ada"]])
    path.write_bytes(line_of(first) + line_of(second) + newest)
    report = desk.sync()
    assert (report.findings, drawn(desk, report.project)) == ([], [["said"]])


def test_an_edit_inside_a_line_of_what_changes_there_is_told(desk: Desk, crew: Join) -> None:
    """The server's version follows the edited line, which stays in the file."""
    ada = crew("ada")
    _, made, key = start(desk, ada)
    (path,) = desk.folder.glob("*.jsonl")
    edited = path.read_bytes().replace(b'"PER"', b'"ORG"')
    path.write_bytes(edited)
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    report = desk.sync()
    assert ([f.code for f in report.findings], report.changed) == (["annotation-rewritten"], 1)
    assert path.read_bytes().startswith(edited)
    assert [(e.label, e.spans[0].exact) for e in desk.sets()[key].entities] == [("PER", "Bo")]
    assert (desk.sync().is_quiet, desk.sync().findings) == (True, [])


def test_other_spaces_and_order_in_a_line_are_no_edit(desk: Desk) -> None:
    append(desk.folder, [by_hand(desk)])
    desk.sync()
    (path,) = desk.folder.glob("*.jsonl")
    record = json.loads(path.read_bytes())
    path.write_text(json.dumps(dict(reversed(record.items()))) + "\n", "utf-8")
    assert desk.sync().findings == []


def test_an_edit_of_what_was_only_pulled_is_told(desk: Desk, crew: Join) -> None:
    """What a line says is noted as soon as the two sides are in step, by whichever phase."""
    project = desk.sync().project
    annotate(crew("ada"), desk.tasks(project)["one"].id, [region("Ada")])
    assert desk.pull().new == 1
    (path,) = desk.folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"PER"', b'"ORG"'))
    assert [f.code for f in desk.sync().findings] == ["annotation-rewritten"]
