"""A source that changes or goes away while it is read: what was read has no hash, and that is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.readers.sources import ReadOptions, ReadReport, read_sources


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


@pytest.mark.parametrize("how", ["appended", "replaced"])
def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path, how: str) -> None:
    """Its hash would not be that of what was read; an untouched file beside it is as ever."""
    path = lines(tmp_path / "news.jsonl", *({"id": f"a{i}", "text": "The port reopened."} for i in range(3)))
    lines(tmp_path / "still.jsonl", {"id": "b", "text": "The quay stays shut."})
    report = ReadReport()
    documents = read_sources([tmp_path], ReadOptions(), report)
    next(documents)
    if how == "appended":
        with path.open("a") as stream:
            stream.write('{"id": "new", "text": "The ferry sank."}\n')
    else:
        lines(tmp_path / "other", {"id": "new", "text": "The ferry sank."}).replace(path)
    assert len(list(documents)) >= 3
    assert [(f.place.rpartition("/")[2], f.code) for f in report.findings] == [("news.jsonl", "changed-while-read")]
    assert [Path(item.path).name for item in report.inputs] == ["still.jsonl"]


@pytest.mark.parametrize(
    ("name", "data", "held"),
    [
        ("news.jsonl", b'{"id": "a", "text": "The port reopened."}\n{"id": "b", "text": "The quay."}\n', 2),
        ("news.csv", b"id,text\na,The port reopened.\nb,The quay.\n", 2),
        ("news.txt", b"The port reopened on Monday.\n", 1),
        ("news.html", b"<p>The port reopened on Monday.</p>", 1),
        ("news.json", b'{"uri": "urn:x:1", "type": "text", "body_text": "The port reopened on Monday."}', 1),
    ],
)
def test_a_file_that_goes_away_while_it_is_read_is_told(tmp_path: Path, name: str, data: bytes, held: int) -> None:
    """It is not among the inputs, for nobody knows its hash: that must not pass for a file that never was."""
    (tmp_path / name).write_bytes(data)
    lines(tmp_path / "still.jsonl", {"id": "c", "text": "The quay stays shut."})
    report = ReadReport()
    documents = read_sources([tmp_path], ReadOptions(), report)
    next(documents)
    (tmp_path / name).unlink()
    assert len(list(documents)) == held
    told = [(Path(f.place).name, f.code, str(f.severity)) for f in report.findings]
    assert told == [(name, "gone-while-read", "error")]
    assert [Path(item.path).name for item in report.inputs] == ["still.jsonl"]
