"""The lines of a text file from outside: decoded, one at a time, none longer than a limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.errors import SourceError
from corpus.model.finding import Finding
from corpus.readers.binary import magic_name
from corpus.readers.jsontext import Line, lines_of
from corpus.readers.opening import open_regular

__all__ = ["MOST_CHARACTERS", "text_lines"]

MOST_CHARACTERS = 16 * 2**20
"""A document with a longer text is refused, as everywhere in the package."""
_HEAD = 4096
_LONGEST = 64 * 2**20


def text_lines(path: Path) -> Iterator[tuple[int, str] | Finding]:
    r"""Yield each line's number (from 1) and its text without its end, or what is wrong with it.

    Lines end at LF or CRLF alone. UTF-8 is expected; a mark of UTF-16 or UTF-32 is believed.

    Raises:
        SourceError: the file cannot be read, or is no text.
    """
    try:
        with open_regular(path) as stream:
            strange = magic_name(stream.read(_HEAD))
            stream.seek(0)
            for line in lines_of(stream, _LONGEST):
                strange = strange or (line.strange() if line.number == 1 else None)
                if strange is not None:
                    raise SourceError(f"The file is {strange} where text was expected.")
                yield _told(line, path)
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error


def _told(line: Line, path: Path) -> tuple[int, str] | Finding:
    place = f"{path}:{line.number}"
    if line.too_long:
        return Finding("import-too-large", place, f"The line is longer than the limit of {_LONGEST} bytes.")
    try:
        told = line.data.decode(line.codec).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is {line.data[error.start]:#04x}"
        wrong = f"The line is not {line.codec.upper()} ({what}) and is left out; convert the file to UTF-8."
        return Finding("import-encoding", place, wrong)
    if "\r" in told:
        wrong = "A carriage return stands within the line, which is left out; end all lines with line feeds."
        return Finding("import-line", place, wrong)
    return line.number, told
