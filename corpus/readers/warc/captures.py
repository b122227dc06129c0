"""The captures of a WARC file: responses with HTML, one page each, known by its canonical address."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin, urlsplit, urlunsplit

from corpus.errors import ExtraMissingError, SourceError
from corpus.model.finding import Severity
from corpus.model.shortened import told_value
from corpus.readers.records import id_problem
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.standing import Claimed, Standing
from corpus.readers.terms import WELL_KNOWN, SiteTerms
from corpus.readers.values import host_of, in_form, iso_date
from corpus.readers.warc.bodies import page_bytes
from corpus.readers.warc.records import RawRecord, raw_records

__all__ = ["Capture", "read_captures"]

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_HEAD = 131_072
_END_OF_HEAD = re.compile(rb"</head\s*>|<body[\s>]", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
"""A comment; one without an end goes on to the page's, as browsers read it (and many cost no more than one)."""
_LINK = re.compile(rb"<link\s([^<>]{1,4000})>", re.IGNORECASE)
_RSL = re.compile(r"<(?P<href>[^<>\s]{1,2000})>[^,<>]{0,400}rsl\+xml", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([a-zA-Z-]{1,20})\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it was captured."""

    doc_id: str
    url: str
    """The address that was asked for."""
    date: str | None
    data: bytes
    content_type: str
    """The Content-Type as the server sent it: what it says of the charset may be wrong."""
    place: str
    terms: tuple[tuple[str, str], ...] = ()
    """What the response's headers reserve or license: columns of columns.toml with their values."""

    @property
    def claim(self) -> Claimed:
        """The capture's claim to its id; captures of one page are its revisions."""
        digest = hashlib.blake2b(self.data, digest_size=8).digest()
        return Claimed(self.doc_id, self.place, Standing(date=self.date), digest)


def read_captures(
    file: SourceFile, options: ReadOptions, report: ReadReport, terms: SiteTerms | None = None
) -> Iterator[Capture]:
    """Yield the pages of a WARC file: responses with status 200 and HTML, one at a time.

    What sites reserve in files of their own goes to ``terms``.

    A capture's id is the page's own canonical address where that is of the same site, or else the address
    that was asked for. What is damaged, too long or no page is a finding; the rest is read.
    """
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    try:
        with file.open() as stream:
            numbers: dict[int, int] = {}

            def place_of(offset: int) -> str:
                further = f" (no. {numbers[offset]})" if numbers.get(offset, 1) > 1 else ""
                return f"{file.name} byte {offset}{further}"

            def problem(offset: int, code: str, message: str) -> None:
                severity = Severity.WARNING if code == "lying-length" else Severity.ERROR
                add(code, place_of(offset), message, severity)

            for record in raw_records(stream, options.max_record_bytes, problem, named_zipped=file.gzipped):
                numbers = {record.offset: numbers.get(record.offset, 0) + 1}
                capture = _capture(record, place_of(record.offset), options, add)
                if capture is None and terms is not None:
                    _note_terms(record, options, terms)
                if capture is not None:
                    yield capture
    except ExtraMissingError as error:
        add("extra-missing", file.name, str(error))
    except SourceError as error:
        add("unreadable", file.name, str(error))


def _note_terms(record: RawRecord, options: ReadOptions, terms: SiteTerms) -> None:
    url = _address(record.headers.get("warc-target-uri", "").strip().strip("<>"))
    if url is None or urlsplit(url).path != WELL_KNOWN:
        return
    status, headers, sent = _message(record.content)
    sending, coding = headers.get("transfer-encoding", ""), headers.get("content-encoding", "")
    body = page_bytes(sent, sending, coding, options.max_document_bytes) if status == 200 else None
    if body is not None:
        terms.add(url, body.data)


def _capture(record: RawRecord, place: str, options: ReadOptions, add: partial[None]) -> Capture | None:
    status, headers, sent = _message(record.content)
    url = _address(record.headers.get("warc-target-uri", "").strip().strip("<>"))
    content_type = headers.get("content-type", "")
    if status != 200 or url is None or not _is_page(content_type, sent):
        return None
    body = page_bytes(
        sent,
        headers.get("transfer-encoding", ""),
        headers.get("content-encoding", ""),
        options.max_document_bytes,
    )
    if body is None:
        add("unreadable", place, f"The page {url} is compressed in a way that is not read; get it anew.")
        return None
    if len(body.data) > options.max_document_bytes:
        add("too-large", place, f"The page {url} is longer than the limit of {options.max_document_bytes} bytes.")
        return None
    wrong = [*body.problems, *_cut(record, headers, sent)]
    if wrong:
        add(
            "incomplete-page",
            place,
            f"The page {url} is read as far as it is there: {'; '.join(wrong)}.",
            Severity.WARNING,
        )
    doc_id = _canonical(body.data, url) or url
    bad = id_problem(doc_id)
    if bad is not None:
        add("bad-id", place, f"The page's address, which is its id, {bad}.")
        return None
    date = iso_date(record.headers.get("warc-date"))
    return Capture(doc_id, url, date, body.data, content_type, place, tuple(_terms(headers)))


def _terms(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what TDMRep's headers, X-Robots-Tag and a Link to RSL terms say."""
    for column, name in (
        ("tdm_reservation", "tdm-reservation"),
        ("tdm_policy", "tdm-policy"),
        ("robots", "x-robots-tag"),
    ):
        if headers.get(name):
            yield column, headers[name][:2000]
    for link in _RSL.finditer(headers.get("link", "")):
        yield "rsl", link["href"]
        break


def _message(content: bytes) -> tuple[int | None, dict[str, str], bytes]:
    """Return an HTTP message's status, its headers (names in lower case) and its body."""
    split = re.search(rb"\r?\n\r?\n", content)
    head = content[: split.start()] if split else content[:65536]
    first, *lines = head.decode("latin-1").splitlines() or [""]
    status = re.match(r"HTTP/[\d.]+ +(\d{3})\b", first)
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return int(status[1]) if status else None, headers, content[split.end() :] if split else b""


def _is_page(content_type: str, sent: bytes) -> bool:
    if content_type:
        return content_type.partition(";")[0].strip().lower() in _HTML
    return re.match(rb"\s*<(?:!doctype\s+html|html)\b", sent[:1024], re.IGNORECASE) is not None


def _cut(record: RawRecord, headers: dict[str, str], sent: bytes) -> Iterator[str]:
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 16 and int(length) > len(sent):
        plain = not headers.get("content-encoding")  # else the crawler may have unzipped it
        if plain:
            yield f"{len(sent)} of {int(length)} bytes are there"
    reason = record.headers.get("warc-truncated")
    if reason:
        yield f"the crawler cut it ({told_value(reason)})"


def _address(address: str) -> str | None:
    """Return a web address without its fragment and without a user's name and password."""
    found = in_form("url", address)
    if not isinstance(found, str):
        return None
    parts = urlsplit(found)
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower(), parts.path or "/", parts.query, "")
    )


def _canonical(data: bytes, url: str) -> str | None:
    """Return the canonical address a page names in its head, where it is of the same site and no mere home page."""
    head = data[:_HEAD]
    end = _END_OF_HEAD.search(head)
    head = _COMMENT.sub(b"", head[: end.start()] if end else head)
    for link in _LINK.finditer(head):
        values = {name.lower(): value.strip(b"\"'") for name, value in _ATTRIBUTE.findall(link[1])}
        if b"canonical" in values.get(b"rel", b"").lower().split():
            return _same_site(values.get(b"href", b"").decode("utf-8", "replace"), url)
    return None


def _same_site(href: str, url: str) -> str | None:
    try:
        address = _address(urljoin(url, html.unescape(href).strip()))
    except ValueError:
        return None
    if address is None or host_of(address) != host_of(url):
        return None
    home = urlsplit(address).path in ("", "/") and urlsplit(url).path not in ("", "/")
    return None if home else address
