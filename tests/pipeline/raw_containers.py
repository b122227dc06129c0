"""Raw files of every kind that hold the same articles, made for the tests of takedowns."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ARTICLES: Mapping[str, str] = {
    "quay": 'Quay reopens\n\nThe "old" quay, closed since May, reopened on Monday,\nthe port said.\n',
    "ferry": "Ferry to sail\r\n\r\nThe ferry will sail again on Friday; tickets, it said, are cheap.\r\n",
    "größe-北": "Größe der Flotte\n\nDie Flotte wächst, sagte die Stadt 北京 am Montag; »endlich«.\n",
    "pier": "Pier stays\n\nThe pier stays open to all, the mayor said on Tuesday.\n",
    "last": "Last boat\n\nThe last boat of the year left on Sunday, said its captain.\n",
}


def rows(articles: Mapping[str, str] = ARTICLES) -> list[dict[str, str | None]]:
    """Return the articles as records with a title and an address each."""
    return [
        {
            "id": name,
            "text": text,
            "title": text.split("\n")[0].strip(),
            "author": None if name == "pier" else "A. B.",
        }
        for name, text in articles.items()
    ]


def json_lines(codec: str = "utf-8", articles: Mapping[str, str] = ARTICLES) -> bytes:
    """Return the articles as JSON Lines, some with escapes and some with the characters themselves."""
    return "".join(
        json.dumps(row, ensure_ascii=len(row["id"] or "") % 2 == 0) + "\n" for row in rows(articles)
    ).encode(codec)


def table(
    separator: str = ",", codec: str = "utf-8", articles: Mapping[str, str] = ARTICLES, end: str = "\r\n"
) -> bytes:
    """Return the articles as a table, of which one text has a quote in it and all have line breaks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "text", "title", "author"], delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows(articles))
    return out.getvalue().encode(codec)


def parquet(articles: Mapping[str, str] = ARTICLES) -> bytes:
    """Return a file of several row groups with nested, dictionary and null columns, and metadata of its own."""
    listed = rows(articles)
    data = pa.table(
        {
            "id": pa.array([row["id"] for row in listed], pa.large_string()),
            "text": [row["text"] for row in listed],
            "title": pa.array([row["title"] for row in listed]).dictionary_encode(),
            "author": [row["author"] for row in listed],
            "tags": [
                [{"name": "a", "weights": [1, None]}] * (n % 3) if n != 1 else None for n in range(len(listed))
            ],
            "none": pa.nulls(len(listed)),
            "when": pa.array(range(len(listed)), pa.timestamp("us", "UTC")),
        }
    ).replace_schema_metadata({"made": "for a test"})
    sink = io.BytesIO()
    pq.write_table(data, sink, row_group_size=2, compression={"text": "zstd", "id": "gzip"}, write_page_index=True)
    return sink.getvalue()


def warc(articles: Mapping[str, str] = ARTICLES) -> list[bytes]:
    """Return the records of an archive: a head, then a request, a response and the crawler's notes for each."""
    found = [_record("warcinfo", "", b"software: a test\r\n", 0)]
    for number, (name, text) in enumerate(articles.items(), 1):
        title, *lines = [part.strip() for part in text.split("\n") if part.strip()]
        page = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>".encode()
        page += b"".join(f"<p>{line}</p>".encode() for line in lines) + b"</body></html>"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        about = f"WARC-Concurrent-To: <urn:uuid:{number}-response>\r\n"
        found.append(_record("request", name, b"GET / HTTP/1.1\r\n\r\n", number, about))
        found.append(_record("response", name, head + page, number))
        found.append(_record("metadata", f"notes-{number}", b"fetchTimeMs: 3", number, about))
    return found


def _record(kind: str, name: str, content: bytes, number: int, more: str = "") -> bytes:
    url = f"WARC-Target-URI: https://harbour.example/{name}\r\n" if name else ""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\n{url}WARC-Date: 2021-04-08T10:00:0{number}Z\r\n{more}"
        f"WARC-Record-ID: <urn:uuid:{number}-{kind}>\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def zipped(data: bytes, members: int = 1) -> bytes:
    """Return data as a gzip file of so many members, cut wherever."""
    size = -(-len(data) // members)
    return b"".join(gzip.compress(data[at : at + size], mtime=1) for at in range(0, len(data), size))


KINDS: Mapping[str, Callable[[], bytes]] = {
    "rows.jsonl": json_lines,
    "rows.jsonl.gz": lambda: zipped(json_lines()),
    "parts.ndjson.gz": lambda: zipped(json_lines(), 4),
    "wide.jsonl": lambda: json_lines("utf-16"),
    "wide.ndjson.gz": lambda: zipped(b"\xfe\xff" + json_lines("utf-16-be"), 4),
    "rows.csv": table,
    "marked.csv": lambda: b"\xef\xbb\xbf" + table(end="\n"),
    "semicolons.csv.gz": lambda: zipped(table(";"), 3),
    "rows.tsv": lambda: table("\t"),
    "wide.csv": lambda: table(codec="utf-16"),
    "rows.parquet": parquet,
    "pages.warc": lambda: b"".join(warc()),
    "pages.warc.gz": lambda: b"".join(map(zipped, warc())),
    "whole.warc.gz": lambda: zipped(b"".join(warc())),
    "blocks.warc.gz": lambda: zipped(b"".join(warc()), 7),
}
"""Files by their names, and what makes them."""


def write(folder: Path, name: str) -> Path:
    """Write one of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(KINDS[name]())
    return path
