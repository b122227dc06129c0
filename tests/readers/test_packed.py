"""Archives and packed files below a source are told of: they may be full of documents that nobody misses."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model.finding import Severity
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

PACKED = (
    "a.7z",
    "b.tar.zst",
    "c.TZST",
    "d.rar",
    "crawl.wacz",
    "feed.jsonl.zst",
    "x.parquet.gz",
    "page.html.bz2",
)
OTHER = ("font.bin.gz", "photo.jpg", "zip", "notes.rtf", "list.zip.sha256")


def read(folder: Path, ids: str | None = None) -> ReadReport:
    report = ReadReport()
    assert [raw.doc_id for raw in read_sources([folder], ReadOptions(ids=ids), report)] == ["port"]
    return report


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "port.txt").write_text("The port reopened on Monday, its operator said.", "utf-8")
    for name in (*PACKED, *OTHER):
        (tmp_path / "in" / name).write_bytes(b"PK\x03\x04")
    return tmp_path / "in"


def test_what_is_packed_is_a_warning(folder: Path) -> None:
    report = read(folder)
    assert {f.place: (f.code, f.severity) for f in report.findings} == dict.fromkeys(
        (f"in/{name}" for name in PACKED), ("packed", Severity.WARNING)
    )
    assert sorted(report.skipped) == sorted(f"in/{name}" for name in OTHER)


def test_a_mirrored_sites_downloads_are_no_warnings(folder: Path) -> None:
    report = read(folder, "path")
    assert report.findings == []
    assert {f"in/{name}" for name in PACKED} <= set(report.skipped)


@pytest.mark.parametrize("name", PACKED)
def test_one_that_is_named_says_the_way_out(folder: Path, name: str) -> None:
    report = ReadReport()
    assert list(read_sources([folder / name], ReadOptions(), report)) == []
    ((code, message),) = {(finding.code, finding.message) for finding in report.findings}
    assert code == "unknown-kind"
    assert message.endswith("unpack it.")
