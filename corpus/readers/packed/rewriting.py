"""An archive written anew without some of its members, or with others in their places; all or nothing."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import IO, Any

from corpus.errors import SourceError
from corpus.files import atomic_write
from corpus.readers.opening import cause, visible
from corpus.readers.origins import LocalOrigin
from corpus.readers.packed.archive import Archive
from corpus.readers.packed.contents import UNREAD_MEMBERS
from corpus.readers.packed.tars import TarStore, heads_of
from corpus.readers.packed.unpacking import Packing
from corpus.readers.packed.zips import UNICODE_PATH, ZIP64, ZipStore, extra_fields, name_of

__all__ = ["check_kept", "rewrite", "why_fixed"]

_PIECE = 2**20


def why_fixed(archive: Archive) -> str:
    """Return why an archive is not rewritten, the end of a sentence; empty where it can be.

    What is not wholly understood is not written anew: something would be lost, or come to light again.
    """
    if not isinstance(archive.origin, LocalOrigin):
        return "that is at an address"
    if any(trouble.code in UNREAD_MEMBERS for trouble in archive.troubles):
        return "that is damaged, or holds what is not read"
    if archive.contents.copies:
        return "that holds hard links"
    if isinstance(archive.store, ZipStore) and archive.store.holds_more():
        return "that has more than its members before or behind them (a program, say)"
    return ""


def check_kept(archive: Archive, gone: Collection[str]) -> None:
    """Make sure that all members but ``gone`` can be read, for else the archive cannot be written anew.

    Raises:
        SourceError: one is damaged.
    """
    kept = archive.contents.members.items() if isinstance(archive.store, ZipStore) else ()  # tars have no checksums
    for name, member in kept:
        if name not in gone:
            try:
                with archive.store.stream(member) as stream:
                    while stream.read(_PIECE):
                        pass
            except SourceError as error:
                message = f"Its member {visible(name)} is damaged, so the archive cannot be written anew."
                raise SourceError(message) from error


def rewrite(
    archive: Archive,
    gone: Collection[str],
    replaced: Mapping[str, Path],
    check: Callable[[], None] | None = None,
) -> None:
    """Write an archive of this machine anew without the members ``gone``, and with files in the places of others.

    All other members keep their bytes, names, times and order; links that then lead to nothing go, too. ``check``
    is called before the old archive goes.

    Raises:
        SourceError: it cannot be read; nothing is changed.
        OSError: it cannot be written; nothing is changed.
    """
    path, store = archive.origin.path(), archive.store
    other = {archive.contents.members[name].at: replaced.get(name) for name in (*gone, *replaced)}
    other |= dict.fromkeys(archive.contents.links_lost(gone))
    if isinstance(store, ZipStore):
        _rewrite_zip(path, other, check)
    else:
        _rewrite_tar(path, store, other, check)


def _rewrite_zip(path: Path, other: Mapping[int, Path | None], check: Callable[[], None] | None) -> None:
    try:
        with (
            path.open("rb") as stream,
            zipfile.ZipFile(stream) as source,
            atomic_write(path, check=check) as out,
            zipfile.ZipFile(out, "w") as target,
        ):
            target.comment = source.comment
            for number, info in enumerate(source.infolist()):
                if other.get(number, path) is not None:
                    _copy_entry(source, target, info, other.get(number))
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError) as error:
        raise SourceError(f"The archive cannot be written anew: {cause(error)}.") from error


def _copy_entry(
    source: zipfile.ZipFile, target: zipfile.ZipFile, info: zipfile.ZipInfo, other: Path | None
) -> None:
    made = copy(info)
    made.filename = name_of(info)[0]
    made.orig_filename = made.filename
    # sizes are written anew, and names are in UTF-8 then
    made.extra = b"".join(field for kind, field in extra_fields(info.extra) if kind not in (ZIP64, UNICODE_PATH))
    if other is not None:
        made.file_size = other.stat().st_size
    with (
        source.open(info) if other is None else other.open("rb") as data,
        target.open(made, "w") as out,
    ):
        shutil.copyfileobj(data, out)


def _rewrite_tar(
    path: Path, store: TarStore, other: Mapping[int, Path | None], check: Callable[[], None] | None
) -> None:
    try:
        with (
            store.path.open("rb") as source,
            atomic_write(path, check=check) as out,
            _packer(store.packing, out) as target,
        ):
            heads = [own for own in heads_of(source) if own[0].offset_data in other]
            size, at = source.seek(0, 2), 0
            for head, end in heads:
                _copy(source, target, at, head.offset)
                file = other[head.offset_data]
                if file is not None:
                    _put(target, head, file)
                at = end
            _copy(source, target, at, size)
    except (tarfile.TarError, ValueError) as error:
        raise SourceError(f"The archive cannot be written anew: {cause(error)}.") from error


class _Packing:
    """A file to which what is written goes packed."""

    def __init__(self, packer: bz2.BZ2Compressor | lzma.LZMACompressor, out: IO[bytes]) -> None:
        self._packer, self._out = packer, out

    def write(self, data: bytes) -> int:
        """Pack some bytes."""
        self._out.write(self._packer.compress(data))
        return len(data)


@contextmanager
def _packer(packing: Packing | None, out: IO[bytes]) -> Iterator[Any]:
    """Pack what is written as the archive was; without a time or a name, so that it is the same each time."""
    if packing is None:
        yield out
        return
    if packing == "gz":
        with gzip.GzipFile("", "wb", 9, out, 0) as target:
            yield target
        return
    packer = bz2.BZ2Compressor() if packing == "bz2" else lzma.LZMACompressor()
    yield _Packing(packer, out)
    out.write(packer.flush())


def _put(target: IO[bytes], head: tarfile.TarInfo, file: Path) -> None:
    head.size = file.stat().st_size
    head.pax_headers = {key: value for key, value in head.pax_headers.items() if key != "size"}
    target.write(head.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
    with file.open("rb") as data:
        shutil.copyfileobj(data, target)
    target.write(b"\0" * (-head.size % tarfile.BLOCKSIZE))


def _copy(source: IO[bytes], target: IO[bytes], begin: int, end: int) -> None:
    source.seek(begin)
    while begin < end and (piece := source.read(min(_PIECE, end - begin))):
        target.write(piece)
        begin += len(piece)
