"""Files and directories: each document once, in order; what cannot be read is reported, the rest goes on."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_reading import ids, read

from corpus.model.document import RawDocument
from corpus.model.finding import Severity
from corpus.readers.sources import ReadOptions, ReadReport, read_sources


def codes(report: ReadReport) -> dict[str, str]:
    """The findings' codes by their places."""
    return {finding.place: finding.code for finding in report.findings}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "two.txt").write_text("The second report.\n")
    (folder / "c.TXT").write_text("The third report.\n")
    (folder / "a.one.txt").write_text("The first report.\n")
    return folder


def test_a_directory_is_read_in_the_order_of_its_names(news: Path) -> None:
    documents, report = read(news)
    assert ids(documents) == ["a.one", "two", "c"]
    assert [d.source_file for d in documents] == ["news/a.one.txt", "news/b/two.txt", "news/c.TXT"]
    assert report.findings == []
    first = documents[0]
    digest = hashlib.sha256(b"The first report.\n").hexdigest()
    assert (first.raw_sha256, first.anchor_sha256, first.decoder) == (digest, digest, "utf-8")
    file = report.inputs[0]
    assert (file.path, file.sha256, file.bytes, file.role) == ("news/a.one.txt", digest, 18, "source")


def test_a_file_is_named_by_its_name_alone_and_nothing_is_absolute(news: Path) -> None:
    documents, report = read(news / "b" / "two.txt")
    assert [d.source_file for d in documents] == ["two.txt"]
    assert not any(f.path.startswith("/") for f in report.inputs)


def test_the_current_directory_has_its_name(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(news)
    assert read(".")[0][0].source_file == "news/a.one.txt"


def test_sources_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for paper in ("times", "post"):
        (tmp_path / paper / "2021").mkdir(parents=True)
        (tmp_path / paper / "2021" / f"{paper}.txt").write_text("A report.")
    documents, _ = read(tmp_path / "times" / "2021", tmp_path / "post" / "2021")
    assert [d.source_file for d in documents] == ["times/2021/times.txt", "post/2021/post.txt"]


def test_what_is_reached_twice_is_one_input(news: Path) -> None:
    (news / "alias.txt").symlink_to(news / "c.TXT")
    (news / "again").symlink_to(news / "b", target_is_directory=True)
    documents, report = read(news, news / "b", news / "b" / ".." / "c.TXT", news)
    assert sorted(ids(documents)) == ["a.one", "c", "two"]
    assert report.findings == []


def test_unknown_kinds_are_skipped_and_listed_and_hidden_ones_passed_over(news: Path) -> None:
    for name in ("README", "page.php", "photo.jpg", "meta.json", ".hidden.txt", "notes.rtf"):
        (news / name).write_bytes(b"\xff\xd8\xff")
    (news / ".git").mkdir()
    (news / ".git" / "x.txt").write_text("no")
    (news / "annotations").mkdir()
    (news / "annotations" / "anna.jsonl").write_text("{}\n")
    documents, report = read(news)
    assert len(documents) == 3
    assert report.findings == []
    assert report.skipped == [
        f"news/{name}" for name in ("README", "annotations/", "notes.rtf", "page.php", "photo.jpg", "meta.json")
    ]


def test_a_dataset_below_a_source_is_not_read_again(news: Path) -> None:
    for place in (news / "built", news / "b" / "releases" / "news-0.1.0"):
        (place / "documents").mkdir(parents=True)
        (place / "manifest.json").write_text("{}")
        (place / "scheme.toml").write_text("")
        (place / "documents" / "c.txt").write_text("The port of Genoa reopened on Monday.")
    documents, report = read(news)
    assert (len(documents), report.findings) == (3, [])
    assert sorted(report.skipped) == ["news/b/releases/news-0.1.0/", "news/built/"]


def test_a_file_of_unknown_kind_that_is_named_is_an_error(news: Path) -> None:
    (news / "page.php").write_text("<p>")
    documents, report = read(news / "page.php", news / "c.TXT")
    assert ids(documents) == ["c"]
    assert codes(report) == {"page.php": "unknown-kind"}


def test_sources_that_are_not_there_are_reported(news: Path) -> None:
    documents, report = read(news / "nowhere", "bad\0name", news / "c.TXT")
    assert ids(documents) == ["c"]
    assert [finding.code for finding in report.findings] == ["no-such-source"] * 2
    assert "no such file" in report.findings[0].message


def test_a_directory_without_anything_to_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    _, report = read(tmp_path / "empty")
    assert codes(report) == {"empty": "nothing-to-read"}


def test_every_unreadable_file_is_one_finding_and_the_rest_is_read(news: Path) -> None:
    (news / "zero.txt").touch()
    (news / "blank.txt").write_text(" \n\t\n")
    (news / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (news / "long.txt").write_text("x" * 2001)
    (news / "dangling.txt").symlink_to(news / "nowhere")
    (news / "circle.txt").symlink_to(news / "circle.txt")
    (news / "up").symlink_to(news, target_is_directory=True)
    (news / "b" / "over").symlink_to(news, target_is_directory=True)
    os.mkfifo(news / "pipe.txt")
    (news / "device.txt").symlink_to("/dev/zero")
    (news / "bad.txt.gz").write_bytes(b"not gzip at all")
    (news / "cut.txt.gz").write_bytes(gzip.compress(b"A report. " * 50)[:-12])
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(news / "s.txt"))
        documents, report = read(news, max_document_bytes=2000)
    assert ids(documents) == ["a.one", "two", "c"]
    assert codes(report) == {
        "news/zero.txt": "empty-document",
        "news/blank.txt": "empty-document",
        "news/image.txt": "not-text",
        "news/long.txt": "too-large",
        "news/dangling.txt": "unreadable",
        "news/circle.txt": "unreadable",
        "news/up": "link-loop",
        "news/b/over": "link-loop",
        "news/pipe.txt": "unreadable",
        "news/device.txt": "unreadable",
        "news/bad.txt.gz": "unreadable",
        "news/cut.txt.gz": "unreadable",
        "news/s.txt": "unreadable",
    }
    assert len(report.findings) == 13
    assert {f.path for f in report.inputs} == {"news/a.one.txt", "news/b/two.txt", "news/c.TXT"}
    for finding in report.findings:
        assert finding.severity is Severity.ERROR
        assert finding.message.endswith(".")
        assert str(news) not in finding.message + finding.place


@pytest.fixture
def somebody_else(news: Path) -> Iterator[None]:
    """Everything happens as another user, who may enter where the files lie, and owns nothing there."""
    if os.geteuid() != 0:
        yield
        return
    modes = {folder: folder.stat().st_mode for folder in (news, *news.parents)}
    closed = [folder for folder, mode in modes.items() if mode & 0o055 != 0o055]
    read(news)  # what the reader itself needs from files is in memory after this
    for folder in closed:
        folder.chmod(modes[folder] | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder in closed:
            folder.chmod(modes[folder])


def test_what_may_not_be_read_is_reported(news: Path, request: pytest.FixtureRequest) -> None:
    (news / "closed").mkdir()
    (news / "closed" / "in.txt").write_text("A report.")
    (news / "c.TXT").chmod(0)
    (news / "closed").chmod(0)
    request.getfixturevalue("somebody_else")
    documents, report = read(news)
    assert ids(documents) == ["a.one", "two"]
    assert codes(report) == {"news/c.TXT": "unreadable", "news/closed": "unreadable"}
    assert all("permission denied" in finding.message for finding in report.findings)


def test_two_files_with_one_id_are_both_refused_with_both_paths(news: Path) -> None:
    (news / "two.txt").write_text("Another second report.")
    (news / "c.txt.gz").write_bytes(gzip.compress(b"Another third report."))
    documents, report = read(news)
    assert ids(documents) == ["a.one"]
    assert [finding.code for finding in report.findings] == ["duplicate-id"] * 2
    messages = {finding.message for finding in report.findings}
    assert any("'two'" in m and "news/b/two.txt" in m and "news/two.txt" in m for m in messages)
    assert any("'c'" in m and "news/c.TXT" in m and "news/c.txt.gz" in m for m in messages)


def test_gzipped_texts_are_read_and_hashed_by_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress("Ein Bericht über Köln.".encode()))
    [document], report = read(tmp_path / "a.txt.gz")
    assert (document.doc_id, document.text) == ("a", "Ein Bericht über Köln.")
    assert document.raw_sha256 == hashlib.sha256("Ein Bericht über Köln.".encode()).hexdigest()
    assert report.inputs[0].sha256 == hashlib.sha256((tmp_path / "a.txt.gz").read_bytes()).hexdigest()


def test_a_gzip_bomb_is_not_unpacked_beyond_the_limit(tmp_path: Path) -> None:
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(bytes(50_000_000)))
    documents, report = read(tmp_path, max_document_bytes=10_000)
    assert documents == []
    assert [finding.code for finding in report.findings] == ["too-large"]


def test_names_that_are_no_ids_are_refused_and_can_be_printed(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in (b"line\nbreak.txt", b"latin\xe9.txt", b"tab\t.txt", "fine ü 😀.txt".encode()):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text("A report.")
    documents, report = read(folder)
    assert ids(documents) == ["fine ü 😀"]
    assert sorted(codes(report).values()) == ["bad-id"] * 3
    for finding in report.findings:
        assert finding.place.isprintable()
        finding.message.encode("utf-8")


def test_deep_nesting_does_not_end_the_walk(tmp_path: Path) -> None:
    """Directories are entered however deep they lie; Python's recursion limit (1000) is not met."""
    here, depth = tmp_path / "deep", 0
    here.mkdir()
    try:
        while depth < 1100:
            here /= "d"
            here.mkdir()
            depth += 1
        (here / "x.txt").write_text("A report.")
        documents, report = read(tmp_path / "deep")
        assert ids(documents) == ["x"]
        assert report.findings == []
    finally:
        (here / "x.txt").unlink(missing_ok=True)
        while here != tmp_path:
            here.rmdir()
            here = here.parent


def test_documents_are_handed_over_one_at_a_time(news: Path) -> None:
    """A file is opened when its turn comes: one that changed before is read as it then is."""
    documents: Iterator[RawDocument] = read_sources([news], ReadOptions(), ReadReport())
    assert next(documents).doc_id == "a.one"
    (news / "b" / "two.txt").write_text("Changed.")
    assert next(documents).text == "Changed."
    (news / "c.TXT").unlink()
    report = ReadReport()
    assert list(read_sources([news], ReadOptions(), report))[-1].doc_id == "two"


PIECES = [
    b'{"id": "a", "text": "x"}',
    b"\n",
    b"\r",
    b'{"id": ',
    b"PAR1",
    b"\x1f\x8b\x08",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"[",
    b"\0",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=20).map(b"".join))
@settings(max_examples=150)
def test_any_bytes_in_a_file_of_any_kind_give_documents_or_findings(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        endings = (
            ".txt",
            ".txt.gz",
            ".jsonl",
            ".ndjson.gz",
            ".parquet",
            ".html",
            ".csv",
            ".tsv.gz",
            ".nitf",
            ".warc",
            ".warc.gz",
        )
        for number, ending in enumerate(endings):
            Path(name, f"{number}{ending}").write_bytes(data)
        Path(name, "sources.toml").write_bytes(data)
        Path(name, "z.txt").write_text("A report.")
        documents, report = read(name)
    assert documents[-1].doc_id == "z"
    assert len(documents) >= 2 or len(report.findings) >= 2
    for document in documents:
        document.text.encode("utf-8")
        json.dumps(document.extra, allow_nan=False).encode("utf-8")


def test_reading_twice_gives_the_same(news: Path) -> None:
    assert read(news) == read(news)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nul.txt", b"\0"),
        ("nuls.txt", b"\0\0\n\0\0"),
        ("unseen.txt", "\ufeff\u200b \u2060\n".encode()),
        ("nul.md", b"# \0\0\n"),
        ("nul.html", b"<p>&#0;\0</p>"),
        ("nul.jsonl", b'{"id": "a", "text": "\\u0000\\u0000"}\n'),
    ],
)
def test_what_shows_nothing_is_no_document(tmp_path: Path, name: str, data: bytes) -> None:
    """NULs, lost bytes and signs that nobody sees are no text."""
    (tmp_path / name).write_bytes(data)
    documents, report = read(tmp_path / name)
    assert documents == []
    assert [finding.code for finding in report.findings] == ["empty-document"]
