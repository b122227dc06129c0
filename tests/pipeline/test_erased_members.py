"""A document is erased from archives of every kind: each is written anew without it, and all else stays."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from purging import documents, purge

from corpus.pipeline.erasure.erasing import Erasure
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

TEXT = "The port of Ahlen reopened on Monday after a week of storms, its operator said.\n"
OTHER = "The lock of Varnes stays closed until the spring, the council decided on Friday.\n"
KINDS = ("x.zip", "x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz", "x.ZIP", "old.tgz.bak")


def lines(*ids: str) -> str:
    return "".join(json.dumps({"id": own, "text": TEXT if own == "a" else f"{OTHER} {own}"}) + "\n" for own in ids)


def rows(*ids: str) -> bytes:
    held = io.BytesIO()
    texts = [TEXT if own == "a" else f"{OTHER} {own}" for own in ids]
    pl.DataFrame({"id": list(ids), "text": texts}).write_parquet(held)
    return held.getvalue()


TABLE = '[documents.a]\nurl = { value = "https://x.example/a", known_from = "x" }\n'
KEPT = '[documents.c]\nurl = { value = "https://x.example/c", known_from = "x" }\n'
FILES: dict[str, str | bytes] = {
    "2026/a.txt": TEXT,
    "2026/a.json": '{"publisher": "The Tide"}',
    "2026/b.txt": OTHER,
    "2026/sources.toml": f"{TABLE}{KEPT}",
    "2026/" + "long-" * 40 + "name.txt": f"{OTHER} Long.",
    "\u00fc/\u0434.txt": f"{OTHER} Odd.",
    "copy.txt.bak": TEXT,
    ".hidden.txt": TEXT,
    "list.jsonl": lines("c", "a", "d"),
    "only.jsonl": lines("a"),
    "rows.parquet": rows("e", "a", "f"),
    "photo.jpg": b"\xff\xd8 no picture",
}
LEFT = {
    **{name: data for name, data in FILES.items() if TEXT not in (data, "") and not name.startswith("2026/a.")},
    "2026/sources.toml": KEPT,
    "list.jsonl": lines("c", "d"),
}
del LEFT["only.jsonl"]
GONE = {"2026/a.txt", "2026/a.json", "2026/sources.toml", "copy.txt.bak", ".hidden.txt", "list.jsonl", "only.jsonl"}
GONE |= {"rows.parquet"}


def pack(path: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    """Write an archive whose members have times, modes and owners of their own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if ".zip" in path.name.lower():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = b"what it is"
            for number, (name, data) in enumerate(files.items()):
                info = zipfile.ZipInfo(name, (2020, 1, 1 + number, 3, 4, 6))
                info.external_attr = (stat.S_IFREG | 0o640) << 16
                archive.writestr(info, data, zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED)
        return path
    how = {"tar": "", "gz": "gz", "bak": "gz", "bz2": "bz2", "xz": "xz"}[path.suffix.lstrip(".")]
    with tarfile.open(path, f"w:{how}" if how else "w") as tar:  # type: ignore[call-overload]  # a mode of its words
        folder = tarfile.TarInfo("2026")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        for number, (name, data) in enumerate(files.items()):
            raw = data if isinstance(data, bytes) else data.encode()
            info = tarfile.TarInfo(f"./{name}")
            info.size, info.mtime, info.mode, info.uname = len(raw), 1_700_000_000.5 + number, 0o640, "ada"
            tar.addfile(info, io.BytesIO(raw))
    return path


def held(path: Path) -> dict[str, tuple[bytes, object]]:
    """Return what an archive holds: each member's bytes, and what is told of it."""
    if ".zip" in path.name.lower():
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert archive.comment == b"what it is"
            return {
                info.filename: (archive.read(info), (info.date_time, info.external_attr, info.compress_type))
                for info in archive.infolist()
            }
    with tarfile.open(path) as tar:
        return {
            info.name.removeprefix("./"): (file.read() if (file := tar.extractfile(info)) else b"", told(info))
            for info in tar
        }


def told(info: tarfile.TarInfo) -> object:
    return info.mtime, info.mode, info.uname, info.type


@pytest.mark.parametrize("name", KINDS)
def test_the_document_goes_and_all_else_stays(tmp_path: Path, name: str) -> None:
    """Its members, lines and rows, its side-car and its table; all others keep bytes, times, modes and order."""
    path = pack(tmp_path / "raw" / name)
    path.chmod(0o604)
    before = held(path)
    report = purge(tmp_path / "raw", "a")
    assert report.left == ()
    assert {str(item.place.relative_to(path)) for item in report.erased} == GONE
    after = held(path)
    folders = [own for own in before if own == "2026"]
    assert [own for own in after if own != "2026"] == [own for own in FILES if own in LEFT]
    assert {own for own in after if own == "2026"} == set(folders)
    for own, (data, about) in after.items():
        assert about == before[own][1]
        if own in LEFT and own != "rows.parquet":
            wanted = LEFT[own]
            assert data == (wanted if isinstance(wanted, bytes) else wanted.encode()), own
    assert pl.read_parquet(io.BytesIO(after["rows.parquet"][0]))["id"].to_list() == ["e", "f"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert os.listdir(tmp_path / "raw") == [name]  # noqa: PTH208
    assert not any(TEXT.strip().encode() in data for data, _ in after.values())


@pytest.mark.parametrize("name", KINDS)
def test_a_dry_run_tells_the_same_and_changes_nothing(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "raw" / name)
    before = path.read_bytes()
    said = purge(tmp_path / "raw", "a", dry_run=True)
    assert path.read_bytes() == before
    assert purge(tmp_path / "raw", "a").erased == said.erased


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
def test_purged_again_it_is_the_same(tmp_path: Path, name: str) -> None:
    """Nothing is left to erase; and what a build reads is what there was but for the document."""
    path = pack(tmp_path / "raw" / name)
    before = {
        raw.doc_id: raw.text for raw in read_sources([path], ReadOptions(), ReadReport()) if raw.doc_id != "a"
    }
    purge(tmp_path / "raw", "a")
    once = path.read_bytes()
    again = purge(tmp_path / "raw", "a")
    assert (again.erased, again.left, path.read_bytes()) == ((), (), once)
    after = {raw.doc_id: raw.text for raw in read_sources([path], ReadOptions(), ReadReport())}
    assert after == {doc_id: text for doc_id, text in before.items() if text != TEXT}


@pytest.mark.parametrize("name", ["x.zip", "x.tar.xz"])
def test_an_archive_of_the_document_alone_goes(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "raw" / name, {"a.txt": TEXT, "a.json": "{}"})
    report = purge(tmp_path / "raw", "a")
    assert not path.exists()
    assert report.left == ()
    assert report.erased[-1] == Erasure(path, "the archive, of which nothing else is left")


LINKS = {"l.txt": "2026/a.txt", "deep/m.txt": "../l.txt", "latest": "2026", "b.txt": "c/b.txt", "new": "c"}


def with_links(path: Path) -> Path:
    """Write an archive of two texts, and of links to them and to their folders."""
    pack(path, {"2026/a.txt": TEXT, "c/b.txt": OTHER})
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "a") as archive:
            for name, target in LINKS.items():
                info = zipfile.ZipInfo(name)
                info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
                archive.writestr(info, target)
        return path
    with tarfile.open(path, "a") as tar:
        for name, target in LINKS.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return path


@pytest.mark.parametrize("name", ["x.zip", "x.tar"])
def test_links_to_the_document_go_with_it(tmp_path: Path, name: str) -> None:
    """Else they would lead to nothing: a build would complain, and no purge write the archive anew again."""
    path = with_links(tmp_path / "raw" / name)
    report = purge(tmp_path / "raw", "a")
    assert (report.left, [item.place for item in report.erased]) == ((), [path / "2026" / "a.txt"])
    assert list(documents(tmp_path / "raw")) == ["b"]
    with zipfile.ZipFile(path) if name == "x.zip" else tarfile.open(path) as archive:
        names = archive.namelist() if isinstance(archive, zipfile.ZipFile) else archive.getnames()
    assert {own.removeprefix("./") for own in names} - {"2026"} == {"c/b.txt", "b.txt", "new"}


def test_a_side_car_of_two_stays(tmp_path: Path) -> None:
    """It speaks of another page, too: that is told."""
    path = pack(tmp_path / "raw" / "x.zip", {"q.txt": TEXT, "q.html": f"<p>{OTHER}</p>", "q.json": "{}"})
    (tmp_path / "raw" / "a.txt").write_text(TEXT, "utf-8")
    report = purge(tmp_path / "raw", "a")
    assert [left.partition(": ")[0] for left in report.left] == [str(path / "q.json")]
    assert list(held(path)) == ["q.html", "q.json"]


def test_another_name_of_the_archive_is_told_of(tmp_path: Path) -> None:
    path = pack(tmp_path / "raw" / "x.tar")
    (tmp_path / "copy.tar").hardlink_to(path)
    (left,) = purge(tmp_path / "raw", "a").left
    assert "hard link" in left
    assert "2026/a.txt" in held(tmp_path / "copy.tar")


def test_one_that_cannot_be_written_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said to be erased of it."""
    path = pack(tmp_path / "raw" / "x.tar.gz")
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("corpus.readers.packed.rewriting.atomic_write", full)
    report = purge(tmp_path / "raw", "a")
    assert path.read_bytes() == before
    assert report.erased == ()
    assert any(str(path) in left and "no space left" in left for left in report.left)
    assert not any("cannot be read" in left for left in report.left)
