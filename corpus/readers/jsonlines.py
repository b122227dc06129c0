"""JSON Lines to records: line by line, a broken line costs that line only."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from functools import partial
from typing import IO

from corpus.errors import SourceError
from corpus.readers.binary import binary_reason
from corpus.readers.inputs import SourceFile
from corpus.readers.records import Problem, Record
from corpus.readers.report import ReadOptions, ReadReport

__all__ = ["read_json_lines"]

_PIECE = 2**20


def read_json_lines(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[Record]:
    """Yield the records of a file; lines end at LF alone, blank ones are passed over.

    Never more than one line is held in memory, and none longer than ``options.max_record_bytes``.
    """
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    number = 0
    try:
        with file.open() as stream:
            for number, line in _lines(stream, options.max_record_bytes):
                place = f"{file.name}:{number}"
                try:
                    if number == 1:
                        line = _first(line)
                    if line is None or line.strip():
                        yield Record(_parsed(line, options), place, file.name)
                except Problem as problem:
                    add(problem.code, place, str(problem))
                    if problem.code == "not-json-lines":
                        return
    except SourceError as error:
        add("unreadable", f"{file.name}:{number + 1}" if number else file.name, str(error))


def _lines(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield lines with their 1-based numbers; None for one beyond the limit, which is passed over in pieces."""
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) <= limit or line.endswith(b"\n"):
            yield number, line
            continue
        while (piece := stream.readline(_PIECE)) and not piece.endswith(b"\n"):
            pass
        yield number, None


def _first(line: bytes | None) -> bytes | None:
    """Return the first line without a byte order mark; refuse files that are something else altogether."""
    if line is None:
        return None
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Problem("not-json-lines", "The file is UTF-16; convert it to UTF-8.")
    reason = binary_reason(line[:4096])
    if reason is not None:
        raise Problem("not-json-lines", f"The file is {reason}, not JSON Lines.")
    line = line.removeprefix(codecs.BOM_UTF8)
    if line.lstrip().startswith(b"["):
        raise Problem("not-json-lines", "The file begins a JSON array; write one record a line instead.")
    return line


def _parsed(line: bytes | None, options: ReadOptions) -> dict[str, object]:
    if line is None:
        raise Problem("too-large", f"The line is longer than the limit of {options.max_record_bytes} bytes.")
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        message = (
            f"The line is not UTF-8 (byte {error.start} is {line[error.start]:#04x}); convert the file to UTF-8."
        )
        raise Problem("not-utf8", message) from error
    except RecursionError as error:
        raise Problem("invalid-json", "The line is nested too deep; expected one flat record.") from error
    except json.JSONDecodeError as error:
        message = f"The line is not JSON: {error.msg.lower()} at character {error.pos + 1}; mend or remove it."
        raise Problem("invalid-json", message) from error
    except ValueError as error:
        message = "The line holds a number of too many digits; write it as a text."
        raise Problem("invalid-json", message) from error
    if not isinstance(value, dict):
        raise Problem("invalid-json", f"The line holds a {type(value).__name__}; expected an object {{…}}.")
    return value
