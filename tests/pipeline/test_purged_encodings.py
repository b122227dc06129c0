"""A purge cuts records out of files in UTF-16 and UTF-32, and leaves all else as it was, what is broken too."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path

import pytest

from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
WIDE = sorted(MARKS.keys() - {"utf-8"})
GONE = "The pier \u010a\u0a0a was closed for repairs 北京 \U0001f6a2, the port said on Monday."
KEPT = "The quay Ċ stays open 東京 \U0001f6a2, the port said on Tuesday."


def lines(*named: tuple[str, str], end: str = "\r\n") -> str:
    return "".join(json.dumps({"id": id_, "text": text}, ensure_ascii=False) + end for id_, text in named)


def rows(*named: tuple[str, str]) -> str:
    return "".join(f'{id_},"{text}\nIn ""quotes""."\n' for id_, text in named)


def purge(raw: Path, doc_id: str = "pier") -> TakedownReport:
    return take_down(doc_id, "asked", TakedownOptions(raw.parent / "graves.jsonl", raw=(raw,), purge=True))


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.csv.gz"])
def test_all_other_bytes_stay(tmp_path: Path, name: str, codec: str) -> None:
    """In the middle, and under another id at the end; half a pair in a text is cut out as what it is."""
    made, head = (lines, "") if "json" in name else (rows, "id,text\n")
    half = made(("half", "Half \ud83d a pair stays."))
    first, last = made(("quay", KEPT)), made(("last", KEPT + " So it did.")) + half
    gone = made(("pier", GONE)), made(("copy", GONE))
    whole, kept = (
        MARKS[codec] + (head + text).encode(codec, "surrogatepass")
        for text in (first + gone[0] + last + gone[1], first + last)
    )
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / name).write_bytes(gzip.compress(whole) if name.endswith(".gz") else whole)
    report = purge(raw)
    assert (report.others, report.left) == (("copy",), ())
    data = (raw / name).read_bytes()
    assert (gzip.decompress(data) if name.endswith(".gz") else data) == kept
    assert purge(raw, "half").left == ()
    data = (raw / name).read_bytes()
    kept = kept.replace(half.encode(codec, "surrogatepass"), b"")
    assert (gzip.decompress(data) if name.endswith(".gz") else data) == kept


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_what_breaks_off_is_named_and_stays(tmp_path: Path, name: str, codec: str) -> None:
    """Nobody can tell whether the rest is the document; what surely is goes all the same."""
    made, head = (lines, "") if name == "a.jsonl" else (rows, "id,text\n")
    rest = made(("rest", GONE)).encode(codec)[:-1]
    begun = MARKS[codec] + (head + made(("quay", KEPT))).encode(codec)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / name).write_bytes(begun + made(("pier", GONE)).encode(codec) + rest)
    report = purge(raw)
    assert (raw / name).read_bytes() == begun + rest
    assert len(report.left) == 1 and "could not be searched through" in report.left[0]
    assert " line " in report.left[0]


@pytest.mark.parametrize(
    ("first", "then"),
    [("utf-8", "utf-16-le"), ("utf-16-le", "utf-8"), ("utf-16-be", "utf-16-le"), ("utf-16-le", "utf-32-le")],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_what_is_in_another_encoding_than_the_first_bytes_is_named(
    tmp_path: Path, name: str, first: str, then: str
) -> None:
    """As where two programs wrote to one file: nobody knows what the rest holds."""
    made, head = (lines, "") if name == "a.jsonl" else (rows, "id,text\n")
    raw = tmp_path / "raw"
    raw.mkdir()
    long = made(("quay", KEPT * 90))  # so that the file does not begin with what is strange
    begun, more = MARKS[first] + (head + long).encode(first), made(("pier", GONE)).encode(then)
    (raw / name).write_bytes(begun + made(("pier", GONE)).encode(first) + more)
    report = purge(raw)
    assert (raw / name).read_bytes() == begun + more
    assert any("could not be searched through" in sentence for sentence in report.left)
