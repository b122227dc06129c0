"""Compaction takes old versions out, by command, and nothing that anybody still needs."""

from __future__ import annotations

import gzip
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.annotation.compaction import compact
from corpus.annotation.history import History
from corpus.annotation.lines import line_of
from corpus.annotation.locking import exclusive
from corpus.annotation.store import append, current, read_folder
from corpus.errors import DataError, SourceError, UsageError

KEY = ("bridge", "ann-1")


def revisions(folder):
    return [item.revision for item in read_folder(folder).sets]


def fill(folder, make_set):
    other = hashlib.sha256(b"another text").hexdigest()
    append(folder, [make_set(revision=n, anchor_sha256=other) for n in (1, 2)])
    append(folder, [make_set(revision=n) for n in (3, 4, 5, 6)])


def test_the_newest_on_each_text_and_what_is_in_use_stay(tmp_path, make_set):
    """The rest goes to the archive; the current state is the same, and no gap is reported."""
    folder, archive = tmp_path / "work", tmp_path / "old.jsonl.gz"
    fill(folder, make_set)
    append(folder, [make_set(annotation_id="bridge.ann-2", annotator="ann-2")])
    before = current(read_folder(folder).sets)
    done = compact(folder, {(KEY, 4)}, archive)
    assert (done.kept, done.dropped, done.files) == (4, 3, ("ann-1.jsonl",))
    assert revisions(folder) == [2, 4, 6, 1]
    assert read_folder(folder).findings == ()
    assert current(read_folder(folder).sets) == before
    assert gzip.decompress(archive.read_bytes()).count(b"\n") == 3
    append(folder, [make_set(revision=7)])
    assert compact(folder).dropped == 2
    assert (revisions(folder), read_folder(folder).findings) == ([2, 7, 1], ())
    assert compact(folder).dropped == 0


def test_what_was_deleted_stays_deleted(tmp_path, make_set):
    """The deletion is the current state; the work that it took away is still what late work is read against."""
    fill(tmp_path, make_set)
    append(tmp_path, [make_set(revision=7, state="deleted"), make_set(revision=8, state="deleted")])
    compact(tmp_path)
    assert revisions(tmp_path) == [2, 6, 8]
    assert [item.state for item in current(read_folder(tmp_path).sets)] == ["deleted"]


def test_a_reader_finds_what_moved(tmp_path, make_set):
    """Who looked at the folder before another process compacted it reads the same versions, and no others."""
    folder = tmp_path / "work"
    fill(folder, make_set)
    history = History.open(folder)
    places = list(history.heads.versions[KEY])
    compact(folder)
    append(folder, [make_set(revision=n) for n in range(7, 12)])  # the file is longer again than it was
    assert [item.revision if item else None for item in map(history.load, places)] == [None, 2, None, None, None, 6]
    assert history.newest(KEY) == 11
    assert history.findings == []


def test_a_damaged_line_is_looked_for_once(tmp_path, make_set, monkeypatch):
    """As long as nobody touches the file, what cannot be read there needs no second look at the whole folder."""
    append(tmp_path, [make_set(revision=n) for n in range(1, 9)])
    path = tmp_path / "ann-1.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"start":', b'"begin":'))
    history, looks = History.open(tmp_path), []
    real = type(history.heads).reread
    monkeypatch.setattr(type(history.heads), "reread", lambda heads: (looks.append(1), real(heads)))
    assert list(history.newest_first(KEY)) == []
    assert (looks, len(history.findings)) == ([], 8)
    path.write_bytes(path.read_bytes().replace(b'"begin":', b'"start":'))
    assert len(list(history.newest_first(KEY))) == 8
    assert looks == []  # lines of the same length lie where they were


def test_a_dry_run_and_refusals_change_nothing(tmp_path, make_set):
    folder = tmp_path / "work"
    fill(folder, make_set)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert compact(folder, dry_run=True).dropped == 4
    (tmp_path / "there").write_bytes(b"")
    with pytest.raises(UsageError, match="there already"):
        compact(folder, archive=tmp_path / "there")
    with pytest.raises(SourceError, match="is not there"):
        compact(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    with (folder / "ann-1.jsonl").open("ab") as stream:
        stream.write(b"{broken\n")
    with pytest.raises(DataError, match="repaired first"):
        compact(folder)


def test_it_waits_for_a_writer(tmp_path, make_set):
    fill(tmp_path, make_set)
    with ThreadPoolExecutor(1) as pool:
        with exclusive(tmp_path):
            waiting = pool.submit(compact, tmp_path)
            time.sleep(0.1)
            assert not waiting.done()
        assert waiting.result(20).dropped == 4


def test_an_interrupted_compaction_is_no_damage(tmp_path, make_set):
    """Killed before it replaced a file, it leaves all versions there, and the next one goes on."""
    fill(tmp_path, make_set)
    path = tmp_path / "ann-1.jsonl"
    before = path.read_bytes()
    compact(tmp_path)
    path.write_bytes(before)
    assert (revisions(tmp_path), read_folder(tmp_path).findings) == ([1, 2, 3, 4, 5, 6], ())
    assert compact(tmp_path).dropped == 4
    assert (revisions(tmp_path), read_folder(tmp_path).findings) == ([2, 6], ())


@pytest.mark.parametrize("told", ["{broken", "[1]", '{"bridge.ann-1": 1}', '{"bridge.ann-1": [true, "1"]}'])
def test_what_cannot_be_read_as_taken_out_is_missing(tmp_path, make_set, told):
    (tmp_path / "ann-1.jsonl").write_bytes(line_of(make_set(revision=2)))
    (tmp_path / "compacted.json").write_text(told)
    assert [f.code for f in read_folder(tmp_path).findings] == ["annotation-revision-gap"]


def test_a_real_gap_is_still_a_warning(tmp_path, make_set):
    """What was lost is not excused by what was taken out."""
    fill(tmp_path, make_set)
    compact(tmp_path)
    path = tmp_path / "ann-1.jsonl"
    append(tmp_path, [make_set(revision=7), make_set(revision=8)])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2] + lines[-1:]))
    assert [f.code for f in read_folder(tmp_path).findings] == ["annotation-revision-gap"]


def test_the_history_adds_and_loads(tmp_path, make_set):
    """What was added is seen before it is written, and read from its place after."""
    history = History.open(tmp_path / "work")
    assert (history.is_empty, history.latest(KEY), history.newest(KEY)) == (True, None, 0)
    history.add(make_set())
    assert history.latest(KEY) == make_set()
    assert [path.name for path in history.flush()] == ["ann-1.jsonl"]
    history.add(make_set(revision=2, state="skipped"))
    history.flush()
    assert [item.revision for item in history.newest_first(KEY)] == [2, 1]
    assert history.revision(KEY, 1) == make_set()
    assert History.open(tmp_path / "work", kept=False).latest(KEY) == make_set(revision=2, state="skipped")
    dry = History.open(tmp_path / "work", kept=False)
    dry.add(make_set(revision=3))
    assert (dry.flush(), dry.newest(KEY), revisions(tmp_path / "work")) == ([], 3, [1, 2])
