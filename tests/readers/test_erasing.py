"""The parts of a raw file tile it, and cutting some out leaves the very bytes of the others."""

from __future__ import annotations

import csv
import gzip
import io
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warc_files import page, record

from corpus.errors import SourceError
from corpus.readers.erasing import Part, find_parts, remove_parts
from corpus.readers.erasing.cutting import without_stretches
from corpus.readers.erasing.members import Member, inflated, members
from corpus.readers.erasing.tables import without_rows
from corpus.readers.erasing.units import units
from corpus.readers.kinds import read_name
from corpus.readers.origins import LocalOrigin
from corpus.readers.records import Problem, record_id
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.tabular.csvtables import read_csv

CELL = st.text(st.sampled_from("ab '\"\n\r,;\t|é北\u2028"), max_size=8)


def source(path: Path) -> SourceFile:
    told = read_name(path.name)
    assert told is not None
    return SourceFile.named(LocalOrigin(path), path.name, told, walked=False)


def parts(path: Path) -> list[Part]:
    return [part for part in find_parts(source(path), ReadOptions(), lambda _: None) if part.counts]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("erasing")


@given(
    st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_rows_are_those_that_the_reader_reads(
    folder: Path, cells: list[tuple[str, str]], mark: str, end: str
) -> None:
    """Whatever is in the cells: the same ids, and each row's bytes are a table of that row."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "text", "more"])
    writer.writerows((f"r{number}", text, more) for number, (text, more) in enumerate(cells))
    path, data = folder / "rows.csv", out.getvalue().encode()
    path.write_bytes(data)
    found, options = parts(path), ReadOptions()
    records = list(read_csv(source(path), options, ReadReport()))
    assert [part.traces.ids[0] for part in found] == [record_id(one, options)[0] for one in records]
    assert [part.begin for part in found[1:]] + [len(data)] == [part.end for part in found]
    head = data[: found[0].begin]
    for part, one in zip(found, records, strict=True):
        path.write_bytes(head + data[part.begin : part.end])
        assert [again.fields for again in read_csv(source(path), options, ReadReport())] == [one.fields]


ODD = st.text(st.sampled_from("aé北ß“ "), min_size=1, max_size=6)
NAMES = st.tuples(st.permutations(["id", "text", "more"]), st.sampled_from([[], ["é"], [""]])).map(
    lambda n: n[0] + n[1]
)
CELLS = st.tuples(ODD, st.sampled_from(["utf-8", "cp1252"]))


@given(
    NAMES,
    st.lists(st.lists(CELLS, min_size=3, max_size=4), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.sampled_from(["rows.csv", "rows.tsv"]),
)
def test_a_table_has_the_same_ids_as_for_the_reader(
    folder: Path, names: list[str], rows: list[list[tuple[str, str]]], mark: str, name: str
) -> None:
    """Whatever separates it and however its cells are encoded: else the document of an id would not be found."""
    body = [b";".join(text.encode(codec, "replace") for text, codec in row) for row in rows]
    path, options = folder / name, ReadOptions()
    path.write_bytes(b"\n".join([mark.join(names).encode(), *body]).replace(b";", mark.encode()) + b"\n")
    known = {id_ for part in find_parts(source(path), options, lambda _: None) for id_ in part.traces.ids}
    for one in read_csv(source(path), options, ReadReport()):
        with suppress(Problem):
            assert record_id(one, options)[0] in known


@given(
    st.binary(max_size=300),
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 80)), max_size=4),
)
def test_what_is_cut_is_what_was_asked_for(
    folder: Path, data: bytes, count: int, asked: list[tuple[int, int]]
) -> None:
    """Plain, or zipped in members of any size."""
    gone, at = list[tuple[int, int]](), 0
    for begin, size in sorted(asked):
        if at <= begin < len(data):
            gone.append((begin, min(len(data), begin + size)))
            at = gone[-1][1]
    kept = bytes(byte for place, byte in enumerate(data) if not any(b <= place < e for b, e in gone))
    plain, zipped = folder / "plain", folder / "zipped"
    size = -(-len(data) // count) or 1
    plain.write_bytes(data)
    zipped.write_bytes(b"".join(gzip.compress(data[at : at + size]) for at in range(0, len(data), size)))
    without_stretches(plain, gone, gzipped=False)
    without_stretches(zipped, gone, gzipped=True)
    assert plain.read_bytes() == kept
    assert gzip.decompress(zipped.read_bytes()) == kept


PIECES = st.sampled_from(
    [
        gzip.compress(b"one"),
        gzip.compress(b"two" * 50_000),
        gzip.compress(b""),
        gzip.compress(b"broken " * 9)[:-9],
        b"\0" * 7,
        b"\x1f\x8b\x08",
        b"noise",
    ]
)


@given(st.lists(PIECES, max_size=6))
def test_members_tile_a_file_however_it_is_damaged(pieces: list[bytes]) -> None:
    """Nothing between two of them; what they hold is counted on; what is sound is as gzip has it."""
    data = b"".join(pieces)
    found = list(members(io.BytesIO(data)))
    assert [0, *(member.end for member in found)] == [*(member.begin for member in found), len(data)]
    assert [0, *(member.last for member in found)][:-1] == [member.first for member in found]
    held = b"".join(piece for piece in inflated(io.BytesIO(data)) if not isinstance(piece, Member))
    assert len(held) == (found[-1].last if found else 0)
    for member in found:
        if member.sound:
            assert gzip.decompress(data[member.begin : member.end]) == held[member.first : member.last]


RECORDS = st.lists(
    st.one_of(
        st.builds(
            lambda n, lie: record(f"https://a.example/{n}", page(n), lie=lie),
            st.integers(0, 9),
            st.integers(-90, 90),
        ),
        st.sampled_from(
            [b"WARC/1.0\r\n", b"\r\n\r\n", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", b"noise\n", b"\0"]
        ),
    ),
    max_size=6,
)


@given(RECORDS, st.integers(0, 900), st.booleans())
def test_units_tile_an_archive_however_it_is_damaged(records: list[bytes], limit: int, zipped: bool) -> None:
    """Every byte is in one unit, whatever the lengths say and however little may be held."""
    whole = b"".join(records)
    data = b"".join(map(gzip.compress, records)) if zipped else whole
    found = list(units(io.BytesIO(data), limit, lambda _: None, zipped=zipped))
    assert [0, *(unit.end for unit in found)] == [*(unit.begin for unit in found), len(whole)]
    assert all(whole[unit.begin : unit.end].startswith(unit.data) for unit in found)


def test_a_record_longer_than_may_be_held_goes_by_its_address(tmp_path: Path) -> None:
    records = [record(f"https://a.example/{n}", page(n, "x" * (300_000 if n == 1 else 10))) for n in range(3)]
    path = tmp_path / "pages.warc"
    path.write_bytes(b"".join(records))
    found = list(find_parts(source(path), ReadOptions(max_record_bytes=100_000), lambda _: None))
    assert [part.begin for part in found] == [0, len(records[0]), len(records[0]) + len(records[1])]
    assert "https://a.example/1" in found[1].traces.addresses
    remove_parts(path, "warc", [(found[1].begin, found[1].end)], gzipped=False)
    assert path.read_bytes() == records[0] + records[2]


def rows(count: int) -> dict[str, Any]:
    words = [f"word {number % 5}" for number in range(count)]
    return {
        "n": pa.array(range(count), pa.int32()),
        "word": pa.array(words).dictionary_encode(),
        "words": pa.array([[word, None] for word in words], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        "view": pa.array([None, *words[1:]], pa.string_view()),
        "both": pa.array([{"a": word, "b": [1.5]} for word in words]),
        "map": pa.array([[("k", number)] for number in range(count)], pa.map_(pa.string(), pa.int64())),
        "when": pa.array([datetime(2020, 1, 1, tzinfo=UTC)] * count, pa.timestamp("ms", "UTC")),
        "a.b": pa.array(words, pa.large_string()),
    }


WAYS: list[dict[str, Any]] = [
    {},
    {"compression": "brotli", "version": "1.0", "row_group_size": 3},
    {"compression": "none", "use_dictionary": False, "write_statistics": False, "use_compliant_nested_type": False},
    {"compression": "zstd", "data_page_version": "2.0", "store_schema": False, "row_group_size": 1},
    {"use_deprecated_int96_timestamps": True, "write_page_checksum": True},
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: ",".join(way) or "plain")
@pytest.mark.parametrize("gone", [[0], [3, 4], [9], list(range(9))])
def test_the_other_rows_of_a_table_are_as_they_were(tmp_path: Path, way: dict[str, Any], gone: list[int]) -> None:
    """Nested columns, dictionaries, views, maps, nulls; however the file was written."""
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(rows(10)), path, **way)
    before = pq.read_table(path)
    without_rows(path, gone)
    after = pq.read_table(path)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.to_pylist() == [row for number, row in enumerate(before.to_pylist()) if number not in gone]
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_no_dictionary_keeps_the_text_of_a_row_that_went(tmp_path: Path) -> None:
    """Not the column's, not one in a list, not the smallest value; uncompressed, so that it would show."""
    path = tmp_path / "rows.parquet"
    secret = ["the secret words" if number == 4 else f"word {number}" for number in range(9)]
    data = {
        "plain": secret,
        "coded": pa.array(secret).dictionary_encode(),
        "nested": pa.array([[word] for word in secret], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
    }
    pq.write_table(pa.table(data), path, compression="none", write_page_index=True)
    assert b"the secret words" in path.read_bytes()
    without_rows(path, [4])
    assert b"the secret" not in path.read_bytes()
    assert pq.read_table(path).column("nested").to_pylist() == [[word] for word in secret if "secret" not in word]


def test_a_file_that_is_no_parquet_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1 and nothing else PAR1")
    with pytest.raises(SourceError, match="no sound Parquet file"):
        without_rows(path, [0])
    assert path.read_bytes() == b"PAR1 and nothing else PAR1"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("names", [["id", "text", "text"], ["id", "text", "a.b"], ["id", "text", "a"]])
def test_odd_names_of_columns_are_searched(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / "rows.parquet"
    columns = [pa.array(["x", "y"]), pa.array(["One text.", "Two texts."]), pa.array(["Three.", "Four."])]
    pq.write_table(pa.Table.from_arrays(columns, names=names), path)
    assert [part.traces.ids for part in parts(path)] == [("x",), ("y",)]
    without_rows(path, [0])
    assert pq.ParquetFile(path).read().num_rows == 1


ODD: dict[str, pa.Array] = {
    "time of day": pa.array([123456789012 + number for number in range(6)], pa.time64("ns")),
    "far day": pa.array([3_000_000 + number for number in range(6)], pa.date32()),
    "nanoseconds": pa.array([1234567890123456789, None, 1, 2, 3, 4], pa.timestamp("ns", "Europe/Berlin")),
    "number": pa.array([float("inf"), None, -0.0, 5e-324, 1.0, 2.0]),
}


@pytest.mark.parametrize("name", ODD)
def test_what_stands_beside_a_dictionary_in_an_object_is_carried_over(tmp_path: Path, name: str) -> None:
    """To the last nanosecond, whatever Python can hold; nulls on every floor, lists that are empty or null."""
    path = tmp_path / "rows.parquet"
    words = pa.array([f"w{number}" for number in range(6)]).dictionary_encode()
    inner = pa.StructArray.from_arrays([words, ODD[name]], ["w", "x"], mask=pa.array([False] * 5 + [True]))
    offsets = pa.array([0, 2, None, 2, 3, 6, 6], pa.int32())
    data = {"n": pa.array(range(6)), "of": inner, "list": pa.ListArray.from_arrays(offsets, inner)}
    pq.write_table(pa.table(data), path, row_group_size=4)
    before = pq.read_table(path)
    without_rows(path, [1])
    after, kept = pq.read_table(path), pa.concat_tables([before.slice(0, 1), before.slice(2)])
    assert after.schema.equals(before.schema)
    for column in ("of", "list"):
        assert told(after.column(column)) == told(kept.column(column))


def told(column: pa.ChunkedArray) -> list[Any]:
    """Return where nulls are, how long lists are, the words, and the other values as Arrow compares them."""
    nulls, lengths = column.is_null().to_pylist(), []
    if pa.types.is_list(column.type):
        lengths, column = pc.list_value_length(column).to_pylist(), pc.list_flatten(column)
    words, others = (pc.struct_field(column, name) for name in ("w", "x"))
    return [nulls, lengths, column.is_null().to_pylist(), words.to_pylist(), others.combine_chunks()]
