"""Open a file from outside: a source only where it is a regular file, with gzip resolved within a limit."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from corpus.errors import SourceError, UsageError

__all__ = ["cause", "named_text", "open_regular", "read_limited", "short_cause", "visible"]

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@contextmanager
def open_regular(path: Path, *, gzipped: bool = False) -> Iterator[IO[bytes]]:
    """Open a regular file for reading, without waiting for the other end of a pipe.

    Raises:
        SourceError: it is no regular file, cannot be opened or read, or its gzip stream is broken; the
            sentence says which.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise SourceError(f"The file cannot be opened: {cause(error)}.") from error
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        name = next((name for test, name in _KINDS if test(mode)), "no regular file")
        raise SourceError(f"This is {name} where a regular file was expected.")
    with os.fdopen(handle, "rb") as stream:
        try:
            yield io.BufferedReader(gzip.GzipFile(fileobj=stream)) if gzipped else stream
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise SourceError(f"The gzip stream is broken ({error}); get the file anew.") from error
        except OSError as error:
            raise SourceError(f"The file cannot be read: {cause(error)}.") from error


def read_limited(stream: IO[bytes], limit: int) -> bytes:
    """Read a whole stream.

    Raises:
        SourceError: it holds more than ``limit`` bytes, of which no more are read.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise SourceError(
            f"The document is longer than the limit of {limit} bytes; split it, or raise the limit on a document."
        )
    return data


def named_text(path: Path, most: int = 1 << 24) -> str:
    """Return the text of a file (or a pipe) that the user named beside the sources.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or holds more than ``most`` bytes, of which no more are read.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {cause(error)}.") from None
    if len(data) > most:
        raise UsageError(f"{path} has more than the limit of {most} bytes; name another file.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None


def cause(error: Exception) -> str:
    """Return an error's cause in words, without the path (which the finding's place gives)."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__


def short_cause(error: Exception) -> str:
    """Return the first line of :func:`cause`, cut where it is long, as a part of a sentence."""
    return (cause(error).splitlines() or [""])[0][:200].rstrip(".")


def visible(name: str) -> str:
    """Return a file name that can be printed: undecodable bytes and control characters are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
