"""An archive is read as the folder that it would be unpacked to: the same documents, ids, order and findings."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from packing import KINDS, TREE, pack, unpacked
from source_reading import ids, places, read

from corpus.model.document import RawDocument
from corpus.readers import spool
from corpus.readers.packed import tars
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

Read = tuple[list[RawDocument], ReadReport]


def told(found: Read) -> tuple[Any, ...]:
    """Return all that a reading tells."""
    documents, report = found
    return documents, report.findings, sorted(report.skipped), report.inputs


@pytest.mark.parametrize("how", [{}, {"ids": "path"}])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_as_a_folder_of_its_name(tmp_path: Path, kind: str, turned: bool, how: dict[str, Any]) -> None:
    """Whatever order its members have: all that is told of them is told of the folder's files, word for word."""
    name = f"news.{kind}"
    packed = read(pack(tmp_path / "packed" / name, turned=turned), **how)
    assert told(packed) == told(read(unpacked(tmp_path / "folder" / name), **how))
    assert len(packed[0]) == 6
    assert packed[0][0].source_file == f"{name}/2026/a.txt"
    assert {value.value for document in packed[0] for value in document.known} >= {"The Tide", "The Wave"}


@pytest.mark.parametrize("how", [{}, {"ids": "path"}])
def test_archives_among_files_stand_at_their_names(tmp_path: Path, how: dict[str, Any]) -> None:
    """In a folder with others an archive has its place in the order, and its name in the paths that are ids."""
    more = {"a0.txt": "The first of all reports is short.\n", "z.txt": "The last of all reports is short.\n"}
    for top in ("packed", "folder"):
        unpacked(tmp_path / top / "in", {**more, "sources.toml": '[documents."m.zip/c"]\n[documents.z]\n'})
    pack(tmp_path / "packed" / "in" / "m.zip")
    unpacked(tmp_path / "folder" / "in" / "m.zip")
    found = read(tmp_path / "packed" / "in", **how)
    assert told(found) == told(read(tmp_path / "folder" / "in", **how))
    assert ids(found[0])[0] == "a0"
    assert ids(found[0])[-1] == "z"
    assert ("m.zip/2026/a" if how else "a") in ids(found[0])


def test_many_archives_of_many_members_need_few_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are held, and in whatever order they are asked for, the same is read."""
    for number in range(6):
        tree = {f"{number}-{member}.txt": f"Report {member} from coast number {number}.\n" for member in range(5)}
        tree |= {f"{number}-{member}.json": '{"publisher": "The Tide"}' for member in range(5)}
        pack(tmp_path / "packed" / "in" / f"{number}.zip", tree)
        unpacked(tmp_path / "folder" / "in" / f"{number}.zip", tree)
    expected = told(read(tmp_path / "folder" / "in"))
    for held in (1, 2, 100):
        monkeypatch.setattr(spool, "_HELD", held)
        assert told(read(tmp_path / "packed" / "in")) == expected


def test_unpacked_archives_take_bounded_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many packed tars a few lie unpacked at once, never more than the bound and one; the same is read."""
    for number in range(9):
        text = "".join(f"Report {line} from coast number {number}.\n" for line in range(2_000))
        pack(tmp_path / "in" / f"{number}.tar.gz", {f"{number}-{member}.txt": text + member for member in "ab"})
    room: list[int] = []
    unpack = tars.unpack

    def measured(path: Path, target: Path, packing: tars.Packing, most: int) -> str:
        why = unpack(path, target, packing, most)
        room.append(sum(file.stat().st_size for file in target.parent.iterdir()))
        return why

    monkeypatch.setattr(tars, "unpack", measured)
    monkeypatch.setattr(spool, "_HELD", 1)
    free, whole = told(read(tmp_path / "in")), max(room)
    assert len(room) == 9
    room.clear()
    assert told(read(tmp_path / "in", max_spool_bytes=whole // 4)) == free
    assert len(room) > 9
    assert max(room) < whole // 2


def test_what_is_packed_in_an_archive_in_gz_is_read(tmp_path: Path) -> None:
    """A text in ``.gz`` and a Parquet file are read in an archive as they are in a folder."""
    folder = unpacked(tmp_path / "folder" / "x.zip", {"a.txt": TREE["2026/a.txt"]})
    (folder / "b.txt.gz").write_bytes(gzip.compress(b"The bridge reopened on Tuesday, the council said.", mtime=0))
    rows = {
        "id": [f"row-{n}" for n in range(500)],
        "text": [f"Report number {n} from the coast." for n in range(500)],
    }
    pq.write_table(pa.table(rows), folder / "rows.parquet", row_group_size=50)
    (tmp_path / "packed").mkdir()
    with zipfile.ZipFile(tmp_path / "packed" / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    found = read(tmp_path / "packed" / "x.zip")
    assert told(found) == told(read(folder))
    assert len(found[0]) == 502


def test_one_that_is_reached_twice_is_read_once(tmp_path: Path) -> None:
    """Named twice, or over a link: by its own name where that is among them."""
    own = pack(tmp_path / "in" / "z.zip")
    (tmp_path / "in" / "a.zip").symlink_to("z.zip")
    documents, report = read(tmp_path / "in")
    assert {document.source_file.split("/")[1] for document in documents} == {"z.zip"}
    assert report.findings == []
    assert ids(read(own, tmp_path / "in" / "a.zip")[0]) == ids(documents)
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "link.zip").symlink_to(own)
    assert [d.source_file for d in read(tmp_path / "else")[0]][:1] == ["else/link.zip/2026/a.txt"]


def test_an_archive_in_an_archive_is_a_warning(tmp_path: Path) -> None:
    """It is not read; what a mirrored site offers for download is no warning, and not read either."""
    inner = pack(tmp_path / "inner.zip").read_bytes()
    (tmp_path / "in" / "site" / "files").mkdir(parents=True)
    (tmp_path / "in" / "site" / "files" / "inner.zip").write_bytes(inner)
    unpacked(tmp_path / "in", {"site/a.txt": TREE["2026/a.txt"]})
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        for name in ("site/files/inner.zip", "site/a.txt"):
            archive.write(tmp_path / "in" / name, name)
    documents, report = read(tmp_path / "outer.zip")
    assert (ids(documents), places(report)) == (["a"], [("outer.zip/site/files/inner.zip", "packed")])
    for source in ("in", "outer.zip"):
        documents, report = read(tmp_path / source, ids="path")
        assert (ids(documents), report.findings) == (["site/a"], [])
        assert report.skipped == [f"{source}/site/files/inner.zip"]


@pytest.mark.parametrize("whole", [True, False])
def test_one_at_an_address_is_read(tmp_path: Path, whole: bool) -> None:
    """By its own address, or in a folder there; as from the disk."""
    system = fsspec.filesystem("memory")
    path = pack(tmp_path / "shelf" / "in" / "m.tar.gz")
    unpacked(tmp_path / "shelf" / "in", {"z.txt": "The last of all reports is short.\n"})
    for file in path.parent.iterdir():
        system.pipe_file(f"/shelf/in/{file.name}", file.read_bytes())
    try:
        source = "in" if whole else "in/m.tar.gz"
        found = read(f"memory://shelf/{source}")
        assert told(found) == told(read(tmp_path / "shelf" / source))
    finally:
        system.rm("/shelf", recursive=True)


def test_one_without_a_document_says_so(tmp_path: Path) -> None:
    documents, report = read(pack(tmp_path / "x.zip", {"photo.jpg": "x"}))
    assert (documents, places(report)) == ([], [("x.zip", "nothing-to-read")])


def test_tombstones_in_an_archive_are_told_of(tmp_path: Path) -> None:
    """They are not obeyed, and silence would publish what was taken down."""
    tree = {"a.txt": TREE["2026/a.txt"], "takedowns.jsonl": "{}\n"}
    documents, report = read(pack(tmp_path / "x.tar", tree))
    assert (ids(documents), places(report)) == (["a"], [("x.tar/takedowns.jsonl", "packed-takedowns")])


def test_annotations_and_datasets_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    tree = {
        "a.txt": TREE["2026/a.txt"],
        "annotations/ada.jsonl": "{}\n",
        "made/manifest.json": "{}",
        "made/scheme.toml": "",
        "made/x.jsonl": "{}\n",
    }
    documents, report = read(pack(tmp_path / "x.tar", tree))
    assert (ids(documents), report.findings) == (["a"], [])
    assert sorted(report.skipped) == ["x.tar/annotations/", "x.tar/made/"]


def test_one_that_changes_while_it_is_read_is_told_of(tmp_path: Path) -> None:
    """Its members may then be of two versions."""
    path, report = pack(tmp_path / "x.tar"), ReadReport()
    documents = read_sources([path], ReadOptions(), report)
    first = next(documents)
    path.write_bytes(path.read_bytes() + b"\0" * 512)
    rest = list(documents)
    assert first.doc_id == "a"
    assert rest
    assert ("x.tar/2026/a.txt", "changed-while-read") in places(report)


def test_an_archive_with_an_odd_name_gives_the_paths_of_a_folder(tmp_path: Path) -> None:
    """Its name is shown escaped, and in paths that are ids it is as it is."""
    name = "m\u200bn.zip"
    pack(tmp_path / "packed" / "in" / name)
    unpacked(tmp_path / "folder" / "in" / name)
    found = read(tmp_path / "packed" / "in", ids="path")
    assert told(found) == told(read(tmp_path / "folder" / "in", ids="path"))
    assert found[0][0].source_file == "in/m\\u200bn.zip/2026/a.txt"
