"""The records of a WARC file; where one is damaged, the next sound one is looked for.

FastWARC reads the records (and says so where one is broken; other readers end silently there). What it does
not do is go on: after a break this module looks for the next beginning of a record, in a zipped file the next
gzip member. Records that lie about their length are told by the beginning of another record inside them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import IO, Any

from corpus.errors import ExtraMissingError
from corpus.model.shortened import shortened

__all__ = ["RawRecord", "raw_records"]

_PLAIN = re.compile(rb"(?<![^\n])WARC/[01]\.")
_ZIPPED = re.compile(rb"\x1f\x8b\x08")
_OVERLAP = 16
_INNER = re.compile(rb"\r?\n\r?\nWARC/[01]\.\d\r?\n(?i:WARC-|Content-)")
_PIECE = 2**20
_MOST_BREAKS = 10_000
"""So many breaks in one file, and it is no WARC."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One response as it stands in the file."""

    offset: int
    headers: dict[str, str]
    """The record's own headers, names in lower case."""
    content: bytes
    """The HTTP message, with its headers."""


Problem = Callable[[int, str, str], None]
"""Takes a record's offset, a finding's code and its sentence."""


def raw_records(
    stream: IO[bytes], limit: int, problem: Problem, *, named_zipped: bool = False
) -> Iterator[RawRecord]:
    """Yield the responses of a seekable stream, none longer than ``limit`` bytes.

    ``named_zipped`` says that it should be zipped, for a file whose beginning is damaged.

    Raises:
        ExtraMissingError: FastWARC is not installed.
    """
    head = stream.read(5)
    zipped = head.startswith(b"\x1f\x8b") or (named_zipped and head != b"WARC/")
    start: int | None = _next_begin(stream, 0, zipped)
    if start != 0:
        problem(0, "damaged-record", "The file does not begin with a WARC record.")
    for _ in range(_MOST_BREAKS):
        if start is None:
            return
        start = yield from _sound_run(stream, start, zipped, limit, problem)
    problem(start or 0, "damaged-record", f"There are more than {_MOST_BREAKS} breaks; the rest is not read.")


def _sound_run(
    stream: IO[bytes], start: int, zipped: bool, limit: int, problem: Problem
) -> Generator[RawRecord, None, int | None]:
    """Yield records up to the next break; return where the next record begins after it, None at the end."""
    at, seen = start, 0
    reading = _iterator(_From(stream, start))
    while True:
        try:
            record = next(reading, None)
            if record is None:
                return _after_the_last(stream, at, seen, zipped, problem)
            at, seen = start + record.stream_pos, seen + 1
            content, whole = _content(record, limit)
        except (OSError, ValueError, EOFError, UnicodeError) as error:
            follows = _next_begin(stream, at + 1, zipped)
            if seen or at == 0 or follows is None or not zipped:
                message = (
                    f"A record here or right after is damaged ({_line(error)}); what is sound after it is read."
                )
                problem(at, "damaged-record", message)
            return follows
        headers = {str(name).lower(): str(value) for name, value in record.headers.items()}
        if not headers.get("content-length", "").strip().isdecimal():
            problem(at, "damaged-record", "The record's own head breaks off or states no length.")
            return _next_begin(stream, at + 1, zipped)
        inner = _INNER.search(content) if b"\nWARC/" in content else None
        if inner is not None:
            problem(at, "lying-length", "The record is shorter than its Content-Length; its true end is used.")
            if _is_response(headers):
                yield RawRecord(at, headers, content[: inner.start()])
            return _next_begin(stream, at + 1, zipped)
        if not whole and _is_response(headers):
            problem(at, "too-large", f"The record is longer than the limit of {limit} bytes.")
        elif whole and len(content) < record.content_length:
            message = f"The record breaks off: {len(content)} of {record.content_length} bytes are there."
            problem(at, "damaged-record", message)
            return _next_begin(stream, at + 1, zipped)
        elif _is_response(headers):
            yield RawRecord(at, headers, content)


def _after_the_last(stream: IO[bytes], at: int, seen: int, zipped: bool, problem: Problem) -> int | None:
    """Return where to go on after what looked like the end; FastWARC ends, too, where no head can be read."""
    if not seen:
        return _next_begin(stream, at + 1, zipped)
    end = _end_of_member(stream, at) if zipped else _end_of_record(stream, at)
    stream.seek(end)
    if not stream.read(_PIECE).strip(b"\r\n\0 "):
        return None
    problem(end, "damaged-record", "Here a record should begin, and none does; what is sound after it is read.")
    return _next_begin(stream, end + 1, zipped)


def _end_of_member(stream: IO[bytes], at: int) -> int:
    """Return where the gzip member ends that begins at ``at``."""
    stream.seek(at)
    inflate = zlib.decompressobj(31)
    position = at
    while not inflate.eof and (piece := inflate.unconsumed_tail or stream.read(_PIECE)):
        position += 0 if inflate.unconsumed_tail else len(piece)
        inflate.decompress(piece, 8 * _PIECE)
    return position - len(inflate.unused_data)


def _end_of_record(stream: IO[bytes], at: int) -> int:
    """Return where the plain record ends that begins at ``at``, by its own word."""
    stream.seek(at)
    head = stream.read(2**16)
    length = re.search(rb"\n(?i:content-length):\s*(\d{1,15})", head)
    body = re.search(rb"\r?\n\r?\n", head)
    return at + body.end() + int(length[1]) if body and length else at + len(head)


def _iterator(stream: Any) -> Iterator[Any]:
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        raise ExtraMissingError("fastwarc", "warc") from error
    return iter(ArchiveIterator(stream, parse_http=False))


def _content(record: Any, limit: int) -> tuple[bytes, bool]:
    """Return the record's bytes, and whether they are within the limit."""
    pieces: list[bytes] = []
    size = 0
    while size <= limit and (piece := record.reader.read(min(_PIECE, limit + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces), size <= limit


def _is_response(headers: dict[str, str]) -> bool:
    return headers.get("warc-type", "").strip().lower() == "response"


def _next_begin(stream: IO[bytes], at: int, zipped: bool) -> int | None:
    """Return where the next record may begin, at ``at`` or after it."""
    pattern = _ZIPPED if zipped else _PLAIN
    position = at if zipped or at == 0 else at - 1  # with the byte before it, which must end a line
    first = position < at
    held = b""
    stream.seek(position)
    while piece := stream.read(_PIECE):
        held += piece
        found = pattern.search(held, first)
        if found is not None:
            return position + found.start()
        position += max(len(held) - _OVERLAP, 0)
        held = held[-_OVERLAP:]
        first = not zipped and position > 0
    return None


def _line(error: Exception) -> str:
    return shortened((str(error) or type(error).__name__).splitlines()[0].rstrip("."), 120)


class _From:
    """A stream that begins in the middle of another."""

    def __init__(self, stream: IO[bytes], start: int) -> None:
        self._stream, self._start = stream, start
        stream.seek(start)

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        return self._stream.read(size)

    def tell(self) -> int:
        """Return where the stream is, counted from where it began."""
        return self._stream.tell() - self._start
