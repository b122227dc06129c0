"""What a text's or a page's file is called by: its name, or its path below the source; the same from everywhere."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_reading import ids
from source_reading import read as read_all

read = partial(read_all, ids="path")

PAGE = (
    "<html><head><title>{0}</title><link rel='canonical' href='https://a.example/{0}'></head><body><p>Of {0}.</p>"
)


MIRROR = {
    "index.html": PAGE.format("home").encode(),
    "2026/11/22/story-a/index.html": PAGE.format("a").encode(),
    "2026/11/22/story-b/index.html": PAGE.format("b").encode(),
    "2026/11/22/story-b/print.v2.HTM": PAGE.format("print").encode(),
    "2026/11/23/story-a/index.html.gz": gzip.compress(PAGE.format("later").encode()),
    "notes/a b/ü 北.txt": b"A note.\n",
    "pages/story-c/index.md": b"# A headline\n\nA story in Markdown.\n",
    "pages/readme.md": b"What is here.\n",
    "feed/lines.jsonl": b'{"id": "j1", "text": "A line."}\n',
}
PATHS = [
    *("2026/11/22/story-a/index", "2026/11/22/story-b/index", "2026/11/22/story-b/print.v2"),
    *("2026/11/23/story-a/index", "index", "j1", "notes/a b/ü 北", "pages/story-c/index"),
]


def mirror(folder: Path) -> Path:
    for name, data in MIRROR.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_every_page_of_a_mirrored_site_is_read_by_its_path(tmp_path: Path) -> None:
    """Folders and name, without the ending and without .gz; a page's own address is its address, not its id."""
    documents, report = read(mirror(tmp_path / "site"))
    assert sorted(ids(documents)) == PATHS
    assert report.findings == []
    assert report.skipped == ["site/pages/readme.md"]
    first = next(document for document in documents if document.doc_id == "2026/11/22/story-a/index")
    assert first.head is not None
    assert ("canonical", "https://a.example/a") in first.head.links


def test_the_source_s_own_place_and_name_are_no_part_of_an_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = mirror(tmp_path / "site")
    monkeypatch.chdir(site)
    found = [ids(read(source)[0]) for source in (site, f"{site}/", ".", "../site", site.as_uri())]
    assert all(sorted(own) == PATHS for own in found)
    (tmp_path / "else").mkdir()
    moved = site.rename(tmp_path / "else" / "mirror of November")
    assert sorted(ids(read(moved)[0])) == PATHS
    assert ids(read(moved / "2026/11/22/story-a/index.html")[0]) == ["index"]


@pytest.mark.parametrize("how", ["stem", "path"])
def test_ids_are_the_same_from_a_bucket(bucket: Any, tmp_path: Path, how: str) -> None:
    for name, data in MIRROR.items():
        bucket.pipe_file(f"bucket/old/site/{name}", data)
    there, told = read("s3://bucket/old/site/", ids=how)
    here, known = read(mirror(tmp_path / "site"), ids=how)
    assert [(d.doc_id, d.text) for d in there] == [(d.doc_id, d.text) for d in here]
    assert (told.skipped, told.findings) == (known.skipped, known.findings)


def test_two_paths_of_one_id_are_refused_with_both(tmp_path: Path) -> None:
    """Of two endings in one folder, and in two sources; what has an id of its own is read."""
    for name in ("a/x/index.html", "a/x/index.txt", "a/y/index.html", "b/y/index.html", "b/z/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("<p>A report.</p>")
    documents, report = read(tmp_path / "a", tmp_path / "b")
    assert ids(documents) == ["z/index"]
    told = {finding.place: finding.message for finding in report.findings}
    assert {finding.code for finding in report.findings} == {"duplicate-id"}
    assert "'x/index': a/x/index.html, a/x/index.txt; none" in told["a/x/index.html"]
    assert "'y/index': a/y/index.html, b/y/index.html; none" in told["a/y/index.html"]
    assert "ids=" not in told["a/x/index.html"]
    assert "one folder above them all" in told["a/y/index.html"]
    assert sorted(ids(read(tmp_path)[0])) == ["a/y/index", "b/y/index", "b/z/index"]


@pytest.mark.parametrize(
    ("names", "sources", "way_out"),
    [
        (("x/index.html", "y/index.html"), (".",), "(with `ids='path'`, it is a file's path below its source)"),
        (("x/a.html", "a.txt"), (".",), "(with `ids='path'`, it is a file's path below its source)"),
        (("x/a.html", "lines.jsonl"), (".",), "(with `ids='path'`, it is a file's path below its source)"),
        (
            ("x/index.html", "y/index.html"),
            ("x/index.html", "y/index.html"),
            "(name one folder above them all, with",
        ),
        (("x/index.html", "y/index.html"), ("x", "y"), "(name one folder above them all, with `ids='path'`"),
        (("a.html", "a.txt"), (".",), "an id of its own."),
        (("a.txt", "lines.jsonl"), (".",), "an id of its own."),
    ],
)
def test_files_of_one_name_are_told_their_way_out_where_there_is_one(
    tmp_path: Path, names: tuple[str, ...], sources: tuple[str, ...], way_out: str
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"id": "a", "text": "A line."}\n' if name.endswith("l") else "A report.\n")
        if name.endswith(".html"):
            (tmp_path / name).write_text("<p>A report.</p>")
    documents, report = read(*(tmp_path / source for source in sources), ids="stem")
    assert documents == []
    assert [finding.code for finding in report.findings] == ["duplicate-id"]
    assert way_out in report.findings[0].message


def test_paths_that_are_no_ids_are_refused_and_can_be_printed(tmp_path: Path) -> None:
    """What a folder is called counts too: bytes that are no UTF-8, control characters, a path too long."""
    long = "/".join(["x" * 200] * 3)
    for folder in (b"latin\xe9", b"line\nbreak", b"fine \xc3\xbc", rb"\xe9", long.encode()):
        place = Path(os.fsdecode(os.fsencode(tmp_path / "odd") + b"/" + folder))
        place.mkdir(parents=True)
        (place / "index.txt").write_text("A report.")
    documents, report = read(tmp_path / "odd")
    assert sorted(ids(documents)) == [r"\xe9/index", "fine ü/index"]
    assert [finding.code for finding in report.findings] == ["bad-id"] * 3
    for finding in report.findings:
        assert "path below its source" in finding.message
        assert finding.place.isprintable()
        finding.message.encode("utf-8")


def test_a_link_into_the_source_names_no_file_of_another_place(tmp_path: Path) -> None:
    """So that ids stay where `latest` goes on to another day; what a link alone leads to goes by the link."""
    site = mirror(tmp_path / "site")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "index.html").write_text(PAGE.format("outside"))
    before = sorted(ids(read(site)[0]))
    (site / "0-latest").symlink_to(site / "2026" / "11" / "22", target_is_directory=True)
    (site / "0-hidden").symlink_to(site / ".cache", target_is_directory=True)
    (site / ".cache" / "deep").mkdir(parents=True)
    (site / ".cache" / "deep" / "x.txt").write_text("A cached report.")
    (site / ".cache" / "up").symlink_to(site, target_is_directory=True)
    (site / "linked").symlink_to(tmp_path / "outside", target_is_directory=True)
    documents, report = read(site)
    assert sorted(ids(documents)) == sorted([*before, "linked/index", "0-hidden/deep/x"])
    assert [(f.code, f.place) for f in report.findings] == [("link-loop", "site/0-hidden/up")]


def test_side_cars_and_tables_speak_of_files_by_name_and_by_id(tmp_path: Path) -> None:
    """x.json lies beside x.html; a sources.toml names ids, and says which id a file's bare name has become."""
    site = mirror(tmp_path / "site")
    folder = site / "2026" / "11" / "22" / "story-a"
    (folder / "index.json").write_text('{"publisher": "The Courier"}')
    told = '{ value = "en", known_from = "the imprint" }'
    (folder / "sources.toml").write_text(f"[documents.'2026/11/22/story-a/index']\nlanguage = {told}\n")
    (folder.parent / "story-b" / "sources.toml").write_text(f"[documents.index]\nlanguage = {told}\n")
    documents, report = read(site)
    first = next(document for document in documents if document.doc_id == "2026/11/22/story-a/index")
    assert {known.column: known.value for known in first.known} == {"publisher": "The Courier", "language": "en"}
    assert [finding.code for finding in report.findings] == ["unknown-document"]
    assert "did you mean '2026/11/22/story-b/index'?" in report.findings[0].message


def test_an_item_that_names_itself_keeps_its_name(tmp_path: Path) -> None:
    for place, key in (("a", '<doc-id id-string="urn:a"/>'), ("b", "")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "item.xml").write_text(
            f"<nitf><head><docdata>{key}</docdata></head>"
            "<body><body.content><p>A report.</p></body.content></body></nitf>"
        )
    assert sorted(ids(read(tmp_path)[0])) == ["b/item", "urn:a"]


PART = st.text(st.sampled_from("ab.é\\\n \udcff~"), min_size=1, max_size=4).filter(lambda name: name[0] != ".")
ENDING = st.sampled_from([".txt", ".html", ".HTM", ".txt.gz"])
FILES = st.dictionaries(st.lists(PART, min_size=1, max_size=3).map(tuple), ENDING, min_size=1, max_size=8)


@given(FILES)
@settings(max_examples=150, deadline=None)
def test_different_paths_are_different_ids(files: dict[tuple[str, ...], str]) -> None:
    """However odd the names: what can be an id is read under its own path, and all others are told."""
    with tempfile.TemporaryDirectory() as name:
        made: dict[str, str] = {}
        for parts, ending in files.items():
            place = Path(name, *parts[:-1], parts[-1] + ending)
            place.parent.mkdir(parents=True, exist_ok=True)
            data = f"<p>A report of {'/'.join(parts)!r}.</p>".encode()
            place.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
            made["/".join(parts)] = hashlib.sha256(data).hexdigest()
        documents, report = read(name)
    sound = {path: digest for path, digest in made.items() if path.strip() and not {"\n", "\udcff"} & set(path)}
    assert {document.doc_id: document.raw_sha256 for document in documents} == sound
    assert len(documents) == len(sound)
    assert [finding.code for finding in report.findings] == ["bad-id"] * (len(made) - len(sound))
