"""What counts where the line of a newer version is damaged: never the version that it replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.annotation.damage import Damaged
from corpus.annotation.heads import Heads
from corpus.annotation.history import History
from corpus.annotation.lines import line_of
from corpus.annotation.store import append, read_folder
from corpus.errors import DataError

KEY = ("bridge", "ann-1")
NEWER, BEFORE, UNKNOWN = (
    "It comes after revision 1 of the annotation of 'bridge' by 'ann-1', which it replaced: so nothing of that",
    "Revision 3 of the annotation of 'bridge' by 'ann-1' counts all the same.",
    "Which annotation it is of cannot be told; where it was the newest version of one, the version before",
)


def cut_before(name: str):
    return lambda line: line[: line.index(b'"%s"' % name.encode())]


def said(**values: object):
    return lambda line: json.dumps(json.loads(line) | values).encode()


DAMAGES = {
    "no JSON at its end": lambda line: line[:-1],
    "cut before its revision": cut_before("revision"),
    "cut before its document, its id whole": cut_before("doc_id"),
    "a label that is a number": lambda line: line.replace(b'"PER"', b"7", 1),
    "a key too many": said(colour="red"),
    "bytes that are no UTF-8": lambda line: line.replace(b"PER", b"P\xffR", 1),
    "an address for a pseudonym": said(annotator="ada@example.org"),
}


def damaged_folder(tmp_path: Path, *lines: bytes) -> Path:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "ann-1.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return tmp_path / "work"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("follows", [False, True], ids=["the newest", "followed by revision 3"])
def test_a_replaced_version_never_counts_for_a_damaged_one(tmp_path, make_set, damage, follows):
    """A correction or a withdrawal would be undone in silence; a later version counts, whatever lies before it."""
    first, second, third = (line_of(make_set(revision=n)).rstrip() for n in (1, 2, 3))
    other = line_of(make_set(doc_id="other", annotation_id="other.ann-1")).rstrip()
    folder = damaged_folder(tmp_path, first, other, damage(second), *[third] * follows)
    stored = read_folder(folder)
    assert {item.doc_id for item in stored.counting()} == ({"bridge", "other"} if follows else {"other"})
    (finding,) = [f for f in stored.findings if f.severity == "error"]
    assert finding.place == "work/ann-1.jsonl:3"
    assert (BEFORE if follows else NEWER) in finding.message
    assert "example.org" not in finding.message
    history = History.open(folder)
    assert getattr(history.counting(KEY), "revision", None) == (3 if follows else None)
    assert history.counting(("other", "ann-1")) is not None


@pytest.mark.parametrize("junk", [b"<<<<<<< HEAD", b'{"anchor_sha256":"0', b"[]", b"\xff\xfe{"])
def test_of_a_line_that_tells_nothing_a_build_says_so_and_nothing_before_it_is_sent(tmp_path, make_set, junk):
    """It may be a version of any annotation before it; one that stands after it is no older."""
    other = line_of(make_set(doc_id="other", annotation_id="other.ann-1")).rstrip()
    folder = damaged_folder(tmp_path, line_of(make_set()).rstrip(), junk, other)
    stored = read_folder(folder)
    assert {item.doc_id for item in stored.counting()} == {"bridge", "other"}
    assert [UNKNOWN in finding.message for finding in stored.findings] == [True]
    history = History.open(folder)
    assert history.counting(KEY) is None
    assert history.latest(KEY) is not None
    assert history.counting(("other", "ann-1")) is not None


def test_a_newer_version_in_another_ones_file_stops_the_older_one(tmp_path, make_set):
    folder = damaged_folder(tmp_path, line_of(make_set()).rstrip())
    (folder / "zoe.jsonl").write_bytes(line_of(make_set(revision=2)))
    stored = read_folder(folder)
    assert stored.counting() == []
    ((code, message),) = [(f.code, f.message) for f in stored.findings]
    assert (code, NEWER in message) == ("annotation-wrong-file", True)
    assert History.open(folder).counting(KEY) is None
    (folder / "zoe.jsonl").write_bytes(line_of(make_set(revision=1)))
    assert [item.revision for item in read_folder(folder).counting()] == [1]


def test_the_only_version_damaged_leaves_nothing(tmp_path, make_set):
    stored = read_folder(damaged_folder(tmp_path, line_of(make_set())[:-5]))
    assert stored.counting() == []
    assert "So nothing of the annotation of 'bridge' by 'ann-1' counts" in stored.findings[0].message


def test_a_build_goes_on_without_it_and_tells(tmp_path, make_set, text):
    """Its exit code says that something in the data is wrong; the dataset has no rows of what was replaced."""
    from corpus.pipeline.build import BuildOptions, build

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bridge.txt").write_text(text, "utf-8")
    rows = []
    for lines in ([line_of(make_set())], [line_of(make_set()), line_of(make_set(revision=2))[:-1] + b"}\n"]):
        (tmp_path / "annotations").mkdir(exist_ok=True)
        (tmp_path / "annotations" / "ann-1.jsonl").write_bytes(b"".join(lines))
        options = BuildOptions(annotations=tmp_path / "annotations")
        report = build([str(tmp_path / "in")], tmp_path / "out", options)
        rows.append(report.manifest.configs["entities"].rows["train"])
    assert (rows[0] > 0, rows[1]) == (True, 0)
    assert [NEWER in f.message for f in report.findings if f.severity == "error"] == [True]


def test_nothing_follows_a_version_that_cannot_be_read(tmp_path, make_set):
    """A quick look takes the line for a version; who follows it would bury what it says."""
    broken = line_of(make_set(revision=2)).replace(b'"PER"', b"7", 1).rstrip()
    folder = damaged_folder(tmp_path, line_of(make_set()).rstrip(), broken)
    with pytest.raises(
        DataError, match=r"revision 2 of 'bridge' in work/ann-1.jsonl must be repaired first: It is no"
    ):
        append(folder, [make_set(revision=3)])
    heads = Heads(folder)
    heads.renew()
    (folder / "ann-1.jsonl").write_bytes(
        line_of(make_set()) + line_of(make_set(revision=2))
    )  # it is longer by that
    append(folder, [make_set(revision=3)], heads)
    assert [item.revision for item in read_folder(folder).counting()] == [3]


def test_what_a_broken_line_names_twice_is_not_known(make_set):
    """Which of them is its own cannot be told from within a broken line."""
    line = line_of(make_set())[:-2]
    assert Damaged.of(line, "ann-1", 1).key == KEY
    twice = line.replace(b'"doc_id":"bridge"', b'"doc_id":"bridge","x":{"doc_id":"other"}')
    assert (Damaged.of(twice, "ann-1", 1).key, Damaged.of(twice, "ann-1", 1).revision) == (None, 1)


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_last_line_that_is_repaired_by_one_sign_is_seen(tmp_path, make_set, end):
    """By who has looked at the file before; what is added below an unended line is seen as well."""
    first, second, third = (line_of(make_set(revision=n)) for n in (1, 2, 3))
    path = damaged_folder(tmp_path) / "ann-1.jsonl"
    path.write_bytes(first + second[:-2] + end)
    heads = Heads(path.parent)
    heads.renew()
    assert [finding.place for finding in heads.findings] == ["work/ann-1.jsonl:2"]
    for lines, numbers in ((second.rstrip(), [1, 2]), (second + third, [1, 2, 3])):
        path.write_bytes(first + lines)
        heads.renew()
        assert [version.revision for version in heads.versions[KEY]] == numbers
        assert heads.findings == []


def test_lines_below_an_unended_one_have_their_own_numbers(tmp_path, make_set):
    """Who has looked at a file before counts on where a first look counts: the end of a line begins no other."""
    path = damaged_folder(tmp_path) / "ann-1.jsonl"
    path.write_bytes(line_of(make_set()).rstrip())
    heads = Heads(path.parent)
    heads.renew()
    for added in (b"\n{", b"\n\n{}", b"\n[]\n", b"x\n"):
        path.write_bytes(path.read_bytes() + added)
        heads.renew()
        first_look = Heads(path.parent)
        first_look.renew()
        assert [finding.place for finding in heads.findings] == [finding.place for finding in first_look.findings]
    assert heads.findings[-1].place == "work/ann-1.jsonl:6"
