"""JSON Lines to records: line by line, a broken line costs that line only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from corpus.errors import SourceError
from corpus.readers.records import Problem, Record
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.tabular.jsontext import Line, lines_of

__all__ = ["read_json_lines"]

_BLANK = " \t\r\n\v\f"


def read_json_lines(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[Record]:
    """Yield the records of a file; lines end at LF alone, blank ones are passed over.

    Never more than one line is held in memory, and none longer than ``options.max_record_bytes``.
    """
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    number = 0
    try:
        with file.open() as stream:
            for line in lines_of(stream, options.max_record_bytes):
                number = line.number
                place = f"{file.name}:{number}"
                try:
                    text = _text(line, options)
                    if text.strip(_BLANK):
                        yield Record(_parsed(text, line), place, file.name, line.codec)
                except Problem as problem:
                    if problem.code == "not-json-lines":
                        add(problem.code, file.name, str(problem))
                        return
                    add(problem.code, place, str(problem))
    except SourceError as error:
        add("unreadable", f"{file.name}:{number + 1}" if number else file.name, str(error))


def _text(line: Line, options: ReadOptions) -> str:
    """Return what a line says; a file that is something else altogether is refused at its first one."""
    if line.too_long:
        raise Problem("too-large", f"The line is longer than the limit of {options.max_record_bytes} bytes.")
    reason = line.strange() if line.number == 1 else None
    if reason is not None:
        raise Problem("not-json-lines", f"The file is {reason}, not JSON Lines.")
    try:
        text = line.text()
    except UnicodeDecodeError as error:
        raise Problem(*_undecodable(line, error)) from error
    if line.number == 1 and text.lstrip().startswith("["):
        raise Problem("not-json-lines", "The file begins a JSON array; write one record a line instead.")
    return text


def _undecodable(line: Line, error: UnicodeDecodeError) -> tuple[str, str]:
    if line.codec == "utf-8":
        what, way_out = f"byte {error.start} is {line.data[error.start]:#04x}", "convert the file to UTF-8"
        code, named = "not-utf8", "UTF-8"
    else:
        what, way_out = f"{error.reason} at byte {error.start}", "get the file anew"
        code, named = "not-utf16", f"{line.codec}, as the file's first bytes say"
    return code, f"The line is not {named} ({what}); {_MIXED if _is_mixed(line) else way_out}."


def _parsed(text: str, line: Line) -> dict[str, object]:
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except RecursionError as error:
        raise Problem("invalid-json", "The line is nested too deep; expected one flat record.") from error
    except json.JSONDecodeError as error:
        way_out = _MIXED if _is_mixed(line) else "mend or remove it"
        what = f"{error.msg.lower().removesuffix(' at')} at character {error.pos + 1}"
        raise Problem("invalid-json", f"The line is not JSON: {what}; {way_out}.") from error
    except ValueError as error:
        message = "The line holds a number of too many digits; write it as a text."
        raise Problem("invalid-json", message) from error
    if not isinstance(value, dict):
        raise Problem("invalid-json", f"The line holds a {type(value).__name__}; expected an object {{…}}.")
    return value


_MIXED = "it seems to be in another encoding than the lines before; convert the file's parts to one"


def _is_mixed(line: Line) -> bool:
    """Tell whether a program seems to have written on in UTF-16 below UTF-8, or in UTF-8 below UTF-16.

    Records in UTF-16 have NULs, in their braces and quotes; of other lines at most a few have a stray one.
    """
    nuls = line.data.count(0)
    return nuls * 4 > len(line.data) if line.codec == "utf-8" else not nuls
