"""The file of counts: one Parquet table, documented, versioned, the same bytes for the same documents.

Columns, in this order; rows sorted by kind (site, document, body, line), key and site:

kind       "site": how many documents were counted; "line": in how many of them a line stands;
           "document", "body": what was counted already, so that nothing is counted twice
site       a host ("example.org"), or "publisher:" and a name in small letters
key        UInt64: the hash of a line's form, of a doc_id, of the paragraph an article is known by; 0 for a site
documents  UInt32: the count
since      UInt32: how many of the site's documents had been counted before a line came in, or with a document's run

No text is in it: whoever has a line can look it up, nobody can read one out. So a file of counts may go where the
articles may not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.cleaning.knownlines.keys import FORM
from corpus.errors import DataError

__all__ = ["COLUMNS", "KINDS", "VERSION", "CountsWriter", "check_counts", "read_counts"]

VERSION = 1
KINDS = ("site", "document", "body", "line")

_NAME = b"newscorpus.known_lines"
_SCHEMA = pa.schema(
    [
        pa.field("kind", pa.large_string(), nullable=False),
        pa.field("site", pa.large_string(), nullable=False),
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("documents", pa.uint32(), nullable=False),
        pa.field("since", pa.uint32(), nullable=False),
    ]
).with_metadata({_NAME: json.dumps({"form": FORM, "version": VERSION}, sort_keys=True).encode()})
COLUMNS = {"kind": pl.String, "site": pl.String, "key": pl.UInt64, "documents": pl.UInt32, "since": pl.UInt32}
"""The file's columns as Polars reads them."""

_GROUP = 1 << 20
"""Rows in a row group; the cut depends on nothing but the rows."""


class CountsWriter:
    """Writes sorted rows to an open file, in row groups of one size."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Begin a file; :meth:`close` ends it."""
        self._writer = pq.ParquetWriter(
            stream,
            _SCHEMA,
            compression="zstd",
            use_dictionary=["kind", "site"],
            column_encoding={"key": "DELTA_BINARY_PACKED"},
        )
        self._held: list[pa.Table] = []
        self._rows = 0

    def add(self, kind: str, rows: pl.DataFrame) -> None:
        """Add rows of one kind: ``site, key, documents, since``, sorted by key and site."""
        frame = rows.select(pl.lit(kind).alias("kind"), "site", "key", "documents", "since")
        self._held.append(frame.to_arrow().cast(_SCHEMA))
        self._rows += len(frame)
        if self._rows >= _GROUP:
            self._write(whole=False)

    def close(self) -> None:
        """Write what is left and the footer."""
        self._write(whole=True)
        self._writer.close()

    def _write(self, *, whole: bool) -> None:
        table = pa.concat_tables([_SCHEMA.empty_table(), *self._held]).combine_chunks()
        size = len(table) if whole else len(table) // _GROUP * _GROUP
        if size:
            self._writer.write_table(table.slice(0, size), row_group_size=_GROUP)
        self._held, self._rows = [table.slice(size)], len(table) - size


def check_counts(path: Path) -> None:
    """Make sure that a file is one of counts that this version can read.

    Raises:
        DataError: it is not, with the reason.
        OSError: it cannot be opened.
    """
    with path.open("rb") as stream:
        try:
            schema = pq.read_schema(stream)
        except (pa.ArrowException, OSError):
            schema = None
    told = None if schema is None else (schema.metadata or {}).get(_NAME)
    if schema is None or told is None or not schema.equals(_SCHEMA):
        raise DataError(f"{path} is no file of known lines; make one with `corpus known-lines SOURCE --out FILE`.")
    if told != (_SCHEMA.metadata or {})[_NAME]:
        raise DataError(
            f"{path} was made by another version of the counts ({told.decode('utf-8', 'replace')!r}, expected "
            f"version {VERSION} of form {FORM}); count the sources anew."
        )


def read_counts(path: Path) -> Iterator[pl.DataFrame]:
    """Yield the rows of a checked file, a row group at a time.

    Raises:
        DataError: its bytes are damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                frame = pl.from_arrow(file.read_row_group(number))
                assert isinstance(frame, pl.DataFrame)  # noqa: S101 (a table gives no series)
                yield frame
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"The known lines in {path} are damaged ({error}); count the sources anew.") from None
