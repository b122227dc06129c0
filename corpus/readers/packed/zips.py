"""Zip archives: their directory, and one member at a time; what it says of sizes is held against the bytes."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from corpus.errors import SourceError
from corpus.model.finding import Severity
from corpus.readers.opening import open_regular, short_cause
from corpus.readers.packed.contents import Contents, Member

__all__ = ["UNICODE_PATH", "ZIP64", "ZipStore", "extra_fields", "name_of"]

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others are rare, and Python unpacks them without a bound on its memory."""
_ENCRYPTED, _UTF8 = 0x1, 0x800
_FAT, _UNIX = 0, 3
ZIP64, UNICODE_PATH = 0x0001, 0x7075
"""Kinds of extra fields."""
_LINK = 4096
_END, _END_BYTES = b"PK\5\6", 22
"""How the last record begins, and how long it is without the comment that ends the file (APPNOTE 4.3.16)."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
    MemoryError,
)


class ZipStore:
    """An open zip archive; it is opened again when it is asked for after :meth:`close`."""

    room = 0
    """How many bytes of temporary files it takes: none, its members are unpacked one by one."""

    def __init__(self, path: Path) -> None:
        self._path, self._open = path, ExitStack()
        self._zip: zipfile.ZipFile | None = None

    def contents(self) -> Contents:
        """Return what the directory at its end lists.

        Raises:
            SourceError: it cannot be read.
        """
        found = Contents()
        for number, info in enumerate(self._opened().infolist()):
            self._take_in(found, info, number)
        found.close()
        return found

    @contextmanager
    def stream(self, member: Member) -> Iterator[IO[bytes]]:
        """Open a member.

        Raises:
            SourceError: it is damaged; its size and its checksum are known to be right once it was read to its end.
        """
        archive = self._opened()
        try:
            with archive.open(archive.infolist()[member.at]) as stream:
                yield stream
        except SourceError:
            raise
        except _BROKEN as error:
            raise SourceError(
                f"It is damaged in its archive ({short_cause(error)}); get the archive anew."
            ) from error

    def holds_more(self) -> bool:
        """Tell whether something stands before its first member (a program, say) or behind its end."""
        archive = self._opened()
        with open_regular(self._path) as stream:
            stream.seek(-_END_BYTES - len(archive.comment), 2)
            ends = stream.read(len(_END)) == _END
        return not ends or min((info.header_offset for info in archive.infolist()), default=0) > 0

    def close(self) -> None:
        """Give the file back."""
        self._open.close()
        self._zip = None

    def _opened(self) -> zipfile.ZipFile:
        if self._zip is None:
            try:
                stream = self._open.enter_context(open_regular(self._path))
                self._zip = self._open.enter_context(zipfile.ZipFile(stream))
            except SourceError:
                raise
            except _BROKEN as error:
                self._open.close()
                message = (
                    f"This is no sound zip archive ({short_cause(error)}), so nothing in it is read; get it anew."
                )
                raise SourceError(message) from error
        return self._zip

    def _take_in(self, found: Contents, info: zipfile.ZipInfo, number: int) -> None:
        name, sure = name_of(info)
        mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
        if name.endswith("/") or stat.S_ISDIR(mode):
            return
        if info.flag_bits & _ENCRYPTED:
            found.trouble(
                "encrypted-member", name, "It is encrypted, so it is not read; unpack it, or pack it plain."
            )
        elif info.compress_type not in _METHODS:
            how = f"method {info.compress_type}, not 0 or 8"
            message = f"It is packed in a way that is not read here ({how}); unpack it, or pack it anew."
            found.trouble("unsupported-member", name, message)
        elif stat.S_ISLNK(mode):
            self._take_in_link(found, name, Member(info.file_size, number))
        elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            found.trouble("special-member", name, "This is a device or a pipe, no regular file.")
        else:
            found.add(name, Member(info.file_size, number))
            if not sure:
                message = "The archive does not say in which charset this name is; it is read as code page 437."
                found.trouble("member-name", name, message, Severity.WARNING)

    def _take_in_link(self, found: Contents, name: str, link: Member) -> None:
        try:
            with self.stream(link) as stream:
                found.add_link(name, stream.read(_LINK).decode("utf-8", "surrogateescape"), link.at)
        except SourceError as error:
            found.trouble("linked-member", name, str(error))


def name_of(info: zipfile.ZipInfo) -> tuple[str, bool]:
    """Return a member's name, and whether it is sure to be right.

    Many programs write UTF-8 without saying so, and some write names in another field (Info-ZIP's, APPNOTE 4.6.9).
    """
    name, sure = info.orig_filename, True
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437")
        other = _unicode_path(info.extra, zlib.crc32(raw))
        try:
            name = raw.decode("utf-8") if other is None else other
        except UnicodeDecodeError:
            sure = False
    if "/" not in name and info.create_system == _FAT:  # some programs on Windows write its own separator
        name = name.replace("\\", "/")
    return name, sure


def extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the kind of each extra field of an entry, and the field with its head of four bytes (APPNOTE 4.5.1)."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at : at + 4 + size]
        at += 4 + size


def _unicode_path(extra: bytes, checksum: int) -> str | None:
    for kind, field in extra_fields(extra):
        data = field[4:]
        if kind == UNICODE_PATH and len(data) > 5 and struct.unpack_from("<BL", data) == (1, checksum):
            try:
                return data[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None
