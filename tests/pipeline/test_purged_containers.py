"""A purge takes a document out of raw files of every kind, and what is left reads as it did before."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from raw_containers import ARTICLES, KINDS, json_lines, parquet, table, warc, write, zipped

from corpus.model.document import RawDocument
from corpus.pipeline.takedown import TakedownOptions, TakedownReport, take_down
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

WORDS = {
    "quay": b"closed since May",
    "ferry": b"tickets, it said",
    "pier": b"stays open to all",
    "last": b"Last boat",
}


def documents(folder: Path) -> dict[str, RawDocument]:
    """Return what a build would read; there is nothing to complain of."""
    report = ReadReport()
    found = {raw.doc_id: raw for raw in read_sources([folder], ReadOptions(), report)}
    assert report.findings == []
    return found


def name_of(doc_id: str) -> str:
    return doc_id.rpartition("/")[2]


def purge(folder: Path, doc_id: str, *, dry_run: bool = False, read: ReadOptions | None = None) -> TakedownReport:
    graves = folder.parent / f"graves-{name_of(doc_id)}.jsonl"
    wanted = TakedownOptions(graves, raw=(folder,), purge=True, dry_run=dry_run, read=read or ReadOptions())
    return take_down(doc_id, "asked", wanted)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_left_reads_as_before(tmp_path: Path, name: str) -> None:
    """Every document in turn: it is gone, all others are equal to what they were, and the file's mode stays."""
    path = write(tmp_path / "raw", name)
    before, data = documents(tmp_path / "raw"), path.read_bytes()
    assert {name_of(doc_id) for doc_id in before} == set(ARTICLES)
    for doc_id in before:
        path.write_bytes(data)
        path.chmod(0o640)
        told = purge(tmp_path / "raw", doc_id, dry_run=True)
        assert path.read_bytes() == data
        done = purge(tmp_path / "raw", doc_id)
        assert done.erased == told.erased and done.left == told.left == () and done.others == ()
        assert [item.what for item in done.erased] == ["3 records" if "warc" in name else f"1 {noun(name)}"]
        assert documents(tmp_path / "raw") == {own: raw for own, raw in before.items() if own != doc_id}
        assert path.stat().st_mode & 0o777 == 0o640
        assert not [left for left in path.parent.iterdir() if left != path]
        words = WORDS.get(name_of(doc_id))
        assert words is None or words not in unpacked(path).replace(b"\0", b"")  # of UTF-16, too


def noun(name: str) -> str:
    return "line" if "json" in name else "row"


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@pytest.mark.parametrize("name", [name for name in KINDS if "parquet" not in name])
def test_kept_bytes_are_the_very_bytes(tmp_path: Path, name: str) -> None:
    """Take the parts out by hand: lines, rows and records are byte for byte what they were."""
    path = write(tmp_path / "raw", name)
    whole = unpacked(path)
    doc_id = next(own for own in documents(tmp_path / "raw") if name_of(own) == "pier")
    purge(tmp_path / "raw", doc_id)
    kept = unpacked(path)
    start = next(n for n, (one, other) in enumerate(zip(whole, kept, strict=False)) if one != other)
    assert whole[:start] == kept[:start] and whole.endswith(kept[start:])
    assert 0 < len(kept) < len(whole)


def test_members_that_nothing_is_cut_out_of_keep_their_bytes(tmp_path: Path) -> None:
    """A zipped archive loses the members of three records; a zipped list is zipped anew the same way each time."""
    path = write(tmp_path / "raw", "pages.warc.gz")
    purge(tmp_path / "raw", "https://harbour.example/ferry")
    assert path.read_bytes() == b"".join(
        zipped(one) for one in warc() if b"/ferry\r\n" not in one and b"-2\r\n" not in one
    )
    made = []
    for _ in range(2):
        (tmp_path / "raw" / "pages.warc.gz").unlink(missing_ok=True)
        path = write(tmp_path / "raw", "rows.jsonl.gz")
        purge(tmp_path / "raw", "ferry")
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_a_parquet_file_keeps_what_it_says_of_itself(tmp_path: Path) -> None:
    """Schema, metadata, compression, statistics, page index and the other rows; none of the text is left in it."""
    path = write(tmp_path / "raw", "rows.parquet")
    before, told = pq.read_table(path), pq.read_metadata(path)
    purge(tmp_path / "raw", "ferry")
    after, new = pq.read_table(path), pq.read_metadata(path)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.to_pylist() == [row for row in before.to_pylist() if row["id"] != "ferry"]
    assert [new.row_group(n).num_rows for n in range(new.num_row_groups)] == [1, 2, 1]
    for number in range(told.num_columns):
        one, other = told.row_group(0).column(number), new.row_group(0).column(number)
        assert (one.compression, one.path_in_schema) == (other.compression, other.path_in_schema)
        assert one.has_offset_index == other.has_offset_index
        assert one.is_stats_set == other.is_stats_set
    assert new.metadata[b"made"] == told.metadata[b"made"] == b"for a test"
    assert b"Ferry to sail" not in path.read_bytes()


@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_which_nothing_is_left_goes(tmp_path: Path, name: str) -> None:
    """A build would call it empty; so it is removed, head, blank lines and all."""
    path = write(tmp_path / "raw", name)
    for doc_id in documents(tmp_path / "raw"):
        done = purge(tmp_path / "raw", doc_id)
    assert not path.exists()
    assert done.erased[0].what.startswith("the file, ")


def test_every_file_that_holds_it_is_cut(tmp_path: Path) -> None:
    """The id twice in a list, the text under another id, the page in two archives: all of them, in one go."""
    raw = tmp_path / "raw"
    raw.mkdir()
    text, other = ARTICLES["pier"], ARTICLES["last"]
    lines = [{"id": "pier", "text": text}, {"id": "pier", "text": text + "More."}, {"id": "x", "text": other}]
    (raw / "double.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (raw / "copy.csv").write_bytes(table(articles={"copied": text.replace("\n", "\r\n"), "y": other + "And more."}))
    (raw / "copy.txt.gz").write_bytes(gzip.compress(text.encode()))
    (raw / "quoted.ndjson.gz").write_bytes(
        gzip.compress(
            "".join(json.dumps(line) + "\n" for line in [{"id": "q", "text": "Q.", "of": text}, lines[2]]).encode()
        )
    )
    (raw / "rows.parquet").write_bytes(parquet())
    report = purge(raw, "pier")
    assert {item.place.name: item.what for item in report.erased} == {
        "copy.csv": "1 row",
        "copy.txt.gz": "the file",
        "double.jsonl": "2 lines",
        "quoted.ndjson.gz": "1 line",
        "rows.parquet": "1 row",
    }
    assert set(report.others) == {"copied", "copy"}
    assert report.left == ()
    assert b"stays open" not in b"".join(unpacked(path) for path in raw.iterdir())


def test_other_fields_can_hold_the_text_and_the_id(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "rows.csv").write_bytes(table().replace(b"id,text,", b"key,body,", 1))
    purge(raw, "pier", read=ReadOptions(text_field="body", id_field="key"))
    assert b"stays open" not in (raw / "rows.csv").read_bytes()
    assert b"Quay reopens" in (raw / "rows.csv").read_bytes()


def test_older_versions_of_a_page_go_with_it(tmp_path: Path) -> None:
    """A build reads the newest capture alone; the others hold the text as well."""
    raw = tmp_path / "raw"
    raw.mkdir()
    old = [one.replace(b"2021-", b"2020-").replace(b"open to all", b"open to most") for one in warc()]
    (raw / "old.warc.gz").write_bytes(b"".join(map(zipped, old)))
    (raw / "new.warc").write_bytes(b"".join(warc()))
    done = purge(raw, "https://harbour.example/pier")
    assert {item.place.name: item.what for item in done.erased} == {
        "new.warc": "3 records",
        "old.warc.gz": "3 records",
    }
    assert b"/pier" not in unpacked(raw / "old.warc.gz") + unpacked(raw / "new.warc")


def test_what_belongs_to_a_response_goes_with_it(tmp_path: Path) -> None:
    """What names it by its record's id, at whatever address; other pages stay, though they name the same one."""
    raw = tmp_path / "raw"
    raw.mkdir()
    records = warc()
    added = [
        _about("revisit", "print/pier", "WARC-Refers-To: <urn:uuid:4-response>"),
        _about("continuation", "part-2", "WARC-Segment-Origin-ID: <urn:uuid:4-response>"),
        _about("conversion", "text/pier", "WARC-Refers-To: <urn:uuid:4-response>"),
        _about("metadata", "print/last", "WARC-Concurrent-To: <urn:uuid:5-response>"),
        _about("resource", "last.png", "WARC-Concurrent-To: <urn:uuid:4-response>"),
    ]
    (raw / "pages.warc").write_bytes(b"".join([*added[:2], *records, *added[2:]]))
    (item,) = purge(raw, "https://harbour.example/pier").erased
    assert item.what == "6 records"
    kept = (one for one in records if b"/pier\r\n" not in one and b"notes-4\r\n" not in one)
    assert (raw / "pages.warc").read_bytes() == b"".join([*kept, *added[3:]])


def _about(kind: str, name: str, line: str) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://harbour.example/{name}\r\n{line}\r\n"
    return f"{head}Content-Length: 4\r\n\r\nmore\r\n\r\n".encode()


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
