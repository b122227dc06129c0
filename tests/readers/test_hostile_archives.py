"""Archives are hostile until checked: whatever is wrong is told with its place, and the rest is read."""

from __future__ import annotations

import os
import random
import resource
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import damaged_archives
import hostile_archives
import pytest
from archive_cases import CASES, GOOD, OTHER, Case
from packing import pack, put, tar_of, zip_of
from source_reading import ids, places, read

from corpus.model.finding import Severity
from corpus.readers.packed import archive

MEBIBYTE = 2**20
assert damaged_archives, hostile_archives  # they fill the list


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_wrong_is_told_and_the_rest_is_read(tmp_path: Path, case: Case) -> None:
    (tmp_path / case.file).write_bytes(case.data())
    documents, report = read(tmp_path / case.file, max_findings_per_file=10_000)
    assert sorted(ids(documents)) == sorted(case.read)
    expected = [(f"{case.file}/{place}".rstrip("/"), code, Severity(how)) for place, code, how in case.told]
    assert sorted((f.place, f.code, f.severity) for f in report.findings) == sorted(expected)
    assert all(f.message.endswith(".") and str(tmp_path) not in f.message for f in report.findings)
    assert report.inputs == [] or {item.path.split("/")[0] for item in report.inputs} == {case.file}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_left_behind(tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written but among the temporary files, and nothing stays there."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / case.file).write_bytes(case.data())
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    before = _open_files()
    read(tmp_path / "in", ids="path")
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(["scratch", "in", case.file])
    assert _open_files() == before


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208


BOMB = 40 * MEBIBYTE


def bombs() -> dict[str, bytes]:
    """Return archives of some kilobytes that unpack to very much more; a good text stands first."""
    zeros = "0" * BOMB

    def in_zip(archive: zipfile.ZipFile) -> None:
        archive.writestr("a.txt", GOOD)
        archive.writestr("bomb.jsonl", zeros)
        archive.writestr("z.txt", OTHER)

    def in_tar(tar: tarfile.TarFile) -> None:
        for name, text in (("a.txt", GOOD), ("bomb.jsonl", zeros), ("z.txt", OTHER)):
            put(tar, name, text)

    return {"x.zip": zip_of(in_zip), **{f"x.tar.{how}": tar_of(in_tar, how) for how in ("gz", "bz2", "xz")}}


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tar.bz2", "x.tar.xz"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, name: str) -> None:
    """What is beyond the limit on the whole archive is told, in a few megabytes of memory; the rest is read."""
    (tmp_path / name).write_bytes(bombs()[name])
    tracemalloc.start()
    documents, report = read(tmp_path / name, min_unpacked_bytes=MEBIBYTE, max_expansion=10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ids(documents) == (["a", "z"] if name == "x.zip" else ["a"])
    assert {(f.place, f.severity) for f in report.findings} >= {
        (f"{name}/bomb.jsonl" if name == "x.zip" else name, Severity.ERROR)
    }
    assert any("limit" in finding.message for finding in report.findings)
    assert peak < 24 * MEBIBYTE  # a text's limit is sixteen


def test_what_one_member_has_too_much_others_have_not(tmp_path: Path) -> None:
    """The limit holds for all of an archive together, in the order in which it is read, and says the same twice."""
    path = pack(tmp_path / "x.zip", {f"{n}.txt": GOOD * 10_000 for n in range(6)})
    first = read(path, min_unpacked_bytes=1_300_000, max_expansion=0)
    assert ids(first[0]) == ["0", "1"]
    assert places(first[1]) == [(f"x.zip/{n}.txt", "too-large") for n in range(2, 6)]
    again = read(path, min_unpacked_bytes=1_300_000, max_expansion=0)
    assert [f.message for f in again[1].findings] == [f.message for f in first[1].findings]


def test_a_text_has_the_limit_that_files_have(tmp_path: Path) -> None:
    documents, report = read(
        pack(tmp_path / "x.tgz", {"a.txt": GOOD * 100, "b.txt": OTHER}), max_document_bytes=1000
    )
    assert (ids(documents), places(report)) == (["b"], [("x.tgz/a.txt", "too-large")])


def test_many_findings_of_one_archive_are_counted(tmp_path: Path) -> None:
    names = [f"../{number}.txt" for number in range(300)]
    (tmp_path / "x.zip").write_bytes(zip_of(lambda z: [z.writestr(name, GOOD) for name in names] and None))
    _, report = read(tmp_path / "x.zip", max_findings_per_file=5)
    assert [finding.code for finding in report.findings] == ["unsafe-member"] * 5 + ["more-findings"]


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz"])
def test_whatever_is_damaged_nothing_ends_the_reading(tmp_path: Path, name: str) -> None:
    """Bytes changed, cut out, doubled: what is read is what was packed, or it is told; so is what is lost."""
    tree = {f"{n}.txt": f"{OTHER.strip()} This is report {n}.\n" for n in range(5)}
    data, chance = pack(tmp_path / name, tree).read_bytes(), random.Random(name)
    for _ in range(60):
        hurt = bytearray(data)
        for _ in range(chance.choice((1, 1, 3, 20))):
            at = chance.randrange(len(hurt))
            how = chance.random()
            if how < 0.6:
                hurt[at] ^= 1 << chance.randrange(8)
            elif how < 0.8:
                del hurt[at : at + chance.randrange(1, 600)]
            else:
                hurt[at:at] = hurt[at : at + chance.randrange(1, 600)]
            if not hurt:
                break
        (tmp_path / name).write_bytes(hurt)
        documents, report = read(tmp_path / name, max_document_bytes=100_000)
        whole = {text.strip() for text in tree.values()}
        if name == "x.tar":  # it has no checksum of its members' bytes
            continue
        lost = len(whole) - len({document.text.strip() for document in documents} & whole)
        assert not lost or report.findings or report.skipped, bytes(hurt)
        checked = not any("could not be checked" in finding.message for finding in report.findings)
        assert not checked or {document.text.strip() for document in documents} <= whole


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tar.bz2", "x.tar.xz"])
def test_no_room_to_unpack_is_no_damage(tmp_path: Path, name: str) -> None:
    """That no file can be written is not said of the archive, which is sound."""
    path = pack(tmp_path / name, {"a.txt": GOOD * 4000})
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEBIBYTE // 16, most[1]))
    try:
        documents, report = read(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert documents == []
    (finding,) = report.findings
    assert "cannot be unpacked: file too large" in finding.message


def test_a_pipe_that_is_called_an_archive_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.zip")
    (tmp_path / "a.txt").write_text(GOOD)
    documents, report = read(tmp_path)
    assert ids(documents) == ["a"]
    assert [code for _, code in places(report)] == ["unreadable"]


def test_each_member_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the time that an archive takes grows with its members, and not with their square."""
    counted: list[int] = []
    original = archive.Archive._unpack

    def counting(self: archive.Archive, key: str, path: Path) -> None:
        original(self, key, path)
        counted.append(path.stat().st_size)

    monkeypatch.setattr(archive.Archive, "_unpack", counting)
    tree = {f"{n % 100}/{n}.txt": f"{OTHER} {n}\n" for n in range(2000)}
    documents, report = read(pack(tmp_path / "x.tar.gz", tree))
    assert (len(documents), report.findings) == (2000, [])
    assert (len(counted), sum(counted)) == (2000, sum(map(len, tree.values())))
