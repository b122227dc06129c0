"""JSON Lines and Parquet: a record's text, id and other columns; a broken record costs that record."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from source_reading import places, read

from corpus.model.finding import Severity


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_a_line_is_a_document_with_what_else_it_knows(tmp_path: Path) -> None:
    record = {
        "id": 17,
        "text": "A report.\r\n",
        "Headline": " A title ",
        "author": ["Ann Ash", {"name": "Bo Birch"}],
        "date": "2021-04-08T10:30:00+05:00",
        "url": "https://www.example.org/a?b=1",
        "lang": "en-GB",
        "crawled_at": "last week",
        "score": float("nan"),
        "tags": ["a", {"deep": [1, 2.5, None, True]}],
        "nothing": None,
    }
    [document], report = read(lines(tmp_path / "news.jsonl", record))
    assert report.findings == []
    assert (document.doc_id, document.text, document.decoder) == ("17", "A report.\n", "utf-8")
    assert [repair.kind for repair in document.repairs] == ["crlf"]
    assert {known.column: known.value for known in document.known} == {
        "title": "A title",
        "authors": ("Ann Ash", "Bo Birch"),
        "published": "2021-04-08T05:30:00Z",
        "url": "https://www.example.org/a?b=1",
        "site": "example.org",
        "language": "en",
    }
    title = document.known_value("title")
    assert title is not None
    assert (title.kind, title.known_from) == ("input record", "news.jsonl:field Headline")
    assert document.extra == {"crawled_at": "last week", "tags": ["a", {"deep": [1, 2.5, None, True]}]}


def test_values_without_the_form_of_their_column_are_carried_instead(tmp_path: Path) -> None:
    """Nothing is guessed and nothing is lost; a second name may have the better value."""
    record = {
        "id": "a",
        "text": "A report.",
        "date": "yesterday",
        "pub_date": "2021-04",
        "url": "javascript:alert(1)",
    }
    record |= {"language": "English", "site": "not a host", "author": [1, 2], "title": 5}
    [document], _ = read(lines(tmp_path / "a.jsonl", record))
    assert {known.column: known.value for known in document.known} == {"published": "2021-04"}
    assert document.extra == {k: v for k, v in record.items() if k not in ("id", "text", "pub_date")}


def test_every_broken_line_is_one_finding_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"id": "a", "text": "One."}\n'
        b"\n"
        b'{"id": "b", "text": \n'
        b'{"id": "c", "text": 5}\n'
        b'{"id": "d"}\n'
        b'{"id": "e", "text": null}\n'
        b'{"text": "No id."}\n'
        b'{"id": "f", "text": " \\n "}\n'
        b'["g", "text"]\n'
        b'{"id": "h", "text": "caf\xe9"}\n'
        b'{"id": "", "text": "x"}\n'
        b'{"id": "i\\u0000", "text": "x"}\n'
        b'{"id": "\\ud800", "text": "x"}\n'
        b'{"id": true, "text": "x"}\n'
        b'{"id": ' + b"9" * 5000 + b', "text": "x"}\n' + b"[" * 100_000 + b"\n"
        b'{"id": "j", "text": "' + b"x" * 300_000 + b'"}\n'
        b'{"id": "k", "text": "' + b"x" * 600_000 + b'"}\r\n'
        b'   \r\n{"id": "l", "text": "a\\ud800b\\u0000c\xe2\x80\xa8d"}'
    )
    documents, report = read(path, max_document_bytes=200_000, max_record_bytes=500_000)
    assert [(document.doc_id, document.text) for document in documents] == [
        ("a", "One."),
        ("l", "a\ufffdb\ufffdc\u2028d"),
    ]
    assert places(report) == [
        ("news.jsonl:3", "invalid-json"),
        ("news.jsonl:4", "bad-text"),
        ("news.jsonl:5", "missing-text"),
        ("news.jsonl:6", "missing-text"),
        ("news.jsonl:7", "missing-id"),
        ("news.jsonl:8", "empty-document"),
        ("news.jsonl:9", "invalid-json"),
        ("news.jsonl:10", "not-utf8"),
        ("news.jsonl:11", "bad-id"),
        ("news.jsonl:12", "bad-id"),
        ("news.jsonl:13", "bad-id"),
        ("news.jsonl:14", "bad-id"),
        ("news.jsonl:15", "invalid-json"),
        ("news.jsonl:16", "invalid-json"),
        ("news.jsonl:17", "too-large"),
        ("news.jsonl:18", "too-large"),
    ]
    assert all(finding.message.endswith(".") and "\n" not in finding.message for finding in report.findings)


def test_the_address_is_the_id_where_there_is_none_and_never_the_row(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "a.ndjson",
        {"text": "One.", "url": "https://example.org/1"},
        {"id": None, "doc_id": "two", "text": "Two."},
        {"text": "Three.", "url": "example.org/3"},
    )
    documents, report = read(path)
    assert [document.doc_id for document in documents] == ["https://example.org/1", "two"]
    assert documents[0].known_value("url") is not None
    assert places(report) == [("a.ndjson:3", "missing-id")]


def test_named_fields_are_used_and_not_replaced_by_others(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "a.jsonl",
        {"key": "k1", "body": "One.", "id": "x", "text": "Not this."},
        {"id": "y", "body": "Two."},
    )
    [document], report = read(path, text_field="body", id_field="key")
    assert (document.doc_id, document.text) == ("k1", "One.")
    assert document.extra == {"id": "x", "text": "Not this."}
    assert places(report) == [("a.jsonl:2", "missing-id")]


def test_one_id_in_two_records_refuses_both_across_files_and_kinds(tmp_path: Path) -> None:
    lines(tmp_path / "a.jsonl", {"id": "x", "text": "One."}, {"id": "y", "text": "Two."}, {"id": "x", "text": "3"})
    pq.write_table(pa.table({"doc_id": ["y", "z"], "text": ["Four.", "Five."]}), tmp_path / "b.parquet")
    (tmp_path / "w.txt").write_text("Six.")
    documents, report = read(tmp_path)
    assert [document.doc_id for document in documents] == ["z", "w"]
    name = tmp_path.name
    found = {finding.place: finding.message for finding in report.findings}
    assert set(found) == {f"{name}/a.jsonl:1", f"{name}/a.jsonl:2"}
    assert f"{name}/a.jsonl:3" in found[f"{name}/a.jsonl:1"]
    assert f"{name}/b.parquet row 1" in found[f"{name}/a.jsonl:2"]


def test_many_findings_of_one_file_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("nonsense\n" * 1000 + '{"id": "a", "text": "One."}\n')
    documents, report = read(path, max_findings_per_file=10)
    assert len(documents) == 1
    assert len(report.findings) == 11
    assert "990 further" in report.findings[-1].message


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'[{"id": "a", "text": "x"},\n{"id": "b", "text": "y"}]', "JSON array"),
        (b"\xff\xfe" + bytes(range(256)) * 9, "not utf-16-le"),
        (gzip.compress(b'{"id": "a", "text": "x"}\n', mtime=0), "gzip"),
        (bytes(5000), "binary"),
    ],
)
def test_a_file_that_is_no_json_lines_is_one_finding(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    documents, report = read(path)
    assert documents == []
    assert len(report.findings) == 1
    assert what in report.findings[0].message


def test_gzipped_lines_are_read_up_to_where_they_break(tmp_path: Path) -> None:
    data = gzip.compress(b'{"id": "a", "text": "One."}\n', mtime=0)
    (tmp_path / "a.jsonl.gz").write_bytes(data)
    assert [d.doc_id for d in read(tmp_path)[0]] == ["a"]
    records = "".join(
        json.dumps({"id": f"r{n}", "text": f"Report {n * 7919} of the day."}) + "\n" for n in range(5000)
    )
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(records.encode())[:-2000])
    documents, report = read(tmp_path)
    assert 100 < len(documents) < 5000
    assert [finding.code for finding in report.findings] == ["unreadable"]


def test_files_without_a_record_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n")
    (tmp_path / "b.jsonl").touch()
    pq.write_table(
        pa.table({"id": pa.array([], pa.string()), "text": pa.array([], pa.string())}), tmp_path / "c.parquet"
    )
    _, report = read(tmp_path)
    assert [finding.code for finding in report.findings] == ["empty-document"] * 3


def test_parquet_columns_of_every_type_are_carried_in_json_ready_form(tmp_path: Path) -> None:
    moment = dt.datetime(2021, 4, 8, 10, 30, tzinfo=dt.UTC)
    table = pa.table(
        {
            "id": pa.array(["a"]).dictionary_encode(),
            "text": pa.array(["A report."], pa.large_string()),
            "published_at": pa.array([moment], pa.timestamp("ns", "Europe/Rome")),
            "fetched_at": pa.array([dt.datetime(2021, 4, 9, 1, 2, 3)], pa.timestamp("us")),
            "day": pa.array([dt.date(2021, 4, 8)]),
            "price": pa.array([Decimal("1.50")]),
            "ratio": pa.array([float("inf")]),
            "big": pa.array([2**63 + 5], pa.uint64()),
            "image": pa.array([b"\x89PNG"]),
            "nested": pa.array([{"a": [1, None], "b": {"c": moment}}]),
            "pairs": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
            "length": pa.array([dt.timedelta(seconds=90)]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    [document], report = read(tmp_path / "a.parquet")
    assert {known.column: known.value for known in document.known} == {
        "published": "2021-04-08T10:30:00Z",
        "retrieved_at": "2021-04-09",
    }
    assert document.extra == {
        "day": "2021-04-08",
        "price": "1.50",
        "ratio": None,
        "big": str(2**63 + 5),
        "nested": {"a": [1, None], "b": {"c": "2021-04-08T10:30:00Z"}},
        "pairs": [["k", 1]],
        "length": "0:01:30",
    }
    json.dumps(document.extra, allow_nan=False)
    [note] = report.findings
    assert (note.code, note.severity, note.place) == ("omitted-column", Severity.NOTE, "a.parquet row 1")
    assert "'image'" in note.message


def test_a_binary_text_column_is_decoded_like_a_file(tmp_path: Path) -> None:
    table = pa.table({"id": ["a", "b"], "text": pa.array(["Il a été élu à Sète.".encode("cp1252"), bytes(50)])})
    pq.write_table(table, tmp_path / "a.parquet")
    [document], report = read(tmp_path / "a.parquet")
    assert document.text == "Il a été élu à Sète."
    assert document.decoder.endswith("cp1252")
    assert places(report) == [("a.parquet row 2", "not-text")]


def test_a_row_that_cannot_be_read_costs_that_row(tmp_path: Path) -> None:
    """Parquet promises UTF-8 and does not keep it."""
    texts = pa.StringArray.from_buffers(
        3, pa.py_buffer(b"\0\0\0\0\4\0\0\0\6\0\0\0\x0a\0\0\0"), pa.py_buffer(b"One.\xff\xfeTwo.")
    )
    pq.write_table(pa.table({"id": ["a", "b", "c"], "text": texts}), tmp_path / "a.parquet")
    documents, report = read(tmp_path / "a.parquet")
    assert [document.text for document in documents] == ["One.", "Two."]
    assert places(report) == [("a.parquet row 2", "bad-row")]


@pytest.mark.parametrize("kind", ["cut", "noise", "text", "empty", "footer"])
def test_broken_parquet_is_one_finding(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": [str(n) for n in range(99)], "text": ["A report."] * 99}), path)
    data = path.read_bytes()
    path.write_bytes(
        {
            "cut": data[: len(data) // 2],
            "noise": bytes(range(256)) * 20,
            "text": b"This is a text.",
            "empty": b"",
            "footer": data[:-8] + b"\xff\xff\xff\x7fPAR1",
        }[kind]
    )
    (tmp_path / "b.txt").write_text("A report.")
    documents, report = read(tmp_path)
    assert [document.doc_id for document in documents] == ["b"]
    assert [finding.code for finding in report.findings] == ["unreadable"]
    assert "\n" not in report.findings[0].message


def test_damaged_parquet_pages_never_raise(tmp_path: Path) -> None:
    """Bytes flipped anywhere: documents or findings come, never another exception."""
    path = tmp_path / "a.parquet"
    table = pa.table({"id": [f"n{n}" for n in range(300)], "text": [f"Report {n} of the day." for n in range(300)]})
    pq.write_table(table, path, compression="zstd", write_page_checksum=True, row_group_size=100)
    data = path.read_bytes()
    for position in range(4, len(data), max(1, len(data) // 60)):
        path.write_bytes(data[:position] + bytes([data[position] ^ 0x5A]) + data[position + 1 :])
        documents, report = read(path)
        assert len(documents) == 300 or report.findings


def test_surrogates_in_carried_fields_are_replaced_and_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "text": "One.", "note": ["x\\ud800"], "k\\ud800": 1, "title": "T\\ud800"}\n')
    [document], report = read(path)
    assert document.extra == {"note": ["x\ufffd"]}
    assert [(repair.kind, repair.count) for repair in document.repairs] == [("carried", 1)]
    title = document.known_value("title")
    assert title is not None
    assert title.value == "T\ufffd"
    assert [finding.code for finding in report.findings] == ["omitted-column"]
    report.findings[0].message.encode("utf-8")
