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
    with tarfile.open(fileobj=held, mode=f"w:{how}") as archive:  # type: ignore[call-overload]
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


TABLE = '[documents.a]\nurl = { value = "x", known_from = "x" }'
HOLDING: dict[str, tuple[Callable[[], bytes], str]] = {
    "x.zip": (lambda: zipped({"2026/a.txt": TEXT}), "2026/a.txt"),
    "x.tar.gz": (lambda: tarred({"2026/a.txt": TEXT}), "2026/a.txt"),
    "deep/x.tar.bz2": (lambda: tarred({"2026/copy.txt": TEXT}, "bz2"), "2026/copy.txt"),
    "hidden.zip": (lambda: zipped({"2026/.a.txt.swp": "", "2026/.b.txt": TEXT}), "2026/.b.txt"),
    "copies.zip": (lambda: zipped({"2026/z.txt.bak": TEXT}), "2026/z.txt.bak"),
    "lines.zip": (lambda: zipped({"feed.jsonl": '{"id": "a", "text": "Another text of it."}\n'}), "feed.jsonl"),
    "old.zip.bak": (lambda: zipped({"a.txt": TEXT}), "a.txt"),
    ".hidden.zip": (lambda: zipped({"a.txt": TEXT}), "a.txt"),
    "table.zip": (
        lambda: zipped(
            {"c.txt": "Another.", "sources.toml": '[documents.a]\nurl = { value = "x", known_from = "x" }'}
        ),
        "sources.toml",
    ),
    "nested.zip": (lambda: zipped({"c.txt": "Another.", "in/ner.zip": zipped({"a.txt": TEXT})}), "in/ner.zip"),
    "packed.tar": (lambda: tarred({"feed.jsonl.zst": "x"}, ""), "feed.jsonl.zst"),
    "away.tgz": (lambda: tarred({"../a.txt": TEXT}), "../a.txt"),
    "twice.tgz": (lambda: tarred({"x/q.txt": TEXT, "x//q.txt": "Another text.\n"}), "x/q.txt"),
    "cut.tar": (lambda: tarred({"c.txt": "Another.", "a.txt": TEXT}, "")[:1560], "a.txt"),
    "cut.zip": (lambda: zipped({"a.txt": TEXT})[:-10], ""),
    "damaged.zip": (lambda: zipped({"a.txt": TEXT}).replace(b"\xcb", b"\xcc", 1)[:-10], ""),
}
"""Archives that hold the document, or may: what is named of each."""


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("name", HOLDING)
def test_what_holds_it_or_may_is_named(raw: Path, name: str, dry_run: bool) -> None:
    """By its place in the archive; the archive itself stays as it was, and nobody says that all is erased."""
    make, member = HOLDING[name]
    (raw / name).write_bytes(make())
    before = (raw / name).read_bytes()
    report = purge(raw, "a", dry_run=dry_run)
    places = {left.partition(": ")[0] for left in report.left}
    assert places == {f"{raw / name}/{member}".rstrip("/")}, report.left
    assert (raw / name).read_bytes() == before
    assert [item.place for item in report.erased] == [raw / "a.txt"]


def test_an_archive_alone_is_looked_into(tmp_path: Path) -> None:
    """Named itself, and over a link."""
    (tmp_path / "x.zip").write_bytes(zipped({"2026/a.txt": TEXT}))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "by.zip").symlink_to(tmp_path / "x.zip")
    for place in (tmp_path / "x.zip", tmp_path / "raw" / "by.zip", tmp_path / "raw"):
        (left,) = purge(place, "a").left
        assert "/2026/a.txt: " in left
        assert "archive" in left


def test_what_is_learnt_in_an_archive_leads_to_copies_elsewhere(raw: Path) -> None:
    """The text is known from the archive alone; another file that has it goes, too."""
    (raw / "a.txt").unlink()
    (raw / "other.txt").write_text("A text that only the archive calls by its name.\n", "utf-8")
    (raw / "x.zip").write_bytes(zipped({"a.txt": "A text that only the archive calls by its name.\n"}))
    report = purge(raw, "a")
    assert [item.place for item in report.erased] == [raw / "other.txt"]
    assert not (raw / "other.txt").exists()
    assert [left.partition(": ")[0] for left in report.left] == [str(raw / "x.zip" / "a.txt")]
