"""What is damaged, or may be the document for all that is known, is named and stays; what is sound is cut."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pytest
from purging import purge
from raw_containers import ARTICLES, json_lines, table, warc, write, zipped

from corpus.pipeline.erasure.takedown import TakedownOptions, take_down


def test_a_truncated_archive_is_cut_where_it_is_sound(tmp_path: Path) -> None:
    """What breaks off stays as it is, and is named, since nobody knows what was in it."""
    raw = tmp_path / "raw"
    raw.mkdir()
    whole = b"".join(map(zipped, warc()))
    (raw / "pages.warc.gz").write_bytes(whole[:-30])
    done = purge(raw, "https://harbour.example/pier")
    assert [item.what for item in done.erased] == ["3 records"]
    assert len(done.left) == 1 and "is damaged" in done.left[0]
    assert unpacked_as_far(raw / "pages.warc.gz").count(b"WARC-Type: response") == 4
    assert (raw / "pages.warc.gz").read_bytes().endswith(whole[-60:-30])


def test_the_document_in_a_record_that_breaks_off_goes_too(tmp_path: Path) -> None:
    """No build reads it, but half of the text is there: known by its address, which stands before."""
    raw = tmp_path / "raw"
    raw.mkdir()
    records = warc()[:-1]
    for name, data in (
        ("cut.warc", b"".join(records)[:-40]),
        ("cut.warc.gz", b"".join(map(zipped, records))[:-20]),
    ):
        (raw / name).write_bytes(data)
    done = purge(raw, "https://harbour.example/last")
    assert {item.place.name for item in done.erased} == {"cut.warc", "cut.warc.gz"}
    assert done.left == ()
    assert b"Last boat" not in unpacked_as_far(raw / "cut.warc.gz") + (raw / "cut.warc").read_bytes()


@pytest.mark.parametrize("more", [b"", b"noise that nobody can read"])
def test_a_file_with_bytes_that_nobody_can_read_is_not_removed(tmp_path: Path, more: bytes) -> None:
    """The only page breaks off: the file goes with it. Anything else that may be something stays, and is named."""
    raw = tmp_path / "raw"
    raw.mkdir()
    records = warc({"pier": ARTICLES["pier"]})
    (raw / "cut.warc.gz").write_bytes(more + b"".join(map(zipped, records[:-1]))[:-20])
    done = purge(raw, "https://harbour.example/pier")
    assert [item.what for item in done.erased] == ["2 records"]
    assert (raw / "cut.warc.gz").exists() == bool(more)
    assert len(done.left) == bool(more)
    assert not more or (raw / "cut.warc.gz").read_bytes() == more + zipped(records[0])


def unpacked_as_far(path: Path) -> bytes:
    """Return what a zipped file holds, as far as it can be had."""
    found = b""
    with gzip.open(path) as stream:
        try:
            while piece := stream.read(64):
                found += piece
        except EOFError:
            pass
    return found


@pytest.mark.parametrize("lie", [-70, -30, 40, 400])
def test_a_lying_length_takes_no_other_record_along(tmp_path: Path, lie: int) -> None:
    """A record goes with all bytes up to the next one; the next ones stay."""
    raw = tmp_path / "raw"
    raw.mkdir()
    records = warc()
    number = next(n for n, one in enumerate(records) if b"Type: response" in one and b"/pier" in one)
    length = len(records[number].split(b"\r\n\r\n", 1)[1]) - 4
    lying = records[number].replace(
        f"Content-Length: {length}".encode(), f"Content-Length: {length + lie}".encode()
    )
    assert lying != records[number]
    (raw / "pages.warc").write_bytes(b"".join([*records[:number], lying, *records[number + 1 :]]))
    purge(raw, "https://harbour.example/pier")
    own = (b"/pier\r\n", b"-4\r\n")
    assert (raw / "pages.warc").read_bytes() == b"".join(
        one for one in records if not any(word in one for word in own)
    )


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "semicolons.csv.gz", "rows.parquet"])
def test_a_damaged_container_is_named_and_as_it_was(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "raw", name)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 20])
    shutil.copy(path, tmp_path / "kept")
    (tmp_path / "raw" / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    done = purge(tmp_path / "raw", "pier")
    assert path.read_bytes() == (tmp_path / "kept").read_bytes()
    (sentence,) = done.left
    assert sentence.startswith(f"{path}: it") and sentence.endswith("by hand.")
    assert [item.place.name for item in done.erased] == ["pier.txt"]


def test_lines_and_rows_that_cannot_be_read_are_named_and_kept(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "rows.jsonl").write_bytes(b"\xef\xbb\xbf" + json_lines() + b'{"id": "pier", "te\n\n')
    (raw / "rows.csv").write_bytes(table() + b'broken,"a" b,c\r\nragged,only\r\n')
    done = purge(raw, "pier")
    assert {item.what for item in done.erased} == {"1 line", "1 row"}
    assert sorted(sentence.split(": ", 1)[1].split(";")[0] for sentence in done.left) == [
        "it could not be searched through: line 5 cannot be read as a record",
        "it could not be searched through: the row in line 19 cannot be read",
    ]
    assert (raw / "rows.jsonl").read_bytes().endswith(b'"te\n\n')
    assert (raw / "rows.csv").read_bytes().endswith(b'broken,"a" b,c\r\nragged,only\r\n')


@pytest.mark.parametrize(
    ("doc_id", "table"),
    [
        ("pier", "[documents.pier]\ntitle = no quotes"),
        ("pier", "[documents.'pier']\ntitle = no quotes"),
        ("pier", "[documents.pier\ntitle = 'Pier'"),
        ("pier-ü", '[documents."pier-ü"]\ntitle = no quotes'),
        ("pier-ü", '[documents."pier-\\u00fc"]\ntitle = no quotes'),
        ("pier", b'[documents.pier]\ntitle = "M\xfcnster"'),
    ],
)
def test_a_table_that_cannot_be_read_is_named_where_it_tells_of_the_document(
    tmp_path: Path, doc_id: str, table: str | bytes
) -> None:
    """However the document's name is written there; one of another name is none of our business."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / f"{doc_id}.txt").write_text(ARTICLES["pier"], "utf-8")
    (raw / "pier-2.txt").write_text(ARTICLES["last"], "utf-8")
    data = table if isinstance(table, bytes) else table.encode()
    (raw / "sources.toml").write_bytes(data)
    left = "it names the document and cannot be read; mend it, and purge again."
    assert purge(raw, doc_id).left == (f"{raw}/sources.toml: {left}",)
    assert (raw / "sources.toml").read_bytes() == data
    assert purge(raw, "pier-2").left == ()


def test_files_of_one_name_and_two_texts_are_left_to_a_person(tmp_path: Path) -> None:
    """An index.html in every folder is many pages: none goes by its name alone."""
    raw = tmp_path / "raw"
    for folder, text in (("a", ARTICLES["pier"]), ("b", ARTICLES["last"])):
        (raw / folder).mkdir(parents=True)
        (raw / folder / "index.txt").write_text(text, "utf-8")
    done = purge(raw, "index")
    assert done.erased == () and len(done.left) == 2
    assert all("has the document's name" in sentence or "has the same name" in sentence for sentence in done.left)
    (raw / "c.jsonl").write_text(json.dumps({"id": "index", "text": ARTICLES["pier"]}) + "\n", "utf-8")
    done = purge(raw, "index")
    assert [item.place.relative_to(raw).as_posix() for item in done.erased] == ["a/index.txt", "c.jsonl"]
    assert [sentence.split(": ")[0] for sentence in done.left] == [str(raw / "b" / "index.txt")]


def test_a_hard_link_elsewhere_is_named(tmp_path: Path) -> None:
    """Rewriting one name of a file leaves the text under the other."""
    path = write(tmp_path / "raw", "rows.csv")
    os.link(path, tmp_path / "elsewhere.csv")
    (sentence,) = purge(tmp_path / "raw", "pier").left
    assert "hard link" in sentence
    both = write(tmp_path / "two", "rows.csv")
    os.link(both, both.with_name("again.csv"))
    assert purge(tmp_path / "two", "pier").left == ()


def test_what_lies_at_an_address_is_named(tmp_path: Path) -> None:
    import fsspec

    with fsspec.open("memory://bucket/rows.csv", "wb") as stream:
        stream.write(table())
    wanted = TakedownOptions(tmp_path / "t.jsonl", raw=("memory://bucket",), purge=True)
    report = take_down("pier", "asked", wanted)
    assert report.tombstone.hashes and report.erased == ()
    assert report.left == (
        "bucket/rows.csv: it holds the document and lies at an address, so take it out there by hand.",
    )


def test_json_that_quotes_the_text_is_named(tmp_path: Path) -> None:
    """No build reads a list in one JSON file; what stands beside a text goes with the text."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "export.json").write_text(json.dumps({"all": [{"body": ARTICLES["pier"]}, {"body": "Other."}]}), "utf-8")
    (raw / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    (raw / "pier.json").write_text(json.dumps({"title": "Pier stays", "as sent": ARTICLES["pier"]}), "utf-8")
    done = purge(raw, "pier")
    assert [item.place.name for item in done.erased] == ["pier.txt", "pier.json"]
    why = "it is no news item, and what else is in it would go, too; take it out by hand."
    assert done.left == (f"{raw}/export.json: it holds the document and is as it was: {why}",)
