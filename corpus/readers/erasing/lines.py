"""JSON Lines to parts: a line each, with the bytes that it takes up."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import IO

from corpus.readers.binary import binary_reason
from corpus.readers.erasing.parts import Part, Tell, Traces, traces_of_record
from corpus.readers.inputs import SourceFile
from corpus.readers.report import ReadOptions

__all__ = ["find_lines"]

_PIECE = 2**20


def find_lines(file: SourceFile, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    """Yield the lines of a file that are not blank; what is no record is a part that nothing is known of.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    with file.open() as stream:
        begin = 0
        for number, (line, size) in enumerate(_lines(stream, options.max_record_bytes), 1):
            if number == 1 and (reason := _strange(line)):
                tell(f"it is {reason}, not JSON Lines")
                return
            mark = len(codecs.BOM_UTF8) if number == 1 and line.startswith(codecs.BOM_UTF8) else 0
            if line.strip():
                traces = _traces(line[mark:], size, options)
                if traces is None:
                    tell(f"line {number} cannot be read as a record")
                yield Part(begin + mark, begin + size, traces or Traces())
            begin += size


def _lines(stream: IO[bytes], limit: int) -> Iterator[tuple[bytes, int]]:
    """Yield each line (its beginning, where it is longer than the limit) with its length in bytes."""
    while line := stream.readline(limit + 1):
        size, piece = len(line), line
        while not piece.endswith(b"\n") and (piece := stream.readline(_PIECE)):
            size += len(piece)
        yield line, size


def _strange(line: bytes) -> str | None:
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    return binary_reason(line[:4096])


def _traces(line: bytes, size: int, options: ReadOptions) -> Traces | None:
    if size > options.max_record_bytes:
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return traces_of_record(record if isinstance(record, dict) else {"": record}, options)
