"""Archives that mean harm, or hold what is no file: names, links, devices, passwords, charsets."""

from __future__ import annotations

import stat
import struct
import tarfile
import warnings
import zipfile

from archive_cases import GOOD, OTHER, case
from packing import put, tar_of, zip_link, zip_of

UNSAFE = ("/etc/a.txt", "../b.txt", "x/../../c.txt", "C:/d.txt")


@case("x.zip", "good", told=tuple((name, "unsafe-member", "error") for name in UNSAFE))
def names_that_lead_out_of_a_zip() -> bytes:
    return zip_of(lambda z: [z.writestr(name, GOOD) for name in (*UNSAFE, "good.txt")] and None)


@case("x.tar", "good", told=tuple((name, "unsafe-member", "error") for name in UNSAFE))
def names_that_lead_out_of_a_tar() -> bytes:
    return tar_of(lambda t: [put(t, name, GOOD) for name in (*UNSAFE, "good.txt")] and None)


@case("x.zip", "good", told=(("../evil.txt", "unsafe-member", "error"),))
def names_with_the_separator_of_windows() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        for name in ("2026\\good.txt", "..\\evil.txt"):
            info = zipfile.ZipInfo(name)
            info.create_system = 0
            z.writestr(info, GOOD)

    return zip_of(fill)


@case(
    "x.tar",
    "good",
    told=(
        ("pipe.txt", "special-member", "error"),
        ("null", "special-member", "warning"),
        ("disk.txt", "special-member", "error"),
        ("odd.txt", "special-member", "error"),
    ),
)
def devices_and_pipes_in_a_tar() -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        put(t, "pipe.txt", type=tarfile.FIFOTYPE)
        put(t, "null", type=tarfile.CHRTYPE)
        put(t, "disk.txt", type=tarfile.BLKTYPE)
        put(t, "odd.txt", type=b"Q")
        put(t, "good.txt", GOOD)

    return tar_of(fill)


@case("x.zip", "good", told=(("pipe.txt", "special-member", "error"),))
def a_pipe_in_a_zip() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        zip_link(z, "pipe.txt", "", stat.S_IFIFO)
        z.writestr("good.txt", GOOD)

    return zip_of(fill)


LINKED = (
    ("out.txt", "linked-member", "error"),
    ("passwd", "linked-member", "warning"),
    ("round.txt", "linked-member", "error"),
)


@case("x.tar", "good", "same", told=(("no.txt", "linked-member", "error"), *LINKED))
def links_in_a_tar() -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        put(t, "2026/good.txt", GOOD)
        put(t, "same.txt", type=tarfile.LNKTYPE, linkname="2026/good.txt")
        put(t, "no.txt", type=tarfile.LNKTYPE, linkname="../etc/passwd")
        put(t, "by.txt", type=tarfile.SYMTYPE, linkname="2026/good.txt")
        put(t, "chain.txt", type=tarfile.SYMTYPE, linkname="by.txt")
        put(t, "latest", type=tarfile.SYMTYPE, linkname="./2026/")
        put(t, "out.txt", type=tarfile.SYMTYPE, linkname="../../etc/hosts")
        put(t, "passwd", type=tarfile.SYMTYPE, linkname="/etc/passwd")
        put(t, "round.txt", type=tarfile.SYMTYPE, linkname="round.txt")

    return tar_of(fill)


@case("x.zip", "good", told=LINKED)
def links_in_a_zip() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        z.writestr("2026/good.txt", GOOD)
        for name, target in (
            ("latest", "2026"),
            ("out.txt", "../hosts"),
            ("passwd", "/etc/passwd"),
            ("round.txt", "round.txt"),
        ):
            zip_link(z, name, target)

    return zip_of(fill)


@case(
    "x.zip",
    "good",
    told=(("secret.txt", "encrypted-member", "error"), ("photo.jpg", "encrypted-member", "warning")),
)
def members_under_a_password() -> bytes:
    data = bytearray(
        zip_of(lambda z: [z.writestr(n, GOOD) for n in ("secret.txt", "photo.jpg", "good.txt")] and None)
    )
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        for _ in range(2):
            start = data.index(mark, start + 1)
            data[start + at] |= 1
    return bytes(data)


@case("x.zip", "good", told=(("other.txt", "unsupported-member", "error"),))
def a_member_packed_in_another_way() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        z.writestr("other.txt", GOOD, zipfile.ZIP_BZIP2)
        z.writestr("good.txt", GOOD)

    return zip_of(fill)


@case("x.zip", "good", "twin", told=(("twin.txt", "duplicate-member", "error"),))
def one_name_twice_in_a_zip() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in ("twin.txt", "good.txt", "twin.txt"):
                z.writestr(name, GOOD if name == "good.txt" else OTHER)

    return zip_of(fill)


@case("x.tar", "good", "twin", told=(("twin.txt", "duplicate-member", "error"),))
def one_name_twice_in_a_tar() -> bytes:
    return tar_of(lambda t: [put(t, name, GOOD) for name in ("twin.txt", "./good.txt", ".//twin.txt")] and None)


@case("x.zip", "good")
def what_macs_add_to_a_zip() -> bytes:
    names = ("__MACOSX/._good.txt", "__MACOSX/x.txt", "._x.txt", ".DS_Store", "a/.DS_Store", "good.txt")
    return zip_of(lambda z: [z.writestr(name, GOOD) for name in names] and None)


@case("x.tar.gz", "good")
def what_macs_add_to_a_tar() -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        put(t, "__MACOSX/._good.txt", GOOD)
        put(t, "./._good.txt", GOOD)
        put(t, ".hidden/link.txt", type=tarfile.SYMTYPE, linkname="/etc/passwd")
        put(t, "good.txt", GOOD)

    return tar_of(fill, "gz")


@case("x.zip", "bücher", "Новости")
def names_in_utf_8_that_nobody_declares() -> bytes:
    data = bytearray(zip_of(lambda z: [z.writestr(n, GOOD) for n in ("bücher.txt", "Новости.txt")] and None))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        for _ in range(2):
            start = data.index(mark, start + 1)
            data[start + at + 1] &= ~8
    return bytes(data)


@case("x.zip", "bücher")
def a_name_in_another_field() -> bytes:
    def fill(z: zipfile.ZipFile) -> None:
        info, name = zipfile.ZipInfo("b_cher.txt"), "bücher.txt".encode()
        body = struct.pack("<BL", 1, zipfile.crc32(b"b_cher.txt")) + name
        info.extra = struct.pack("<HH", 0x7075, len(body)) + body
        z.writestr(info, GOOD)

    return zip_of(fill)


@case("x.zip", "Åíß", told=(("Åíß.txt", "member-name", "warning"),))
def a_name_of_no_charset() -> bytes:
    data = zip_of(lambda z: z.writestr("abc.txt", GOOD))
    return data.replace(b"abc.txt", "Åíß.txt".encode("cp437"))


@case("x.tar", "good", told=(("b\\xfccher.txt", "bad-id", "error"),))
def a_name_that_is_not_utf_8() -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        t.format = tarfile.GNU_FORMAT
        put(t, "b\udcfccher.txt", GOOD)
        put(t, "good.txt", GOOD)

    return tar_of(fill)


@case("x.tar", "good", told=(("holes.txt", "unsupported-member", "error"),))
def a_member_with_holes() -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        put(
            t,
            "holes.txt",
            pax_headers={"GNU.sparse.major": "0", "GNU.sparse.map": "0,1", "GNU.sparse.size": "9999999"},
        )
        put(t, "good.txt", GOOD)

    return tar_of(fill)


@case("x.tar", "good", "new", told=(("a/" * 4000 + "x.txt", "unsafe-member", "error"),))
def names_without_an_end() -> bytes:
    def fill(t: tarfile.TarFile) -> None:
        put(t, "a/" * 4000 + "x.txt", GOOD)
        put(t, "good.txt", GOOD)
        put(t, "/".join("b" * 1000) + "/new.txt", GOOD)
        put(t, "latest", type=tarfile.SYMTYPE, linkname="b/b/b")

    return tar_of(fill)


@case("x.tar", "good", told=tuple((f"{n}.txt", "linked-member", "error") for n in range(1960)))
def links_that_lead_to_links() -> bytes:
    """Forty of them may lie on the way to a file."""

    def fill(t: tarfile.TarFile) -> None:
        for number in range(2000):
            put(t, f"{number}.txt", type=tarfile.SYMTYPE, linkname=f"{number + 1}.txt")
        put(t, "2000.txt", type=tarfile.SYMTYPE, linkname="good.txt")
        put(t, "good.txt", GOOD)

    return tar_of(fill)
