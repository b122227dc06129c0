"""A purge looks into archives: each member that holds the document is named, and what cannot be looked into."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from purging import purge

CLOSED = ("pages.7z", "deep/feed.jsonl.zst", ".kept.rar", "old.tar.zst.bak")
OTHER = ("photo.jpg", "font.bin.xz", "b.txt")
TEXT = "The port of a.txt reopened on Monday, they said.\n"


def zipped(files: dict[str, str | bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def tarred(files: dict[str, str | bytes], how: str = "gz") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=f"w:{how}") as archive:  # type: ignore[call-overload]  # a mode of its words
        for name, data in files.items():
            info, raw = tarfile.TarInfo(name), data if isinstance(data, bytes) else data.encode()
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return held.getvalue()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with the document and some others."""
    folder = tmp_path / "raw"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.txt", *OTHER):
        (folder / name).write_text(f"The port of {name} reopened on Monday, they said.\n", "utf-8")
    return folder


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_closed_is_named(raw: Path, dry_run: bool) -> None:
    for name in CLOSED:
        (raw / name).write_bytes(zipped({"a.txt": TEXT}))
    report = purge(raw, "a", dry_run=dry_run)
    assert {left.partition(": ")[0] for left in report.left} == {str(raw / name) for name in CLOSED}
    assert all("unpack it" in left for left in report.left)
    assert [item.place for item in report.erased] == [raw / "a.txt"]
    assert (raw / "a.txt").exists() == dry_run


def test_without_any_nothing_is_left(raw: Path) -> None:
    assert purge(raw, "a").left == ()


def test_archives_of_other_documents_are_no_matter(raw: Path) -> None:
    """Nothing is said of them, and they stay as they are."""
    (raw / "x.zip").write_bytes(
        zipped({"c.txt": "The lock of Varnes stays closed.\n", "sources.toml": "[documents.c]"})
    )
    (raw / "x.tgz").write_bytes(tarred({"c.txt": "The lock of Varnes stays closed.\n", "photo.jpg": "a"}))
    before = (raw / "x.zip").read_bytes()
    assert purge(raw, "a").left == ()
    assert (raw / "x.zip").read_bytes() == before


FIXED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nested.zip": (lambda: zipped({"c.txt": "Another.", "in/ner.zip": zipped({"a.txt": TEXT})}), "in/ner.zip"),
    "packed.tar": (lambda: tarred({"feed.jsonl.zst": "x"}, ""), "feed.jsonl.zst"),
    "away.tgz": (lambda: tarred({"../a.txt": TEXT}), "../a.txt"),
    "twice.tgz": (lambda: tarred({"x/q.txt": TEXT, "x//q.txt": "Another text.\n"}), "x/q.txt"),
    "cut.tar": (lambda: tarred({"c.txt": "Another.", "a.txt": TEXT}, "")[:1560], "a.txt"),
    "cut.zip": (lambda: zipped({"a.txt": TEXT})[:-10], ""),
    "no.tar.gz": (lambda: b"no archive at all", ""),
}
"""Archives that may hold the document and are not written anew: what is named of each."""


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("name", FIXED)
def test_what_may_hold_it_is_named(raw: Path, name: str, dry_run: bool) -> None:
    """By its place in the archive; the archive itself stays as it was, and nobody says that all is erased."""
    make, member = FIXED[name]
    (raw / name).write_bytes(make())
    before = (raw / name).read_bytes()
    report = purge(raw, "a", dry_run=dry_run)
    places = {left.partition(": ")[0] for left in report.left}
    assert places == {f"{raw / name}/{member}".rstrip("/")}, report.left
    assert (raw / name).read_bytes() == before
    assert [item.place for item in report.erased] == [raw / "a.txt"]


def test_one_with_something_odd_is_not_written_anew(raw: Path) -> None:
    """Damage, links out of it, a program before it, hard links: it holds the document, and is left to its owner."""
    link = tarfile.TarInfo("other.txt")
    link.type, link.linkname = tarfile.LNKTYPE, "a.txt"
    made = {
        "odd.tar": tarred({"a.txt": TEXT, "/etc/x.txt": "Another."}, ""),
        "program.zip": b"#!/bin/sh" + zipped({"a.txt": TEXT}),
        "signed.zip": zipped({"a.txt": TEXT}) + b"what a program wrote behind it",
        "linked.tar": tarred({"a.txt": TEXT}, "")[:1024] + link.tobuf() + b"\0" * 1024,
    }
    for name, data in made.items():
        (raw / name).write_bytes(data)
    report = purge(raw, "a")
    named = {
        "odd.tar": ("a.txt", "etc/x.txt"),
        "program.zip": ("a.txt",),
        "signed.zip": ("a.txt",),
        "linked.tar": ("a.txt", "other.txt"),
    }
    places = {str(raw / name / member) for name, members in named.items() for member in members}
    assert {left.partition(": ")[0] for left in report.left} == places
    for name, data in made.items():
        assert (raw / name).read_bytes() == data


@pytest.mark.parametrize("dry_run", [False, True])
def test_one_with_another_member_that_is_damaged_is_not_written_anew(raw: Path, dry_run: bool) -> None:
    """Each member that holds the document is named, and the one that is damaged, in which nobody can look."""
    data = zipped({"a.txt": TEXT, "2026/copy.txt": TEXT, "photo.jpg": "No picture, and no text that is sought."})
    at = data.index(b"photo.jpg") + len("photo.jpg")
    (raw / "x.zip").write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    before = (raw / "x.zip").read_bytes()
    report = purge(raw, "a", dry_run=dry_run)
    holding = {str(raw / "x.zip" / member) for member in ("a.txt", "2026/copy.txt")}
    assert {left.partition(": ")[0] for left in report.left} == {*holding, str(raw / "x.zip" / "photo.jpg")}
    assert sum("its member photo.jpg is damaged" in left for left in report.left) == len(holding)
    assert [item.place for item in report.erased] == [raw / "a.txt"]
    assert (raw / "x.zip").read_bytes() == before


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_table_beside_a_damaged_member_stays(raw: Path, dry_run: bool) -> None:
    """The archive cannot be written anew without loss, so nobody says that the table is erased."""
    data = zipped(
        {"sources.toml": '[documents.a]\nurl = "https://x.example/a"\n', "photo.jpg": "No picture at all."}
    )
    at = data.index(b"photo.jpg") + len("photo.jpg")
    (raw / "x.zip").write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    before = (raw / "x.zip").read_bytes()
    report = purge(raw, "a", dry_run=dry_run)
    assert any(f"{raw / 'x.zip'}: " in left and "photo.jpg is damaged" in left for left in report.left)
    assert [item.place for item in report.erased] == [raw / "a.txt"]
    assert (raw / "x.zip").read_bytes() == before


def test_one_over_a_link_is_not_written_anew(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"2026/a.txt": TEXT}))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "by.zip").symlink_to(tmp_path / "x.zip")
    before = (tmp_path / "x.zip").read_bytes()
    (left,) = purge(tmp_path / "raw", "a").left
    assert "by.zip/2026/a.txt: " in left
    assert "a link" in left
    assert (tmp_path / "x.zip").read_bytes() == before


def test_what_is_learnt_in_an_archive_leads_to_copies_elsewhere(raw: Path) -> None:
    """The text is known from the archive alone; another file that has it goes, too."""
    (raw / "a.txt").unlink()
    (raw / "other.txt").write_text("A text that only the archive calls by its name.\n", "utf-8")
    (raw / "x.zip").write_bytes(zipped({"a.txt": "A text that only the archive calls by its name.\n"}))
    report = purge(raw, "a")
    assert {item.place for item in report.erased} == {raw / "other.txt", raw / "x.zip" / "a.txt", raw / "x.zip"}
    assert report.left == ()
    assert not (raw / "other.txt").exists()
    assert not (raw / "x.zip").exists()
