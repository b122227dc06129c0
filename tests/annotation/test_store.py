"""Reading, deriving the current state, appending; hostile lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.annotation import lines as lines_module
from corpus.annotation.heads import Heads
from corpus.annotation.lines import file_lines, line_of, set_of
from corpus.annotation.locking import exclusive
from corpus.annotation.store import append, current, read_folder
from corpus.errors import DataError, SourceError, UsageError
from corpus.model.annotation import Origin
from corpus.model.finding import Severity


def write(folder: Path, name: str, *lines: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"".join(lines))


def codes(folder: Path) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in read_folder(folder).findings]


def test_what_is_appended_comes_back_equal_and_in_order(tmp_path, make_set):
    first, other = make_set(), make_set(doc_id="other", annotation_id="other.ann-1")
    second = make_set(annotator="zoe", annotation_id="bridge.zoe")
    assert append(tmp_path, [second, first, other]) == [tmp_path / "ann-1.jsonl", tmp_path / "zoe.jsonl"]
    stored = read_folder(tmp_path)
    assert stored.sets == (first, other, second)
    assert stored.findings == ()


def test_lines_are_canonical_and_earlier_ones_never_change(tmp_path, make_set):
    append(tmp_path, [make_set()])
    before = (tmp_path / "ann-1.jsonl").read_bytes()
    append(tmp_path, [make_set(revision=2, state="draft")])
    after = (tmp_path / "ann-1.jsonl").read_bytes()
    assert after.startswith(before)
    assert before.endswith(b"\n")
    assert "“It was cold,”".encode() in before
    record = json.loads(before)
    assert list(record) == sorted(record)
    assert line_of(set_of(before.rstrip(b"\n"))) == before


def test_a_file_without_a_last_line_end_grows_on_a_new_line(tmp_path, make_set):
    write(tmp_path, "ann-1.jsonl", line_of(make_set()).rstrip(b"\n"))
    append(tmp_path, [make_set(revision=2)])
    assert [item.revision for item in read_folder(tmp_path).sets] == [1, 2]


def test_what_a_killed_writer_began_goes_with_the_next_one(tmp_path, make_set):
    append(tmp_path, [make_set()])
    for name in ("ann-1", "zoe"):
        (tmp_path / f".{name}.jsonl.new-0123456789abcdef").write_bytes(b"{")
    append(tmp_path, [make_set(revision=2)])
    assert [path.name for path in tmp_path.iterdir()] == ["ann-1.jsonl"]


def test_the_current_state_is_the_highest_revision(make_set):
    one, two, gone = make_set(), make_set(revision=2), make_set(revision=3, state="deleted")
    other = make_set(annotator="zoe", annotation_id="z")
    assert current([two, other, one]) == [two, other]
    assert current([one, two, gone]) == [gone]
    assert current([one, two, gone, other]) == [gone, other]


@pytest.mark.parametrize(
    ("changes", "needle"),
    [
        ({"revision": 1}, "is 2, got 1"),
        ({"revision": 3}, "is 2, got 3"),
        ({"revision": 2, "annotation_id": "new"}, "keeps the id"),
        ({"doc_id": "other"}, "belongs to another set"),
        ({"doc_id": "new", "annotation_id": "new", "revision": 2}, "is 1, got 2"),
    ],
)
def test_a_broken_history_is_refused_and_nothing_is_written(tmp_path, make_set, changes, needle):
    append(tmp_path, [make_set()])
    before = (tmp_path / "ann-1.jsonl").read_bytes()
    extra = make_set(annotator="zoe", annotation_id="z")
    with pytest.raises(DataError, match=needle):
        append(tmp_path, [extra, make_set(**changes)])
    assert (tmp_path / "ann-1.jsonl").read_bytes() == before
    assert not (tmp_path / "zoe.jsonl").exists()


def test_several_revisions_may_be_appended_at_once(tmp_path, make_set):
    append(tmp_path, [make_set(), make_set(revision=2), make_set(revision=3)])
    assert [item.revision for item in read_folder(tmp_path).sets] == [1, 2, 3]


def test_a_damaged_file_is_not_appended_to_but_others_are(tmp_path, make_set):
    write(tmp_path, "ann-1.jsonl", b"{broken\n")
    with pytest.raises(DataError, match=r"ann-1\.jsonl:1"):
        append(tmp_path, [make_set()])
    assert append(tmp_path, [make_set(annotator="zoe", annotation_id="z")]) == [tmp_path / "zoe.jsonl"]


def test_each_fault_has_its_code_and_its_line_and_the_rest_goes_on(tmp_path, make_set):
    """Blank lines count: the place is the line an editor shows."""
    folder = tmp_path / "work"
    good = line_of(make_set())
    write(
        folder,
        "ann-1.jsonl",
        b"\n",
        good,
        b"not json\n",
        b"\xff\xfe\n",
        b'{"annotation_id": "x"}\n',
        line_of(make_set(entities=())),
        line_of(make_set(annotator="zoe", annotation_id="z")),
        line_of(make_set(revision=4)),
        line_of(make_set(annotation_id="second", revision=5)),
        line_of(make_set(doc_id="other")),
        line_of(make_set(doc_id="fine", annotation_id="fine")),
    )
    assert codes(folder) == [
        ("annotation-json", "work/ann-1.jsonl:3"),
        ("annotation-encoding", "work/ann-1.jsonl:4"),
        ("annotation-schema", "work/ann-1.jsonl:5"),
        ("annotation-duplicate-revision", "work/ann-1.jsonl:6"),
        ("annotation-wrong-file", "work/ann-1.jsonl:7"),
        ("annotation-revision-gap", "work/ann-1.jsonl:8"),
        ("annotation-two-ids", "work/ann-1.jsonl:9"),
        ("annotation-id-reused", "work/ann-1.jsonl:10"),
    ]
    assert [(item.doc_id, item.revision) for item in read_folder(folder).sets] == [
        ("bridge", 1),
        ("bridge", 4),
        ("fine", 1),
    ]


def test_a_gap_is_a_warning_and_the_set_counts(tmp_path, make_set):
    write(tmp_path, "ann-1.jsonl", line_of(make_set(revision=2)))
    stored = read_folder(tmp_path)
    assert [finding.severity for finding in stored.findings] == [Severity.WARNING]
    assert len(stored.sets) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"lead_time": NaN}', "annotation-json"),
        (b'{"lead_time": -Infinity}', "annotation-json"),
        (b'{"lead_time": 1e999}', "annotation-json"),
        (b'{"a": 1, "a": 2}', "annotation-json"),
        (b'{"a": "\\ud800"}', "annotation-surrogate"),
        (b'{"\\udfff": 1}', "annotation-surrogate"),
        (b"[" * 200_000, "annotation-json"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "annotation-json"),
        (b"9" * 10_000, "annotation-json"),
        (b"null", "annotation-schema"),
        (b"[]", "annotation-schema"),
        (b'"text"', "annotation-schema"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:12].decode(),
)
def test_hostile_lines_are_findings(tmp_path, line, code):
    write(tmp_path, "ann-1.jsonl", line, b"\n")
    assert codes(tmp_path) == [(code, f"{tmp_path.name}/ann-1.jsonl:1")]


def test_hostile_values_of_a_good_shape_are_findings(tmp_path, make_set):
    """Types are not bent: "1" is no number, a score of NaN none, an unknown key no detail."""
    record = json.loads(line_of(make_set()))
    hostile = [record | {"revision": "1"}, record | {"revision": True}, record | {"extra": 1}]
    hostile += [record | {"annotator": "a@b.org"}, record | {"anchor_sha256": "0"}]
    hostile += [record | {"claims": [record["claims"][0] | {"source_ids": ["nobody"]}]}]
    write(tmp_path, "ann-1.jsonl", *(json.dumps(item).encode() + b"\n" for item in hostile))
    assert [code for code, _ in codes(tmp_path)] == ["annotation-schema"] * len(hostile)


def test_a_line_too_long_is_skipped_and_the_next_one_read(tmp_path, make_set, monkeypatch):
    good = line_of(make_set())
    path = tmp_path / "ann-1.jsonl"
    path.write_bytes(b"x" * 5_000 + b"\n" + b"y" * 30 + b"\n" + good)
    assert [(n, line and len(line)) for n, line in file_lines(path, 100)][:2] == [(1, None), (2, 30)]
    monkeypatch.setattr(lines_module.file_lines, "__defaults__", (len(good),))
    assert codes(tmp_path)[0] == ("annotation-line-too-long", f"{tmp_path.name}/ann-1.jsonl:1")
    assert len(read_folder(tmp_path).sets) == 1


def test_the_line_separator_u2028_ends_no_line(tmp_path, make_set):
    odd = make_set(origin={"kind": "import", "note": "one\u2028two\x85three"})
    append(tmp_path, [odd])
    assert read_folder(tmp_path).sets == (odd,)


def test_what_is_no_regular_file_is_a_finding(tmp_path):
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "loop.jsonl").symlink_to(tmp_path / "loop.jsonl")
    assert [code for code, _ in codes(tmp_path)] == ["annotation-unreadable"] * 2


def test_hidden_files_are_nobodys_annotations(tmp_path, make_set):
    append(tmp_path, [make_set()])
    write(tmp_path, "._ann-1.jsonl", b"what a file system keeps beside a file")
    assert (len(read_folder(tmp_path).sets), codes(tmp_path)) == (1, [])


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="is not there"):
        read_folder(tmp_path / "nowhere")


def test_a_set_that_json_cannot_hold_is_refused(tmp_path, make_set):
    bad = make_set().model_copy(update={"doc_id": "\ud800"})
    with pytest.raises(DataError, match="cannot be written"):
        append(tmp_path, [bad])
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import sys
from pathlib import Path
from corpus.annotation.locking import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_waits_its_turn(tmp_path, make_set, root):
    """The lock holds between processes, leaves no file, and ends with its holder."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match="Another writer"), exclusive(tmp_path, patience=0.1):
            pass
        assert other.stdin is not None
        other.stdin.close()
        other.wait(30)
    append(tmp_path, [make_set()])
    assert [path.name for path in tmp_path.iterdir()] == ["ann-1.jsonl"]


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({}, False),
        ({"updated_at": "2026-11-23T10:00:00Z", "origin": Origin(kind="labelstudio"), "lead_time": 2.0}, False),
        ({"origin": Origin(kind="labelstudio", note="decides ada (revision 2)")}, True),
        ({"state": "skipped"}, True),
        ({"linked_entities": ()}, True),
    ],
    ids=["identical", "times", "decision", "state", "content"],
)
def test_a_line_that_repeats_a_revision(tmp_path, make_set, change, is_told):
    """Where it says the same, two people's files were merged and both had it; else one of the two is left out."""
    first = make_set()
    write(tmp_path, "ann-1.jsonl", line_of(first), line_of(first.model_copy(update=change)))
    told = ["annotation-duplicate-revision"] * is_told
    assert [code for code, _ in codes(tmp_path)] == told
    heads = Heads(tmp_path)
    heads.renew()
    assert [finding.code for finding in heads.repeated] == told
    assert read_folder(tmp_path).sets == (first,)


@pytest.mark.parametrize("second", ["2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", None])
def test_two_people_under_one_name(tmp_path, make_set, second):
    """What was begun at another time may be somebody else's, whom another checkout named so; it is told."""
    first = make_set(created_at="2026-11-23T10:00:00Z")
    other = first.model_copy(update={"created_at": second, "entities": ()})
    write(tmp_path, "ann-1.jsonl", line_of(first), line_of(other))
    heads = Heads(tmp_path)
    heads.renew()
    for told in (*heads.repeated, *read_folder(tmp_path).findings):
        assert ("to two people" in told.message) == (second == "2026-11-23T11:00:00Z")
    assert len(heads.repeated) == len(read_folder(tmp_path).findings) == 1
