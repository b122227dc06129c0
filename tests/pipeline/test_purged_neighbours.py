"""What only looks like the document stays: shared addresses, notices, labels, blanks; what is the document goes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from raw_containers import ARTICLES, write

from corpus.errors import UsageError
from corpus.pipeline.erasure import erasing
from corpus.pipeline.erasure.erasing import Erasure
from corpus.pipeline.erasure.purging import purge_annotations
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.releases.takedowns import Tombstone

SITE = "https://harbour.example"
WALL = b"<html><title>Consent</title><p>Please accept our cookies to go on reading this site today.</p>"


def purge(folder: Path, doc_id: str) -> TakedownReport:
    return take_down(doc_id, "asked", TakedownOptions(folder.parent / "g.jsonl", raw=(folder,), purge=True))


def lines(path: Path, records: Sequence[Mapping[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


def capture(name: str, body: bytes, year: int, kind: str = "response") -> bytes:
    address = name if ":" in name else f"{SITE}/{name}"
    content = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: {year}-01-01T00:00:00Z\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n\r\n"


def page(text: str) -> bytes:
    return f"<html><title>{text.split()[0]}</title><p>{text}</p>".encode()


def test_an_address_that_many_records_share_is_not_a_page_of_one(tmp_path: Path) -> None:
    """A build takes the first address of a record; others name the feed or the section that it came from."""
    records = [
        {"id": name, "url": f"{SITE}/{name}", "source_url": f"{SITE}/feed.xml", "text": text}
        for name, text in ARTICLES.items()
    ]
    path = lines(tmp_path / "raw" / "rows.jsonl", records)
    done = purge(tmp_path / "raw", "pier")
    assert ids(path) == [name for name in ARTICLES if name != "pier"]
    assert done.tombstone.pages == ("harbour.example/pier",) and done.others == ()


@pytest.mark.parametrize("notice", [WALL, b"", b" \n"])
def test_a_notice_that_a_site_sent_for_many_pages_leads_to_none_of_them(tmp_path: Path, notice: bytes) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    newer = {name: capture(name, page(text), 2021) for name, text in ARTICLES.items() if name.isascii()}
    (raw / "old.warc").write_bytes(b"".join(capture(name, notice, 2020) for name in newer))
    (raw / "new.warc").write_bytes(b"".join(newer.values()))
    rows = lines(raw / "rows.jsonl", [{"id": "blank", "text": "A text.", "tag": "", "tags": ["", " \n"]}])
    done = purge(raw, f"{SITE}/pier")
    assert (raw / "new.warc").read_bytes() == b"".join(one for name, one in newer.items() if name != "pier")
    assert done.tombstone.pages == ("harbour.example/pier",)
    assert ids(rows) == ["blank"]


@pytest.mark.parametrize("text", ["News", "", " ", "\ufeff", "Yes, of course"])
def test_a_short_text_is_not_sought_in_other_fields(tmp_path: Path, text: str) -> None:
    """The section "News" of an article is no copy of a document that says no more than this."""
    others = [{"id": name, "section": text, "tags": [text], "text": own} for name, own in ARTICLES.items()]
    path = lines(tmp_path / "raw" / "rows.jsonl", [{"id": "stub", "text": text}, *others])
    purge(tmp_path / "raw", "stub")
    assert ids(path) == list(ARTICLES)


def test_an_empty_file_is_no_copy_of_another(tmp_path: Path) -> None:
    path = lines(tmp_path / "raw" / "rows.jsonl", [{"id": "a", "section": "", "text": ARTICLES["last"]}])
    (tmp_path / "raw" / "one.txt").write_bytes(b"")
    (tmp_path / "raw" / "two.txt").write_bytes(b"")
    lines(tmp_path / "raw" / "more.jsonl", [{"id": "one", "text": ARTICLES["pier"]}])
    purge(tmp_path / "raw", "one")
    assert ids(path) == ["a"] and (tmp_path / "raw" / "two.txt").exists()


def test_what_a_crawler_keeps_of_a_page_beside_it_goes_with_it(tmp_path: Path) -> None:
    """Its text, its picture: their address is that of the page with words before it."""
    raw = tmp_path / "raw"
    raw.mkdir()
    kept = [
        capture("last", page(ARTICLES["last"]), 2021),
        capture(f"urn:text:{SITE}/last", b"Text.", 2021, "resource"),
    ]
    gone = [
        capture("pier", page(ARTICLES["pier"]), 2021),
        capture(f"urn:text:{SITE}/pier", ARTICLES["pier"].encode(), 2021, "resource"),
        capture(f"screenshot:{SITE}/pier", b"...", 2021, "resource"),
    ]
    (raw / "pages.warc").write_bytes(b"".join([*kept, *gone]))
    purge(raw, f"{SITE}/pier")
    assert (raw / "pages.warc").read_bytes() == b"".join(kept)


def test_a_copy_with_other_line_breaks_or_space_around_it_goes(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    text = ARTICLES["pier"]
    records = [
        {"id": "crlf", "text": "Of it.", "body": text.replace("\n", "\r\n")},
        {"id": "bare", "text": "Of it.", "body": [text.strip()]},
        {"id": "own", "text": f"\n{text.strip()}"},
        {"id": "other", "text": ARTICLES["last"]},
    ]
    path = lines(raw / "rows.jsonl", records)
    (raw / "pier.txt").write_text(text, "utf-8")
    purge(raw, "pier")
    assert ids(path) == ["other"]


def test_of_two_columns_of_one_name_both_are_searched(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    first, second = (ARTICLES[name].replace("\n", " ").strip() for name in ("pier", "last"))
    (raw / "rows.csv").write_text(f'id,text,text\na,"{first}",x\nb,"{second}",y\n', "utf-8")
    columns = [pa.array(["a", "b"]), pa.array([first, second]), pa.array(["x", "y"])]
    pq.write_table(pa.Table.from_arrays(columns, names=["id", "text", "text"]), raw / "rows.parquet")
    (raw / "pier.txt").write_text(first, "utf-8")
    assert purge(raw, "pier").left == ()
    assert (raw / "rows.csv").read_text("utf-8") == f'id,text,text\nb,"{second}",y\n'
    assert pq.ParquetFile(raw / "rows.parquet").read().column(0).to_pylist() == ["b"]


def test_nanoseconds_in_a_file_of_an_older_version_are_carried_over(tmp_path: Path) -> None:
    """Polars writes such ones."""
    raw = tmp_path / "raw"
    raw.mkdir()
    when = pl.Series([1234567890123456789] * len(ARTICLES), dtype=pl.Datetime("ns"))
    frame = pl.DataFrame({"id": list(ARTICLES), "text": list(ARTICLES.values()), "when": when})
    frame.write_parquet(raw / "rows.parquet")
    assert purge(raw, "pier").left == ()
    assert pl.read_parquet(raw / "rows.parquet").equals(frame.filter(pl.col("id") != "pier"))
    assert isinstance(frame["when"][0], datetime)


def test_what_is_told_of_another_document_of_the_same_name_stays(tmp_path: Path) -> None:
    """In the table of its folder, and in a JSON file beside two of them."""
    raw = tmp_path / "raw"
    told = '[documents.index]\ntitle = { value = "T", known_from = "x" }\n'
    for folder, name in (("a", "pier"), ("b", "last")):
        (raw / folder).mkdir(parents=True)
        (raw / folder / "index.txt").write_text(ARTICLES[name], "utf-8")
        (raw / folder / "sources.toml").write_text(told, "utf-8")
    (raw / "a" / "index.html").write_bytes(page(ARTICLES["quay"]))
    (raw / "a" / "index.json").write_text('{"title": "Which one"}', "utf-8")
    lines(raw / "rows.jsonl", [{"id": "index", "text": ARTICLES["pier"]}])
    done = purge(raw, "index")
    assert not (raw / "a" / "index.txt").exists()
    assert (raw / "b" / "sources.toml").read_text("utf-8") == told
    assert (raw / "a" / "index.json").exists()
    assert any("index.json: it speaks of another text" in sentence for sentence in done.left)


def test_a_text_among_annotations_is_searched(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "annotations").mkdir(parents=True)
    for path in (raw / "pier.txt", raw / "annotations" / "copy.txt"):
        path.write_text(ARTICLES["pier"], "utf-8")
    assert {item.place.name for item in purge(raw, "pier").erased} == {"pier.txt", "copy.txt"}


def test_copies_that_programs_keep_and_texts_of_archives_are_searched(tmp_path: Path) -> None:
    """No build reads them: backups, what wget names so, and archives of the texts of pages (WET)."""
    raw = tmp_path / "raw"
    records = [{"id": name, "text": text} for name, text in ARTICLES.items()]
    path = lines(raw / "rows.jsonl.bak", records)
    for name in ("pier.txt", "pier.txt~", "pier.txt.1", "pier.txt?print=1", "a pier?.txt", "pier.md.gz"):
        data = ARTICLES["pier"].encode()
        (raw / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    purge(raw, "pier")
    assert ids(path) == [name for name in ARTICLES if name != "pier"]
    assert [path.name for path in raw.iterdir()] == ["rows.jsonl.bak"]
    kept = capture("last", b"Text.", 2021, "conversion")
    (raw / "a.warc.wet.gz").write_bytes(
        gzip.compress(kept) + gzip.compress(capture("x", b"Y.", 2021, "conversion"))
    )
    lines(raw / "x.jsonl", [{"id": f"{SITE}/x", "text": ARTICLES["pier"]}])
    purge(raw, f"{SITE}/x")
    assert gzip.decompress((raw / "a.warc.wet.gz").read_bytes()) == kept


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet", "pages.warc", "rows.jsonl.gz"])
def test_a_file_that_is_replaced_while_it_is_cut_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Another process puts a new file there after the parts were found: they lie elsewhere in that one."""
    path = write(tmp_path / "raw", name)
    real = erasing.find_related

    def later(*asked: Any) -> Iterator[Any]:
        yield from real(*asked)
        (tmp_path / "new").write_bytes(b"other bytes")
        (tmp_path / "new").replace(path)

    monkeypatch.setattr(erasing, "find_related", later)
    done = purge(tmp_path / "raw", f"{SITE}/pier" if "warc" in name else "pier")
    assert done.erased == () and len(done.left) == 1
    assert path.read_bytes() == b"other bytes"
    assert list(path.parent.iterdir()) == [path]


def test_an_empty_id_is_nobodys(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs the id"):
        purge(tmp_path, " ")


@pytest.mark.parametrize("shared", ["", "<urn:head>"])
def test_ids_that_many_records_share_lead_to_no_other_page(tmp_path: Path, shared: str) -> None:
    """Empty ones, and the head's, which some crawlers write into every record."""
    raw = tmp_path / "raw"
    raw.mkdir()
    head = b"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:head>\r\nContent-Length: 0\r\n\r\n\r\n\r\n"

    def named(record: bytes) -> bytes:
        own = f"WARC-Record-ID: {shared}" if not shared else f"WARC-Concurrent-To: {shared}"
        return record.replace(b"WARC-Date", f"{own}\r\nWARC-Date".encode(), 1)

    kinds = ("request", "response", "metadata")
    of = {
        name: b"".join(named(capture(name, page(ARTICLES[name]), 2021, kind)) for kind in kinds)
        for name in ("pier", "last")
    }
    (raw / "pages.warc").write_bytes(head + of["pier"] + of["last"])
    purge(raw, f"{SITE}/pier")
    assert (raw / "pages.warc").read_bytes() == head + of["last"]


def test_pages_that_a_script_shows_at_one_address_are_many(tmp_path: Path) -> None:
    records = [{"id": name, "url": f"{SITE}/app#/{name}", "text": text} for name, text in ARTICLES.items()]
    path = lines(tmp_path / "raw" / "rows.jsonl", records)
    purge(tmp_path / "raw", "pier")
    assert ids(path) == [name for name in ARTICLES if name != "pier"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_comment_on_the_next_table_of_sources_stays(tmp_path: Path, end: str) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    own = '[documents.pier]\ntitle = { value = "Pier", known_from = "x" }\n'
    rest = (
        '\n# What the port told us,\n#\n\n# in May.\n[documents.last]\ntitle = { value = "L", known_from = "x" }\n'
    )
    (raw / "sources.toml").write_bytes((own + rest).replace("\n", end).encode())
    for name in ("pier", "last"):
        (raw / f"{name}.txt").write_text(ARTICLES[name], "utf-8")
    assert purge(raw, "pier").left == ()
    assert (raw / "sources.toml").read_bytes() == rest.replace("\n", end).encode()


def test_a_file_with_a_very_long_name_is_cut(tmp_path: Path) -> None:
    """Its new file's name must not be longer than a file system takes."""
    records = [{"id": name, "text": text} for name, text in ARTICLES.items()]
    path = lines(tmp_path / "raw" / f"{'北' * 83}.jsonl", records)
    assert purge(tmp_path / "raw", "pier").left == ()
    assert ids(path) == [name for name in ARTICLES if name != "pier"]


def test_a_line_of_annotations_that_only_mentions_the_id_stays(tmp_path: Path) -> None:
    """Lines that are no sets (of another version, broken) go where they say that they are the document's."""
    kept = [b'{"doc_id":"last","label":"pier"}', b'{"label":"a pier"']
    gone = [b'{"doc_id":"pier","label":"x"}', b'{"broken": "pier"', '{"größe": 1, "doc_id": "pier"'.encode()]
    folder = tmp_path / "annotations"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(b"".join(line + b"\n" for line in [*gone, *kept]))
    (done,) = purge_annotations(folder, Tombstone(doc_id="pier", reason="asked"), False)
    assert isinstance(done, Erasure) and done.what == "3 lines"
    assert (folder / "a.jsonl").read_bytes() == b"".join(line + b"\n" for line in kept)


def test_a_news_item_that_quotes_a_text_is_named(tmp_path: Path) -> None:
    """What is associated with it lies inside it; its own text stays."""
    raw = tmp_path / "raw"
    raw.mkdir()

    pier = {"uri": "urn:pier", "body_text": ARTICLES["pier"]}
    item = {"uri": "urn:last", "version": "1", "headline": "H", "body_text": ARTICLES["last"]}
    (raw / "a.json").write_text(json.dumps({**item, "associations": {"more": pier}}), "utf-8")
    (raw / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    done = purge(raw, "pier")
    assert [gone.place.name for gone in done.erased] == ["pier.txt"] and (raw / "a.json").exists()
    (sentence,) = done.left
    assert "a.json: it holds the document" in sentence and "it is another news item" in sentence
