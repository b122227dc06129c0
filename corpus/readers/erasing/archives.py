"""WARC files to parts: a record each, pages known as the reader knows them, all others by their address.

What belongs to a page's response (its request, the crawler's notes, revisits, further segments, conversions) says
so by WARC-Concurrent-To, WARC-Refers-To or WARC-Segment-Origin-ID.
https://iipc.github.io/warc-specifications/
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import IO

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.readers.erasing.parts import Part, Tell, Traces, traces_of_document
from corpus.readers.erasing.units import Unit, units
from corpus.readers.kinds import FileName
from corpus.readers.pages import page_document
from corpus.readers.records import Problem
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.warc import Capture, read_captures

__all__ = ["find_belonging", "find_records", "is_zipped"]

_LINKS = ("warc-concurrent-to", "warc-refers-to", "warc-segment-origin-id")
_OUTER = re.compile(r"^(?:[a-z][\w.+-]*:)+(?=https?://)", re.IGNORECASE)
"""What crawlers write before the address of a page whose text, picture or notes they keep: ``urn:text:``."""
_BLANK = b"\r\n\0 "
_BELONGING = frozenset({"request", "metadata", "revisit", "continuation", "conversion"})


@dataclass(frozen=True, slots=True)
class _Held(SourceFile):
    """A file that is held in memory: one record of a file."""

    data: bytes = b""

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open its bytes."""
        return io.BytesIO(self.data)


def is_zipped(stream: IO[bytes], named: bool) -> bool:
    """Tell, as the reader does, whether an archive is zipped; ``named`` says that its name says so.

    The stream is at its beginning then.
    """
    head = stream.read(5)
    stream.seek(0)
    return head.startswith(b"\x1f\x8b") or (named and head != b"WARC/")


def find_records(file: SourceFile, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    """Yield the records of a file.

    Raises:
        SourceError: the file cannot be read, or the package that reads archives is not installed.
    """
    for unit in _units(file, options, lambda at: tell(f"byte {at} is damaged")):
        kind = next(iter(unit.values("warc-type")), "").lower()
        if _is_doubtful(unit, kind):
            tell(f"the record at byte {unit.begin} is damaged")
        traces = _traces(unit, kind, file, options)
        names = unit.values("warc-record-id", "warc-concurrent-to") if kind == "response" else ()
        counts = kind != "warcinfo" and bool(unit.data.strip(_BLANK))
        yield Part(unit.begin, unit.end, traces, counts=counts, names=names)


def find_belonging(file: SourceFile, options: ReadOptions, names: Collection[str]) -> Iterator[Part]:
    """Yield the records that belong to responses of these names.

    What many records share is no name of a response: the id of a head, or none at all. A request is one for the
    response at its own address.

    Raises:
        SourceError: the file cannot be read.
    """
    wanted = set(names) - {""}
    for unit in _units(file, options, lambda _: None):
        kind = next(iter(unit.values("warc-type")), "").lower()
        if kind == "warcinfo":
            wanted.difference_update(unit.values("warc-record-id"))
        belongs = kind in _BELONGING and not wanted.isdisjoint(unit.values("warc-record-id", *_LINKS))
        if belongs and (kind != "request" or not unit.values("warc-target-uri")):
            yield Part(unit.begin, unit.end, Traces())


def _is_doubtful(unit: Unit, kind: str) -> bool:
    """Tell whether a unit holds what the reader does not read, and nobody knows of which page it is."""
    if not unit.headers:
        return bool(unit.data.strip(_BLANK))
    return not unit.whole or (kind == "response" and not unit.values("warc-target-uri"))


def _units(file: SourceFile, options: ReadOptions, damaged: Callable[[int], None]) -> Iterator[Unit]:
    with file.open() as stream:
        zipped = is_zipped(stream, file.gzipped)
        yield from units(stream, options.max_record_bytes, damaged, zipped=zipped)


def _traces(unit: Unit, kind: str, file: SourceFile, options: ReadOptions) -> Traces:
    told = unit.values("warc-target-uri", "warc-refers-to-target-uri")
    addresses = [_OUTER.sub("", address.strip("<>")) for address in told]
    ids, hashes = list[str](), list[str]()
    for capture in _captures(unit, file, options) if kind == "response" else ():
        page = _page(capture, file)
        ids += page.ids
        hashes += page.hashes
        addresses += [capture.url, *page.addresses]
    return Traces(tuple(ids), tuple(hashes), tuple(dict.fromkeys(addresses)))


def _captures(unit: Unit, file: SourceFile, options: ReadOptions) -> Iterator[Capture]:
    report = ReadReport()
    told = FileName("warc", False, file.stem, file.ending)
    held = replace(_Held.named(file.origin, file.name, told, walked=file.walked), data=unit.data)
    yield from read_captures(held, options, report)
    missing = next((f for f in report.findings if f.code == "extra-missing"), None)
    if missing is not None:
        raise SourceError(missing.message)


def _page(capture: Capture, file: SourceFile) -> Traces:
    try:
        page = page_document(
            capture.doc_id, capture.data, file.name, declared=capture.content_type, url=capture.url
        )
    except Problem:
        return Traces((capture.doc_id,), (sha256_bytes(capture.data),) if capture.data.strip() else ())
    return traces_of_document(page)
