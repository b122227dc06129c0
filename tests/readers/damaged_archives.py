"""Archives that are damaged, by chance or on purpose."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Callable

from archive_cases import GOOD, case
from packing import put, tar_of, zip_of


@case("x.tar", "good", told=(("", "damaged-archive", "error"),))
def a_damaged_head() -> bytes:
    data = bytearray(tar_of(lambda t: [put(t, n, GOOD) for n in ("good.txt", "lost.txt", "last.txt")] and None))
    data[1024 + 10] ^= 0xFF
    return bytes(data)


@case("x.tar", "good", told=(("lost.txt", "damaged-archive", "error"),))
def a_tar_that_ends_within_a_member() -> bytes:
    return tar_of(lambda t: [put(t, n, GOOD * 50) for n in ("good.txt", "lost.txt")] and None)[: 512 * 8]


@case("x.tar", "good", told=(("", "damaged-archive", "warning"),))
def a_tar_without_an_end_mark() -> bytes:
    return tar_of(lambda t: put(t, "good.txt", GOOD))[:1024]


@case("x.tar", "good", told=(("", "damaged-archive", "error"),))
def a_tar_behind_a_tar() -> bytes:
    return tar_of(lambda t: put(t, "good.txt", GOOD)) + tar_of(lambda t: put(t, "more.txt", GOOD))


def _noise(n: int, first: int = 0) -> str:
    return "".join(f"{number * number:x} " for number in range(first, first + n))


def _flipped(pack: Callable[[bytes], bytes], at: float, *more: str) -> bytes:
    data = bytearray(pack(tar_of(lambda t: [put(t, n, _noise(300)) for n in ("good.txt", *more)] and None)))
    data[int(len(data) * at)] ^= 4
    return bytes(data)


@case("x.tar.gz", told=(("", "unreadable", "error"),))
def a_gzip_stream_with_another_byte() -> bytes:
    return _flipped(gzip.compress, 0.5)


@case("x.tar.bz2", told=(("", "unreadable", "error"),))
def a_bzip2_stream_with_another_byte() -> bytes:
    return _flipped(bz2.compress, 0.5)


@case("x.tar.xz", told=(("", "unreadable", "error"),))
def an_xz_stream_with_another_byte() -> bytes:
    return _flipped(lzma.compress, 0.5)


@case("x.tar.gz", "good", told=(("", "damaged-archive", "error"),))
def a_damaged_stream_behind_a_sound_one() -> bytes:
    data = tar_of(lambda t: [put(t, n, GOOD) for n in ("good.txt", "lost.txt")] and None)
    lost = bytearray(gzip.compress(data[1024:]))
    lost[-6] ^= 1
    return gzip.compress(data[:1024]) + bytes(lost)


def _cut(pack: Callable[[bytes], bytes]) -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        put(t, "good.txt", _noise(150_000))
        put(t, "lost.txt", _noise(200_000, 500_000))

    data = pack(tar_of(fill))
    return data[: len(data) * 2 // 3]


@case("x.tar.gz", "good", told=(("lost.txt", "damaged-archive", "error"), ("", "damaged-archive", "error")))
def a_gzip_stream_that_ends() -> bytes:
    return _cut(gzip.compress)


@case("x.tar.bz2", "good", told=(("lost.txt", "damaged-archive", "error"), ("", "damaged-archive", "error")))
def a_bzip2_stream_that_ends() -> bytes:
    return _cut(bz2.compress)


@case("x.tar.xz", "good", told=(("lost.txt", "damaged-archive", "error"), ("", "damaged-archive", "error")))
def an_xz_stream_that_ends() -> bytes:
    return _cut(lzma.compress)


@case("x.tgz", "good")
def streams_one_behind_another() -> bytes:
    data = tar_of(lambda t: put(t, "good.txt", GOOD))
    return gzip.compress(data[:700]) + gzip.compress(data[700:]) + b"\0" * 100


@case("x.tar.gz", told=(("", "unreadable", "error"),))
def a_stream_of_no_tar() -> bytes:
    return gzip.compress(GOOD.encode() * 100)


@case("x.zip", told=(("", "unreadable", "error"),))
def a_zip_without_its_directory() -> bytes:
    return zip_of(lambda z: z.writestr("good.txt", GOOD))[:-30]


@case("x.zip", told=(("", "unreadable", "error"),))
def no_zip_at_all() -> bytes:
    return GOOD.encode()


@case("x.tar", told=(("", "unreadable", "error"),))
def nothing_at_all() -> bytes:
    return b""


@case("x.zip", "good", told=(("lost.txt", "unreadable", "error"),))
def a_member_that_is_not_what_its_checksum_says() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        z.writestr("lost.txt", GOOD, zipfile.ZIP_STORED)
        z.writestr("good.txt", GOOD)

    return zip_of(fill).replace(b"harbour", b"Harbour", 1)


@case("x.tar", "good", told=(("", "damaged-archive", "error"),))
def heads_that_speak_of_heads() -> bytes:
    """A thousand extended headers, each for the next one."""
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, 512
    body = b"11 path=xy\n".ljust(512, b"\0")
    return tar_of(lambda t: put(t, "good.txt", GOOD))[:1024] + (head.tobuf() + body) * 3000 + b"\0" * 1024


@case("x.tar", "good", told=(("", "damaged-archive", "error"),))
def a_head_as_long_as_a_book() -> bytes:
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, 2**22
    return tar_of(lambda t: put(t, "good.txt", GOOD))[:1024] + head.tobuf() + b"1" * 2**22 + b"\0" * 1024


@case("x.tar", "good", told=(("", "damaged-archive", "error"),))
def a_head_full_of_digits() -> bytes:
    """Python takes the square of them to look for a charset (CVE-2024-6232)."""
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, 2**20
    return tar_of(lambda t: put(t, "good.txt", GOOD))[:1024] + head.tobuf() + b"1" * 2**20 + b"\0" * 1024


@case("x.tar", "good", told=(("", "damaged-archive", "error"),))
def a_head_that_leads_back() -> bytes:
    """A member of less than no bytes: its next is itself (CVE-2025-8194)."""
    head = bytearray(tarfile.TarInfo("back.txt").tobuf())
    head[124:136] = (-1024).to_bytes(12, "big", signed=True)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return tar_of(lambda t: put(t, "good.txt", GOOD))[:1024] + bytes(head) + b"\0" * 1024
