"""WARC files made for the tests, byte by byte, so that they can be wrong in any way."""

from __future__ import annotations

import gzip
from collections.abc import Iterable

WORDS = "The harbour of Ahlen reopened on Monday after a week of storms, its operator said."


def page(number: int | str, head: str = "") -> bytes:
    """Return a page's HTML."""
    top = f"<!doctype html><html><head>{head}<title>Report {number}</title></head>"
    return f"{top}<body><h1>Report {number}</h1><p>{WORDS}</p>".encode()


def record(
    url: str,
    body: bytes,
    *headers: str,
    date: str = "2021-04-08T10:00:00Z",
    status: str = "200 OK",
    kind: str = "response",
    lie: int = 0,
    extra: str = "",
) -> bytes:
    """Return one record; ``lie`` is added to its length, ``headers`` are those of HTTP, ``extra`` the record's."""
    lines = headers or ("Content-Type: text/html; charset=utf-8",)
    content = b"".join(
        (f"HTTP/1.1 {status}\r\n".encode(), *(f"{line}\r\n".encode() for line in lines), b"\r\n", body)
    )
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n{extra}"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(content) + lie}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def zipped(records: Iterable[bytes]) -> bytes:
    """Return the records as a .warc.gz: a gzip member each."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
