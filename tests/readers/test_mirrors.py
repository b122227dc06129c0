"""What a file of a mirrored site is, by its name and by what it holds: its page, and nothing that is none."""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from source_reading import read as read_all

from corpus.model.finding import Severity
from corpus.readers.mirrors import first_tag, is_no_page, looks_like_page

read = partial(read_all, ids="path")

PAGE = b"<!DOCTYPE html>\n<html><head><title>T</title></head><body><p>A report of the quay.</p></body></html>"
OTHER = PAGE.replace(b"quay", b"pier")
FEED = b'<?xml version="1.0"?>\n<!-- made --><rss version="2.0"><channel><title>T</title></channel></rss>'
JSON = b'{"name": "The Courier", "routes": ["<html>"]}'
LONG = b"<!--" + b" licence" * 1000 + b"-->" + PAGE

PAGES: Mapping[str, tuple[bytes, str]] = {
    "article.php?id=17": (PAGE, "article.php?id=17"),
    "article.php?id=18&page=2": (PAGE, "article.php?id=18&page=2"),
    "article.php@id=19": (PAGE, "article.php@id=19"),
    "article.php?id=20.html": (PAGE, "article.php?id=20"),
    "index.html?p=3": (PAGE, "index.html?p=3"),
    "?p=3.html": (PAGE, "?p=3"),
    "show?file=report.txt": (PAGE, "show?file=report.txt"),
    "show@file=data.csv": (PAGE, "show@file=data.csv"),
    "story": (PAGE, "story"),
    "100% of a story": (b"\xef\xbb\xbf" + PAGE, "100% of a story"),
    "caf%C3%A9": (b"\r\n\t" + PAGE, "caf%C3%A9"),
    "stra\u00dfe.aspx": (LONG, "stra\u00dfe.aspx"),
    "old.shtml": (b"<title>Old</title><p>A report.", "old.shtml"),
    "xhtml.jsp": (
        b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><p>A report.</p></html>',
        "xhtml.jsp",
    ),
    "wide.cgi": (PAGE.decode().encode("utf-16"), "wide.cgi"),
    "packed.php?id=1.gz": (gzip.compress(PAGE), "packed.php?id=1"),
    "version.1.2": (PAGE, "version.1.2"),
    "Why?.txt": (b"Why? Because the port reopened.\n", "Why?"),
    "robots.html": (PAGE, "robots"),
    "notes/robots.txt": (b"Robots now build ships in the port, its operator said.\n", "notes/robots"),
    "endless/robots.txt": (b"# one  \r\n#two\t\r\n\r\n" * 300 + b"Robots: a series\n", "endless/robots"),
    "notes/ads.txt": (b"Advertisements, once loved, are gone, he said.\n", "notes/ads"),
}
"""What is a document: names, bytes and ids."""

NONE: Mapping[str, bytes] = {
    "style.css": b"<html> {color: red}",
    "style.css?ver=6.1": PAGE,
    "app.min.js?v=3": PAGE,
    "photo.jpg": b"\xff\xd8\xff\xe0",
    "photo.JPG?w=300": PAGE,
    "gone.png": PAGE,
    "font.woff2": b"wOF2",
    "chart.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><title>Chart</title></svg>",
    "paper.pdf": b"%PDF-1.7",
    "ajax?more=2": b"<div><p>More stories</p></div>",
    "api?x=1": JSON,
    "feed.php": FEED,
    "drawing": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "script": b"document.write('<html><body></body></html>');",
    "sheet?x": b"body { color: red } /* <html> */",
    "index.php": b"<?php get_header(); ?>\n<html></html>",
    "page.php": b"<!DOCTYPE html>\n<html><head><title><?php the_title(); ?></title></head></html>",
    "view.jsp": b"<%@ page language='java' %><html></html>",
    "theme.tpl": PAGE,
    "nothing": b"",
    "blank?x=1": b" \n",
    "readings": b"The port reopened on Monday.",
    "binary": b"\x00\x01\x02<html>",
    "story.html.orig": PAGE,
    "article.php?id=17.orig": PAGE,
    "article.php?id=17.tmp": PAGE,
    "story.1": PAGE,
    "late.html.delayed": PAGE,
    "index.html?C=N;O=D": PAGE,
    "index.html?C=M;O=A.html": PAGE,
    "index.html@C=S;O=A": PAGE,
    "robots.txt": b"# All may come\nUser-agent: *\nDisallow: /admin/\n",
    "deep/ROBOTS.TXT": b"\n# nothing is said here\n",
    "commented/robots.txt": b"# one  \r\n#two\t\r\n\r\n" * 300
    + b"Sitemap: https://courier.example/sitemap.xml\r\n",
    "gone/robots.txt": PAGE,
    "empty/robots.txt": b"",
    "ads.txt": b"# sellers\ngoogle.com, pub-1, DIRECT, f08\n",
    "security.txt": b"Contact: mailto:desk@courier.example\n",
    "humans.txt": b"/* TEAM */\nAda Holt\n",
    "llms.txt": b"# The Courier\n\n> News of Ahlen\n",
    "sitemap.txt": b"https://courier.example/a\nhttps://courier.example/b\n",
    "sitemap.xml": b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>",
    "hts-log.txt": b"HTTrack3.49-2 launched on Mon\n",
    "cookies.txt": b"# HTTrack Website Copier Cookie File\n",
    "feed/index.html": FEED,
    "atom/index.html": b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>",
    "wp-json/index.html": JSON,
    "local/index.html": b"<html><title>Local index - HTTrack Website Copier</title><p>Sites.</p></html>",
}
"""What is none: names and bytes."""


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", {**{name: data for name, (data, _) in PAGES.items()}, **NONE})


def test_every_page_is_a_document_and_nothing_else_is(site: Path) -> None:
    """None of the rest is lost without a word: it is listed."""
    documents, report = read(site)
    assert {document.doc_id for document in documents} == {doc_id for _, doc_id in PAGES.values()}
    assert len(documents) == len(PAGES)
    assert report.findings == []
    assert sorted(report.skipped) == sorted(f"site/{name}" for name in NONE)
    assert {item.path for item in report.inputs} == {f"site/{name}" for name in PAGES}
    types = {document.doc_id: document.media_type for document in documents}
    texts = [types.pop(name) for name in ("Why?", "notes/robots", "notes/ads", "endless/robots")]
    assert set(texts) == {"text/plain"}
    assert set(types.values()) == {"text/html"}
    assert all("report" in document.text for document in documents if document.media_type == "text/html")


def test_by_names_all_is_as_its_ending_says(site: Path) -> None:
    """What a file holds is looked at in a mirrored site alone."""
    documents, report = read(site, ids="stem")
    assert "article.php?id=17" not in {document.doc_id for document in documents}
    assert "show?file=report" in {document.doc_id for document in documents}
    assert {"site/article.php?id=17", "site/story", "site/photo.jpg"} <= set(report.skipped)
    assert "site/robots.txt" not in report.skipped


@pytest.mark.parametrize("name", ["article.php?id=17", "story", "gone.png"])
def test_a_page_that_is_named_itself_is_read_whatever_it_is_called(site: Path, name: str) -> None:
    documents, report = read(site / name, ids="stem")
    assert [document.doc_id for document in documents] == [name]
    assert report.findings == []


def test_what_is_named_itself_and_is_no_page_is_an_error(site: Path) -> None:
    _, report = read(site / "api?x=1")
    assert [finding.code for finding in report.findings] == ["unknown-kind"]


def test_two_names_of_one_id_are_refused_with_both(tmp_path: Path) -> None:
    """With wget's ending and without it, and two that differ in case, which are two."""
    files = {"a?id=1": PAGE, "a?id=1.html": PAGE, "Story?x=1": PAGE, "story?x=1": OTHER}
    documents, report = read(write(tmp_path / "site", files))
    assert {document.doc_id for document in documents} == {"Story?x=1", "story?x=1"}
    [finding] = report.findings
    assert finding.code == "duplicate-id"
    assert "2 inputs have the id 'a?id=1': site/a?id=1, site/a?id=1.html; none" in finding.message


def test_what_cannot_be_looked_into_is_told(tmp_path: Path) -> None:
    """A pipe, and a link to nothing; neither is waited for, and the rest is read."""
    site = write(tmp_path / "site", {"story": PAGE})
    os.mkfifo(site / "pipe")
    (site / "link?id=1").symlink_to("nowhere")
    documents, report = read(site)
    assert [document.doc_id for document in documents] == ["story"]
    told = {finding.place: finding for finding in report.findings}
    assert set(told) == {"site/pipe", "site/link?id=1"}
    assert all((own.code, own.severity) == ("unreadable", Severity.WARNING) for own in told.values())
    assert told["site/pipe"].message == (
        "Its name does not tell what it holds, and it cannot be looked into: This is a named pipe where a regular "
        "file was expected."
    )


def test_httracks_own_folder_is_passed_over_in_a_mirrored_site(tmp_path: Path) -> None:
    files = {"www.a.example/index.html": PAGE, "hts-cache/new.txt": b"date\n", "hts-cache/doit.log": b"-qiC2\n"}
    site = write(tmp_path / "site", files)
    documents, report = read(site)
    assert [document.doc_id for document in documents] == ["www.a.example/index"]
    assert (report.skipped, report.findings) == (["site/hts-cache/"], [])
    assert {document.doc_id for document in read(site, ids="stem")[0]} == {"index", "new"}


def test_a_json_file_beside_a_page_of_any_name_speaks_of_it(tmp_path: Path) -> None:
    files = {"article.php?id=17": PAGE, "article.php?id=17.json": b'{"publisher": "The Courier"}'}
    documents, report = read(write(tmp_path / "site", files))
    assert [(known.column, known.value) for known in documents[0].known] == [("publisher", "The Courier")]
    assert (report.findings, report.skipped) == ([], [])


def test_a_bucket_is_read_as_a_folder_is(bucket: Any, site: Path) -> None:
    """By the first bytes alone: what is no page is not fetched."""
    write(site, {"hts-cache/new.txt": b"date\n"})
    for path in site.rglob("*"):
        if path.is_file():
            bucket.pipe_file(f"bucket/site/{path.relative_to(site)}", path.read_bytes())
    here, known = read(site)
    there, told = read("s3://bucket/site")
    assert sorted((d.doc_id, d.text) for d in there) == sorted((d.doc_id, d.text) for d in here)
    assert sorted(told.skipped) == sorted(known.skipped)
    assert told.findings == known.findings == []


@pytest.mark.parametrize(
    ("data", "tag", "page"),
    [
        (b"<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>", "!doctype html", True),
        (b"<!DOCTYPE\nhtml>", "!doctype html", True),
        (b"<!doctype htmlx>", "!doctype htmlx", False),
        (b"<!DOCTYPE svg PUBLIC 'x'>", "!doctype svg", False),
        (b"<HTML lang=de>", "html", True),
        (b"<htmlfoo>", "htmlfoo", False),
        (b"<!-- <html> --> text", None, False),
        (b"<!-- never closed <html>", None, False),
        (b"<!--" * 4000, None, False),
        (b"<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><rss>", "rss", False),
        (b"<rdf:RDF>", "rdf:rdf", False),
        (b"text <html>", None, False),
        (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00 ", "html", True),
        (b"<html><%@ include file='a' %>", "html", False),
        (b"", None, False),
    ],
)
def test_the_first_tag_tells_a_page(data: bytes, tag: str | None, page: bool) -> None:
    assert (first_tag(data), looks_like_page(data)) == (tag, page)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (FEED, True),
        (JSON, True),
        (b"[1, 2]", True),
        (b"[AHLEN] <p>The port reopened.", False),
        (b"{" * 9000, False),
    ],
)
def test_what_is_named_like_a_page_and_is_none_is_told_by_what_it_holds(data: bytes, expected: bool) -> None:
    assert is_no_page(data) is expected
