"""A packed tar archive (gzip, bzip2, xz) to a plain one: as much of it as is sound, within bounds."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Literal, Protocol

from corpus.errors import SourceError
from corpus.readers.opening import cause, open_regular

__all__ = ["Packing", "packing_of", "unpack"]

_PIECE = 2**16
_MEMORY = 2**29
"""Bytes that xz may take: its largest preset takes an eighth of it."""


class _Unpacker(Protocol):
    """What unpacks one stream: ``bz2``'s and ``lzma``'s, and ours for gzip."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


class _Gunzipper:
    """``zlib``'s unpacker with the face of the others."""

    def __init__(self) -> None:
        self._own = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._own.eof

    @property
    def needs_input(self) -> bool:
        return not self._own.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._own.unused_data

    def decompress(self, data: bytes, max_length: int = 0) -> bytes:
        return self._own.decompress(self._own.unconsumed_tail + data, max_length)


Packing = Literal["gz", "bz2", "xz"]

_PACKINGS: Mapping[Packing, tuple[bytes, Callable[[], _Unpacker]]] = {
    "gz": (b"\x1f\x8b", _Gunzipper),
    "bz2": (b"BZh", bz2.BZ2Decompressor),
    "xz": (b"\xfd7zXZ\x00", partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _MEMORY)),
}
"""How a stream begins, and what makes the unpacker of one."""


def packing_of(path: Path) -> Packing | None:
    """Return how a file is packed, by its first bytes, None where it is not.

    Raises:
        SourceError: it cannot be read.
    """
    with open_regular(path) as stream:
        head = stream.read(8)
    return next((packing for packing, (magic, _) in _PACKINGS.items() if head.startswith(magic)), None)


def unpack(path: Path, target: Path, packing: Packing, most: int) -> str:
    """Write what a packed file holds to ``target``; return why that is not all of it, the end of a sentence.

    Of a file that ends too early all is written that is there; of a stream that is damaged nothing, since its
    checksum, which alone tells sound bytes from others, stands behind it.

    Raises:
        SourceError: the file cannot be read, or ``target`` not be written.
    """
    sound = written = 0
    try:
        with path.open("rb") as stream, target.open("wb") as out:
            try:
                for piece in _pieces(stream, packing):
                    if piece is None:
                        sound = written
                        continue
                    out.write(piece[: most - written])
                    written += len(piece)
                    if written > most:
                        return f"it unpacks to more than the limit of {most} bytes"
            except EOFError:
                return "the packed stream ends too early, and what came before it could not be checked"
            except (zlib.error, lzma.LZMAError, ValueError, MemoryError) as error:
                return _cut_off(out, sound, error)
            except OSError as error:
                if error.errno is not None:
                    raise
                return _cut_off(out, sound, error)  # bz2 says so of damage
    except OSError as error:
        raise SourceError(f"The archive cannot be unpacked: {cause(error)}.") from error
    return ""


def _cut_off(out: IO[bytes], sound: int, error: Exception) -> str:
    out.truncate(sound)
    return f"the packed stream is damaged ({str(error).rstrip('.') or type(error).__name__})"


def _pieces(stream: IO[bytes], packing: Packing) -> Iterator[bytes | None]:
    """Yield what all streams of a file hold, one after the other, and None behind each; zeros may follow them."""
    rest = stream.read(_PIECE)
    while rest:
        unpacker = _PACKINGS[packing][1]()
        while not unpacker.eof:
            if unpacker.needs_input and not rest:
                rest = stream.read(_PIECE)
                if not rest:
                    raise EOFError
            piece = unpacker.decompress(rest, _PIECE)
            rest = b""
            if piece:
                yield piece
        yield None
        rest = unpacker.unused_data or stream.read(_PIECE)
        while rest and not (rest := rest.lstrip(b"\0")):
            rest = stream.read(_PIECE)
