"""A purge does not look into archives and packed files, and says so of each: they may hold the text still."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from purging import purge

PACKED = ("pages.zip", "pages.tar.gz", "deep/feed.jsonl.zst", ".kept.7z", "old.zip.bak")
OTHER = ("photo.jpg", "font.bin.xz", "b.txt")


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_packed_is_named(tmp_path: Path, dry_run: bool) -> None:
    raw = tmp_path / "raw"
    (raw / "deep").mkdir(parents=True)
    for name in ("a.txt", *OTHER):
        (raw / name).write_text(f"The port of {name} reopened on Monday, they said.\n", "utf-8")
    for name in PACKED:
        with zipfile.ZipFile(raw / name, "w") as archive:
            archive.write(raw / "a.txt", "a.txt")
    report = purge(raw, "a", dry_run=dry_run)
    assert {left.partition(": ")[0] for left in report.left} == {str(raw / name) for name in PACKED}
    assert all("unpack it" in left for left in report.left)
    assert [item.place for item in report.erased] == [raw / "a.txt"]
    assert (raw / "a.txt").exists() == dry_run


def test_without_any_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for name in ("a.txt", *OTHER):
        (tmp_path / "raw" / name).write_text(f"The port of {name} reopened on Monday, they said.\n", "utf-8")
    assert purge(tmp_path / "raw", "a").left == ()
