"""A raw file of any kind to its parts, each with what the document in it may be known by."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from corpus.readers.erasing.archives import find_belonging, find_records
from corpus.readers.erasing.lines import find_lines
from corpus.readers.erasing.parts import Part, Tell
from corpus.readers.erasing.rows import find_rows
from corpus.readers.erasing.tables import find_table_rows
from corpus.readers.erasing.wholes import find_whole
from corpus.readers.report import ReadOptions
from corpus.readers.sourcefile import SourceFile

__all__ = ["find_parts", "find_related"]


def find_parts(file: SourceFile, options: ReadOptions, tell: Tell) -> Iterator[Part]:
    """Yield the parts of a file in their order, one at a time; what builds leave out is among them.

    Older versions, several documents of one id, and records that are not fit to be read hold text, too.
    ``tell`` takes what could not be searched.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    if file.kind == "jsonl":
        return find_lines(file, options, tell)
    if file.kind == "csv":
        return find_rows(file, options, tell)
    if file.kind == "parquet":
        return find_table_rows(file, options)
    if file.kind == "warc":
        return find_records(file, options, tell)
    return find_whole(file, options)


def find_related(file: SourceFile, options: ReadOptions, names: Collection[str]) -> Iterator[Part]:
    """Yield the parts that belong to parts of these names: in web archives alone.

    Raises:
        SourceError: the file cannot be read.
    """
    if file.kind == "warc" and names:
        yield from find_belonging(file, options, names)
