"""Annotations as other programs and editors write them: read, or named once with the way out; never passed over."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from corpus.annotation.heads import Heads
from corpus.annotation.lines import line_of
from corpus.annotation.store import append, read_folder
from corpus.model.finding import Severity

MARK = b"\xef\xbb\xbf"


def told(folder: Path) -> list[tuple[str, str, str]]:
    return [(f.code, f.place.removeprefix(f"{folder.name}/"), f.message) for f in read_folder(folder).findings]


def test_the_mark_of_an_editor_is_no_part_of_the_line(tmp_path, make_set):
    """Saved on Windows, also where two such files were joined; the file grows as any other."""
    lines = (line_of(make_set()), line_of(make_set(doc_id="other", annotation_id="other.ann-1")))
    (tmp_path / "ann-1.jsonl").write_bytes(b"".join(MARK + line[:-1] + b"\r\n" for line in lines))
    assert [item.doc_id for item in read_folder(tmp_path).sets] == ["bridge", "other"]
    assert told(tmp_path) == []
    heads = Heads(tmp_path)
    heads.renew()
    assert heads.findings == []
    append(tmp_path, [make_set(revision=2)])
    assert [item.revision for item in read_folder(tmp_path).sets] == [1, 1, 2]


@pytest.mark.parametrize(
    ("text", "place", "way_out"),
    [
        (lambda sets: json.dumps(sets, indent=1), "ann-1.jsonl", "jq -c '.[]'"),
        (lambda sets: "[\n" + json.dumps(sets)[1:], "ann-1.jsonl", "jq -c '.[]'"),
        (lambda sets: json.dumps(sets[0], indent=4), "ann-1.jsonl", "jq -c ."),
        (lambda sets: json.dumps(sets), "ann-1.jsonl:1", "jq -c '.[]'"),
    ],
)
def test_json_that_is_no_json_lines_is_told_once(tmp_path, make_set, text, place, way_out):
    """Not once for each of its thousand lines."""
    record = make_set().model_dump(mode="json")
    (tmp_path / "ann-1.jsonl").write_text(text([record, record | {"doc_id": "x"}]), "utf-8")
    ((_, where, message),) = told(tmp_path)
    assert where == place
    assert way_out in message


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be"])
def test_utf_16_is_told_once(tmp_path, make_set, codec):
    mark = b"" if codec == "utf-16" else b"\xfe\xff"
    text = "".join(line_of(make_set(revision=n)).decode() for n in (1, 2, 3))
    (tmp_path / "ann-1.jsonl").write_bytes(mark + text.encode(codec))
    assert told(tmp_path) == [("annotation-encoding", "ann-1.jsonl", "It is UTF-16; save it as UTF-8.")]


def test_sets_among_lines_of_another_form_are_read(tmp_path, make_set):
    """An opening bracket on the first line loses nobody's work, and other faults are told."""
    lines = (b"{\n", b'"half": 1\n', line_of(make_set()), b'{"doc_id": "x"}\n')
    (tmp_path / "ann-1.jsonl").write_bytes(b"".join(lines))
    assert len(read_folder(tmp_path).sets) == 1
    assert [(code, place) for code, place, _ in told(tmp_path)] == [
        ("annotation-json", "ann-1.jsonl"),
        ("annotation-schema", "ann-1.jsonl:4"),
    ]


NAMES = ("bo.json", "bo.JSONL", "bo.ndjson", "bo.jsonl.gz", "export.csv", "bo.conll", "team/bo.jsonl")
OURS = (
    "guidelines.md",
    "compacted.json",
    "renamed.json",
    "conflicts/bo.jsonl",
    "adjudication/bo.jsonl",
    "predictions/bo.jsonl",
    ".bo.json",
)


def test_what_may_hold_annotations_and_is_not_read_is_named(tmp_path, make_set):
    """Nobody's work is missed in silence; what lies here on purpose is not told."""
    append(tmp_path, [make_set()])
    for name in (*NAMES, *OURS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = read_folder(tmp_path)
    assert len(found.sets) == 1
    assert {f.place.removeprefix(f"{tmp_path.name}/") for f in found.findings} == {*NAMES[:-1], "team"}
    assert {(f.code, f.severity) for f in found.findings} == {("annotation-not-read", Severity.WARNING)}


def test_every_fault_of_a_set_is_told_with_what_was_got(tmp_path, make_set):
    """Three of them, so that one is not mended only to meet the next; the others are counted."""
    record = json.loads(line_of(make_set()))
    record |= {"revision": "1", "annotator": "Ann", "state": None, "lead_time": "long", "entites": [], "claims": {}}
    (tmp_path / "ann-1.jsonl").write_text(json.dumps(record), "utf-8")
    ((_, _, message),) = told(tmp_path)
    assert message.startswith(
        "It is no annotation set, at revision: Input should be a valid integer, got '1'; at state"
    )
    assert "got null; at annotator" in message
    assert "got 'Ann'; and 3 faults more. So nothing" in message


def test_an_address_is_not_repeated(tmp_path, make_set):
    """Findings are published with the dataset, and who annotated is known by pseudonyms alone."""
    record = json.loads(line_of(make_set())) | {"annotator": "ada@example.org"}
    (tmp_path / "ann-1.jsonl").write_text(json.dumps(record), "utf-8")
    ((_, _, message),) = told(tmp_path)
    assert "example" not in message
    assert "got an address" in message


@pytest.mark.parametrize("kind", ["pipe", "folder", "hidden"])
def test_what_is_no_file_of_annotations_stops_no_build(tmp_path, root, kind):
    """A pipe would be waited for without end, and a folder cannot be hashed."""
    from corpus.pipeline.build import BuildOptions, build

    folder = tmp_path / "annotations"
    folder.mkdir()
    {
        "pipe": lambda: os.mkfifo(folder / "bo.jsonl"),
        "folder": lambda: (folder / "bo.jsonl").mkdir(),
        "hidden": lambda: (folder / ".bo.jsonl").write_text("x"),
    }[kind]()
    report = build([str(root / "seeds")], tmp_path / "out", BuildOptions(annotations=folder))
    assert report.manifest is not None
    assert [f.code for f in report.findings] == ([] if kind == "hidden" else ["annotation-unreadable"])
    assert [one for one in report.manifest.inputs if one.role == "annotations"] == []
