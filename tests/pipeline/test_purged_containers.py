"""A purge takes a document out of raw files of every kind, and what is left reads as it did before."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from purging import documents, name_of, noun, purge, unpacked
from raw_containers import ARTICLES, KINDS, parquet, table, warc, write, zipped

from corpus.readers.sources import ReadOptions

WORDS = {
    "quay": b"closed since May",
    "ferry": b"tickets, it said",
    "pier": b"stays open to all",
    "last": b"Last boat",
}


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
