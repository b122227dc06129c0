"""WARC: each page once, at its canonical address; what is damaged is named, the rest is read."""

from __future__ import annotations

import gzip
import tempfile
import time
import tracemalloc
import zlib
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_reading import read
from warc_files import WORDS, page, record, zipped

from corpus.export.store import BuiltDataset
from corpus.model.document import RawDocument
from corpus.model.finding import Severity
from corpus.pipeline.build import BuildOptions, build
from corpus.readers.sources import ReadReport

SITE = "http://www.example.org"


def made(tmp_path: Path, *records: bytes, name: str = "crawl.warc") -> Path:
    path = tmp_path / name
    path.write_bytes(zipped(records) if name.endswith(".gz") else b"".join(records))
    return path


def ids(documents: list[RawDocument]) -> list[str]:
    return [document.doc_id.removeprefix(SITE) for document in documents]


def codes(report: ReadReport) -> list[str]:
    return [finding.code for finding in report.findings]


BOTH = pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])


@BOTH
def test_each_page_is_a_document_with_its_address_and_date(tmp_path: Path, name: str) -> None:
    path = made(
        tmp_path,
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n",
        record(f"{SITE}/1", b"", kind="request"),
        record(f"{SITE}/1?b=1#part", page(1)),
        record(f"<{SITE}/2>", page(2), "content-type: Application/XHTML+xml"),
        record(f"{SITE}/missing", page(3), status="404 Not Found"),
        record(f"{SITE}/photo.jpg", b"\xff\xd8\xff", "Content-Type: image/jpeg"),
        record("dns:www.example.org", b"1.2.3.4"),
        record(f"{SITE}/4", page(4), "Server: says nothing"),
        name=name,
    )
    documents, report = read(path)
    assert ids(documents) == ["/1?b=1", "/2", "/4"]
    assert report.findings == []
    first = documents[0]
    assert first.text.splitlines()[0] == "Report 1"
    assert WORDS in first.text
    assert (first.media_type, first.source_file) == ("text/html", name)
    assert first.head is not None
    assert first.head.url == f"{SITE}/1?b=1"
    assert {k.column: k.value for k in first.known} == {
        "url": f"{SITE}/1?b=1",
        "site": "example.org",
        "retrieved_at": "2021-04-08T10:00:00Z",
    }
    assert [i.path for i in report.inputs] == [name]


CODINGS = {
    "gzip": (gzip.compress, "Content-Encoding: gzip"),
    "deflate": (zlib.compress, "Content-Encoding: deflate"),
    "raw deflate": (lambda data: zlib.compress(data, wbits=-15), "Content-Encoding: deflate"),
    "brotli": (brotli.compress, "Content-Encoding: br"),
    "chunked": (
        lambda data: b"%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n" % (10, data[:10], len(data) - 10, data[10:]),
        "Transfer-Encoding: chunked",
    ),
    "gzip twice": (lambda data: gzip.compress(gzip.compress(data)), "Content-Encoding: gzip, gzip"),
    "gzip, undone": (lambda data: data, "Content-Encoding: gzip"),
    "deflate, undone": (lambda data: data, "Content-Encoding: deflate"),
    "brotli, undone": (lambda data: data, "Content-Encoding: br"),
    "zstd, undone": (lambda data: data, "Content-Encoding: zstd"),
    "chunks, joined": (lambda data: data, "Transfer-Encoding: chunked"),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_what_http_did_to_a_page_is_undone_once(tmp_path: Path, coding: str) -> None:
    """Also where the crawler undid it already and left the header there."""
    sent, header = CODINGS[coding]
    [document], report = read(made(tmp_path, record(f"{SITE}/1", sent(page(1)), "Content-Type: text/html", header)))
    assert report.findings == []
    assert document.text.splitlines()[0] == "Report 1"
    assert WORDS in document.text


def test_pages_that_break_off_are_read_as_far_as_they_go_and_named(tmp_path: Path) -> None:
    long = page("long") + b"<p>And so on.</p>" * 2000
    documents, report = read(
        made(
            tmp_path,
            record(f"{SITE}/1", gzip.compress(long)[:-30], "Content-Type: text/html", "Content-Encoding: gzip"),
            record(
                f"{SITE}/2",
                b"%x\r\n%s" % (len(long), long),
                "Content-Type: text/html",
                "Transfer-Encoding: chunked",
            ),
            record(f"{SITE}/3", page(3), "Content-Type: text/html", "Content-Length: 100000"),
            record(f"{SITE}/4", page(4), extra="WARC-Truncated: length\r\n"),
            record(f"{SITE}/5", b"\x28\xb5\x2f\xfd1234", "Content-Type: text/html", "Content-Encoding: zstd"),
        )
    )
    assert ids(documents) == ["/1", "/2", "/3", "/4"]
    assert codes(report) == ["incomplete-page"] * 4 + ["unreadable"]
    assert [f.severity for f in report.findings[:4]] == [Severity.WARNING] * 4


def test_charset_labels_are_believed_where_the_bytes_bear_them_out(tmp_path: Path) -> None:
    text = "Die Brücke über die Elbe wird für Fußgänger geöffnet, heißt es – für drei Jahre."
    html = f"<html><body><p>{text}</p>"
    labelled = "Content-Type: text/html; charset="
    documents, report = read(
        made(
            tmp_path,
            record(f"{SITE}/right", html.encode("cp1252"), f"{labelled}windows-1252"),
            record(f"{SITE}/wrong", html.encode("utf-8"), f"{labelled}iso-8859-1"),
            record(f"{SITE}/wrong2", html.encode("cp1252"), f"{labelled}utf-8"),
            record(f"{SITE}/unknown", html.encode("utf-8"), f"{labelled}x-nobody"),
        )
    )
    assert report.findings == []
    assert [document.text for document in documents] == [text] * 4
    assert [any(r.kind == "charset" for r in d.repairs) for d in documents] == [False, True, True, False]


def test_the_id_is_the_pages_own_address_where_that_is_of_the_site(tmp_path: Path) -> None:
    def linked(href: str) -> bytes:
        return page(1, f'<meta name=x><!-- <link rel="canonical" href="/no"> --><link href="{href}" rel=canonical>')

    documents, report = read(
        made(
            tmp_path,
            record(f"{SITE}/1?utm_source=x", linked("/one&amp;only")),
            record(f"{SITE}/2", linked("https://example.org/two#x")),
            record(f"{SITE}/3", linked("https://elsewhere.org/three")),
            record(f"{SITE}/4", linked("/")),
            record(f"{SITE}/5", linked("javascript:alert(1)")),
            record("http://user:word@www.example.org/6", page(6)),
        )
    )
    assert [d.doc_id for d in documents] == [
        f"{SITE}/one&only",
        "https://example.org/two",
        *(f"{SITE}/{n}" for n in (3, 4, 5, 6)),
    ]
    assert report.findings == []
    assert documents[0].known_value("url").value == f"{SITE}/1?utm_source=x"  # type: ignore[union-attr]


@BOTH
def test_of_several_captures_the_newest_is_the_document(tmp_path: Path, name: str) -> None:
    path = made(
        tmp_path,
        record(f"{SITE}/1", page("new"), date="2021-04-10T00:00:00Z"),
        record(f"{SITE}/2", page("other")),
        record(f"{SITE}/1", page("old"), date="2021-04-08T00:00:00Z"),
        record(f"{SITE}/1", page("old"), date="2021-04-09T00:00:00.123Z"),
        name=name,
    )
    documents, report = read(path)
    assert ids(documents) == ["/1", "/2"]
    assert documents[0].text.startswith("Report new")
    assert [d.revision for d in documents] == [2, 1]
    assert [(f.code, f.severity) for f in report.findings] == [("older-revision", Severity.NOTE)] * 2
    assert all(f"{name} byte 0" in f.message for f in report.findings)


@BOTH
@pytest.mark.parametrize("lie", [-40, -3, 3, 40, 700, 10**7, 10**12])
def test_a_record_that_lies_about_its_length_costs_itself_at_most(tmp_path: Path, name: str, lie: int) -> None:
    records = [record(f"{SITE}/{n}", page(n)) for n in range(6)]
    records[2] = record(f"{SITE}/2", page(2), lie=lie)
    documents, report = read(made(tmp_path, *records, name=name))
    assert set(ids(documents)) >= {"/0", "/1", "/3", "/4", "/5"}
    assert report.findings or lie == 3  # three of the four bytes after a record, which are nobody's
    assert set(codes(report)) <= {"lying-length", "damaged-record", "incomplete-page"}
    for document in documents:
        assert document.doc_id.endswith("/2") or WORDS in document.text
        assert "WARC" not in document.text


@BOTH
def test_damage_costs_the_record_it_lies_in(tmp_path: Path, name: str) -> None:
    records = [record(f"{SITE}/{n}", page(n) + bytes(range(32, 127)) * 30) for n in range(6)]
    path = made(tmp_path, *records, name=name)
    data = bytearray(path.read_bytes())
    if name.endswith(".gz"):
        at = sum(len(gzip.compress(one, mtime=0)) for one in records[:3]) + 200
        data[at : at + 8] = bytes(8)
    else:
        at = sum(map(len, records[:3]))
        data[at : at + 40] = b"x" * 40
    path.write_bytes(data)
    documents, report = read(path)
    assert ids(documents) == ["/0", "/1", "/2", "/4", "/5"]
    assert codes(report) == ["damaged-record"]


@BOTH
@pytest.mark.parametrize("part", [0.11, 0.53, 0.95, 0.999])
def test_a_file_that_breaks_off_is_read_up_to_there(tmp_path: Path, name: str, part: float) -> None:
    path = made(tmp_path, *(record(f"{SITE}/{n}", page(n)) for n in range(40)), name=name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    documents, report = read(path)
    assert len(documents) == int(40 * part)
    assert codes(report) == ["damaged-record"]


@BOTH
def test_a_file_without_its_beginning_is_read_from_the_next_record(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, *(record(f"{SITE}/{n}", page(n)) for n in range(5)), name=name)
    path.write_bytes(path.read_bytes()[50:])
    documents, report = read(path)
    assert ids(documents) == ["/1", "/2", "/3", "/4"]
    assert codes(report) == ["damaged-record"]


@pytest.mark.parametrize("data", [b"", b"no WARC at all\n" * 100, b"\x1f\x8b\x08" * 3000, b"WARC/1.0\r\n" * 3000])
def test_what_is_no_warc_is_a_finding(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(data)
    documents, report = read(path)
    assert documents == []
    assert report.findings


def test_a_warc_without_a_page_is_a_finding(tmp_path: Path) -> None:
    _, report = read(made(tmp_path, record(f"{SITE}/a.jpg", b"x", "Content-Type: image/jpeg")))
    assert codes(report) == ["empty-document"]


def test_pages_beyond_a_limit_are_named_and_never_held(tmp_path: Path) -> None:
    """A page of a gigabyte in two megabytes of gzip, a huge record, and a page after them."""
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(2**20)) for _ in range(300)) + bomb.flush()
    path = made(
        tmp_path,
        record(f"{SITE}/bomb", packed, "Content-Type: text/html", "Content-Encoding: gzip"),
        record(f"{SITE}/huge", b"<p>" + b"x" * 30_000_000),
        record(f"{SITE}/1", page(1)),
        name="crawl.warc.gz",
    )
    tracemalloc.start()
    documents, report = read(path, max_document_bytes=1_000_000, max_record_bytes=4_000_000)
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()
    assert ids(documents) == ["/1"]
    assert codes(report) == ["too-large", "too-large"]


def test_long_addresses_and_blank_pages_are_findings(tmp_path: Path) -> None:
    documents, report = read(
        made(
            tmp_path,
            record(f"{SITE}/{'x' * 600}", page(1)),
            record(f"{SITE}/blank", b"<html><body><script>x()</script></body></html>"),
            record(f"{SITE}/binary", b"\x89PNG\r\n\x1a\n" + bytes(100)),
            record(f"{SITE}/1", page(1)),
        )
    )
    assert ids(documents) == ["/1"]
    assert codes(report) == ["bad-id", "empty-document", "not-text"]


def test_a_warc_becomes_a_dataset(tmp_path: Path) -> None:
    where = made(tmp_path, *(record(f"{SITE}/{n}", page(n)) for n in range(3)), name="crawl.warc.gz")
    report = build([where], tmp_path / "out", BuildOptions())
    assert not report.failed, report.findings
    rows = list(BuiltDataset.open(tmp_path / "out").rows("documents"))
    assert [row["url"] for row in rows] == [f"{SITE}/{n}" for n in range(3)]
    assert {row["retrieved_at"] for row in rows} == {"2021-04-08T10:00:00Z"}
    assert rows[0]["title"] == "Report 0"


def test_false_beginnings_do_not_cost_more_than_they_are_long(tmp_path: Path) -> None:
    """A megabyte of beginnings of records that are none ends in seconds."""
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(zipped([record(f"{SITE}/1", page(1))]) + b"\x1f\x8b\x08\x00" * 250_000)
    begun = time.process_time()
    documents, report = read(path)
    assert time.process_time() - begun < 60
    assert ids(documents) == ["/1"]
    assert "damaged-record" in codes(report)


def test_comments_without_an_end_cost_no_more_than_one(tmp_path: Path) -> None:
    begun = time.process_time()
    documents, _ = read(made(tmp_path, record(f"{SITE}/1", page(1, "<!--" * 32_000)), record(f"{SITE}/2", page(2))))
    assert time.process_time() - begun < 5
    assert ids(documents) == ["/2"]


SOUND = [record(f"{SITE}/{n}", page(n)) for n in range(4)]


@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6) | st.just(b"\r\n\r\nWARC/1.0\r\n")), max_size=5),
    st.integers(0, 3000),
)
@settings(max_examples=150)
def test_any_damage_gives_pages_and_says_what_is_wrong(
    gz: bool, changes: list[tuple[int, bytes]], cut: int
) -> None:
    """Bytes put anywhere and the end cut off: no crash, no hang, and no page lost without a word."""
    data = zipped(SOUND) if gz else b"".join(SOUND)
    for place, new in changes:
        data = data[:place] + new + data[place:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "crawl.warc.gz" if gz else "crawl.warc")
        path.write_bytes(data[: len(data) - cut] if cut < len(data) else data)
        documents, report = read(path)
    assert len(documents) + len(report.findings) >= 1
    for document in documents:
        document.text.encode("utf-8")
