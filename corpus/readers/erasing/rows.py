"""CSV and TSV to parts: a row each, with the bytes that it takes up, line breaks in quotes and all.

Rows that the reader refuses (ragged ones, tables without a text column) are searched too, since they hold text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence

from corpus.errors import SourceError
from corpus.readers.erasing.parts import Part, Tell, Traces, digest_of, traces_of_record
from corpus.readers.records import Problem
from corpus.readers.report import ReadOptions
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

__all__ = ["find_rows"]


def find_rows(file: SourceFile, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    """Yield the rows of a table; a first one that names the text's column is nothing to keep a file for.

    Raises:
        SourceError: the file cannot be read to its end, or is in no encoding that can be told.
    """
    with file.open() as stream:
        try:
            lines = opened(stream, options.max_record_bytes)
            header = header_line(lines)
            if header is None:
                return
            separator = separator_of(header, file.ending, options.text_field, wide=lines.wide)
            cells = _cells(header, separator)
            names = names_of(cells, wide=lines.wide)
            quoted = Traces(quoted=tuple(map(digest_of, _texts(cells, lines.wide))))
            counts = options.text_field not in names
            yield Part(lines.at - lines.size_of(header), lines.at, quoted, counts=counts)
            yield from _parts(lines, names, separator, options, tell)
            lines.stream.detach()
        except UnicodeDecodeError as error:
            raise SourceError(f"The table cannot be decoded ({error.reason}).") from error
        except Problem as problem:
            raise SourceError(str(problem)) from problem


def _cells(header: str, separator: str) -> list[str]:
    try:
        return next(rows_of([header], separator))
    except csv.Error:
        return []


def _texts(cells: Sequence[str], wide: bool) -> list[str]:
    """Return what the cells say, be they names or, in a table without names, texts."""
    found = fields_of(((str(number), cell) for number, cell in enumerate(cells)), "", wide=wide)
    return [str(text).strip() for text in found.values() if text]


def _parts(lines: Lines, names: Sequence[str], separator: str, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    last = {name: number for number, name in enumerate(names) if name}  # of two columns of one name it keeps it
    columns = {number: name for name, number in last.items()}
    reading = rows_of(lines, separator)
    while True:
        begin, first, lines.held = lines.at, lines.number + 1, 0
        try:
            row = next(reading)
        except StopIteration:
            return
        except (TooLong, csv.Error):
            tell(f"the row in line {first} cannot be read")
            yield Part(begin, lines.at, Traces())
            reading = rows_of(lines, separator)
            continue
        except UnicodeDecodeError:
            tell(f"the row in line {first} cannot be decoded, nor what follows it")
            yield Part(begin, lines.at, Traces())
            return
        if row:
            if _is_mixed(row, names, lines.wide):
                tell(f"the row in line {first} seems to be in another encoding than the rows before")
            fields = _fields(columns, row, options.text_field, lines.wide)
            yield Part(begin, lines.at, traces_of_record(fields, options))


def _is_mixed(row: Sequence[str], names: Sequence[str], wide: bool) -> bool:
    """Tell whether a program may have written on in a wider encoding, or in a narrower one.

    A character of two bytes or four, read byte by byte, or two, has NULs; one of fewer, read as more, is hardly a
    separator.
    """
    nuls = sum(cell.count("\0") for cell in row)
    return nuls * 4 > sum(map(len, row)) or (wide and len(row) < len(names))


def _fields(columns: Mapping[int, str], row: Sequence[str], text_field: str, wide: bool) -> dict[str, object]:
    """Return the row's values as the reader has them, and then those of columns without a name of their own."""
    named = ((columns[number], cell) for number, cell in enumerate(row) if number in columns)
    others = ((f"\0{number}", cell) for number, cell in enumerate(row) if number not in columns)
    return {**fields_of(named, text_field, wide=wide), **fields_of(others, text_field, wide=wide)}
