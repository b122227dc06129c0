"""Records in UTF-16 and UTF-32, as programs on Windows write them: read, searched and cut like those in UTF-8."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import tempfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from source_reading import places, read

from corpus.readers.encoding.decoding import mark_of
from corpus.readers.erasing import find_parts
from corpus.readers.kinds import read_name
from corpus.readers.origins import LocalOrigin
from corpus.readers.sourcefile import SourceFile
from corpus.readers.sources import ReadOptions
from corpus.readers.tabular.jsontext import lines_of

MARKS = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
MARKED = [(mark, codec) for codec, mark in MARKS.items()]
UNMARKED = [(b"", "utf-16-le"), (b"", "utf-16-be")]
TEXTS = {
    "Ċa": "The port of Ahlen reopened on Monday, Ċ said: \u010a\u0a0a\u0d0a\u000aand more.",
    "b": "Größe 北京 \U0001f6a2 »endlich«\u2028, said its operator.\r\nSecond line.",
    "c": "The pier stays open to all.",
}
"""Characters of which a byte is that of a line's end, before and behind one that is none."""


def json_lines(end: str = "\n") -> str:
    return "".join(json.dumps({"id": k, "text": t}, ensure_ascii=k == "b") + end for k, t in TEXTS.items())


def table() -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("id", "text"), *TEXTS.items()])
    return out.getvalue()


def file_of(path: Path) -> SourceFile:
    told = read_name(path.name)
    assert told is not None
    return SourceFile.named(LocalOrigin(path), path.name, told, walked=False)


@pytest.mark.parametrize(("mark", "codec"), MARKED + UNMARKED)
@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson.gz", "a.csv", "a.tsv.gz"])
def test_records_are_those_of_the_same_file_in_utf8(tmp_path: Path, name: str, mark: bytes, codec: str) -> None:
    """Texts, hashes and ids are equal; the decoder says in what they stood."""
    text = json_lines("\r\n") if "json" in name else table().replace('","', '"\t"' if "tsv" in name else '","')
    found = []
    for folder, data in (("plain", text.encode()), ("wide", mark + text.encode(codec))):
        path = tmp_path / folder / name
        path.parent.mkdir()
        pieces = (data[at : at + 7] for at in range(0, len(data), 7))
        path.write_bytes(b"".join(map(gzip.compress, pieces)) if name.endswith(".gz") else data)
        documents, report = read(path)
        assert report.findings == []
        found.append(documents)
    plain, wide = found
    assert [document.doc_id for document in wide] == list(TEXTS)
    assert {document.decoder for document in wide} == {codec}
    assert [replace(document, decoder="utf-8") for document in wide] == plain


@pytest.mark.parametrize(("mark", "codec"), MARKED)
def test_a_finding_names_the_line(tmp_path: Path, mark: bytes, codec: str) -> None:
    """Blank lines count, long ones are passed over, marks inside are no text, and half a pair is repaired."""
    lines = [
        '{"id": "a", "text": "One."}',
        "",
        " \r",
        '{"id": "b", "text": ',
        '\ufeff{"id": "c", "text": "Half a \ud83d."}',
        '["d"]',
        '{"id": "e", "text": "' + "x" * 2_000_000 + '"}',
        '{"id": "f", "text": "Two."}',
        '{"id": "g"}',
    ]
    (tmp_path / "a.jsonl").write_bytes(mark + "\n".join(lines).encode(codec, "surrogatepass"))
    documents, report = read(tmp_path / "a.jsonl", max_record_bytes=1_000_000)
    assert [(d.doc_id, d.text) for d in documents] == [("a", "One."), ("c", "Half a \ufffd."), ("f", "Two.")]
    assert [repair.kind for repair in documents[1].repairs] == ["surrogate"]
    assert places(report) == [
        ("a.jsonl:4", "invalid-json"),
        ("a.jsonl:6", "invalid-json"),
        ("a.jsonl:7", "too-large"),
        ("a.jsonl:9", "missing-text"),
    ]


GOOD = '{"id": "a", "text": "One."}\n'
NEXT = '{"id": "b", "text": "Größe."}\n' * 3
LOST = NEXT.encode("utf-16-le")[1:]


@pytest.mark.parametrize(
    ("data", "found", "word"),
    [
        ("\ufeff" + GOOD + NEXT[:20], [("a.jsonl:2", "invalid-json")], "mend"),
        (("\ufeff" + GOOD).encode("utf-16-le") + NEXT.encode(), [("a.jsonl:2", "invalid-json")], "encoding"),
        (("\ufeff" + GOOD).encode("utf-16-le") + NEXT.encode() + b" ", [("a.jsonl:2", "not-utf16")], "encoding"),
        (GOOD.encode() + NEXT.encode("utf-16-le"), [("a.jsonl:2", "not-utf8")], "encoding"),
        (GOOD.encode() + GOOD.encode("utf-16-be"), [("a.jsonl:2", "invalid-json")], "encoding"),
        (("\ufeff" + GOOD + GOOD).encode("utf-16-be")[:-1], [("a.jsonl:2", "not-utf16")], "get the file anew"),
        (("\ufeff" + GOOD).encode("utf-16-be") + b"\0", [("a.jsonl:2", "not-utf16")], "get the file anew"),
        (("\ufeff" + GOOD).encode("utf-16-le") + LOST, [("a.jsonl:2", "not-utf16")], "get the file anew"),
        (("\ufeff" + GOOD).encode("utf-16-le") + NEXT.encode("utf-16-be"), [("a.jsonl:2", "invalid-json")], "mend"),
    ],
)
def test_what_is_not_as_the_first_bytes_say_is_a_finding(
    tmp_path: Path, data: str | bytes, found: list[tuple[str, str]], word: str
) -> None:
    """A file that was cut, lost a byte, or was written on in another encoding: what is before that is read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(data.encode("utf-16-le") if isinstance(data, str) else data)
    documents, report = read(path)
    assert [document.doc_id for document in documents] == ["a"]
    assert places(report)[:1] == found
    assert word in report.findings[0].message
    told: list[str] = []
    assert [part.traces.ids for part in find_parts(file_of(path), ReadOptions(), told.append)][:1] == [("a",)]
    assert told and told[0].startswith("line 2 ")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_table_that_breaks_off_is_a_finding(tmp_path: Path, codec: str) -> None:
    """The row in which it does costs itself; half a pair inside a text is repaired, and costs nothing."""
    text = 'id,text\na,"Half a \ud83d, it\nsaid."\nb,Two.'
    path = tmp_path / "a.csv"
    path.write_bytes(MARKS[codec] + text.encode(codec, "surrogatepass")[:-1])
    documents, report = read(path)
    assert [(d.doc_id, d.text) for d in documents] == [("a", "Half a \ufffd, it\nsaid.")]
    assert places(report) == [("a.csv:4", "unreadable")]
    assert codec[:6] in report.findings[0].message.lower()
    told: list[str] = []
    parts = list(find_parts(file_of(path), ReadOptions(), told.append))
    assert [part.traces.ids for part in parts] == [(), ("a",), ()]
    assert "line 4" in told[0]


@pytest.mark.parametrize("codec", ["utf-8", *MARKS])
def test_tables_that_were_put_together_are_read(tmp_path: Path, codec: str) -> None:
    """A mark and the names of the columns stand again in the middle: neither is a record, or part of one."""
    one = "\ufeff" + '"id","text"\n"a","One, two."\n'
    text = one + one.replace('"a"', '"b"') + '\ufeff"c","Three, four."\n' + '\ufeffd,"\ufeffFive"\n'
    (tmp_path / "a.csv").write_bytes(text.encode(codec))
    documents, report = read(tmp_path / "a.csv")
    assert [document.doc_id for document in documents] == ["a", "b", "c", "d"]
    assert places(report) == [("a.csv:3", "repeated-header")]
    parts = list(find_parts(file_of(tmp_path / "a.csv"), ReadOptions(), lambda _: None))
    assert [part.traces.ids for part in parts][3:] == [("b",), ("c",), ("d",)]
    assert parts[-1].end == len(text.encode(codec))


def test_a_line_without_an_end_is_held_up_to_the_limit_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    text = '\ufeff{"id": "a", "text": "' + "x" * 20_000_000 + '"}\n{"id": "b", "text": "Two."}\n'
    path.write_bytes(text.encode("utf-16-le"))
    tracemalloc.start()
    documents, report = read(path, max_record_bytes=1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert ([d.doc_id for d in documents], places(report)) == (["b"], [("a.jsonl:1", "too-large")])


UNITS = st.sampled_from(["\n", "\r\n", "Ċ", "\u0a0a", "\u0a00", "a", "\U0001f6a2", "\ud83d", "\udea2", "\ufeff"])


@given(st.lists(UNITS, max_size=40).map("".join), st.sampled_from(MARKED), st.integers(0, 3), st.integers(1, 20))
@settings(max_examples=200)
def test_lines_tile_the_file(text: str, marked: tuple[bytes, str], lost: int, limit: int) -> None:
    """Whatever it holds and wherever it is cut: every byte behind the mark is one line's, and lines end at LF."""
    mark, codec = marked
    body = text.encode(codec, "surrogatepass")
    body = body[: max(0, len(body) - lost)]
    assume(mark_of((mark + body)[:4]) == marked)  # UTF-16 that begins with a NUL has the mark of UTF-32
    lines = list(lines_of(io.BytesIO(mark + body), len(body)))
    assert b"".join(line.data for line in lines) == body
    assert [line.begin for line in lines] == [len(mark), *(line.end for line in lines)][: len(lines)]
    whole, rest = body[: len(body) // len(mark) * len(mark)], len(body) % len(mark)
    expected = whole.decode(codec, "surrogatepass").split("\n")
    assert len(lines) == len(expected) - (not expected[-1] and not rest)
    for short, line in zip(lines_of(io.BytesIO(mark + body), limit), lines, strict=True):
        assert (short.begin, short.end, short.number) == (line.begin, line.end, line.number)
        assert short.too_long == (len(line.data.removesuffix("\n".encode(codec))) > limit)
        assert line.data.startswith(short.data) and len(short.data) <= limit + len(mark)


@given(st.binary(max_size=200), st.sampled_from([*MARKS.values(), b"{\0", b"\0{", b"\xef\xbb\xbf"]))
@settings(max_examples=150)
def test_any_bytes_behind_a_mark_give_findings_and_the_same_ids(data: bytes, mark: bytes) -> None:
    """Each record that is read is found by who seeks it; what cannot be read is told by both."""
    good = GOOD.encode({v: k for k, v in MARKS.items()}.get(mark, "utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.jsonl", "a.csv"):
            path = Path(folder, name)
            path.write_bytes(mark + good + data)
            documents, report = read(path)
            assert documents or report.findings
            told: list[str] = []
            parts = list(find_parts(file_of(path), ReadOptions(), told.append)) if not report.findings else []
            known = {name for part in parts for name in part.traces.ids}
            assert {document.doc_id for document in documents if not report.findings} <= known
