"""A stretch of a file as a stream of its own."""

from __future__ import annotations

import io
from typing import IO

__all__ = ["Stretch"]


class Stretch(io.BufferedReader):
    """So many bytes of a file from one place on."""

    def __init__(self, stream: IO[bytes], begin: int, size: int) -> None:
        stream.seek(begin)
        super().__init__(_Raw(stream, size))


class _Raw(io.RawIOBase):
    def __init__(self, stream: IO[bytes], left: int) -> None:
        super().__init__()
        self._stream, self._left = stream, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer, it says
        data = self._stream.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)
