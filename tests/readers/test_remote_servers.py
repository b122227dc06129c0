"""Files of web servers are read like those of a folder; one that hangs or breaks off costs its file alone."""

from __future__ import annotations

import gzip
import json
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import fsspec
import pytest
from remote_servers import SECRET, Refusing, serving
from source_reading import ids, places, read

from corpus.pipeline.build import BuildOptions, build
from corpus.readers.sources import ReadOptions, ReadReport, read_sources


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_files_of_a_web_server_are_read(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("A report.")
    (tmp_path / "lines.jsonl.gz").write_bytes(gzip.compress(b'{"id": "j", "text": "A line."}\n'))
    (tmp_path / "page.html").write_text("<title>T</title><h1>A title</h1><p>A report of some length.</p>")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with serving(partial(_Quiet, directory=str(tmp_path))) as url:
        documents, report = read(
            f"{url}/a%20b.txt", f"{url}/lines.jsonl.gz?x=1", f"{url}/page.html", f"{url}/no.txt", f"{url}/photo.jpg"
        )
    assert ids(documents) == ["a b", "j", "page"]
    assert sorted(places(report)) == [("no.txt", "unreadable"), ("photo.jpg", "unknown-kind")]
    assert "404" in next(f.message for f in report.findings if f.place == "no.txt")
    assert documents[2].media_type == "text/html"


class _Page(Refusing):
    """Serves a page at an address without an ending, and needs a query."""

    def do_HEAD(self) -> None:  # noqa: N802 (http.server's name)
        self.answer()

    def do_GET(self) -> None:  # noqa: N802 (http.server's name)
        self.answer()
        if self.command == "GET":
            self.wfile.write(b"<h1>A title</h1><p>A report of some length.</p>")

    def answer(self) -> None:
        self.send_response(200 if SECRET in self.path else 403)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()


def test_a_page_without_an_ending_is_told_by_what_the_server_says() -> None:
    with serving(_Page) as url:
        documents, report = read(f"{url}/2021/a-report?token={SECRET}")
    assert report.findings == []
    assert (ids(documents), documents[0].media_type) == (["a-report"], "text/html")


def test_no_secret_of_an_address_is_passed_on(tmp_path: Path) -> None:
    """Neither what was read nor what failed shows the user, the password or the query of an address."""
    with serving(_Page) as url:
        host = url.removeprefix("http://")
        sources = [
            f"{url}/2021/a-report?token={SECRET}",
            f"http://user:{SECRET}@{host}/refused.txt",
            f"http://user:{SECRET}@127.0.0.1:1/closed.txt?X-Amz-Signature={SECRET}",
            f"https://user:{SECRET}@{host}/no-tls.txt#{SECRET}",
            f"nosuch://user:{SECRET}@host/a.txt?{SECRET}",
            f"s3://key:{SECRET}@bucket/a.txt?versionId={SECRET}",
            f"zip://a.txt::http://user:{SECRET}@{host}/{SECRET}",
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", url)
            report = build(sources, tmp_path / "out", BuildOptions(read=ReadOptions(network_timeout=30)))
    assert report.manifest is not None
    told = json.dumps([f.as_record() for f in report.findings]) + " ".join(report.skipped)
    assert SECRET not in told
    assert len(report.findings) >= 6
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


class _Silent(Refusing):
    """Takes the call and says nothing."""

    def do_GET(self) -> None:  # noqa: N802 (http.server's name)
        time.sleep(3)

    do_HEAD = do_GET  # noqa: N815 (the name that http.server calls)


class _Short(Refusing):
    """Promises more than it sends."""

    def do_GET(self) -> None:  # noqa: N802 (http.server's name)
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"The beginning.")


@pytest.mark.parametrize("handler", [_Silent, _Short])
def test_servers_that_hang_or_break_off_are_reported(handler: Any, tmp_path: Path) -> None:
    (tmp_path / "z.txt").write_text("A report.")
    with serving(handler) as url:
        begun = time.monotonic()
        documents, report = read(f"{url}/a.txt", tmp_path / "z.txt", network_timeout=0.5)
        assert time.monotonic() - begun < 20
    assert ids(documents) == ["z"]
    assert places(report) == [("a.txt", "unreadable")]


def test_a_file_beyond_the_limit_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"A report. " * 100_000)
    with serving(partial(_Quiet, directory=str(tmp_path))) as url:
        documents, report = read(f"{url}/a.txt", max_download_bytes=1000)
    assert (documents, places(report)) == ([], [("a.txt", "too-large")])
    assert "larger than the limit of 1000 bytes" in report.findings[0].message


def test_fetched_files_go_when_the_reading_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it comes to its end or is left in the middle."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    system = fsspec.filesystem("memory")
    for number in range(2):
        system.pipe_file(f"/spooled/{number}.txt", b"A report.")
    reading = read_sources(["memory://spooled"], ReadOptions(), ReadReport())
    next(reading)
    assert len(list(tmp_path.iterdir())) == 1
    reading.close()  # type: ignore[attr-defined]  # it is a generator
    assert list(tmp_path.iterdir()) == []
    assert len(read("memory://spooled")[0]) == 2
    assert list(tmp_path.iterdir()) == []
