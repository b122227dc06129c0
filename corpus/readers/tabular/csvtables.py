"""CSV and TSV to records: the first row names the columns; a broken row costs that row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial

from corpus.errors import SourceError
from corpus.model.finding import Severity
from corpus.model.shortened import some_of, told_value
from corpus.readers.columns import OMITTED
from corpus.readers.records import Problem, Record
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.tabular.tabletext import (
    Lines,
    TooLong,
    fields_of,
    header_line,
    names_of,
    opened,
    rows_of,
    separator_of,
)

__all__ = ["read_csv"]


def read_csv(file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[Record]:
    """Yield the rows of a table as records of texts; an empty field is null.

    A row with more or fewer fields than the header, a stray quote, or more than ``options.max_record_bytes``
    is a finding with the number of its first line. Never more than one row is held in memory.
    """
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    lines: Lines | None = None
    try:
        with file.open() as stream:
            lines = opened(stream, options.max_record_bytes)
            yield from _records(lines, file, options, report)
            lines.stream.detach()
    except Problem as problem:
        add(problem.code, file.name, str(problem))
    except (SourceError, UnicodeDecodeError) as error:
        place = f"{file.name}:{lines.number + 1}" if lines is not None and lines.number else file.name
        add("unreadable", place, _sentence(error))


def _sentence(error: SourceError | UnicodeDecodeError) -> str:
    if isinstance(error, SourceError):
        return str(error)
    return f"The table cannot be decoded as {error.encoding} from here on ({error.reason}); get the file anew."


def _records(lines: Lines, file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[Record]:
    first = header_line(lines)
    if first is None:
        raise Problem("empty-document", "The file holds no header and no row; remove it or get it anew.")
    separator = separator_of(first, file.ending, options.text_field, wide=lines.wide)
    try:
        names = names_of(next(rows_of([first], separator)), wide=lines.wide)
    except csv.Error as error:
        raise Problem("bad-header", f"The first row names no columns: {error}; mend its quotes.") from error
    _check_names(names, file, options, report)
    add = partial(report.add, file=file.name, most=options.max_findings_per_file)
    codec = lines.codec if lines.wide else "utf-8"
    for begin, row in _sound_rows(lines, separator, add):
        if not row:
            continue
        place = f"{file.name}:{begin}"
        if names_of(row, wide=lines.wide) == names:
            message = "The names of the columns stand here again, as where tables were put together; no record."
            add("repeated-header", place, message, Severity.NOTE)
            continue
        if len(row) != len(names):
            message = f"The row has {len(row)} fields, the header {len(names)}; mend or remove it."
            add("ragged-row", place, message)
            continue
        named = [(name, cell) for name, cell in zip(names, row, strict=True) if name]
        yield Record(fields_of(named, options.text_field, wide=lines.wide), place, file.name, codec)


def _sound_rows(lines: Lines, separator: str, add: partial[None]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line; what is no row becomes a finding, the next line goes on."""
    reading = rows_of(lines, separator)
    while True:
        begin, lines.held = lines.number + 1, 0
        try:
            row = next(reading)
        except StopIteration:
            return
        except TooLong:
            add("too-large", _place(add, begin), f"The row is longer than the limit of {lines.limit} bytes.")
        except csv.Error as error:
            upto = f" (it goes on to line {lines.number})" if lines.number > begin else ""
            message = f"This is no row of CSV: {error}{upto}; mend its quotes."
            add("bad-row", _place(add, begin), message)
        else:
            yield begin, row
            continue
        reading = rows_of(lines, separator)


def _place(add: partial[None], number: int) -> str:
    return f"{add.keywords['file']}:{number}"


def _check_names(names: list[str], file: SourceFile, options: ReadOptions, report: ReadReport) -> None:
    listed = some_of([told_value(name) for name in names], 10)
    if options.text_field not in names:
        message = f"The first row names no column {options.text_field!r}; it has {listed} (`text_field=`)."
        raise Problem("missing-text", message)
    double = next((name for name, times in Counter(filter(None, names)).items() if times > 1), None)
    if double is not None:
        raise Problem("bad-header", f"The first row names {double!r} twice; give each column a name of its own.")
    if "" in names:
        message = "A column without a name is not carried; give it one in the first row."
        report.add(OMITTED, f"{file.name}:1", message, Severity.NOTE, file=file.name)
