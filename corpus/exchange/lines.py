"""The lines of a text file from outside: decoded, one at a time, none longer than a limit.

Lines of an older encoding are read where the letters of all of them together tell which one (as in raw texts): what
is read wrongly is in no document's text, and told there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.errors import SourceError
from corpus.model.finding import Finding, Severity
from corpus.readers.encoding.binary import magic_name
from corpus.readers.encoding.charsets import Guess
from corpus.readers.encoding.mixed import older_charset
from corpus.readers.opening import open_regular
from corpus.readers.tabular.jsontext import Line, lines_of

__all__ = ["MOST_CHARACTERS", "read_as", "text_lines"]

MOST_CHARACTERS = 16 * 2**20
"""A document with a longer text is refused, as everywhere in the package."""
_HEAD = 4096
_LONGEST = 64 * 2**20


def text_lines(path: Path) -> Iterator[tuple[int, str] | Finding]:
    r"""Yield each line's number (from 1) and its text without its end, or what is wrong with it.

    Lines end at LF or CRLF alone. UTF-8 is expected; a mark of UTF-16 or UTF-32 is believed. At the first line
    of an older encoding, a note says which one it is.

    Raises:
        SourceError: the file cannot be read, or is no text.
    """
    try:
        with open_regular(path) as stream:
            older, looked = None, False
            strange = magic_name(stream.read(_HEAD))
            stream.seek(0)
            for line in lines_of(stream, _LONGEST):
                strange = strange or (line.strange() if line.number == 1 else None)
                if strange is not None:
                    raise SourceError(f"The file is {strange} where text was expected.")
                if not looked and _is_older(line):
                    older, looked = _charset(path), True
                    if older is not None:
                        yield read_as(older, f"{path}:{line.number}")
                yield _told(line, path, older)
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error


def read_as(charset: Guess, place: str) -> Finding:
    """Return the note that lines are not read as UTF-8; ``place`` is that of the first."""
    told = (
        f"This line (and more, perhaps) is no UTF-8 and read as {charset.codec}, as its letters tell; where "
        "that is wrong, convert the file to UTF-8."
    )
    return Finding("import-charset", place, told, Severity.NOTE)


def _is_older(line: Line) -> bool:
    if line.codec != "utf-8" or line.too_long or line.data.isascii():
        return False
    try:
        line.data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _charset(path: Path) -> Guess | None:
    with open_regular(path) as stream:
        return older_charset(line.data for line in lines_of(stream, _LONGEST) if not line.too_long)


def _told(line: Line, path: Path, older: Guess | None) -> tuple[int, str] | Finding:
    place = f"{path}:{line.number}"
    if line.too_long:
        return Finding("import-too-large", place, f"The line is longer than the limit of {_LONGEST} bytes.")
    codec = older.codec if older is not None and _is_older(line) else line.codec
    try:
        told = line.data.decode(codec).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is {line.data[error.start]:#04x}"
        wrong = f"The line is not {line.codec.upper()} ({what}) and is left out; convert the file to UTF-8."
        return Finding("import-encoding", place, wrong)
    if "\r" in told:
        wrong = "A carriage return stands within the line, which is left out; end all lines with line feeds."
        return Finding("import-line", place, wrong)
    return line.number, told
