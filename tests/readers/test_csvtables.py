"""CSV and TSV: the header names the columns; a broken row costs that row and is named by its line."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_reading import places, read


def made(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_a_row_is_a_document_with_what_else_it_knows(tmp_path: Path) -> None:
    table = (
        "id,text,Headline,author,date,url,desk,empty\r\n"
        '7,"A report, with ""quotes"",\r\nand a second line.",A title,Ann Ash,2021-04-08,https://www.example.org/a,world,\r\n'
    )
    [document], report = read(made(tmp_path / "news.csv", table))
    assert report.findings == []
    assert (document.doc_id, document.text) == ("7", 'A report, with "quotes",\nand a second line.')
    assert {k.column: k.value for k in document.known} == {
        "title": "A title",
        "authors": ("Ann Ash",),
        "published": "2021-04-08",
        "url": "https://www.example.org/a",
        "site": "example.org",
    }
    assert document.extra == {"desk": "world"}
    assert [(i.path, i.role) for i in report.inputs] == [("news.csv", "source")]


@pytest.mark.parametrize(
    ("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.tsv", "\t")]
)
def test_the_separator_is_the_one_that_the_header_needs(tmp_path: Path, name: str, separator: str) -> None:
    rows = [["key", "body", "note"], ["a", "One, two; three | four.", "x"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    [document], report = read(made(tmp_path / name, out.getvalue()), text_field="body", id_field="key")
    assert (document.doc_id, document.text, report.findings) == ("a", "One, two; three | four.", [])


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "cp1252", "gzip"])
def test_tables_in_other_encodings_are_read(tmp_path: Path, codec: str) -> None:
    text = "id,text,desk\nä1,„Die Brücke über die Elbe wird für drei Jahre gesperrt“ – so heißt es.,Größe\n"
    name = "a.csv"
    if codec == "gzip":
        data, name = gzip.compress(text.encode()), "a.csv.gz"
    else:
        data = b"\xfe\xff" + text.encode("utf-16-be") if codec == "utf-16-be-bom" else text.encode(codec)
    [document], report = read(made(tmp_path / name, data))
    assert (document.doc_id, document.extra, report.findings) == ("ä1", {"desk": "Größe"}, [])
    assert document.text == "„Die Brücke über die Elbe wird für drei Jahre gesperrt“ – so heißt es."
    assert any(repair.kind == "charset" for repair in document.repairs) == (codec == "cp1252")


def test_every_broken_row_is_one_finding_with_its_line(tmp_path: Path) -> None:
    data = (
        b"\xef\xbb\xbfid,text\n"
        b"a,One.\n"
        b"\n"
        b"b\n"
        b"c,Three,too many\n"
        b'd,"Four"x\n'
        b'"two\nlines","Five,\nin two lines."\n'
        b"e,\n"
        b",No id.\n"
        b"f," + b"x" * 3000 + b"\n"
        b"g," + b"y" * 700 + b"\n"
        b"h,nul\0.\r"
        b"i,Last but one.\n"
        b'j,"never closed\n'
        b"k,Inside it.\n"
    )
    documents, report = read(made(tmp_path / "a.csv", data), max_record_bytes=2000, max_document_bytes=500)
    assert [(d.doc_id, d.text) for d in documents] == [
        ("a", "One."),
        ("h", "nul\ufffd."),
        ("i", "Last but one."),
    ]
    assert places(report) == [
        ("a.csv:4", "ragged-row"),
        ("a.csv:5", "ragged-row"),
        ("a.csv:6", "bad-row"),
        ("a.csv:7", "bad-id"),
        ("a.csv:10", "missing-text"),
        ("a.csv:11", "missing-id"),
        ("a.csv:12", "too-large"),
        ("a.csv:13", "too-large"),
        ("a.csv:16", "bad-row"),
    ]
    assert "goes on to line 17" in report.findings[-1].message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "empty-document"),
        ("\n\n", "empty-document"),
        ("id,text\n", "empty-document"),
        ("id,body\na,One.\n", "missing-text"),
        ('id,"text\na,One.\n', "missing-text"),
        ("id,text,text\na,One.,Two.\n", "bad-header"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not-csv"),
        (b"PK\x03\x04 a spreadsheet", "not-csv"),
        ("x" * 5000, "not-csv"),
    ],
)
def test_a_table_without_a_usable_header_is_one_finding(tmp_path: Path, data: bytes | str, code: str) -> None:
    documents, report = read(made(tmp_path / "a.csv", data), max_record_bytes=2000)
    assert (documents, [c for _, c in places(report)]) == ([], [code])


def test_very_many_columns_are_read_in_time_that_grows_with_them(tmp_path: Path) -> None:
    many = range(200_000)
    header, row = ",".join(f"c{n}" for n in many), ",".join("1" for _ in many)
    begin = time.process_time()
    _, report = read(made(tmp_path / "a.csv", f"id,text,{header},c7\na,Some text.,{row},1\n"))
    assert time.process_time() - begin < 10
    assert [(finding.code, "'c7' twice" in finding.message) for finding in report.findings] == [
        ("bad-header", True)
    ]


def test_ids_are_compared_with_those_of_other_files(tmp_path: Path) -> None:
    made(tmp_path / "a.csv", "id,text\nx,One.\ny,Two.\n")
    made(tmp_path / "b.tsv", "id\ttext\nx\tThree.\n")
    documents, report = read(tmp_path)
    assert [d.doc_id for d in documents] == ["y"]
    assert [f.code for f in report.findings] == ["duplicate-id"]
    assert "a.csv:2" in report.findings[0].message
    assert "b.tsv:2" in report.findings[0].message


def test_a_row_without_an_end_is_held_up_to_the_limit_only(tmp_path: Path) -> None:
    """20 MB behind a quote that is never closed: passed over in bounded memory and linear time."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,text\na,"' + b"x" * 20_000_000 + b"\n" + b"y\n" * 10_000 + b'"' + b"z\n" * 50_000)
    tracemalloc.start()
    begun = time.process_time()
    _, report = read(path, max_record_bytes=1_000_000, max_findings_per_file=3)
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()
    assert time.process_time() - begun < 120
    assert places(report)[0] == ("a.csv:2", "too-large")


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=30
).filter(str.strip)


@given(st.lists(st.tuples(st.integers(0, 10**6), CELLS), min_size=1, max_size=8, unique_by=lambda row: row[0]))
@settings(max_examples=30)
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[int, str]]) -> None:
    """Each text comes back as a JSON Lines file with the same text gives it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("id", "text"), *((str(n), f"Report {n}: {text}") for n, text in rows)])
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder, "a.csv"), out.getvalue())
        documents, report = read(path)
    from corpus.readers.encoding.decoding import repair_text

    assert report.findings == []
    assert [(d.doc_id, d.text) for d in documents] == [
        (str(n), repair_text(f"Report {n}: {text}").text) for n, text in rows
    ]


PIECES = [
    b'"',
    b'""',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"id,text\n",
    b"a,b\n",
    b"\0",
    b"\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=10), max_size=30).map(b"".join), st.booleans())
@settings(max_examples=150)
def test_any_bytes_give_documents_or_findings(data: bytes, headed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        documents, report = read(made(Path(folder, "a.csv"), b"id,text\n" + data if headed else data))
    assert documents or report.findings
    for document in documents:
        document.text.encode("utf-8")
