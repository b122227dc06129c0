"""Records may hold pages or Markdown: they are read as files of those kinds are."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.readers.shown import MediaType
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

PROSE = "The port of Ahlen reopened on Monday, its operator said, after six weeks of work on the eastern quay."
PAGE = f"<html lang=en><title>Port reopens</title><nav><a href=/>Home</a></nav><h1>Port reopens</h1><p>{PROSE}</p>"
MARKDOWN = f"---\nauthor: Jane Doe\n---\n[Home](/)\n\n# Port reopens\n\n**{PROSE}**\n"
TEXTS: dict[MediaType, str] = {"text/html": PAGE, "text/markdown": MARKDOWN}


def written(folder: Path, kind: str, text: str | bytes) -> Path:
    path = folder / f"records.{kind}"
    fields = {"id": "a", "url": "https://courier.example/port", "text": text, "desk": "harbour"}
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist([fields]), path)
    else:
        path.write_text(json.dumps(fields))
    return path


@pytest.mark.parametrize("text_type", sorted(TEXTS))
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_record_is_read_as_a_file_of_its_type(tmp_path: Path, kind: str, text_type: MediaType) -> None:
    report = ReadReport()
    path = written(tmp_path, kind, TEXTS[text_type])
    (raw,) = read_sources([path], ReadOptions(text_type=text_type), report)
    assert report.findings == []
    assert raw.media_type == text_type
    assert raw.text == f"Home\n\nPort reopens\n\n{PROSE}"
    assert raw.extra == {"desk": "harbour"}
    known = {value.column: value.value for value in raw.known}
    assert known["url"] == "https://courier.example/port"
    if text_type == "text/html":
        assert raw.markup is not None
        assert raw.head is not None
        assert (raw.head.title, raw.head.url) == ("Port reopens", "https://courier.example/port")
    else:
        assert known["authors"] == ("Jane Doe",)


def test_a_pages_bytes_in_a_record_are_read_by_the_charset_that_they_name(tmp_path: Path) -> None:
    page = f"<meta charset=windows-1252><p>Größe – {PROSE}</p>".encode("cp1252")
    (raw,) = read_sources([written(tmp_path, "parquet", page)], ReadOptions(text_type="text/html"), ReadReport())
    assert raw.text == f"Größe – {PROSE}"


def test_a_record_that_shows_nothing_is_a_finding(tmp_path: Path) -> None:
    report = ReadReport()
    path = written(tmp_path, "jsonl", "<script>1</script>")
    assert list(read_sources([path], ReadOptions(text_type="text/html"), report)) == []
    assert [finding.code for finding in report.findings] == ["empty-document"]


def test_a_build_of_records_with_pages_is_that_of_the_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "jsonl", PAGE)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text(PAGE)
    assert run(app, ["build", str(path), "--text-type", "text/html", "--out", str(tmp_path / "records")]) == 0
    assert run(app, ["build", str(tmp_path / "pages"), "--out", str(tmp_path / "files")]) == 0
    records, files = (
        pq.read_table(tmp_path / name / "documents" / "train-00000-of-00001.parquet").to_pylist()[0]
        for name in ("records", "files")
    )
    for column in ("title", "text", "raw_sha256", "anchor_sha256", "text_sha256"):
        assert records[column] == files[column]
    assert run(app, ["build", str(path), "--text-type", "text/word", "--out", str(tmp_path / "none")]) == 2
    assert "text/markdown" in capsys.readouterr().err
