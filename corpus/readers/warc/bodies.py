"""The body of an HTTP response as it was sent, to the bytes of the page: chunks joined, compression undone.

Crawlers often undo one or both and keep the headers, so a header is followed only where the body bears it out.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

__all__ = ["Body", "page_bytes"]

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a page, and what was wrong on the way to them."""

    data: bytes
    problems: tuple[str, ...] = ()


def page_bytes(sent: bytes, transfer: str, encoding: str, limit: int) -> Body | None:
    """Return the page, None where it cannot be had; never more than ``limit`` bytes and one more."""
    data, problems = sent, []
    if "chunked" in transfer.lower():
        data, whole = _joined_chunks(sent)
        if not whole:
            problems.append("its last chunk is missing or broken")
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        unzipped = _unzipped(data, name, limit)
        if unzipped is None:
            return None
        data, whole = unzipped
        if not whole:
            problems.append(f"its {name} data break off or are damaged")
    return Body(data, tuple(problems))


def _joined_chunks(sent: bytes) -> tuple[bytes, bool]:
    """Return the chunks' bytes, and whether all were there; a body that is not in chunks as it is."""
    if _CHUNK.match(sent) is None:
        return sent, True
    chunks: list[bytes] = []
    at = 0
    while (head := _CHUNK.match(sent, at)) is not None:
        size = int(head[1], 16)
        if size == 0:
            return b"".join(chunks), True
        chunks.append(sent[head.end() : head.end() + size])
        at = head.end() + size
        at += 2 if sent[at : at + 2] == b"\r\n" else (sent[at : at + 1] == b"\n")
    if len(chunks) == 1 and at < len(sent):  # a page that happens to begin like a chunk
        return sent, False
    return b"".join(chunks), False


def _unzipped(data: bytes, encoding: str, limit: int) -> tuple[bytes, bool] | None:
    if encoding in ("gzip", "x-gzip"):
        return _inflated(data, 31, limit) if data.startswith(b"\x1f\x8b") else (data, True)
    if encoding == "deflate":
        zlib_head = len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        found, whole = _inflated(data, 15 if zlib_head else -15, limit)
        return (found, whole) if found or not data else (data, True)
    if encoding == "br":
        return _from_brotli(data, limit)
    if encoding == "zstd" and data.startswith(b"\x28\xb5\x2f\xfd"):
        return None
    return data, True


def _inflated(data: bytes, bits: int, limit: int) -> tuple[bytes, bool]:
    """Inflate up to the limit, member after member; keep what is sound before a break."""
    found, rest = b"", data
    while rest and len(found) <= limit:
        inflate = zlib.decompressobj(bits)
        try:
            found += inflate.decompress(rest, limit + 1 - len(found))
        except zlib.error:
            return found or _piecemeal(rest, bits, limit), False
        if not inflate.eof:
            return found, len(found) > limit
        rest = inflate.unused_data
        if bits != 31 or not rest.startswith(b"\x1f\x8b"):
            break
    return found, True


def _piecemeal(data: bytes, bits: int, limit: int) -> bytes:
    """Inflate in small pieces, so that what comes before the damage is kept."""
    inflate, found = zlib.decompressobj(bits), b""
    for at in range(0, len(data), 512):
        try:
            found += inflate.decompress(data[at : at + 512], limit + 1)
        except zlib.error:
            break
        if len(found) > limit:
            break
    return found


def _from_brotli(data: bytes, limit: int) -> tuple[bytes, bool]:
    """Unpack Brotli, which has no mark of its own: what it does not fit is taken as it is."""
    import brotli

    decompressor, found = brotli.Decompressor(), b""
    try:
        found = decompressor.process(data, output_buffer_limit=limit + 1)
        while len(found) <= limit and not decompressor.is_finished():
            more = decompressor.process(b"", output_buffer_limit=limit + 1)
            if not more:
                break
            found += more
    except brotli.error:
        return (found, False) if found else (data, data.lstrip()[:1] == b"<")
    return (found, True) if decompressor.is_finished() else (found or data, False)
