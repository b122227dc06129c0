"""JSON Lines to parts: a line each, with the bytes that it takes up."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus.readers.erasing.parts import Part, Tell, Traces, traces_of_record
from corpus.readers.report import ReadOptions
from corpus.readers.sourcefile import SourceFile
from corpus.readers.tabular.jsontext import Line, lines_of

__all__ = ["find_lines"]


def find_lines(file: SourceFile, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    """Yield the lines of a file that are not blank; what is no record is a part that nothing is known of.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    with file.open() as stream:
        for line in lines_of(stream, options.max_record_bytes):
            reason = line.strange() if line.number == 1 else None
            if reason is not None:
                tell(f"it is {reason}, not JSON Lines")
                return
            text = _text(line)
            if text is not None and not text.strip():
                continue
            traces = None if text is None else _traces(text, options)
            if traces is None:
                tell(f"line {line.number} cannot be read as a record")
            yield Part(line.begin, line.end, traces or Traces())


def _text(line: Line) -> str | None:
    try:
        return None if line.too_long else line.text(strict=False)
    except UnicodeDecodeError:
        return None


def _traces(text: str, options: ReadOptions) -> Traces | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return traces_of_record(record if isinstance(record, dict) else {"": record}, options)
