"""Standard output and error: what is written can be read, and a write that fails names its stream."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["STREAMS", "ReaderGone", "let_go", "open_streams"]

STREAMS = {"stdout": "standard output", "stderr": "standard error"}


class ReaderGone(BaseException):
    """Who read our output has gone (``corpus … | head``): that is no fault."""


class _Named(FileIO):
    """A stream's bytes, whose failures say which stream it is."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__(number, "wb", closefd=False)
        self._told = name

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError as error:
            error.filename = self._told
            raise


def open_streams() -> None:
    """Let everything be written: UTF-8 to files and pipes in any locale, what a terminal lacks as an escape.

    A stream that the caller closed swallows what is written to it.
    """
    for name, told in STREAMS.items():
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 (open to the end)
        elif isinstance(stream, TextIOWrapper) and stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        elif isinstance(stream, TextIOWrapper):
            stream.flush()
            setattr(sys, name, _named(stream, told))


def _named(stream: TextIOWrapper, name: str) -> TextIOWrapper:
    return TextIOWrapper(
        BufferedWriter(_Named(stream.fileno(), name)),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def let_go() -> None:
    """Write what is still held back, and let go of it where that cannot be: the reason has been told."""
    for name in STREAMS:
        stream = getattr(sys, name)
        try:
            stream.flush()
        except (OSError, ReaderGone, ValueError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
