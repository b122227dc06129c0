"""Sources at addresses: a real S3 server and real web servers on the loopback; no secret is passed on."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from remote_servers import SECRET, Refusing, serving
from source_reading import ids, places, read

from corpus.pipeline.beside import find_annotations
from corpus.pipeline.build import BuildOptions, build, dataset_name
from corpus.readers.addresses import shown_parts


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 bucket with news in it, reached as anybody's is: by the environment."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    system.mkdir("press")
    yield system
    system.rm("press", recursive=True)


def fill(system: Any) -> None:
    """Put one file of each kind and some odd ones below press/news."""
    table = pa.table({"id": ["p1", "p2"], "text": ["One of two.", "Two of two."]})
    with system.open("press/news/deep/table.parquet", "wb") as stream:
        pq.write_table(table, stream)
    for name, data in {
        "a.txt": b"The first report.\n",
        "a.json": b'{"headline": "A title", "desk": "world"}',
        "b.txt.gz": gzip.compress(b"The second report.\n"),
        "lines.jsonl": b'{"id": "j1", "text": "A line."}\n',
        "sources.toml": b'[defaults]\nlanguage = { value = "en", known_from = "the feed" }\n',
        "photo.jpg": b"\xff\xd8\xff",
        ".hidden.txt": b"no",
        "annotations/anna.jsonl": b"{}\n",
        "empty.txt": b"",
    }.items():
        system.pipe_file(f"press/news/{name}", data)


def test_a_bucket_is_read_as_a_directory_is(bucket: Any) -> None:
    """Every kind of file, side-cars and sources.toml; what is wrong is reported, the rest is read."""
    fill(bucket)
    documents, report = read("s3://press/news")
    assert ids(documents) == ["a", "b", "p1", "p2", "j1"]
    assert [d.source_file for d in documents][:3] == ["news/a.txt", "news/b.txt.gz", "news/deep/table.parquet"]
    first = documents[0]
    assert {k.column: (k.value, k.kind) for k in first.known} == {
        "title": ("A title", "input record"),
        "language": ("en", "sources.toml"),
    }
    assert first.extra == {"desk": "world"}
    assert first.raw_sha256 == hashlib.sha256(b"The first report.\n").hexdigest()
    assert places(report) == [("news/empty.txt", "empty-document")]
    assert report.skipped == ["news/annotations/", "news/photo.jpg"]
    assert {i.path for i in report.inputs} == {
        f"news/{n}" for n in ("a.txt", "a.json", "b.txt.gz", "lines.jsonl", "sources.toml", "deep/table.parquet")
    }


def test_a_dataset_below_an_address_is_not_read_again(bucket: Any) -> None:
    fill(bucket)
    for name in ("manifest.json", "scheme.toml", "raw/train-00000-of-00001.parquet"):
        bucket.pipe_file(f"press/news/deep/built/{name}", b"{}")
    documents, report = read("s3://press/news")
    assert ids(documents) == ["a", "b", "p1", "p2", "j1"]
    assert report.skipped == ["news/annotations/", "news/deep/built/", "news/photo.jpg"]


def test_one_object_is_a_source(bucket: Any) -> None:
    bucket.pipe_file("press/x/lines.jsonl", b'{"id": "j1", "text": "A line."}\n')
    documents, report = read("s3://press/x/lines.jsonl")
    assert (ids(documents), report.findings) == (["j1"], [])
    assert documents[0].source_file == "lines.jsonl"


def test_a_build_from_a_bucket_is_the_build_from_the_folder(bucket: Any, tmp_path: Path) -> None:
    """The same bytes, wherever the sources lie; and no word of the credentials anywhere in them."""
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(3):
        data = f"The harbour of Ahlen reopened on day {number}, its operator said on Monday.\n".encode()
        (folder / f"r{number}.txt").write_bytes(data)
        bucket.pipe_file(f"press/news/r{number}.txt", data)
    build([folder], tmp_path / "here", BuildOptions())
    report = build(["s3://press/news"], tmp_path / "there", BuildOptions())
    assert not report.failed
    for path in sorted(p for p in (tmp_path / "here").rglob("*") if p.is_file()):
        other = tmp_path / "there" / path.relative_to(tmp_path / "here")
        assert other.read_bytes() == path.read_bytes()
        assert SECRET.encode() not in other.read_bytes()


def test_what_is_not_there_is_reported_and_the_rest_is_read(bucket: Any) -> None:
    bucket.pipe_file("press/x/a.txt", b"A report.")
    documents, report = read("s3://press/nowhere", "s3://no-such-bucket/news", "s3://press/x")
    assert ids(documents) == ["a"]
    assert places(report) == [("nowhere", "no-such-source"), ("news", "no-such-source")]


def test_refused_access_is_reported(bucket: Any, s3_server: str) -> None:
    """A server that answers 403 to everything."""
    del bucket, s3_server
    with serving(Refusing) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        _, report = read("s3://press/x/a.txt", f"{url}/b.txt")
    assert places(report) == [("a.txt", "no-such-source"), ("b.txt", "unreadable")]
    assert all("403" in finding.message for finding in report.findings)


def test_odd_names_of_objects_lead_nowhere() -> None:
    """Keys are data: ".." in them climbs nowhere, control characters are escaped."""
    system = fsspec.filesystem("memory")
    for key in ("/odd/../x.txt", "/odd/a\nb.txt", "/odd/fine.txt"):
        system.pipe_file(key, b"A report.")
    documents, report = read("memory://odd")
    assert ids(documents) == ["fine"]
    assert [f.code for f in report.findings] == ["bad-id"]
    assert all(f.place.isprintable() for f in report.findings)


def test_a_missing_driver_is_one_sentence_that_names_the_extra(tmp_path: Path) -> None:
    """In an interpreter in which the drivers cannot be imported; the rest is read."""
    (tmp_path / "z.txt").write_text("A report.")
    (tmp_path / "crawl.warc").write_bytes(b"WARC/1.0\r\n")
    code = (
        "import sys\n"
        "for name in ('s3fs', 'gcsfs', 'aiohttp', 'fastwarc', 'brotli'): sys.modules[name] = None\n"
        "from corpus.readers.sources import *\n"
        "report = ReadReport()\n"
        "sources = ['s3://b/a.txt', 'gs://b/a.txt', 'https://example.org/a.txt', sys.argv[1]]\n"
        "print([d.doc_id for d in read_sources(sources, ReadOptions(), report)])\n"
        "print([f.message for f in report.findings], {f.code for f in report.findings})\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    read_ids, messages = ran.stdout.splitlines()
    assert read_ids == "['z']"
    for extra in ("s3", "gcs", "http", "warc"):
        assert f"pip install 'newscorpus[{extra}]'" in messages
    assert messages.endswith("{'extra-missing'}")


def test_addresses_name_datasets_and_have_no_annotations_beside_them() -> None:
    assert dataset_name(f"s3://press/daily/2021-04.jsonl.gz?versionId={SECRET}") == "2021-04"
    assert dataset_name("https://example.org/") == "example"
    assert find_annotations(["s3://press/news", "memory://news"]) is None
    assert shown_parts(f"https://u:{SECRET}@example.org:8443/a/b%20c?{SECRET}#{SECRET}") == (
        "example.org",
        "a",
        "b c",
    )


def test_a_file_address_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("A report.")
    assert ids(read((tmp_path / "a b.txt").as_uri())[0]) == ["a b"]


def test_sources_that_end_alike_are_told_apart() -> None:
    system = fsspec.filesystem("memory")
    for paper in ("times", "post"):
        system.pipe_file(f"/{paper}/news/{paper}.txt", b"A report.")
    documents, _ = read("memory://times/news", "memory://post/news")
    assert [d.source_file for d in documents] == ["times/news/times.txt", "post/news/post.txt"]
    assert os.environ.get("AWS_SECRET_ACCESS_KEY") != SECRET
